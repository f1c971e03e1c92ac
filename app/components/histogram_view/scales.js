// Axes: from numbers to pixels, and where ticks stand.

class Scale {
  constructor(low, high, start, end, log = false) {
    Object.assign(this, { low, high, start, end, log });
    const [a, b] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
    this.a = a;
    this.span = b - a || 1;
  }

  at(value) {
    const place = this.log ? Math.log10(value) : value;
    return this.start + ((place - this.a) / this.span) * (this.end - this.start);
  }

  value(pixel) {
    const place = this.a + ((pixel - this.start) / (this.end - this.start)) * this.span;
    return this.log ? 10 ** place : place;
  }

  ticks(wanted) {
    return this.log ? this.logTicks(wanted) : this.linearTicks(wanted);
  }

  linearTicks(wanted) {
    const rough = (this.high - this.low) / Math.max(1, wanted);
    if (!(rough > 0) || !Number.isFinite(rough)) return [this.low];
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
    const ticks = [];
    for (let i = Math.ceil(this.low / step - 1e-9); i * step <= this.high + step * 1e-9 && ticks.length < 100; i++) ticks.push(i * step);
    return ticks;
  }

  logTicks(wanted) {
    const [first, last] = [Math.ceil(this.a - 1e-9), Math.floor(this.a + this.span + 1e-9)];
    if (last - first < 1) return [this.low, this.high];
    const step = Math.max(1, Math.ceil((last - first) / Math.max(1, wanted)));
    const ticks = [];
    for (let power = first; power <= last; power += step) ticks.push(10 ** power);
    return ticks;
  }
}

// A number as short as it can be told from its neighbours; exact numbers stand in the readout and the table.
const shortNumber = (value) => {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e");
  return Number(value.toPrecision(6)).toLocaleString("en-US", { maximumFractionDigits: 6 });
};

// A number as it is stored, every digit.
const exactNumber = (value) => (Number.isInteger(value) && Math.abs(value) < 1e15 ? count(value) : String(value));

const shareText = (share) => `${(share * 100).toLocaleString("en-US", { maximumSignificantDigits: share && share < 0.01 ? 2 : 3 })} %`;
