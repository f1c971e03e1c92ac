// Levels by time and frequency as a picture: colours from a floor to the top, frequencies in steps or in octaves. Each
// row of the screen shows the loudest of the bins that it covers, so that no tone falls between two rows.

// Viridis at equal steps. Source: matplotlib, CC0.
const VIRIDIS = [
  [68, 1, 84], [72, 36, 117], [65, 68, 135], [53, 95, 141], [42, 120, 142], [33, 145, 140], [34, 168, 132],
  [68, 191, 112], [122, 209, 81], [189, 223, 38], [253, 231, 37],
];

const viridis = (share) => {
  const at = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const below = Math.min(VIRIDIS.length - 2, Math.floor(at));
  return VIRIDIS[below].map((value, i) => Math.round(value + (VIRIDIS[below + 1][i] - value) * (at - below)));
};

class Spectrum {
  constructor(canvas) {
    this.canvas = canvas;
    this.picture = document.createElement("canvas");
    this.signature = "";
  }

  // Frequencies from bottom to top; octaves begin at 20 Hz, or at the first bin where that is above.
  scale(data, rate, logarithmic) {
    const top = rate / 2;
    const least = Math.min(Math.max(20, rate / data.window), top / 2);
    return logarithmic
      ? { least, top, toHertz: (share) => least * (top / least) ** share, toShare: (hertz) => Math.log(hertz / least) / Math.log(top / least) }
      : { least: 0, top, toHertz: (share) => share * top, toShare: (hertz) => hertz / top };
  }

  paint({ time, data, rate, logarithmic, floor, ceiling }) {
    const { width, height } = this.canvas;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    if (!data || !height) return;
    this.draw(data, rate, logarithmic, floor, ceiling, height);
    const columns = data.levels.shape[0];
    const left = ((data.start - time.from) / time.span) * width;
    const perColumn = (data.step / time.span) * width;
    context.imageSmoothingEnabled = perColumn < 1;
    context.drawImage(this.picture, left, 0, perColumn * columns, height);
  }

  draw(data, rate, logarithmic, floor, ceiling, height) {
    const signature = [data.serial, logarithmic, floor, ceiling, height].join();
    if (signature === this.signature) return;
    this.signature = signature;
    const [columns, bins] = data.levels.shape;
    const { values } = data.levels;
    Object.assign(this.picture, { width: columns, height });
    const context = this.picture.getContext("2d");
    const image = context.createImageData(columns, height);
    const pixels = new Uint32Array(image.data.buffer);
    const colours = new Uint32Array(256);
    for (let level = 0; level < 256; level += 1) {
      const [red, green, blue] = viridis((level / data.steps + data.zero - floor) / (ceiling - floor));
      colours[level] = (255 << 24) | (blue << 16) | (green << 8) | red;
    }
    const scale = this.scale(data, rate, logarithmic);
    for (let row = 0; row < height; row += 1) {
      const begin = (scale.toHertz((height - row - 1) / height) * data.window) / rate;
      const end = (scale.toHertz((height - row) / height) * data.window) / rate;
      const first = Math.min(bins - 1, Math.max(0, Math.round(begin)));
      const last = Math.min(bins, Math.max(first + 1, Math.round(end)));
      for (let column = 0; column < columns; column += 1) {
        let level = 0;
        for (let at = column * bins + first; at < column * bins + last; at += 1) if (values[at] > level) level = values[at];
        pixels[row * columns + column] = colours[level];
      }
    }
    context.putImageData(image, 0, 0);
  }

  // The level at a frame and a frequency, in decibels, and the frequency of its bin.
  static at(data, rate, frame, hertz) {
    const [columns, bins] = data.levels.shape;
    const column = Math.floor((frame - data.start) / data.step);
    const bin = Math.min(bins - 1, Math.max(0, Math.round((hertz * data.window) / rate)));
    if (column < 0 || column >= columns) return null;
    const level = data.levels.values[column * bins + bin];
    return { hertz: (bin * rate) / data.window, decibels: level / data.steps + data.zero, least: level === 0 };
  }
}
