// Masks and boxes over the picture. Class ids stay numbers until they are drawn: a table of 4 bytes an id turns them
// into colours, so switching a class off is one pass over the mask and no request.

const parseColour = (hex) => [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));

const textOn = (hex) => {
  const [r, g, b] = parseColour(hex).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
};

class MaskLayer {
  // spec: {kind: "mask", name, raw, classes: [{id, name, colour, hidden}]}
  constructor(spec, palette) {
    this.spec = spec;
    this.palette = palette;
    this.visible = true;
    this.opacity = 0.5;
    this.classes = new Map(spec.classes.map((item) => [item.id, { ...item, visible: !item.hidden, count: 0 }]));
  }

  async load(signal) {
    this.raw = await RawArray.load(this.spec.raw, signal);
    const counts = new Uint32Array(this.raw.dtype === "<u2" ? 65536 : 256);
    for (const id of this.raw.values) counts[id]++;
    counts.forEach((amount, id) => {
      if (!amount) return;
      if (!this.classes.has(id)) {
        const colour = this.palette[id % this.palette.length];
        this.classes.set(id, { id, name: null, colour, visible: id !== 0, count: 0 });
      }
      this.classes.get(id).count = amount;
    });
    this.table = new Uint32Array(counts.length);
    this.canvas = new OffscreenCanvas(this.raw.width, this.raw.height);
    this.dirty = true;
  }

  paint() {
    this.table.fill(0);
    for (const { id, colour, visible } of this.classes.values()) {
      if (!visible || id < 0 || id >= this.table.length) continue;
      const [r, g, b] = parseColour(colour);
      this.table[id] = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
    }
    const image = new ImageData(this.raw.width, this.raw.height);
    const out = new Uint32Array(image.data.buffer);
    const { table } = this;
    const ids = this.raw.values;
    for (let i = 0; i < ids.length; i++) out[i] = table[ids[i]];
    this.canvas.getContext("2d").putImageData(image, 0, 0);
    this.dirty = false;
  }

  draw(context, width, height) {
    if (!this.visible || !this.canvas) return;
    if (this.dirty) this.paint();
    context.globalAlpha = this.opacity;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.canvas, 0, 0, width, height);
    context.globalAlpha = 1;
  }

  // Masks need not have the picture's size: they are laid over the whole of it.
  at(x, y, width, height) {
    if (!this.raw) return null;
    const column = Math.floor(((x + 0.5) * this.raw.width) / width);
    const row = Math.floor(((y + 0.5) * this.raw.height) / height);
    return this.classes.get(this.raw.at(column, row)[0]) ?? null;
  }
}

// Classes have the colour, so sets of boxes are told apart by their lines: solid, dashed, dotted.
const DASHES = [[], [7, 4], [2, 3]];

class BoxLayer {
  // spec: {kind: "boxes", name, xywh: [...], ids: [...], scores: [...], captions: [...], classes: [...]}; pixels of the picture
  constructor(spec, order) {
    this.spec = spec;
    this.dash = DASHES[order % DASHES.length];
    this.visible = true;
    this.labels = true;
    this.labelled = 0; // labels that found a place in the last frame
    this.classes = new Map(spec.classes.map((item) => [item.id, { ...item, visible: true, count: 0 }]));
    for (const id of spec.ids) this.classes.get(id).count++;
  }

  async load() {}

  *shown() {
    if (!this.visible) return;
    for (let i = 0; i < this.spec.ids.length; i++) {
      const kind = this.classes.get(this.spec.ids[i]);
      if (!kind.visible) continue;
      const [x, y, width, height] = this.spec.xywh.slice(4 * i, 4 * i + 4);
      yield { layer: this, index: i, kind, x, y, width, height };
    }
  }

  label({ index, kind }) {
    const score = this.spec.scores[index];
    const name = this.spec.captions[index] || kind.name || `class ${kind.id}`;
    return score === null || score === undefined ? name : `${name} ${score.toFixed(2)}`;
  }
}

// Places for the labels of crowded boxes: above, below, inside; a label that would cover another waits for the pointer.
class LabelPlaces {
  constructor(width, height) {
    this.stage = { width, height };
    this.taken = [];
  }

  place(box, width, height) {
    const right = Math.max(0, this.stage.width - width);
    const left = Math.min(Math.max(0, box.x - 1), right);
    const candidates = [
      [left, box.y - height],
      [left, box.y + box.height],
      [left, box.y],
      [Math.min(Math.max(0, box.x + box.width - width + 1), right), box.y - height],
    ];
    for (const [x, y] of candidates) {
      if (y < 0 || y + height > this.stage.height) continue;
      const free = this.taken.every((t) => x >= t.x + t.width || x + width <= t.x || y >= t.y + t.height || y + height <= t.y);
      if (free) {
        this.taken.push({ x, y, width, height });
        return { x, y };
      }
    }
    return null;
  }
}
