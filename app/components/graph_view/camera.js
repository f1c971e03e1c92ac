// Where the drawing lies on the stage: a zoom in CSS pixels per unit of the drawing, and the place of its corner.

const MIN_SCALE = 0.01;
const MAX_SCALE = 4;
const MAX_FIT_SCALE = 1.4; // a network of three boxes need not fill the page
const FIT_MARGIN = 24;
const FIT_BARS = 52; // above stands the finder, below the tools

class Camera {
  constructor() {
    Object.assign(this, { scale: 1, x: 0, y: 0, fits: true, width: 1, height: 1, whole: { width: 1, height: 1 } });
  }

  setWhole(width, height) {
    this.whole = { width: Math.max(1, width), height: Math.max(1, height) };
    if (this.fits) this.fit();
  }

  setStage(width, height) {
    this.x += (width - this.width) / 2;
    this.y += (height - this.height) / 2;
    Object.assign(this, { width, height });
    if (this.fits) this.fit();
  }

  fit() {
    const { width, height } = this.whole;
    const scale = Math.min((this.width - 2 * FIT_MARGIN) / width, (this.height - 2 * FIT_BARS) / height, MAX_FIT_SCALE);
    this.scale = Math.max(MIN_SCALE, scale);
    this.x = (this.width - width * this.scale) / 2;
    this.y = (this.height - height * this.scale) / 2;
    this.fits = true;
  }

  zoomAbout(factor, px, py) {
    const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, this.scale * factor));
    this.x = px - ((px - this.x) * scale) / this.scale;
    this.y = py - ((py - this.y) * scale) / this.scale;
    this.scale = scale;
    this.fits = false;
    this.keepInSight();
  }

  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.fits = false;
    this.keepInSight();
  }

  // At least 40 CSS pixels of the drawing stay on the stage.
  keepInSight() {
    const rest = 40;
    this.x = Math.min(this.width - rest, Math.max(rest - this.whole.width * this.scale, this.x));
    this.y = Math.min(this.height - rest, Math.max(rest - this.whole.height * this.scale, this.y));
  }

  // Brings a place of the drawing to the middle, large enough to be read.
  centreOn(x, y, scale = Math.max(this.scale, 0.8)) {
    this.scale = scale;
    this.x = this.width / 2 - x * scale;
    this.y = this.height / 2 - y * scale;
    this.fits = false;
  }

  // Moves so that a place of the drawing stands where another one stood on the stage.
  holdAt(x, y, px, py) {
    this.x = px - x * this.scale;
    this.y = py - y * this.scale;
    this.keepInSight();
  }

  toDrawing(px, py) {
    return { x: (px - this.x) / this.scale, y: (py - this.y) / this.scale };
  }

  toStage(x, y) {
    return { x: x * this.scale + this.x, y: y * this.scale + this.y };
  }

  // As three numbers for the address: the middle of the stage and the zoom; nothing while it fits.
  get text() {
    if (this.fits) return "";
    const { x, y } = this.toDrawing(this.width / 2, this.height / 2);
    return `${Math.round(x)},${Math.round(y)},${this.scale.toPrecision(3)}`;
  }

  read(text) {
    const parts = text.split(",").map(Number);
    if (parts.length !== 3 || !parts.every(Number.isFinite) || parts[2] < MIN_SCALE || parts[2] > MAX_SCALE) return false;
    this.centreOn(...parts);
    return true;
  }
}
