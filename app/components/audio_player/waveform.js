// Levels by time, a lane a channel: from least to greatest value, and the root mean square within. Samples that clip are
// marked; where samples can be told apart, they are joined by a line.

class Waveform {
  constructor(canvas) {
    this.canvas = canvas;
  }

  // The finest levels that cover what is seen: those of the range, else those of all.
  choose(time, overview, detail) {
    return detail && detail.start <= Math.floor(time.from) && detail.stop >= Math.min(Math.ceil(time.to), time.frames) ? detail : overview;
  }

  paint({ time, levels, top, limit, muted, colours, ratio }) {
    const { width, height } = this.canvas;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    if (!levels) return;
    const channels = levels.low.shape[0];
    const lane = height / channels;
    for (let channel = 0; channel < channels; channel += 1) {
      const middle = lane * (channel + 0.5);
      const scale = (lane / 2 - 3 * ratio) / top;
      this.grid(context, { width, middle, scale, top, colours, ratio, lane, channel });
      context.globalAlpha = muted.has(channel) ? 0.3 : 1;
      this.lane(context, { time, levels, channel, middle, scale, colours, limit, width, ratio });
      context.globalAlpha = 1;
    }
  }

  grid(context, { width, middle, scale, top, colours, ratio, lane, channel }) {
    context.fillStyle = colours.line;
    if (channel) context.fillRect(0, Math.round(lane * channel), width, ratio);
    context.fillRect(0, Math.round(middle), width, ratio);
    if (top <= 1) return;
    context.fillStyle = colours.bad; // beyond these the player clips
    for (const sign of [-1, 1]) for (let x = 0; x < width; x += 8 * ratio) context.fillRect(x, Math.round(middle - sign * scale), 4 * ratio, ratio);
  }

  lane(context, { time, levels, channel, middle, scale, colours, limit, width, ratio }) {
    const bins = levels.low.shape[1];
    const [low, high, rms] = ["low", "high", "rms"].map((name) => levels[name].values.subarray(channel * bins, (channel + 1) * bins));
    if (levels.step === 1 && (time.span / width) * ratio < 1) return this.samples(context, { time, levels, high, middle, scale, colours, width, ratio });
    const perPixel = time.span / width / levels.step;
    const first = (time.from - levels.start) / levels.step;
    const clips = [];
    const outer = new Path2D();
    const inner = new Path2D();
    for (let x = 0; x < width; x += 1) {
      const begin = Math.max(0, Math.floor(first + x * perPixel));
      const end = Math.min(bins, Math.max(begin + 1, Math.ceil(first + (x + 1) * perPixel)));
      if (begin >= bins) break;
      let [least, greatest, squares] = [low[begin], high[begin], 0];
      for (let bin = begin; bin < end; bin += 1) {
        if (low[bin] < least) least = low[bin];
        if (high[bin] > greatest) greatest = high[bin];
        squares += rms[bin] * rms[bin];
      }
      const mean = Math.sqrt(squares / (end - begin));
      outer.rect(x, middle - greatest * scale, 1, Math.max(ratio, (greatest - least) * scale));
      inner.rect(x, middle - mean * scale, 1, 2 * mean * scale);
      if (greatest >= limit.high || least <= limit.low) clips.push(x);
    }
    context.fillStyle = colours.outer;
    context.fill(outer);
    context.fillStyle = colours.inner;
    context.fill(inner);
    context.fillStyle = colours.bad;
    const reach = scale * Math.max(1, Math.abs(limit.low)) + 3 * ratio;
    for (const x of clips) context.fillRect(x, middle - reach, Math.max(1, ratio), 4 * ratio);
  }

  samples(context, { time, levels, high, middle, scale, colours, width, ratio }) {
    const begin = Math.max(0, Math.floor(time.from) - levels.start - 1);
    const end = Math.min(high.length, Math.ceil(time.to) - levels.start + 2);
    const toX = (index) => ((index + levels.start + 0.5 - time.from) / time.span) * width;
    context.strokeStyle = colours.inner;
    context.lineWidth = 1.5 * ratio;
    context.beginPath();
    for (let index = begin; index < end; index += 1) context.lineTo(toX(index), middle - high[index] * scale);
    context.stroke();
    if (width / time.span < 5 * ratio) return;
    context.fillStyle = colours.inner;
    for (let index = begin; index < end; index += 1) {
      context.beginPath();
      context.arc(toX(index), middle - high[index] * scale, 2.5 * ratio, 0, 7);
      context.fill();
    }
  }

  // What the levels say of a place: least, greatest, root mean square of the bins under one pixel.
  static at(levels, channel, from, to) {
    const bins = levels.low.shape[1];
    const begin = Math.min(bins - 1, Math.max(0, Math.floor((from - levels.start) / levels.step)));
    const end = Math.min(bins, Math.max(begin + 1, Math.ceil((to - levels.start) / levels.step)));
    let [least, greatest] = [Infinity, -Infinity];
    for (let bin = begin; bin < end; bin += 1) {
      least = Math.min(least, levels.low.values[channel * bins + bin]);
      greatest = Math.max(greatest, levels.high.values[channel * bins + bin]);
    }
    return { least, greatest, exact: levels.step === 1 && end - begin === 1 };
  }
}
