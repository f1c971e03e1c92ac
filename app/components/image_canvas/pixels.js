// The pixels: what is drawn (a bitmap) and what is told (the stored values). For 8-bit pictures without alpha both are
// what the browser decodes. Else the server sends the stored values as an .npy file: the canvas of a browser multiplies
// colours with alpha and knows no 16 bits.

const ARRAYS = {
  "|b1": Uint8Array, "|u1": Uint8Array, "<u2": Uint16Array, "<i4": Int32Array, "<f4": Float32Array, "<f8": Float64Array,
};
const CHANNEL_NAMES = { 1: ["value"], 2: ["L", "A"], 3: ["R", "G", "B"], 4: ["R", "G", "B", "A"] };

const fetchBytes = async (url, signal) => {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error((await answer.text()).trim() || `The server answered ${answer.status}.`);
  return answer;
};

class RawArray {
  // spec: {url} of an .npy file in C order, (height, width) or (height, width, channels)
  static async load(spec, signal) {
    const buffer = await (await fetchBytes(spec.url, signal)).arrayBuffer();
    const start = 10 + new DataView(buffer).getUint16(8, true);
    const header = new TextDecoder().decode(new Uint8Array(buffer, 10, start - 10));
    const dtype = /'descr': '([^']+)'/.exec(header)?.[1];
    const shape = /'shape': \(([^)]*)\)/.exec(header)?.[1].split(",").map(Number);
    if (!ARRAYS[dtype] || !shape) throw new Error("The values came in a form that is not known.");
    return new RawArray(dtype, shape, new ARRAYS[dtype](buffer, start));
  }

  constructor(dtype, [height, width, channels], values) {
    Object.assign(this, { dtype, height, width, channels: channels || 1, values });
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
    const opaque = { "|u1": 255, "<u2": 65535 }[this.dtype] ?? 1;
    const grey = channels < 3;
    for (let i = 0, o = 0; o < pixels.length; i += channels, o += 4) {
      for (let c = 0; c < 3; c++) pixels[o + c] = (values[grey ? i : i + c] - low) * scale;
      pixels[o + 3] = channels % 2 ? 255 : (values[i + channels - 1] / opaque) * 255;
    }
    return out;
  }
}

class Pixels {
  // spec: {url | null, raw | null, window | null, channels: ["R", …] | null, exact}; without `url`, `raw` is drawn;
  // `exact` is false where the picture was scaled or converted and no stored values can be had.
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
    const exact = { colorSpaceConversion: "none" }; // as stored, whatever a profile or gAMA says
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
    return Boolean(this.raw) || (!this.spec.raw && this.spec.exact);
  }

  // Stored values of one pixel, in the order of `channels`.
  at(x, y) {
    if (this.raw) return this.raw.at(x, y);
    this.probe.drawImage(this.bitmap, x, y, 1, 1, 0, 0, 1, 1);
    const [r, g, b] = this.probe.getImageData(0, 0, 1, 1).data;
    return this.channels.length === 1 ? [r] : [r, g, b];
  }

  get channels() {
    return this.spec.channels ?? CHANNEL_NAMES[this.raw?.channels] ?? [];
  }

  format(value) {
    if (this.raw?.dtype === "|b1") return value ? "1" : "0";
    return Number.isInteger(value) || !Number.isFinite(value) ? String(value) : String(Number(value.toPrecision(6)));
  }

  // Colour on the screen of one pixel of a picture of the given size, as #rrggbb.
  colourAt(x, y, width, height) {
    const [column, row] = [Math.floor((x * this.bitmap.width) / width), Math.floor((y * this.bitmap.height) / height)];
    this.probe.clearRect(0, 0, 1, 1);
    this.probe.drawImage(this.bitmap, column, row, 1, 1, 0, 0, 1, 1);
    const [r, g, b] = this.probe.getImageData(0, 0, 1, 1).data;
    return `#${[r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  }

  close() {
    this.bitmap?.close();
  }
}
