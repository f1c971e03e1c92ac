// The bar above the pictures: how they are compared, and what that way needs.

const MODES = { side: "Side by side", swipe: "Swipe", blink: "Blink", difference: "Difference" };
const BLINK_MS = 700; // well below three flashes a second
const MOST_DOUBLINGS = 16;

class ModeBar {
  // host: {mode, names, swipe, difference, setMode(name), setSwipe(share), flip(), setBlinking(on), setSigned(on), setAmplification(x)}
  constructor(host) {
    this.host = host;
    this.buttons = Object.entries(MODES).map(([name, label]) =>
      el("button", { class: "mode", type: "button", role: "radio", "data-mode": name, onclick: () => host.setMode(name) }, label));
    this.controls = el("div", { class: "controls" });
    this.root = el("div", { class: "bar" }, el("div", { class: "modes", role: "radiogroup", "aria-label": "How the pictures are compared" }, this.buttons), this.controls);
  }

  show() {
    for (const button of this.buttons) {
      const chosen = button.dataset.mode === this.host.mode;
      button.setAttribute("aria-checked", String(chosen));
    }
    const make = { side: () => [], swipe: () => this.swipe(), blink: () => this.blink(), difference: () => this.difference() };
    this.controls.replaceChildren(...make[this.host.mode]().filter(Boolean));
  }

  range(label, min, max, step, value, write) {
    const input = el("input", { type: "range", min, max, step, value, "aria-label": label });
    const show = () => input.style.setProperty("--share", `${((Number(input.value) - min) / (max - min)) * 100}%`);
    input.addEventListener("input", () => {
      write(Number(input.value));
      show();
    });
    show();
    return input;
  }

  swipe() {
    const { host } = this;
    this.swipeInput = this.range(`Share of ${host.names[0]}`, 0, 1, 0.005, host.swipe, (share) => host.setSwipe(share));
    return [el("span", { class: "muted" }, host.names[0]), this.swipeInput, el("span", { class: "muted" }, host.names[1])];
  }

  tellSwipe() {
    if (!this.swipeInput) return;
    this.swipeInput.value = this.host.swipe;
    this.swipeInput.style.setProperty("--share", `${this.host.swipe * 100}%`);
  }

  blink() {
    const { host } = this;
    const run = el("input", { type: "checkbox", checked: host.blinking });
    run.addEventListener("change", () => host.setBlinking(run.checked));
    const flip = el("button", { class: "plain", type: "button", title: "Show the other (Space)", onclick: () => host.flip() }, "Flip");
    return [el("label", {}, run, "by itself"), flip, el("span", { class: "muted told", role: "status" }, `Shown: ${host.names[host.front]}`)];
  }

  difference() {
    const { host } = this;
    const found = host.difference;
    if (!found) return [el("span", { class: "told", role: "status" }, host.reason ? `There is no difference, because ${host.reason}` : "…")];
    const { changed, max, mean, pixels } = found.measures;
    const short = (value) => count(Number(value.toPrecision(6)));
    const percent = (100 * changed) / pixels;
    const share = changed && percent < 0.01 ? "< 0.01" : percent.toFixed(2);
    const text = changed
      ? `max ${short(max)} · ${count(changed)} of ${count(pixels)} pixels differ (${share} %) · mean ${short(mean)}`
      : `All ${count(pixels)} pixels are equal`;
    const signed = el("input", { type: "checkbox", checked: found.signed });
    const ramp = el("canvas", { class: "ramp", width: 128, height: 1, "aria-hidden": "true" });
    const ends = el("span", { class: "muted ends" });
    const amplified = el("span", { class: "muted number" });
    const tell = () => {
      const end = count(Number((found.full / found.amplification).toPrecision(3)));
      ends.textContent = found.signed ? `−${end} … +${end}` : `0 … ${end}`;
      amplified.textContent = `×${short(found.amplification)}`;
      const table = found.signed ? found.tables.signed : found.tables.absolute;
      const image = new ImageData(128, 1);
      new Uint32Array(image.data.buffer).set(Uint32Array.from({ length: 128 }, (_, i) => table[Math.round((i / 127) * TABLE_END)]));
      ramp.getContext("2d").putImageData(image, 0, 0);
    };
    signed.addEventListener("change", () => {
      host.setSigned(signed.checked);
      tell();
    });
    const amplification = this.range("Amplification", 0, MOST_DOUBLINGS, 0.25, Math.log2(found.amplification), (power) => {
      host.setAmplification(Number((2 ** power).toPrecision(4)));
      tell();
    });
    tell();
    return [
      el("label", { title: "Right minus left: blue is less, red is more" }, signed, "signed"),
      amplification, amplified, ramp, ends, el("span", { class: "told", role: "status" }, text),
    ];
  }
}
