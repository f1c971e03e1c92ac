// The difference of two pictures, right minus left, from the stored values. It stands on a stage as a picture does.
//
// Per pixel the difference of the channel that differs most. From afar a pixel of the screen shows the greatest
// difference below it, so a single changed pixel is never lost. `changed` counts pixels of which any channel differs (NaN
// differs from everything, as in NumPy), `max` is the greatest absolute difference of finite values.

const ABSOLUTE = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"]; // viridis
const SIGNED = ["#123a80", "#3f7fc4", "#9cc4e6", "#f2f2f2", "#eab08f", "#cd5c44", "#8a1a1a"]; // zero in the middle

const TABLE_SIZE = 511; // odd: zero has the middle for itself
const TABLE_END = TABLE_SIZE - 1;

const rampTable = (colours) => {
  const table = new Uint32Array(TABLE_SIZE);
  const parts = colours.map(parseColour);
  for (let i = 0; i < TABLE_SIZE; i++) {
    const place = (i / (TABLE_SIZE - 1)) * (colours.length - 1);
    const at = Math.min(colours.length - 2, Math.floor(place));
    const [r, g, b] = parts[at].map((part, c) => Math.round(part + (parts[at + 1][c] - part) * (place - at)));
    table[i] = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  }
  return table;
};

class Difference {
  // left, right: RawArray of one shape; channels: their names
  constructor(left, right, channels) {
    Object.assign(this, { left, right, signed: false, amplification: 1 });
    this.channels = Array.from({ length: left.channels }, (_, i) => `Δ${channels[i] ?? ""}`);
    this.tables = { absolute: rampTable(ABSOLUTE), signed: rampTable(SIGNED) };
    this.layer = new OffscreenCanvas(1, 1);
    this.canTell = true;
    this.measure();
  }

  // Why two pictures have no difference, or "".
  static refusal(left, right) {
    if (!left || !right) return "the stored values of one of them cannot be had here";
    const shape = ({ height, width, channels }) => [height, width, ...(channels > 1 ? [channels] : [])].join(" × ");
    return shape(left) === shape(right) ? "" : `their values have the shapes ${shape(left)} and ${shape(right)}`;
  }

  measure() {
    const { left: { values: a, channels, width, height }, right: { values: b } } = this;
    const most = new Float32Array(width * height);
    let [changed, max, sum] = [0, 0, 0];
    for (let pixel = 0, i = 0; pixel < most.length; pixel++) {
      let [differs, found, size] = [false, 0, 0];
      for (let c = 0; c < channels; c++, i++) {
        if (a[i] === b[i]) continue;
        differs = true;
        const delta = b[i] - a[i];
        const amount = delta < 0 ? -delta : delta;
        if (amount > size) [size, found] = [amount, delta];
      }
      if (!differs) continue;
      changed++;
      if (size < Infinity && size > max) max = size;
      if (size < Infinity) sum += size;
      most[pixel] = size === 0 ? NaN : found;
    }
    this.levels = [{ width, height, values: most }];
    this.measures = { changed, max, mean: sum / most.length, pixels: most.length };
    const ranges = [this.left, this.right].map((array) => (array.isDeep ? array.range() : array.fullRange()));
    this.full = Math.max(ranges[0][1], ranges[1][1]) - Math.min(ranges[0][0], ranges[1][0]) || 1;
    this.amplification = max > 0 ? 2 ** Math.max(0, Math.floor(Math.log2(this.full / max))) : 1;
  }

  // The pixel of greatest difference of 2 × 2, 4 × 4 …
  level(power) {
    while (this.levels.length <= power) {
      const last = this.levels.at(-1);
      if (last.width === 1 && last.height === 1) break;
      const [width, height] = [(last.width + 1) >> 1, (last.height + 1) >> 1];
      const values = new Float32Array(width * height);
      for (let y = 0; y < last.height; y++) {
        for (let x = 0; x < last.width; x++) {
          const value = last.values[y * last.width + x];
          const at = (y >> 1) * width + (x >> 1);
          if (Math.abs(value) > Math.abs(values[at]) || (value !== value && values[at] === 0)) values[at] = value;
        }
      }
      this.levels.push({ width, height, values });
    }
    const at = Math.min(power, this.levels.length - 1);
    return { ...this.levels[at], size: 2 ** at };
  }

  colourOf(value) {
    const share = Math.min(1, (Math.abs(value) * this.amplification) / this.full);
    if (value !== value) return 0xff808080; // NaN on one side
    if (!this.signed) return this.tables.absolute[Math.round(share * TABLE_END)];
    return this.tables.signed[Math.round((1 + Math.sign(value) * share) * (TABLE_END / 2))];
  }

  get key() {
    return `${this.signed} ${this.amplification}`;
  }

  paint(context, geometry) {
    const { columns, rows, left, top, right, bottom, x, y, scale } = geometry;
    const key = `${geometry.key} ${this.key}`;
    if (key !== this.painted && right > left && bottom > top) {
      const { width, height, values, size } = this.level(Math.max(0, Math.ceil(Math.log2(1 / scale))));
      const across = samples(left, right, x, scale * size, width, width);
      const down = samples(top, bottom, y, scale * size, height, height);
      const image = new ImageData(across.length, down.length);
      const out = new Uint32Array(image.data.buffer);
      const table = this.signed ? this.tables.signed : this.tables.absolute;
      const middle = this.signed ? TABLE_END / 2 : 0;
      const gain = (this.amplification / this.full) * (TABLE_END - middle);
      for (let row = 0, o = 0; row < down.length; row++) {
        const start = down[row] * width;
        for (let column = 0; column < across.length; column++, o++) {
          const value = values[start + across[column]];
          const place = middle + (this.signed ? value : Math.abs(value)) * gain;
          out[o] = value !== value ? 0xff808080 : table[place <= 0 ? 0 : place >= TABLE_END ? TABLE_END : Math.round(place)];
        }
      }
      Object.assign(this.layer, { width: columns, height: rows });
      this.layer.getContext("2d").putImageData(image, left, top);
      this.painted = key;
    }
    context.drawImage(this.layer, 0, 0);
    context.strokeStyle = "rgba(128,128,128,0.6)"; // equal pixels may have the colour of the stage
    context.strokeRect(left - 0.5, top - 0.5, right - left + 1, bottom - top + 1);
    return false;
  }

  at(x, y) {
    const [a, b] = [this.left.at(x, y), this.right.at(x, y)];
    return b.map((value, i) => value - a[i]);
  }

  format(value) {
    const text = Number.isInteger(value) || !Number.isFinite(value) ? String(value) : String(Number(value.toPrecision(6)));
    return value > 0 ? `+${text}` : text;
  }

  block(x, y, columns, rows, width, height) {
    const image = new ImageData(columns, rows);
    const out = new Uint32Array(image.data.buffer);
    const [{ values }] = this.levels;
    for (let i = 0; i < out.length; i++) {
      const [column, row] = [x + (i % columns), y + Math.floor(i / columns)];
      if (column >= 0 && row >= 0 && column < width && row < height) out[i] = this.colourOf(values[row * width + column]);
    }
    return image;
  }

  colourAt(x, y, width, height) {
    const [r, g, b] = this.block(x, y, 1, 1, width, height).data;
    return `#${[r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  }

  close() {}
}
