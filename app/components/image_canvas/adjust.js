// Brightness, contrast and window of the picture, with the distribution of its values. Nothing that is stored changes,
// and what is told under the pointer stays the stored value.

const HISTOGRAM_BINS = 128;

class AdjustPanel {
  constructor(pixels, onChange, open = false) {
    this.pixels = pixels;
    this.onChange = onChange;
    this.refreshers = [];
    this.body = el("div");
    this.root = el("details", { class: "adjust", open }, el("summary", {}, "Brightness and window"), this.body);
    this.root.addEventListener("toggle", () => this.root.open && this.build());
    if (open) this.build();
  }

  // After values came that can be drawn too.
  rebuild() {
    this.built = null;
    if (this.root.open) this.build();
  }

  build() {
    if (this.built === this.pixels.source && this.body.children.length) return;
    this.built = this.pixels.source;
    this.refreshers = [];
    const array = this.pixels.toned();
    this.ends = array.isDeep ? array.range() : [0, 255];
    this.body.replaceChildren(
      ...[this.source(), this.histogram(array), this.limit("low", 0), this.limit("high", 1), this.buttons(array), ...this.tones()].filter(Boolean),
    );
    this.refresh();
  }

  refresh() {
    for (const refresh of this.refreshers) refresh();
  }

  change(changes) {
    this.pixels.tone.set(changes);
    this.refresh();
    this.onChange();
  }

  // Where the array that was logged lies beside the picture, either can be drawn.
  source() {
    if (!this.pixels.hasChoice) return null;
    const choice = (name, label) => {
      const input = el("input", { type: "radio", name: "source", value: name });
      input.addEventListener("change", () => {
        this.pixels.draw(name);
        this.build();
        this.onChange();
      });
      this.refreshers.push(() => (input.checked = this.pixels.source === name));
      return el("label", {}, input, label);
    };
    return el("div", { class: "control checks", role: "radiogroup", "aria-label": "What is drawn" }, choice("picture", "picture"), choice("values", `array, ${this.pixels.raw.dtype.slice(1)}`));
  }

  histogram(array) {
    const canvas = el("canvas", { class: "histogram", width: HISTOGRAM_BINS * 2, height: 72, role: "img" });
    const { values, step } = array.sample();
    const [low, high] = this.ends;
    const bins = new Uint32Array(HISTOGRAM_BINS);
    for (const value of values) bins[Math.min(HISTOGRAM_BINS - 1, Math.floor(((value - low) / (high - low || 1)) * HISTOGRAM_BINS))]++;
    const most = Math.log1p(bins.reduce((a, b) => Math.max(a, b), 1));
    canvas.setAttribute("aria-label", `Distribution of the values from ${low} to ${high}`);
    this.refreshers.push(() => {
      const c = canvas.getContext("2d");
      const style = getComputedStyle(canvas);
      const { tone } = this.pixels;
      c.clearRect(0, 0, canvas.width, canvas.height);
      bins.forEach((amount, i) => {
        const middle = low + ((i + 0.5) / HISTOGRAM_BINS) * (high - low);
        c.fillStyle = style.getPropertyValue(middle < tone.low || middle > tone.high ? "--line" : "--muted");
        const height = (Math.log1p(amount) / most) * canvas.height;
        c.fillRect(2 * i, canvas.height - height, 2, height);
      });
    });
    const of = step > 1 || (this.pixels.source === "picture" && array.width < this.pixels.bitmap.width) ? `${count(values.length)} values, because a sample is enough here; ` : "";
    return el("div", {}, canvas, el("p", { class: "muted rule" }, `${of}height is logarithmic`));
  }

  limit(name, index) {
    const [low, high] = this.ends;
    const whole = Number.isInteger(low) && Number.isInteger(high) && !["<f4", "<f8"].includes(this.pixels.toned().dtype);
    const step = whole ? 1 : Number(((high - low) / 1000).toPrecision(2)) || 1e-6;
    const slider = el("input", { type: "range", min: low, max: high, step: whole ? 1 : "any", "aria-label": `Window, ${name}` });
    const exact = el("input", { type: "number", step: whole ? 1 : step, "aria-label": `Window, ${name}, as a number` });
    const set = (value) => {
      if (!Number.isFinite(value)) return;
      const window = [this.pixels.tone.low, this.pixels.tone.high];
      window[index] = value;
      if (window[0] >= window[1]) window[1 - index] = index ? value - step : value + step;
      this.change({ window });
    };
    slider.addEventListener("input", () => set(Number(slider.value)));
    exact.addEventListener("change", () => exact.value !== "" && set(Number(exact.value)));
    this.refreshers.push(() => {
      const value = this.pixels.tone[name];
      slider.value = value;
      exact.value = String(Number(value.toPrecision(7)));
      slider.style.setProperty("--share", `${Math.min(1, Math.max(0, (value - low) / (high - low || 1))) * 100}%`);
    });
    return el("div", { class: "control" }, el("span", { class: "muted tag" }, name), slider, exact);
  }

  buttons(array) {
    const button = (label, title, action) => el("button", { class: "plain", type: "button", title, onclick: action }, label);
    const auto = () => {
      const { values } = array.sample();
      const at = (share) => values[Math.round(share * (values.length - 1))];
      const window = values.length ? [at(0.01), at(0.99)] : null;
      this.change({ window: window && window[0] < window[1] ? window : null });
    };
    return el(
      "div", { class: "control" },
      button("Auto", "From the 1st to the 99th percentile of the values", auto),
      button("Full range", "All that the stored type can hold; of floats, from the least value to the largest", () => this.change({ window: array.fullRange() })),
      button("Reset", "As the picture opens", () => {
        this.pixels.tone.reset();
        this.change({});
      }),
    );
  }

  tones() {
    const slider = (name, label, min, max, read, write, text) => {
      const input = el("input", { type: "range", min, max, step: 0.05, "aria-label": label });
      const number = el("span", { class: "muted number" });
      input.addEventListener("input", () => this.change({ [name]: write(Number(input.value)) }));
      this.refreshers.push(() => {
        const value = this.pixels.tone[name];
        input.value = read(value);
        input.style.setProperty("--share", `${((read(value) - min) / (max - min)) * 100}%`);
        number.textContent = text(value);
      });
      return el("div", { class: "control" }, el("span", { class: "muted tag" }, label), input, number);
    };
    const same = (value) => value;
    return [
      slider("brightness", "Brightness", -1, 1, same, same, (value) => `${value > 0 ? "+" : ""}${Math.round(value * 100)} %`),
      slider("contrast", "Contrast", -3, 3, (value) => Math.log2(value || 0.125), (value) => Number((2 ** value).toPrecision(4)), (value) => `×${Number(value.toPrecision(3))}`),
    ];
  }
}
