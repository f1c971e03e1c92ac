// One picture that is looked at: its canvas, the place of the picture on it, and what the pointer does there. The
// components around it decide what else stands on the page.

const REST_MS = 120;
const CLICK_PIXELS = 4; // a pointer that moved less has clicked, not dragged

class Stage {
  // host: {onView(stage), onPoint(stage)}; told when the view or the pointer has moved
  constructor(host, signal) {
    this.host = host;
    this.signal = signal;
    this.view = new Viewport();
    this.layers = [];
    this.pixels = null;
    this.data = null;
    this.pointer = null;
    this.hidden = false;
    this.coarse = false;
    this.canvas = el("canvas", { class: "picture", tabIndex: 0, role: "img" });
    this.painter = new Painter(this.canvas, this);
    this.probe = new Probe(this);
    this.root = el("div", { class: "view" }, this.canvas, this.probe.root);
    this.listen();
  }

  // Loads a picture with its layers; throws what keeps it from being shown. Draws nothing yet.
  static async load(data, signal) {
    if (data.problem) throw new Error(data.problem);
    const pixels = new Pixels(data.pixels);
    const sets = data.layers.filter((spec) => spec.kind === "boxes");
    const layers = data.layers.map((spec) => (spec.kind === "mask" ? new MaskLayer(spec, data.palette) : new BoxLayer(spec, sets.indexOf(spec))));
    await Promise.all([pixels.load(signal), ...layers.map((layer) => layer.load(signal))]);
    return { data, pixels, layers };
  }

  take({ data, pixels, layers }) {
    if (this.pixels !== pixels) this.pixels?.close();
    Object.assign(this, { data, pixels, layers });
    this.canvas.setAttribute("aria-label", data.label);
    this.view.setPicture(data.width, data.height);
  }

  empty() {
    this.pixels?.close();
    Object.assign(this, { pixels: null, layers: [] });
    this.paint();
  }

  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  paint() {
    this.painter.paint();
    this.host.onPaint?.(this);
  }

  isOver({ x, y, width, height }) {
    const p = this.pointer && this.view.toPicture(this.pointer.x, this.pointer.y);
    return Boolean(p) && p.x + 0.5 >= x && p.y + 0.5 >= y && p.x + 0.5 < x + width && p.y + 0.5 < y + height;
  }

  // The smallest box under a place: of nested ones the inner.
  boxAt({ x, y }) {
    const p = this.view.toPicture(x, y);
    if (!p || this.hidden) return null;
    const found = this.layers.filter((layer) => layer instanceof BoxLayer).flatMap((layer) => [...layer.shown()])
      .filter((box) => p.x + 0.5 >= box.x && p.y + 0.5 >= box.y && p.x + 0.5 < box.x + box.width && p.y + 0.5 < box.y + box.height);
    return found.sort((a, b) => a.width * a.height - b.width * b.height)[0] ?? null;
  }

  // -- what people do ----------------------------------------------------------------------------------------------

  moved() {
    this.moves();
    this.draw();
    this.host.onView(this);
  }

  // While a large picture moves, its layers are drawn from a quarter of the pixels; all of them once it rests.
  moves() {
    const { width, height } = this.view.picture;
    if (width * height <= LARGE_PIXELS) return;
    this.coarse = true;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.coarse = false;
      this.draw();
    }, REST_MS);
  }

  fit() {
    this.view.fit();
    this.moved();
  }

  actual() {
    this.view.actual(window.devicePixelRatio || 1);
    this.moved();
  }

  showBox(box) {
    this.view.show(box);
    this.moved();
  }

  zoomStep(factor) {
    const { width, height } = this.view.stage;
    this.view.zoomAbout(factor, width / 2, height / 2);
    this.moved();
  }

  pan(dx, dy) {
    this.view.pan(dx, dy);
    this.moved();
  }

  point(at) {
    this.pointer = at;
    this.probe.tell(at);
    if (this.layers.some((layer) => layer instanceof BoxLayer)) this.draw();
    this.host.onPoint?.(this);
  }

  // The pointer by keyboard: some pixels of the picture further, from the middle at first.
  step(dx, dy) {
    if (!this.pixels) return;
    const { width, height } = this.view.picture;
    const middle = this.view.state();
    const from = this.probe.place ?? { x: Math.round(middle.x) - dx, y: Math.round(middle.y) - dy };
    const clamp = (value, size) => Math.min(size - 1, Math.max(0, value));
    const [x, y] = [clamp(from.x + dx, width), clamp(from.y + dy, height)];
    const at = this.view.toStage(x, y);
    const { width: right, height: bottom } = this.view.stage;
    if (at.x < 0 || at.y < 0 || at.x > right || at.y > bottom) this.pan(right / 2 - at.x, bottom / 2 - at.y);
    this.point(this.view.toStage(x, y));
  }

  setLoupe(on) {
    this.probe.loupe = on;
    if (on && !this.probe.place && this.pixels) this.step(0, 0);
    else this.probe.again();
  }

  listen() {
    const on = (target, name, action, options = {}) => target.addEventListener(name, action, { ...options, signal: this.signal });
    const place = (event) => {
      const box = this.canvas.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    on(this.canvas, "wheel", (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      const at = place(event);
      this.view.zoomAbout(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)), at.x, at.y);
      this.moved();
    }, { passive: false });
    on(this.canvas, "pointerdown", (event) => {
      if (event.button > 1) return;
      this.grip = { ...place(event), start: place(event) };
      this.canvas.setPointerCapture(event.pointerId);
    });
    for (const name of ["pointerup", "pointercancel"]) on(this.canvas, name, () => {
      this.grip = null;
      delete this.canvas.dataset.dragging;
    });
    on(this.canvas, "pointermove", (event) => this.drag(place(event)));
    on(this.canvas, "pointerleave", () => this.point(null));
    on(this.canvas, "dblclick", (event) => {
      const box = this.boxAt(place(event));
      if (box) this.showBox(box);
      else if (this.view.mode === "fit") this.actual();
      else this.fit();
    });
    this.sizes = new ResizeObserver(([entry]) => {
      if (entry.contentRect.width === 0 || entry.contentRect.height === 0) return; // hidden: its place stays
      this.view.setStage(entry.contentRect.width, entry.contentRect.height);
      this.paint(); // at once: a canvas that waits for the next frame is seen stretched
    });
    this.sizes.observe(this.root);
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    on(scheme, "change", () => setTimeout(() => this.paint(), 50));
    on(document.fonts, "loadingdone", () => this.draw()); // labels that were drawn before their letters came
  }

  drag(at) {
    const { grip } = this;
    if (grip && (this.canvas.dataset.dragging || Math.hypot(at.x - grip.start.x, at.y - grip.start.y) >= CLICK_PIXELS)) {
      this.canvas.dataset.dragging = "true";
      const [dx, dy] = [at.x - grip.x, at.y - grip.y];
      Object.assign(grip, at);
      this.pan(dx, dy);
    }
    this.point(at);
  }

  hide(hidden) {
    if (this.hidden === hidden) return;
    this.hidden = hidden;
    this.draw();
  }

  close() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.resting);
    this.sizes.disconnect();
    this.pixels?.close();
  }
}

// Buttons for loupe and zoom. host: {stage, toggleLoupe()}; `stage` may change, `loupeButton` and `zoomText` are kept on it.
const stageTools = (host, ...before) => {
  const tool = (label, key, name, action) =>
    el("button", { class: "tool", type: "button", title: `${label} (${key})`, "aria-label": label, onclick: action }, ICONS[name] ? icon(name) : name);
  host.zoomText = el("output", { class: "zoom" });
  host.loupeButton = tool("Loupe", "L, or hold Alt", "find", () => host.toggleLoupe());
  return el(
    "div", { class: "pill tools" }, before, host.loupeButton,
    tool("Zoom out", "−", "minus", () => host.stage.zoomStep(1 / 1.5)),
    host.zoomText,
    tool("Zoom in", "+", "plus", () => host.stage.zoomStep(1.5)),
    tool("Fit", "F", "Fit", () => host.stage.fit()),
    tool("One to one", "1", "1:1", () => host.stage.actual()),
  );
};

const zoomPercent = (view) => {
  const percent = view.zoom * 100 * (window.devicePixelRatio || 1);
  return `${percent >= 10 ? count(Math.round(percent)) : percent.toFixed(1)} %`;
};

// Keys that every page of pictures has. `actions` gets more; returns whether something was done.
const stageKey = (event, stage, actions) => {
  if (isTyping(event) || hasModifier(event)) return false;
  const step = event.shiftKey ? 10 : 1;
  const known = {
    f: () => stage.fit(),
    1: () => stage.actual(),
    "+": () => stage.zoomStep(1.5),
    "=": () => stage.zoomStep(1.5),
    "-": () => stage.zoomStep(1 / 1.5),
    w: () => stage.step(0, -step),
    a: () => stage.step(-step, 0),
    s: () => stage.step(0, step),
    d: () => stage.step(step, 0),
    ...actions,
  };
  const steps = { ArrowLeft: [64, 0], ArrowRight: [-64, 0], ArrowUp: [0, 64], ArrowDown: [0, -64] };
  const range = event.composedPath()[0]?.type === "range";
  const action = event.shiftKey && !range && steps[event.key] ? () => stage.pan(...steps[event.key]) : known[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return false;
  event.preventDefault();
  action();
  return true;
};
