// Axes: from values to pixels and back, and round numbers to write at them.

const tidy = (value) => {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) return value.toExponential(2);
  return Number(value.toPrecision(4)).toLocaleString("en-US", { maximumFractionDigits: 8 });
};

class Scale {
  // A logarithmic scale shows what is above zero.
  constructor(low, high, from, to, logarithmic = false) {
    this.log = logarithmic;
    const [a, b] = logarithmic ? [Math.log10(low), Math.log10(high)] : [low, high];
    const margin = a === b ? Math.abs(a) * 0.1 || 0.5 : 0;
    Object.assign(this, { a: a - margin, b: b + margin, from, to });
  }

  place(value) {
    const at = this.log ? Math.log10(value) : value;
    return this.from + ((at - this.a) / (this.b - this.a)) * (this.to - this.from);
  }

  value(place) {
    const at = this.a + ((place - this.from) / (this.to - this.from)) * (this.b - this.a);
    return this.log ? 10 ** at : at;
  }

  ticks(most) {
    if (this.log && this.b - this.a >= 1) {
      const step = Math.max(1, Math.ceil((this.b - this.a) / most));
      const found = [];
      for (let power = Math.ceil(this.a); power <= this.b; power += step) found.push(10 ** power);
      return found;
    }
    const [low, high] = this.log ? [10 ** this.a, 10 ** this.b] : [this.a, this.b];
    const rough = (high - low) / Math.max(1, most);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
    const found = [];
    for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-9; at += step) found.push(Math.abs(at) < step * 1e-9 ? 0 : at);
    return found;
  }
}

// Exponential moving average over the drawn points; the first points are not pulled towards zero. A gap stays a gap.
const smoothed = (values, weight) => {
  if (!weight) return values;
  let sum = 0;
  let total = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = sum * weight + value * (1 - weight);
    total = total * weight + (1 - weight);
    return sum / total;
  });
};
