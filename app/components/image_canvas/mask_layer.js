// A mask over the picture. Class ids stay numbers until they are drawn: once a view they are sampled at the resolution of
// the screen, and a table of 4 bytes an id turns them into colours. A class that is switched off costs one pass over the
// screen, whatever the size of the mask, and no request.

const OUTLINE_WIDTH = 1.5; // CSS pixels

class MaskLayer {
  // spec: {kind: "mask", name, raw, classes: [{id, name, colour, hidden}]}
  constructor(spec, palette) {
    this.spec = spec;
    this.palette = palette;
    this.classes = new Map();
    for (const { id, name, colour, hidden } of spec.classes) this.addClass(id, name, colour, Boolean(hidden));
    this.canvas = new OffscreenCanvas(1, 1);
    this.reset();
  }

  addClass(id, name, colour, hidden) {
    this.classes.set(id, { id, name, own: colour, hidden, count: 0, colour, visible: !hidden });
  }

  reset() {
    Object.assign(this, { visible: true, opacity: 0.5, style: "fill" });
    for (const kind of this.classes.values()) Object.assign(kind, { colour: kind.own, visible: !kind.hidden });
    this.changed();
  }

  // What is drawn has changed, not where it lies.
  changed() {
    this.painted = "";
  }

  async load(signal) {
    this.raw = await RawArray.load(this.spec.raw, signal);
    const counts = new Uint32Array(this.raw.dtype === "<u2" ? 65536 : 256);
    for (const id of this.raw.values) counts[id]++;
    counts.forEach((amount, id) => {
      if (!amount) return;
      if (!this.classes.has(id)) this.addClass(id, null, this.palette[id % this.palette.length], id === 0);
      this.classes.get(id).count = amount;
    });
    this.table = new Uint32Array(counts.length);
  }

  draw(context, geometry) {
    const { left, top, right, bottom, step } = geometry;
    if (!this.visible || !this.raw || right <= left || bottom <= top) return;
    if (this.sampled !== geometry.key) this.sample(geometry);
    if (this.painted !== geometry.key) this.paint(geometry);
    context.globalAlpha = this.opacity;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.canvas, 0, 0, (right - left) / step, (bottom - top) / step, left, top, right - left, bottom - top);
    context.globalAlpha = 1;
  }

  // The id under each pixel of the screen. Masks need not have the picture's size: they are laid over the whole of it.
  sample({ left, top, right, bottom, x, y, scale, width, height, step, key }) {
    const columns = samples(left, right, x, scale, width, this.raw.width, step);
    const rows = samples(top, bottom, y, scale, height, this.raw.height, step);
    const amount = columns.length * rows.length;
    const Ids = this.raw.values.constructor;
    if (this.ids?.length !== amount) this.ids = new Ids(amount);
    const { ids } = this;
    const { values, width: stride, channels } = this.raw;
    for (let row = 0, o = 0; row < rows.length; row++) {
      if (row > 0 && rows[row] === rows[row - 1]) { // a pixel of the mask is larger than one of the screen
        ids.copyWithin(o, o - columns.length, o);
        o += columns.length;
        continue;
      }
      const start = rows[row] * stride;
      for (let column = 0; column < columns.length; column++, o++) ids[o] = values[(start + columns[column]) * channels];
    }
    this.size = [columns.length, rows.length];
    this.sampled = key;
    this.painted = "";
  }

  paint({ ratio, step, key }) {
    this.table.fill(0);
    for (const { id, colour, visible } of this.classes.values()) {
      if (visible && id >= 0 && id < this.table.length) this.table[id] = packColour(colour);
    }
    const [width, height] = this.size;
    if (this.image?.width !== width || this.image?.height !== height) this.image = new ImageData(width, height);
    const out = new Uint32Array(this.image.data.buffer);
    const { table, ids } = this;
    if (this.style === "outline") this.paintOutline(out, width, height, Math.max(1, Math.round((OUTLINE_WIDTH * ratio) / step)));
    else for (let i = 0; i < out.length; i++) out[i] = table[ids[i]];
    if (this.canvas.width < width || this.canvas.height < height) Object.assign(this.canvas, { width, height });
    this.canvas.getContext("2d").putImageData(this.image, 0, 0);
    this.painted = key;
  }

  // Pixels of a class that lie at most `reach` from another, up, down, left or right.
  paintOutline(out, width, height, reach) {
    const { table, ids } = this;
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const id = ids[i];
        let edge = false;
        for (let d = 1; d <= reach && !edge; d++) {
          edge = (x >= d && ids[i - d] !== id) || (x + d < width && ids[i + d] !== id)
            || (y >= d && ids[i - d * width] !== id) || (y + d < height && ids[i + d * width] !== id);
        }
        out[i] = edge ? table[id] : 0;
      }
    }
  }

  at(x, y, width, height) {
    if (!this.raw) return null;
    const column = Math.floor(((x + 0.5) * this.raw.width) / width);
    const row = Math.floor(((y + 0.5) * this.raw.height) / height);
    return this.classes.get(this.raw.at(column, row)[0]) ?? null;
  }
}
