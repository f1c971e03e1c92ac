// Two pictures on two stages that show the same place. For swipe, blink and difference the stages lie over each other.

class ImageCompare {
  constructor(root, signal) {
    this.root = root;
    this.signal = signal;
    this.address = new Address(["mode", "swipe", "diff", "amp", "at", "win", "tone", "own", "l", "r"], ["l", "r"]);
    Object.assign(this, { mode: "side", swipe: 0.5, front: 0, blinking: false, loupe: false, apart: false, names: ["left", "right"], reason: "" });
    this.left = new Stage(this, signal);
    this.right = new Stage(this, signal);
    this.third = new Stage(this, signal);
    this.stages = [this.left, this.right, this.third];
    this.stage = this.left;
    this.build();
    this.listen();
  }

  build() {
    this.bar = new ModeBar(this);
    this.titles = [el("div", { class: "pill title" }), el("div", { class: "pill title" })];
    this.left.root.append(this.titles[0]);
    this.right.root.append(this.titles[1]);
    this.handle = el("div", { class: "handle", hidden: true }, el("i"));
    this.message = el("div", { class: "message", hidden: true });
    this.ignored = el("div", { class: "pill ignored", role: "status", hidden: true });
    this.left.root.dataset.side = "left";
    this.right.root.dataset.side = "right";
    this.third.root.dataset.side = "difference";
    this.panes = el("div", { class: "panes" }, this.stages.map((stage) => stage.root), this.handle, this.ignored, this.message, stageTools(this));
    this.side = el("div", { class: "column", hidden: true });
    this.box = el("div", { class: "compare" }, this.bar.root, el("div", { class: "row" }, this.panes, this.side));
    this.root.append(this.box);
  }

  // -- data ------------------------------------------------------------------------------------------------------

  async update(data) {
    this.loading?.abort();
    const loading = (this.loading = new AbortController());
    const signal = AbortSignal.any([loading.signal, this.signal]);
    for (const mark of ["ready", "error", "values", "max", "changed"]) delete this.box.dataset[mark];
    this.message.hidden = true;
    this.difference = null;
    Object.assign(this, { names: data.names, reason: data.reason });
    this.titles.forEach((title, side) => (title.textContent = data.names[side]));
    let found;
    try {
      found = await Promise.all([Stage.load(data.left, signal), Stage.load(data.right, signal)]);
    } catch (error) {
      if (!signal.aborted) this.fail(error);
      return;
    }
    if (signal.aborted) return;
    this.sameWindow(found);
    this.left.take(found[0]);
    this.right.take(found[1]);
    const ignored = this.restore();
    this.say(ignored);
    this.showPanel();
    this.arrange();
    this.box.dataset.ready = data.names.join(" ");
    await Promise.all(found.map(({ pixels }) => pixels.loadValues(signal))).catch(() => {});
    if (signal.aborted) return;
    this.box.dataset.values = "ready";
    if (this.mode === "difference") this.measure();
    for (const { pixels } of found) await pixels.loadSmaller(signal).catch(() => {}); // without them it is slower, not wrong
  }

  // Values of more than 8 bits are drawn between the same two, else equal values would look different.
  sameWindow(found) {
    const both = found.map(({ pixels }) => pixels);
    if (!both.every((pixels) => pixels.source === "values")) return;
    const ranges = both.map((pixels) => pixels.tone.rest);
    const range = [Math.min(ranges[0][0], ranges[1][0]), Math.max(ranges[0][1], ranges[1][1])];
    for (const pixels of both) pixels.tone.restAt(range);
  }

  fail(error) {
    for (const stage of this.stages) stage.empty();
    this.message.textContent = error.message;
    this.message.hidden = false;
    this.box.dataset.error = error.message;
  }

  // The difference is measured when it is first looked at: of large pictures that takes some frames.
  measure() {
    const [a, b] = [this.left.pixels?.stored(), this.right.pixels?.stored()];
    if (!this.left.pixels || !this.right.pixels) return;
    this.reason = this.reason || Difference.refusal(a, b);
    if (!this.difference && !this.reason) {
      this.difference = new Difference(a, b, this.left.pixels.channels);
      if (this.wanted?.amp) this.difference.amplification = this.wanted.amp;
      this.difference.signed = Boolean(this.wanted?.signed);
      const { data } = this.left;
      this.third.take({ data: { ...data, label: `Difference: ${this.names.join(", ")}`, transparent: false }, pixels: this.difference, layers: [] });
      this.third.view.follow(this.left.view);
      Object.assign(this.box.dataset, { max: String(this.difference.measures.max), changed: String(this.difference.measures.changed) });
    }
    this.message.hidden = !this.reason;
    this.message.textContent = this.reason ? `There is no difference of these two, because ${this.reason}.` : "";
    this.bar.show();
    this.third.draw();
  }

  // -- state -----------------------------------------------------------------------------------------------------

  restore() {
    const state = this.address.read();
    const ignored = [];
    const share = Number(state.swipe);
    const amp = Number(state.amp);
    if (state.mode in MODES) this.mode = state.mode;
    else if (state.mode) ignored.push(`mode “${state.mode}”`);
    if (state.swipe !== "" && share >= 0 && share <= 1) this.swipe = share;
    else if (state.swipe) ignored.push(`swipe “${state.swipe}”`);
    if (state.diff && state.diff !== "signed") ignored.push(`diff “${state.diff}”`);
    if (state.amp && !(amp >= 1 && amp <= 2 ** MOST_DOUBLINGS)) ignored.push(`amplification “${state.amp}”`);
    this.wanted = { signed: state.diff === "signed", amp: amp >= 1 && amp <= 2 ** MOST_DOUBLINGS ? amp : null };
    this.apart = state.own === "1";
    ignored.push(...restoreLayers(this.left.layers, state.l), ...restoreTone(this.left.pixels, { win: state.win, tone: state.tone }));
    this.shareTone();
    if (this.apart) ignored.push(...restoreLayers(this.right.layers, state.r));
    else {
      restoreLayers(this.right.layers, state.l.filter((text) => this.right.layers.some(({ spec }) => spec.name === unescapePart(splitAt(text, ";")[0]))));
      ignored.push(...restoreLayers(this.right.layers, state.r));
    }
    ignored.push(...restoreView(this.left.view, state.at));
    this.right.view.follow(this.left.view);
    return ignored;
  }

  save() {
    this.address.write(() => {
      const texts = (stage) => stage.layers.map(encodeLayer).filter(Boolean);
      const twinned = new Set(this.apart ? [] : this.left.layers.map(({ spec }) => `${spec.kind} ${spec.name}`));
      const { window, brightness, contrast } = this.left.pixels?.tone ?? new Tone();
      const found = this.difference;
      return {
        mode: this.mode === "side" ? "" : this.mode,
        swipe: this.swipe === 0.5 ? "" : this.swipe.toFixed(3),
        diff: found?.signed ? "signed" : "",
        amp: found && this.amplified ? String(found.amplification) : "",
        at: encodeView(this.left.view),
        win: window ? window.join(",") : "",
        tone: brightness !== 0 || contrast !== 1 ? `${brightness},${contrast}` : "",
        own: this.apart ? "1" : "",
        l: texts(this.left),
        r: this.right.layers.filter(({ spec }) => !twinned.has(`${spec.kind} ${spec.name}`)).map(encodeLayer).filter(Boolean),
      };
    });
  }

  say(ignored) {
    this.ignored.hidden = ignored.length === 0;
    this.box.dataset.ignored = String(ignored.length);
    const close = el("button", { class: "tool", type: "button", "aria-label": "Close this line", onclick: () => (this.ignored.hidden = true) }, icon("cross"));
    this.ignored.replaceChildren(el("span", {}, `Of the address was ignored: ${ignored.join("; ")}`), close);
  }

  // -- stages ----------------------------------------------------------------------------------------------------

  onView(stage) {
    this.stage = stage;
    for (const other of this.stages) {
      if (other === stage) continue;
      other.view.follow(stage.view);
      other.moves();
      other.draw();
    }
    this.save();
  }

  // The same place in the other picture, so that both are told.
  onPoint(stage) {
    if (this.telling) return;
    this.telling = true;
    this.stage = stage;
    if (this.mode === "side") {
      const other = stage === this.left ? this.right : this.left;
      other.point(stage.pointer);
    }
    if (this.mode === "swipe" && this.swiping && stage.pointer) this.setSwipe(stage.pointer.x / stage.view.stage.width);
    this.telling = false;
  }

  onPaint(stage) {
    if (stage === this.stage) this.zoomText.textContent = zoomPercent(stage.view);
    this.panel?.tellLabels();
  }

  arrange() {
    const { mode } = this;
    this.box.dataset.mode = mode;
    this.box.dataset.front = String(this.front);
    this.handle.hidden = mode !== "swipe";
    this.stage = mode === "difference" ? this.third : mode === "blink" && this.front === 1 ? this.right : this.left;
    this.left.root.hidden = mode === "difference" || (mode === "blink" && this.front === 1);
    this.right.root.hidden = mode === "difference" || (mode === "blink" && this.front === 0);
    this.third.root.hidden = mode !== "difference";
    this.panes.style.setProperty("--swipe", `${this.swipe * 100}%`);
    this.bar.show();
    for (const stage of this.stages) stage.draw();
  }

  shareTone() {
    const { window, brightness, contrast } = this.left.pixels.tone;
    this.right.pixels.tone.set({ window, brightness, contrast });
  }

  changed() {
    this.shareTone();
    for (const stage of this.stages) {
      stage.draw();
      stage.probe.again();
    }
    this.save();
  }

  showPanel() {
    this.panel = new SidesPanel(this);
    this.adjust = new AdjustPanel(this.left.pixels, () => this.changed(), !this.left.pixels.tone.isAtRest);
    const root = el("div", { class: "panel" }, this.left.layers.length + this.right.layers.length ? this.panel.root : null, this.adjust.root);
    const style = this.root.querySelector("style");
    this.side.hidden = true;
    if (style && offerPanel(root, style, "Layers")) return;
    this.side.replaceChildren(root);
    this.side.hidden = false;
  }

  // -- what people do --------------------------------------------------------------------------------------------

  setMode(mode) {
    this.mode = mode;
    this.front = 0;
    this.message.hidden = true;
    const moves = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.setBlinking(mode === "blink" && moves);
    this.arrange();
    if (mode === "difference" && this.box.dataset.values) requestAnimationFrame(() => this.measure());
    this.save();
  }

  setSwipe(share) {
    this.swipe = Math.min(1, Math.max(0, share));
    this.panes.style.setProperty("--swipe", `${this.swipe * 100}%`);
    this.bar.tellSwipe();
    this.save();
  }

  setBlinking(on) {
    this.blinking = on;
    clearInterval(this.timer);
    if (on) this.timer = setInterval(() => this.flip(), BLINK_MS);
  }

  flip() {
    this.front = 1 - this.front;
    this.arrange();
  }

  setSigned(on) {
    this.difference.signed = on;
    this.third.draw();
    this.save();
  }

  setAmplification(times) {
    this.difference.amplification = times;
    this.amplified = true;
    this.third.draw();
    this.save();
  }

  toggleLoupe() {
    this.loupe = !this.loupe;
    this.showLoupe(this.loupe);
  }

  showLoupe(on) {
    this.loupeButton.setAttribute("aria-pressed", String(on));
    for (const stage of this.stages) stage.probe.loupe = on;
    for (const stage of this.stages) stage.probe.again();
  }

  setApart(on) {
    this.apart = on;
    if (!on) for (const layer of this.left.layers) if (this.panel.twin(layer, 0)) this.panel.changed(layer, 0);
    this.save();
  }

  listen() {
    const on = (target, name, action) => target.addEventListener(name, action, { signal: this.signal });
    listenForKeys(this);
    on(document, "vitrina:panel-wanted", () => this.left.pixels && this.right.pixels && this.showPanel());
    on(this.handle, "pointerdown", (event) => {
      this.handle.setPointerCapture(event.pointerId);
      this.swiping = true;
      event.preventDefault();
    });
    on(this.handle, "pointermove", (event) => {
      if (!this.swiping) return;
      const { left, width } = this.panes.getBoundingClientRect();
      this.setSwipe((event.clientX - left) / width);
    });
    for (const name of ["pointerup", "pointercancel"]) on(this.handle, name, () => (this.swiping = false));
  }

  key(event) {
    if (!this.left.pixels || !this.right.pixels) return;
    if (event.key === "Alt" && !event.ctrlKey && !event.metaKey && !isTyping(event)) {
      event.preventDefault();
      if (!event.repeat) this.showLoupe(true);
      return;
    }
    const names = Object.keys(MODES);
    const more = {
      h: () => this.hide(true),
      l: () => this.toggleLoupe(),
      m: () => this.setMode(names[(names.indexOf(this.mode) + (event.shiftKey ? names.length - 1 : 1)) % names.length]),
      ",": () => this.mode === "swipe" && this.setSwipe(this.swipe - 0.02),
      ".": () => this.mode === "swipe" && this.setSwipe(this.swipe + 0.02),
    };
    const focused = event.composedPath()[0];
    if (this.mode === "blink" && !(focused instanceof HTMLButtonElement || focused instanceof HTMLInputElement)) more[" "] = () => this.flip();
    stageKey(event, this.stage, more);
  }

  hide(hidden) {
    this.box.toggleAttribute("data-overlays-hidden", hidden);
    for (const stage of this.stages) stage.hide(hidden);
  }

  destroy() {
    this.loading?.abort();
    clearInterval(this.timer);
    this.address.stop();
    for (const stage of this.stages) stage.close();
    withdrawPanel();
  }
}

export default mountView(ImageCompare);
