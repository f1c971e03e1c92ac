// The frames that are seen, and where they lie on the stage; texts of times and levels. Draws nothing.

const MIN_FRAMES = 16; // zoomed in so far, samples are seen one by one

class TimeView {
  constructor(frames, rate) {
    this.frames = Math.max(1, frames);
    this.rate = rate;
    this.width = 1;
    this.from = 0;
    this.to = this.frames;
  }

  get span() {
    return this.to - this.from;
  }

  get isWhole() {
    return this.from <= 0 && this.to >= this.frames;
  }

  toX(frame) {
    return ((frame - this.from) / this.span) * this.width;
  }

  toFrame(x) {
    return this.from + (x / this.width) * this.span;
  }

  set(from, to) {
    const span = Math.min(this.frames, Math.max(Math.min(MIN_FRAMES, this.frames), to - from));
    const start = Math.min(this.frames - span, Math.max(0, from));
    this.from = start;
    this.to = start + span;
  }

  zoomAbout(factor, frame) {
    const share = (frame - this.from) / this.span;
    const span = this.span / factor;
    this.set(frame - share * span, frame + (1 - share) * span);
  }

  pan(frames) {
    this.set(this.from + frames, this.to + frames);
  }
}

// Seconds as m:ss.mmm; as many digits behind the point as the step between two columns needs.
const timeText = (secs, digits = 3) => {
  const sign = secs < 0 ? "−" : "";
  const rounded = Math.abs(Number(secs.toFixed(digits)));
  const minutes = Math.floor(rounded / 60);
  const hours = Math.floor(minutes / 60);
  const rest = (rounded - minutes * 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  return hours ? `${sign}${hours}:${String(minutes % 60).padStart(2, "0")}:${rest}` : `${sign}${minutes}:${rest}`;
};

const STEPS = [1, 2, 5];
const LONG_STEPS = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

// A step between two marks, in seconds, such that labels have room.
const tickStep = (secsPerPixel, room) => {
  const least = secsPerPixel * room;
  if (least > 10) return LONG_STEPS.find((step) => step >= least) ?? Math.ceil(least / 3600) * 3600;
  const power = 10 ** Math.floor(Math.log10(least));
  return (STEPS.find((step) => step * power >= least) ?? 10) * power;
};

const digitsOf = (step) => Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));

const decibels = (value) => (value > 0 ? 20 * Math.log10(value) : -Infinity);

const decibelText = (value, digits = 1) => (value === -Infinity ? "−∞ dB" : `${value.toFixed(digits).replace("-", "−")} dB`);

const hertzText = (hertz) => (hertz >= 1000 ? `${Number((hertz / 1000).toPrecision(4))} kHz` : `${Number(hertz.toPrecision(4))} Hz`);
