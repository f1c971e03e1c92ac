// Where the picture lies on the stage: a zoom in CSS pixels per pixel of the picture, and the place of its corner.
// Knows nothing of drawing, so that its arithmetic can be read on its own.

const MIN_ZOOM = 0.005;
const MAX_ZOOM = 128;
const MAX_FIT_ZOOM = 32; // a picture of one pixel need not fill the page

class Viewport {
  constructor() {
    this.zoom = 1;
    this.x = 0;
    this.y = 0;
    this.mode = "fit"; // "fit" follows the size of the stage, "free" does not
    this.stage = { width: 1, height: 1 };
    this.picture = { width: 1, height: 1 };
  }

  setPicture(width, height) {
    const same = width === this.picture.width && height === this.picture.height;
    this.picture = { width, height };
    if (!same || this.mode === "fit") this.fit();
  }

  setStage(width, height) {
    const dx = (width - this.stage.width) / 2;
    const dy = (height - this.stage.height) / 2;
    this.stage = { width, height };
    if (this.mode === "fit") this.fit();
    else this.pan(dx, dy);
  }

  fit() {
    const { width, height } = this.stage;
    const margin = 8;
    let zoom = Math.min((width - 2 * margin) / this.picture.width, (height - 2 * margin) / this.picture.height, MAX_FIT_ZOOM);
    if (zoom >= 2) zoom = Math.floor(zoom); // pixels that are seen as squares are all of one size
    this.mode = "fit";
    this.centre(Math.max(zoom, MIN_ZOOM));
  }

  actual(pixelRatio) {
    this.mode = "free";
    this.centre(1 / pixelRatio); // one pixel of the picture on one of the screen
  }

  centre(zoom) {
    this.zoom = zoom;
    this.x = (this.stage.width - this.picture.width * zoom) / 2;
    this.y = (this.stage.height - this.picture.height * zoom) / 2;
  }

  zoomAbout(factor, px, py) {
    const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, this.zoom * factor));
    this.x = px - ((px - this.x) * zoom) / this.zoom;
    this.y = py - ((py - this.y) * zoom) / this.zoom;
    this.zoom = zoom;
    this.mode = "free";
    this.keepInSight();
  }

  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.mode = "free";
    this.keepInSight();
  }

  // At least 40 CSS pixels of the picture stay on the stage.
  keepInSight() {
    const rest = 40;
    const width = this.picture.width * this.zoom;
    const height = this.picture.height * this.zoom;
    this.x = Math.min(this.stage.width - rest, Math.max(rest - width, this.x));
    this.y = Math.min(this.stage.height - rest, Math.max(rest - height, this.y));
  }

  // Where the corner is drawn: on a whole pixel of the screen, so that pixels are sharp. What is under the pointer is
  // asked of the same place.
  get corner() {
    const ratio = window.devicePixelRatio || 1;
    return { x: Math.round(this.x * ratio) / ratio, y: Math.round(this.y * ratio) / ratio };
  }

  toPicture(px, py) {
    const x = Math.floor((px - this.corner.x) / this.zoom);
    const y = Math.floor((py - this.corner.y) / this.zoom);
    return x >= 0 && y >= 0 && x < this.picture.width && y < this.picture.height ? { x, y } : null;
  }

  // Whole pixels of the picture that are on the stage.
  visible() {
    const corner = this.corner;
    const left = Math.max(0, Math.floor(-corner.x / this.zoom));
    const top = Math.max(0, Math.floor(-corner.y / this.zoom));
    const right = Math.min(this.picture.width, Math.ceil((this.stage.width - corner.x) / this.zoom));
    const bottom = Math.min(this.picture.height, Math.ceil((this.stage.height - corner.y) / this.zoom));
    return { left, top, right, bottom };
  }
}
