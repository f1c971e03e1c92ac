// The picture on its stage. Everything that moves under the pointer happens here: no request, no rerun.

class ImageCanvas {
  constructor(root, signal) {
    this.root = root;
    this.signal = signal;
    this.view = new Viewport();
    this.layers = [];
    this.pointer = null;
    this.hidden = false;
    this.build();
    this.listen();
  }

  build() {
    this.canvas = el("canvas", { tabIndex: 0, role: "img" });
    this.painter = new Painter(this.canvas, this);
    this.readout = el("div", { class: "pill readout", hidden: true });
    this.zoomText = el("output", { class: "zoom" });
    this.windowText = el("span", { class: "window muted", title: "Stored values that are drawn black and white", hidden: true });
    const tool = (label, key, name, action) =>
      el("button", { class: "tool", type: "button", title: `${label} (${key})`, "aria-label": label, onclick: action }, ICONS[name] ? icon(name) : name);
    this.tools = el(
      "div",
      { class: "pill tools" },
      this.windowText,
      tool("Zoom out", "−", "minus", () => this.zoomStep(1 / 1.5)),
      this.zoomText,
      tool("Zoom in", "+", "plus", () => this.zoomStep(1.5)),
      tool("Fit", "F", "Fit", () => this.fit()),
      tool("One to one", "1", "1:1", () => this.actual()),
    );
    this.message = el("div", { class: "message", hidden: true });
    this.side = el("div", { class: "side", hidden: true });
    this.stage = el("div", { class: "stage" }, this.canvas, this.readout, this.tools, this.side, this.message);
    this.root.append(this.stage);
  }

  // -- data ------------------------------------------------------------------------------------------------------

  async update(data) {
    this.loading?.abort();
    const loading = (this.loading = new AbortController());
    const signal = AbortSignal.any([loading.signal, this.signal]);
    for (const mark of ["ready", "error", "values"]) delete this.stage.dataset[mark];
    this.message.hidden = true;
    this.canvas.setAttribute("aria-label", data.label);
    const pixels = new Pixels(data.pixels);
    const sets = data.layers.filter((spec) => spec.kind === "boxes");
    const layers = data.layers.map((spec) => (spec.kind === "mask" ? new MaskLayer(spec, data.palette) : new BoxLayer(spec, sets.indexOf(spec))));
    try {
      await pixels.load(signal);
      await Promise.all(layers.map((layer) => layer.load(signal)));
    } catch (error) {
      if (!signal.aborted) this.fail(error);
      return;
    }
    if (signal.aborted) return pixels.close();
    this.pixels?.close();
    Object.assign(this, { data, pixels, layers });
    this.showPanel();
    this.windowText.hidden = !pixels.window;
    this.windowText.textContent = pixels.window ? pixels.window.map((value) => count(Number(value.toPrecision(6)))).join(" … ") : "";
    this.view.setPicture(data.width, data.height);
    this.paint();
    this.stage.dataset.ready = data.label;
    await pixels.loadValues(signal).catch(() => {});
    if (!signal.aborted) this.stage.dataset.values = pixels.canTell ? "ready" : "missing";
  }

  fail(error) {
    this.pixels?.close();
    this.pixels = null;
    this.layers = [];
    this.paint();
    this.message.textContent = error.message;
    this.message.hidden = false;
    this.stage.dataset.error = error.message;
  }

  showPanel() {
    this.side.replaceChildren();
    this.side.hidden = true;
    this.panel = this.layers.length ? new LayerPanel(this.layers, () => this.draw()) : null;
    const style = this.root.querySelector("style");
    if (!this.panel) return document.dispatchEvent(new CustomEvent("vitrina:panel", { detail: { host: null } }));
    if (style && this.panel.offer(style)) return undefined;
    this.side.replaceChildren(this.panel.root);
    this.side.hidden = false;
    return undefined;
  }

  // -- drawing ---------------------------------------------------------------------------------------------------

  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  paint() {
    this.painter.paint();
    const percent = this.view.zoom * 100 * (window.devicePixelRatio || 1);
    this.zoomText.textContent = `${percent >= 10 ? count(Math.round(percent)) : percent.toFixed(1)} %`;
    this.panel?.tellLabels();
  }

  isOver({ x, y, width, height }) {
    const p = this.pointer && this.view.toPicture(this.pointer.x, this.pointer.y);
    return Boolean(p) && p.x + 0.5 >= x && p.y + 0.5 >= y && p.x + 0.5 < x + width && p.y + 0.5 < y + height;
  }

  // -- what is under the pointer -----------------------------------------------------------------------------------

  tell() {
    const place = this.pointer && this.pixels && this.view.toPicture(this.pointer.x, this.pointer.y);
    this.readout.hidden = !place;
    if (!place) return delete this.canvas.dataset.value;
    const { channels } = this.pixels;
    const values = this.pixels.canTell ? this.pixels.at(place.x, place.y) : null;
    const told = values ? values.map((value, i) => el("span", {}, el("b", {}, channels[i] ?? `${i}`), this.pixels.format(value))) : [];
    const first = el(
      "div",
      { class: "line" },
      el("i", { class: "swatch", style: { "--colour": this.pixels.colourAt(place.x, place.y, this.data.width, this.data.height) } }),
      el("span", {}, el("b", {}, "x"), count(place.x)),
      el("span", {}, el("b", {}, "y"), count(place.y)),
      told,
    );
    this.readout.replaceChildren(first, ...this.tellLayers(place));
    this.canvas.dataset.value = values ? values.join(" ") : "";
    this.canvas.dataset.place = `${place.x} ${place.y}`;
    return undefined;
  }

  tellLayers(place) {
    const line = (colour, layer, text) =>
      el("div", { class: "line" }, el("i", { class: "swatch", style: { "--colour": colour } }), el("b", {}, layer), el("span", { class: "clip" }, text));
    const lines = [];
    for (const layer of this.layers) {
      if (!layer.visible) continue;
      if (layer instanceof MaskLayer) {
        const kind = layer.at(place.x, place.y, this.data.width, this.data.height);
        if (kind) lines.push(line(kind.colour, layer.spec.name, `${kind.name ?? "class"} · ${kind.id}`));
      } else {
        for (const box of layer.shown()) if (this.isOver(box)) lines.push(line(box.kind.colour, layer.spec.name, layer.label(box)));
      }
    }
    return lines.slice(0, 8);
  }

  // -- what people do ----------------------------------------------------------------------------------------------

  fit() {
    this.view.fit();
    this.draw();
  }

  actual() {
    this.view.actual(window.devicePixelRatio || 1);
    this.draw();
  }

  zoomStep(factor) {
    const { width, height } = this.view.stage;
    this.view.zoomAbout(factor, width / 2, height / 2);
    this.draw();
  }

  pan(dx, dy) {
    this.view.pan(dx, dy);
    this.draw();
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
      this.draw();
    }, { passive: false });
    on(this.canvas, "pointerdown", (event) => {
      if (event.button > 1) return;
      this.grip = place(event);
      this.canvas.setPointerCapture(event.pointerId);
      this.canvas.dataset.dragging = "true";
    });
    for (const name of ["pointerup", "pointercancel"]) on(this.canvas, name, () => {
      this.grip = null;
      delete this.canvas.dataset.dragging;
    });
    on(this.canvas, "pointermove", (event) => {
      const at = place(event);
      if (this.grip) {
        this.pan(at.x - this.grip.x, at.y - this.grip.y);
        this.grip = at;
      }
      this.pointer = at;
      this.tell();
      if (this.layers.some((layer) => layer instanceof BoxLayer)) this.draw();
    });
    on(this.canvas, "pointerleave", () => {
      this.pointer = null;
      this.tell();
      this.draw();
    });
    on(this.canvas, "dblclick", () => (this.view.mode === "fit" ? this.actual() : this.fit()));
    on(document, "keydown", (event) => this.key(event));
    on(document, "keyup", (event) => event.key === "h" && this.hide(false));
    on(window, "blur", () => this.hide(false));
    on(document, "vitrina:panel-wanted", () => this.pixels && this.showPanel());
    this.watch();
  }

  watch() {
    this.sizes = new ResizeObserver(([entry]) => {
      this.view.setStage(entry.contentRect.width, entry.contentRect.height);
      this.paint(); // at once: a canvas that waits for the next frame is seen stretched
    });
    this.sizes.observe(this.stage);
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", () => setTimeout(() => this.paint(), 50), { signal: this.signal });
  }

  key(event) {
    if (isTyping(event) || hasModifier(event)) return;
    const actions = {
      f: () => this.fit(),
      1: () => this.actual(),
      "+": () => this.zoomStep(1.5),
      "=": () => this.zoomStep(1.5),
      "-": () => this.zoomStep(1 / 1.5),
      h: () => this.hide(true),
    };
    const steps = { ArrowLeft: [64, 0], ArrowRight: [-64, 0], ArrowUp: [0, 64], ArrowDown: [0, -64] };
    const action = event.shiftKey && steps[event.key] ? () => this.pan(...steps[event.key]) : actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  hide(hidden) {
    if (this.hidden === hidden) return;
    this.hidden = hidden;
    this.stage.toggleAttribute("data-overlays-hidden", hidden);
    this.draw();
  }

  destroy() {
    this.loading?.abort();
    this.sizes.disconnect();
    this.pixels?.close();
    document.dispatchEvent(new CustomEvent("vitrina:panel", { detail: { host: null } }));
  }
}

export default mountView(ImageCanvas);
