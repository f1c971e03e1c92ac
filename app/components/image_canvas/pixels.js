// The pixels: what is drawn (a bitmap) and what is told (the stored values). For 8-bit pictures without alpha both are
// what the browser decodes. Else the server sends the stored values as a raw array, little-endian, row by row: the
// canvas of a browser multiplies colours with alpha and knows no 16 bits.

const ARRAYS = { bool: Uint8Array, uint8: Uint8Array, uint16: Uint16Array, int32: Int32Array, float32: Float32Array, float64: Float64Array };

const fetchBytes = async (url, signal) => {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error((await answer.text()).trim() || `The server answered ${answer.status}.`);
  return answer;
};

class RawArray {
  // spec: {url, dtype, width, height, channels}
  static async load(spec, signal) {
    const buffer = await (await fetchBytes(spec.url, signal)).arrayBuffer();
    const values = new ARRAYS[spec.dtype](buffer);
    if (values.length !== spec.width * spec.height * spec.channels) throw new Error("The values do not fit the size of the picture.");
    return new RawArray(spec, values);
  }

  constructor(spec, values) {
    Object.assign(this, spec);
    this.values = values;
  }

  at(x, y) {
    const start = (y * this.width + x) * this.channels;
    return Array.from(this.values.subarray(start, start + this.channels));
  }

  // Smallest and largest finite value of the colour channels.
  range() {
    const colours = this.channels === 2 || this.channels === 4 ? this.channels - 1 : this.channels;
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < this.values.length; i += this.channels) {
      for (let c = 0; c < colours; c++) {
        const value = this.values[i + c];
        if (!Number.isFinite(value)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    return low <= high ? [low, high] : [0, 1];
  }

  // 8 bits for the screen: `low` is black, `high` is white. Alpha is a share of the full range of its dtype.
  toImageData([low, high]) {
    const out = new ImageData(this.width, this.height);
    const pixels = out.data;
    const { values, channels } = this;
    const scale = high > low ? 255 / (high - low) : 0;
    const opaque = { bool: 1, uint8: 255, uint16: 65535 }[this.dtype] ?? 1;
    const grey = channels < 3;
    for (let i = 0, o = 0; o < pixels.length; i += channels, o += 4) {
      for (let c = 0; c < 3; c++) pixels[o + c] = (values[grey ? i : i + c] - low) * scale;
      pixels[o + 3] = channels % 2 ? 255 : (values[i + channels - 1] / opaque) * 255;
    }
    return out;
  }
}

class Pixels {
  // spec: {url | null, raw | null, window | null, channels: ["R", …], scale}
  constructor(spec) {
    this.spec = spec;
    this.raw = null;
    this.bitmap = null;
    this.window = null;
    this.probe = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  }

  // What is needed to draw; values that are not drawn may come later (`loadValues`).
  async load(signal) {
    if (!this.spec.url) {
      this.raw = await RawArray.load(this.spec.raw, signal);
      this.window = this.spec.window ?? this.raw.range();
      this.bitmap = await createImageBitmap(this.raw.toImageData(this.window), { premultiplyAlpha: "premultiply" });
      return;
    }
    const blob = await (await fetchBytes(this.spec.url, signal)).blob();
    const exact = { colorSpaceConversion: "none", imageOrientation: "none" };
    try {
      this.bitmap = await createImageBitmap(blob, exact);
    } catch {
      throw new Error("The browser cannot decode the picture.");
    }
  }

  async loadValues(signal) {
    if (this.spec.raw && !this.raw) this.raw = await RawArray.load(this.spec.raw, signal);
  }

  get canTell() {
    return Boolean(this.raw) || !this.spec.raw;
  }

  // Stored values of one pixel, in the order of `channels`.
  at(x, y) {
    if (this.raw) return this.raw.at(x, y);
    this.probe.drawImage(this.bitmap, x, y, 1, 1, 0, 0, 1, 1);
    const [r, g, b] = this.probe.getImageData(0, 0, 1, 1).data;
    return this.spec.channels.length === 1 ? [r] : [r, g, b];
  }

  close() {
    this.bitmap?.close();
  }
}
