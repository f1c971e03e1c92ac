// Text over the scene: scales of the axes, labels of boxes and vectors, the measured distance. A label that would lie on
// another one waits for the pointer.

class Overlay {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
  }

  resize(width, height, ratio) {
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(this, { width, height, ratio });
  }

  // Returns how many labels of boxes found a place.
  paint({ camera, scene, state, axes, measured, hovered, theme }) {
    const { pen } = this;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    pen.textBaseline = "middle";
    const matrix = camera.matrix();
    this.taken = [];
    const labelled = state.overlaysHidden ? 0 : this.boxLabels({ camera, scene, state, hovered, theme, matrix });
    if (state.grid && axes) this.scales(axes, camera, theme, matrix);
    this.measure(measured, camera, scene, theme, matrix);
    return labelled;
  }

  scales({ labels }, camera, theme, matrix) {
    const { pen } = this;
    const middle = camera.project([0, 0, 0], matrix) ?? { x: this.width / 2, y: this.height / 2 };
    for (const { place, text, isName, colour } of [...labels].sort((a, b) => Number(b.isName ?? false) - Number(a.isName ?? false))) {
      const at = camera.project(place, matrix);
      if (!at || at.depth > 1) continue;
      const away = [at.x - middle.x, at.y - middle.y];
      const length = Math.hypot(...away) || 1;
      pen.font = isName ? theme.boldFont : theme.font;
      const width = pen.measureText(text).width;
      const gap = (isName ? 30 : 8) + width / 2;
      const [x, y] = [at.x + (away[0] / length) * gap, at.y + (away[1] / length) * (isName ? 30 : 12)];
      if (!this.take(x - width / 2 - 2, y - 7, width + 4, 14)) continue;
      pen.textAlign = "center";
      pen.fillStyle = isName ? `rgb(${colour.join(" ")})` : theme.muted;
      pen.fillText(text, x, y);
    }
  }

  // Whether a place was free and on the stage; it is taken now.
  take(x, y, width, height) {
    if (x < 0 || y < 0 || x + width > this.width || y + height > this.height) return false;
    const overlaps = this.taken.some(([a, b, w, h]) => x < a + w && a < x + width && y < b + h && b < y + height);
    if (!overlaps) this.taken.push([x, y, width, height]);
    return !overlaps;
  }

  boxLabels({ camera, scene, state, hovered, theme, matrix }) {
    if (!state.names && hovered === null) return 0;
    const up = state.up === "z" ? 2 : 1;
    const found = [];
    for (const box of scene.boxes) {
      if (!isBoxShown(box, state) || (!box.label && box.score === null)) continue;
      if (!state.names && box.i !== hovered) continue;
      const top = Math.max(...box.places.map((place) => place[up]));
      const middle = [0, 1, 2].map((axis) => box.places.reduce((sum, place) => sum + place[axis], 0) / 8);
      middle[up] = top;
      const at = camera.project(middle, matrix);
      if (at && Math.abs(at.depth) <= 1) found.push({ at, text: boxTitle(box), colour: box.colour, first: box.i === hovered });
    }
    for (const vector of state.names ? scene.vectors : []) {
      const at = vector.label && camera.project(vector.to, matrix);
      if (at) found.push({ at, text: vector.label, colour: vector.colour, first: false });
    }
    found.sort((a, b) => Number(b.first) - Number(a.first) || a.at.depth - b.at.depth);
    return found.filter((item) => this.tag(item, theme)).length;
  }

  tag({ at, text, colour, first }, theme) {
    const { pen } = this;
    pen.font = theme.font;
    const width = Math.min(pen.measureText(text).width, 180) + 10;
    const [x, y] = [Math.min(Math.max(at.x - width / 2, 0), this.width - width), Math.max(at.y - 22, 0)];
    if (at.x < 0 || at.x > this.width || at.y < 0 || at.y > this.height) return false;
    if (!this.take(x, y, width, 18) && !first) return false;
    pen.fillStyle = colour;
    pen.beginPath();
    pen.roundRect(x, y, width, 18, 4);
    pen.fill();
    pen.fillStyle = textOn(colour);
    pen.textAlign = "center";
    pen.fillText(text, x + width / 2, y + 9.5, 180);
    return true;
  }

  measure(measured, camera, scene, theme, matrix) {
    const { pen } = this;
    const places = measured.map((place) => camera.project(place, matrix)).filter(Boolean);
    pen.fillStyle = "rgb(230 60 120)";
    for (const { x, y } of places) {
      pen.beginPath();
      pen.arc(x, y, 4, 0, 7);
      pen.fill();
    }
    if (places.length < 2) return;
    const text = scene.tell(distanceBetween(scene, measured));
    pen.font = theme.boldFont;
    const width = pen.measureText(text).width + 12;
    const [x, y] = [(places[0].x + places[1].x) / 2, (places[0].y + places[1].y) / 2];
    pen.beginPath();
    pen.roundRect(x - width / 2, y - 11, width, 22, 4);
    pen.fill();
    pen.fillStyle = "#fff";
    pen.textAlign = "center";
    pen.fillText(text, x, y + 0.5);
  }
}

const boxTitle = (box) => [box.label, box.score === null ? "" : Number(box.score.toPrecision(3)).toString()].filter(Boolean).join(" ") || "box";

const distanceBetween = (scene, [from, to]) => V.length(V.sub(to, from)) * scene.scale;

// Black or white, whichever is easier to read (WCAG 2.2).
const textOn = (colour) => {
  const linear = colourBytes(colour).map((byte) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05;
  return 1.05 / light >= light / 0.05 ? "#fff" : "#000";
};
