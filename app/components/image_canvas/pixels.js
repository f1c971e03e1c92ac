// The pixels: what is drawn and what is told (the stored values). For 8-bit pictures without alpha both are what the
// browser decodes. Else the server sends the stored values: the canvas of a browser multiplies colours with alpha and
// knows no 16 bits. Beside an 8-bit picture there may be the array that was logged; either can be drawn.

const CHANNEL_NAMES = { 1: ["value"], 2: ["L", "A"], 3: ["R", "G", "B"], 4: ["R", "G", "B", "A"] };
const LARGE_PIXELS = 1 << 20; // beyond, smaller copies are kept
const CRISP_ZOOM = 2; // CSS pixels per pixel of the picture from which pixels are squares

class Pixels {
  // spec: {url | null, raw | null, window | null, channels: ["R", …] | null, exact}; without `url`, `raw` is drawn;
  // `exact` is false where the picture was scaled or converted and no stored values can be had.
  constructor(spec) {
    this.spec = spec;
    this.raw = null;
    this.bitmap = null;
    this.smaller = []; // copies of the bitmap at one half, one quarter …
    this.tone = new Tone();
    this.source = spec.url ? "picture" : "values";
    this.probe = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    this.layer = new OffscreenCanvas(1, 1);
    this.painted = "";
  }

  // What is needed to draw; values that are not drawn may come later (`loadValues`).
  async load(signal) {
    if (!this.spec.url) {
      await this.loadValues(signal);
      this.tone.restAt(this.spec.window ?? this.raw.range());
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

  // Whether there is something else to draw than the picture: the values that were kept beside it.
  get hasChoice() {
    return Boolean(this.spec.url && this.raw?.isDeep);
  }

  // "picture" or "values"; the window is one of the values that are drawn.
  draw(source) {
    if (source === this.source) return;
    this.source = source;
    this.tone.window = null;
    this.tone.restAt(source === "values" ? this.raw.range() : [0, 255]);
  }

  // The values that the window is about, as an array; of the picture itself a reduced copy is enough.
  toned() {
    if (this.source === "values") return this.raw;
    this.reduced ??= this.rgbArray(Math.min(1, 512 / Math.max(this.bitmap.width, this.bitmap.height)));
    return this.reduced;
  }

  // What the browser decodes, as an array of (height, width, 3), at its size or smaller.
  rgbArray(scale = 1) {
    const [width, height] = [this.bitmap.width, this.bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    context.imageSmoothingEnabled = false;
    context.drawImage(this.bitmap, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const colours = this.channels.length === 1 ? 1 : 3;
    const out = new Uint8Array(width * height * colours);
    for (let i = 0, o = 0; o < out.length; i += 4) for (let c = 0; c < colours; c++, o++) out[o] = data[i + c];
    return new RawArray("|u1", [height, width, colours], out);
  }

  // Every stored value, for comparing; null where they cannot be had.
  stored() {
    if (this.raw) return this.raw;
    return this.canTell ? this.rgbArray() : null;
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

  // Colours on the screen of a block of a picture of the given size, as RGBA; what lies outside is transparent.
  block(x, y, columns, rows, width, height) {
    if (this.source === "values") {
      const inside = (from, amount, size) => Int32Array.from({ length: amount }, (_, i) => Math.min(size - 1, Math.max(0, from + i)));
      const image = this.raw.toImageData(inside(x, columns, width), inside(y, rows, height), this.tone);
      for (let i = 0; i < columns * rows; i++) {
        const [column, row] = [x + (i % columns), y + Math.floor(i / columns)];
        if (column < 0 || row < 0 || column >= width || row >= height) image.data.fill(0, 4 * i, 4 * i + 4);
      }
      return image;
    }
    const context = new OffscreenCanvas(columns, rows).getContext("2d", { willReadFrequently: true });
    const [sx, sy] = [this.bitmap.width / width, this.bitmap.height / height];
    context.imageSmoothingEnabled = false;
    context.drawImage(this.bitmap, x * sx, y * sy, columns * sx, rows * sy, 0, 0, columns, rows);
    return this.tone.apply(context.getImageData(0, 0, columns, rows));
  }

  // Colour on the screen of one pixel, as #rrggbb.
  colourAt(x, y, width, height) {
    const [r, g, b] = this.block(x, y, 1, 1, width, height).data;
    return `#${[r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  }

  // The picture as it lies on the stage, kept until the view or the tone changes: a layer that is switched costs nothing
  // here. Returns whether it was smoothed.
  paint(context, geometry) {
    const key = `${geometry.key} ${this.source} ${this.tone.key}`;
    if (key !== this.painted) {
      const { columns, rows } = geometry;
      if (this.layer.width !== columns || this.layer.height !== rows) Object.assign(this.layer, { width: columns, height: rows });
      const layer = this.layer.getContext("2d", { willReadFrequently: !this.tone.isPlain });
      layer.setTransform(1, 0, 0, 1, 0, 0);
      layer.clearRect(0, 0, columns, rows);
      this.smoothed = geometry.scale / geometry.ratio < CRISP_ZOOM && Math.abs(geometry.scale - 1) > 1e-6;
      if (geometry.right > geometry.left && geometry.bottom > geometry.top) {
        if (this.source === "values") this.paintValues(layer, geometry);
        else this.paintBitmap(layer, geometry);
      }
      this.painted = key;
    }
    context.drawImage(this.layer, 0, 0);
    return this.smoothed;
  }

  paintBitmap(layer, { x, y, scale, width, height, left, top, right, bottom }) {
    const level = this.smoothed ? Math.min(this.smaller.length, Math.max(0, Math.floor(Math.log2(1 / scale)))) : 0;
    layer.setTransform(scale, 0, 0, scale, x, y);
    layer.imageSmoothingEnabled = this.smoothed;
    layer.imageSmoothingQuality = level ? "low" : "high"; // a smaller copy is at most halved
    layer.drawImage(level ? this.smaller[level - 1] : this.bitmap, 0, 0, width, height);
    layer.setTransform(1, 0, 0, 1, 0, 0);
    if (this.tone.isPlain) return;
    layer.putImageData(this.tone.apply(layer.getImageData(left, top, right - left, bottom - top)), left, top);
  }

  // From afar of a smaller copy, each pixel the mean of those below it; never fewer pixels than the screen has.
  paintValues(layer, { x, y, scale, width, height, left, top, right, bottom, step }) {
    const array = this.raw.level(this.smoothed ? Math.max(0, Math.floor(Math.log2(1 / scale))) : 0);
    const across = samples(left, right, x, scale, width, array.width, step);
    const down = samples(top, bottom, y, scale, height, array.height, step);
    const image = array.toImageData(across, down, this.tone);
    if (step === 1) return layer.putImageData(image, left, top);
    const copy = new OffscreenCanvas(across.length, down.length);
    copy.getContext("2d").putImageData(image, 0, 0);
    return layer.drawImage(copy, 0, 0, (right - left) / step, (bottom - top) / step, left, top, right - left, bottom - top);
  }

  // Smaller copies of a large picture, made while nothing else happens: to smooth all of it at every step of a wheel would
  // take longer than a frame.
  async loadSmaller(signal) {
    let last = this.bitmap;
    while (last && last.width * last.height > LARGE_PIXELS && !signal.aborted) {
      await new Promise((done) => (window.requestIdleCallback ?? setTimeout)(done));
      const size = { resizeWidth: last.width >> 1, resizeHeight: last.height >> 1, resizeQuality: "medium" };
      last = await createImageBitmap(last, { ...size, colorSpaceConversion: "none" });
      this.smaller.push(last);
    }
  }

  close() {
    for (const bitmap of this.smaller) bitmap.close();
    this.bitmap?.close();
  }
}
