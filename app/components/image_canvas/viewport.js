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
    this.goal = null; // what the address asked for before the stage had a size
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
    if (this.goal) this.restore(this.goal);
    else if (this.mode === "fit") this.fit();
    else this.pan(dx, dy);
  }

  fit() {
    const { width, height } = this.stage;
    const margin = 8;
    let zoom = Math.min((width - 2 * margin) / this.picture.width, (height - 2 * margin) / this.picture.height, MAX_FIT_ZOOM);
    if (zoom >= 2) zoom = Math.floor(zoom); // pixels that are seen as squares are all of one size
    this.mode = "fit";
    this.goal = null;
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

  // Brings a part of the picture onto the stage, with some of what is around it.
  show({ x, y, width, height }) {
    const share = 0.7; // of the stage for the part itself
    const most = Math.min((this.stage.width * share) / Math.max(width, 1), (this.stage.height * share) / Math.max(height, 1));
    this.restore({ zoom: Math.min(most, MAX_FIT_ZOOM), x: x + width / 2, y: y + height / 2 });
  }

  // The view as numbers that hold on a stage of any size: zoom, and the place of the picture in the middle.
  state() {
    return { zoom: this.zoom, x: (this.stage.width / 2 - this.x) / this.zoom, y: (this.stage.height / 2 - this.y) / this.zoom };
  }

  restore(state) {
    this.mode = "free";
    this.goal = this.stage.width > 1 ? null : state;
    this.zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, state.zoom));
    this.x = this.stage.width / 2 - state.x * this.zoom;
    this.y = this.stage.height / 2 - state.y * this.zoom;
    this.keepInSight();
  }

  // Takes the place of another view of a stage of the same size, on a picture that may have another size.
  follow(other) {
    const ratio = other.picture.width / this.picture.width;
    this.mode = other.mode;
    if (other.stage.width <= 1) { // it has not been seen yet: what it is asked for, or fitted
      if (other.goal) this.restore({ zoom: other.goal.zoom * ratio, x: other.goal.x / ratio, y: other.goal.y / ratio });
      else this.fit();
      return;
    }
    this.goal = null;
    this.stage = { ...other.stage };
    this.zoom = other.zoom * ratio;
    this.x = other.x;
    this.y = other.y;
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

  // Middle of a pixel of the picture on the stage.
  toStage(x, y) {
    return { x: this.corner.x + (x + 0.5) * this.zoom, y: this.corner.y + (y + 0.5) * this.zoom };
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

  // The same for drawing, in pixels of the screen: size of the canvas, corner and scale of the picture, and the part of
  // the canvas that it covers. `key` is equal where all of these are. With a `step` of 2 layers are drawn from a quarter
  // of the pixels.
  geometry(step = 1) {
    const ratio = window.devicePixelRatio || 1;
    const [columns, rows] = [Math.round(this.stage.width * ratio), Math.round(this.stage.height * ratio)];
    const scale = this.zoom * ratio;
    const [x, y] = [Math.round(this.x * ratio), Math.round(this.y * ratio)];
    const { width, height } = this.picture;
    const left = Math.min(columns, Math.max(0, x));
    const top = Math.min(rows, Math.max(0, y));
    const right = Math.min(columns, Math.max(left, Math.round(x + width * scale)));
    const bottom = Math.min(rows, Math.max(top, Math.round(y + height * scale)));
    const key = [columns, rows, x, y, scale, width, height, step].join(" ");
    return { step, columns, rows, ratio, scale, x, y, width, height, left, top, right, bottom, key };
  }
}

// For every `step`-th pixel of the screen from `from` to `to`, the pixel of an array of `size` that lies under it.
const samples = (from, to, corner, scale, extent, size, step = 1) => {
  const found = new Int32Array(Math.max(0, Math.ceil((to - from) / step)));
  const ratio = size / (extent * scale);
  for (let i = 0; i < found.length; i++) {
    const place = Math.floor((from + (i + 0.5) * step - corner) * ratio);
    found[i] = place < 0 ? 0 : place >= size ? size - 1 : place;
  }
  return found;
};
