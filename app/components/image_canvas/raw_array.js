// Stored values as the server sends them: an .npy file in C order, (height, width) or (height, width, channels).

const ARRAYS = {
  "|b1": Uint8Array, "|u1": Uint8Array, "<u2": Uint16Array, "<i4": Int32Array, "<f4": Float32Array, "<f8": Float64Array,
};
const FULL_RANGES = { "|b1": [0, 1], "|u1": [0, 255], "<u2": [0, 65535] };
const SAMPLED_VALUES = 1 << 20; // for histogram and percentiles: more take longer than a frame

const fetchBytes = async (url, signal) => {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error((await answer.text()).trim() || `The server answered ${answer.status}.`);
  return answer;
};

class RawArray {
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
    this.levels = [this];
  }

  // Channels that are colours: the last of two or four is alpha.
  get colours() {
    return this.channels === 2 || this.channels === 4 ? this.channels - 1 : this.channels;
  }

  // Whether the values need a window to be seen: 8 bits are shown as they are.
  get isDeep() {
    return this.dtype !== "|u1" && this.dtype !== "|b1";
  }

  at(x, y) {
    const start = (y * this.width + x) * this.channels;
    return Array.from(this.values.subarray(start, start + this.channels));
  }

  // Smallest and largest finite value of the colour channels.
  range() {
    if (this.ends) return this.ends;
    const { colours, channels, values } = this;
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < values.length; i += channels) {
      for (let c = 0; c < colours; c++) {
        const value = values[i + c];
        if (value - value !== 0) continue; // not finite
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    this.ends = low <= high ? [low, high] : [0, 1];
    return this.ends;
  }

  fullRange() {
    return FULL_RANGES[this.dtype] ?? this.range();
  }

  // Finite values of the colour channels; of a large picture every n-th pixel.
  sample() {
    if (this.sampled) return this.sampled;
    const pixels = this.width * this.height;
    let step = Math.max(1, Math.ceil((pixels * this.colours) / SAMPLED_VALUES));
    while (step > 1 && this.width % step === 0) step++; // else every row gives the same columns
    const found = [];
    for (let pixel = 0; pixel < pixels; pixel += step) {
      for (let c = 0; c < this.colours; c++) {
        const value = this.values[pixel * this.channels + c];
        if (value - value === 0) found.push(value);
      }
    }
    this.sampled = { values: Float64Array.from(found).sort(), step };
    return this.sampled;
  }

  // The picture at one half, one quarter … of its size, each pixel the mean of the finite values below it: what is seen
  // from afar is neither a chance pixel nor slow.
  level(power) {
    while (this.levels.length <= power) {
      const last = this.levels.at(-1);
      if (last.width < 2 || last.height < 2) break;
      this.levels.push(last.halved());
    }
    return this.levels[Math.min(power, this.levels.length - 1)];
  }

  halved() {
    const [width, height, { channels, values }] = [this.width >> 1, this.height >> 1, this];
    const keeps = this.dtype === "|u1" || this.dtype === "<u2"; // types with a table from value to brightness
    const out = new (keeps ? values.constructor : Float32Array)(width * height * channels);
    const row = this.width * channels;
    for (let y = 0, o = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const start = 2 * y * row + 2 * x * channels;
        for (let c = 0; c < channels; c++, o++) {
          const [a, b, d, e] = [values[start + c], values[start + channels + c], values[start + row + c], values[start + row + channels + c]];
          const sum = a + b + d + e;
          if (keeps) out[o] = (sum + 2) >> 2;
          else if (sum - sum === 0) out[o] = sum / 4;
          else {
            const finite = [a, b, d, e].filter(Number.isFinite);
            out[o] = finite.length ? finite.reduce((left, right) => left + right) / finite.length : NaN;
          }
        }
      }
    }
    const half = new RawArray(keeps ? this.dtype : "<f4", [height, width, channels], out);
    half.opaque = this.opaqueValue;
    return half;
  }

  get opaqueValue() {
    return this.opaque ?? { "|u1": 255, "<u2": 65535 }[this.dtype] ?? 1;
  }

  // 8 bits for the screen, of the pixels at the given columns and rows.
  toImageData(columns, rows, tone) {
    const image = new ImageData(columns.length, rows.length);
    const out = image.data;
    const { values, channels, opaqueValue } = this;
    const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
    const table = tone.tableFor(this.dtype);
    const { low, gain, offset } = tone.line();
    const alpha = channels % 2 === 0;
    for (let y = 0, o = 0; y < rows.length; y++) {
      const start = rows[y] * this.width;
      for (let x = 0; x < columns.length; x++, o += 4) {
        const i = (start + columns[x]) * channels;
        if (table) {
          out[o] = table[values[i]];
          out[o + 1] = table[values[i + green]];
          out[o + 2] = table[values[i + blue]];
        } else {
          out[o] = (values[i] - low) * gain + offset;
          out[o + 1] = (values[i + green] - low) * gain + offset;
          out[o + 2] = (values[i + blue] - low) * gain + offset;
        }
        out[o + 3] = alpha ? (values[i + channels - 1] / opaqueValue) * 255 : 255;
      }
    }
    return image;
  }
}
