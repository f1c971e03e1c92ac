// From a value to a brightness on the screen. With t = (value − low) / (high − low):
//   shown = 255 · clip((t − ½) · contrast + ½ + brightness, 0, 1), rounded to the nearest whole number, halves to even.
// What is told under the pointer is always the stored value.

class Tone {
  constructor() {
    this.rest = [0, 255];
    this.reset();
  }

  reset() {
    this.window = null; // [low, high]; null is where the picture rests: 0 … 255, or the range of its values
    this.brightness = 0;
    this.contrast = 1;
    this.changed();
  }

  changed() {
    this.tables = {};
    this.key = `${this.low} ${this.high} ${this.brightness} ${this.contrast}`;
  }

  // Values between which the picture is drawn while nobody has chosen others.
  restAt(range) {
    this.rest = range;
    this.changed();
  }

  set(changes) {
    Object.assign(this, changes);
    this.changed();
  }

  get low() {
    return (this.window ?? this.rest)[0];
  }

  get high() {
    return (this.window ?? this.rest)[1];
  }

  get isPlain() {
    return this.low === 0 && this.high === 255 && this.brightness === 0 && this.contrast === 1;
  }

  get isAtRest() {
    return this.window === null && this.brightness === 0 && this.contrast === 1;
  }

  // shown = (value − low) · gain + offset
  line() {
    const [low, high] = [this.low, this.high];
    const gain = high > low ? (255 / (high - low)) * this.contrast : 0;
    const offset = 255 * (0.5 + this.brightness - 0.5 * this.contrast);
    return { low, gain, offset };
  }

  // The same as a table, for types of few values; null for the others.
  tableFor(dtype) {
    const size = { "|b1": 256, "|u1": 256, "<u2": 65536 }[dtype];
    if (!size) return null;
    if (!this.tables[size]) {
      const table = new Uint8ClampedArray(size);
      const { low, gain, offset } = this.line();
      for (let value = 0; value < size; value++) table[value] = (value - low) * gain + offset;
      this.tables[size] = table;
    }
    return this.tables[size];
  }

  // Changes 8-bit colours in place; alpha stays.
  apply(image) {
    const table = this.tableFor("|u1");
    const { data } = image;
    for (let i = 0; i < data.length; i += 4) {
      data[i] = table[data[i]];
      data[i + 1] = table[data[i + 1]];
      data[i + 2] = table[data[i + 2]];
    }
    return image;
  }
}
