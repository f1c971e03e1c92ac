// The picture on its stage. Everything that moves under the pointer happens here: no request, no rerun.

class ImageCanvas {
  constructor(root, signal) {
    this.root = root;
    this.signal = signal;
    this.address = new Address(["l", "src", "win", "tone", "at", "loupe", "n"], ["l"]);
    this.stage = new Stage(this, signal);
    this.strip = new Strip((index) => this.walk(index));
    this.build();
    this.listen();
  }

  build() {
    this.windowText = el("span", { class: "window muted", title: "Stored values that are drawn black and white", hidden: true });
    this.tools = stageTools(this, this.windowText);
    this.message = el("div", { class: "message", hidden: true });
    this.ignored = el("div", { class: "pill ignored", role: "status", hidden: true });
    this.side = el("div", { class: "side", hidden: true });
    this.stage.root.append(this.tools, this.side, this.ignored, this.message);
    this.box = el("div", { class: "stage" }, this.stage.root, this.strip.root);
    this.root.append(this.box);
    this.showLoupe(false);
  }

  // -- data ------------------------------------------------------------------------------------------------------

  async update(data) {
    const items = data.items ?? [data];
    this.items = items;
    this.strip.fill(items, data.total ?? items.length);
    const wanted = this.address.read().n;
    const index = wanted === "" ? 0 : Number(wanted) - 1;
    const known = Number.isInteger(index) && index >= 0 && index < items.length;
    await this.open(known ? index : 0, known ? [] : [`picture ${wanted}, for there are ${items.length}`]);
  }

  async walk(index) {
    await this.open(index, [], { walking: true });
    this.save();
  }

  async open(index, problems, { walking = false } = {}) {
    this.loading?.abort();
    const loading = (this.loading = new AbortController());
    const signal = AbortSignal.any([loading.signal, this.signal]);
    for (const mark of ["ready", "error", "values", "settled"]) delete this.box.dataset[mark];
    this.message.hidden = true;
    this.strip.mark(index);
    const before = this.pixels && { layers: this.stage.layers, pixels: this.pixels };
    const carry = before && (walking || this.address.isFresh);
    let found;
    try {
      found = await Stage.load(this.items[index], signal);
      if (this.address.read().src === "values" || (carry && before.pixels.source === "values")) await found.pixels.loadValues(signal);
    } catch (error) {
      if (!signal.aborted) this.fail(error);
      return;
    }
    if (signal.aborted) return found.pixels.close();
    this.index = index;
    const ignored = carry ? this.carry(before, found) : this.restore(found);
    this.stage.take(found);
    if (!carry) ignored.push(...restoreView(this.stage.view, this.address.read().at));
    this.say([...problems, ...ignored]);
    this.showPanel();
    this.stage.paint();
    this.box.dataset.ready = found.data.label;
    if (carry && !walking) this.save();
    await found.pixels.loadValues(signal).catch(() => {});
    if (signal.aborted) return undefined;
    this.box.dataset.values = found.pixels.canTell ? "ready" : "missing";
    if (found.pixels.hasChoice) this.adjust.rebuild();
    await found.pixels.loadSmaller(signal).catch(() => {}); // without them it is slower, not wrong
    this.box.dataset.settled = "true";
    return undefined;
  }

  get pixels() {
    return this.stage.pixels;
  }

  // The state of the address, onto what was loaded.
  restore({ layers, pixels }) {
    const state = this.address.read();
    this.setLoupe(state.loupe === "1", false);
    const ignored = state.loupe && state.loupe !== "1" ? [`loupe “${state.loupe}”`] : [];
    return [...ignored, ...restoreLayers(layers, state.l), ...restoreTone(pixels, state)];
  }

  // The state of the picture before, onto the next one, where that has the same layers and kind of values.
  carry(before, found) {
    const names = (layers) => layers.map(({ spec }) => `${spec.kind} ${spec.name}`).join("\n");
    if (names(before.layers) === names(found.layers)) restoreLayers(found.layers, before.layers.map(encodeLayer).filter(Boolean));
    const kind = ({ raw, spec }) => `${spec.url ? "picture" : "values"} ${spec.url ? "" : raw?.dtype}`;
    if (kind(before.pixels) === kind(found.pixels)) restoreTone(found.pixels, encodeTone(before.pixels));
    return [];
  }

  say(ignored) {
    this.ignored.hidden = ignored.length === 0;
    this.box.dataset.ignored = String(ignored.length);
    const close = el("button", { class: "tool", type: "button", "aria-label": "Close this line", onclick: () => (this.ignored.hidden = true) }, icon("cross"));
    this.ignored.replaceChildren(el("span", {}, `Of the address was ignored: ${ignored.join("; ")}`), close);
  }

  fail(error) {
    this.stage.empty();
    this.message.textContent = error.message;
    this.message.hidden = false;
    this.box.dataset.error = error.message;
  }

  // -- state -----------------------------------------------------------------------------------------------------

  save() {
    this.address.write(() => ({
      l: this.stage.layers.map(encodeLayer).filter(Boolean),
      ...(this.pixels ? encodeTone(this.pixels) : {}),
      at: encodeView(this.stage.view),
      loupe: this.loupe ? "1" : "",
      n: this.index > 0 ? String(this.index + 1) : "",
    }));
  }

  onView() {
    this.save();
  }

  onPaint({ view }) {
    this.zoomText.textContent = zoomPercent(view);
    this.panel?.tellLabels();
    const { pixels } = this;
    const told = pixels && (pixels.source === "values" || !pixels.tone.isAtRest);
    this.windowText.hidden = !told;
    if (told) this.windowText.textContent = [pixels.tone.low, pixels.tone.high].map((value) => count(Number(value.toPrecision(6)))).join(" … ");
  }

  changed() {
    this.stage.draw();
    this.stage.probe.again();
    this.save();
  }

  // -- panel -----------------------------------------------------------------------------------------------------

  showPanel() {
    const { layers } = this.stage;
    this.side.hidden = true;
    this.panel = layers.length ? new LayerPanel(layers, () => this.changed(), (box) => this.stage.showBox(box)) : null;
    this.adjust = new AdjustPanel(this.pixels, () => this.changed(), !this.pixels.tone.isAtRest || Boolean(this.adjust?.root.open));
    const style = this.root.querySelector("style");
    const root = el("div", { class: "panel" }, this.panel?.root, this.adjust.root);
    if (style && offerPanel(root, style, layers.length ? "Layers" : "Picture")) return this.adjust.refresh();
    this.side.replaceChildren(root);
    this.side.hidden = false;
    return this.adjust.refresh();
  }

  // -- what people do --------------------------------------------------------------------------------------------

  toggleLoupe() {
    this.setLoupe(!this.loupe);
  }

  setLoupe(on, save = true) {
    this.loupe = on;
    this.showLoupe(on);
    if (save) this.save();
  }

  showLoupe(on) {
    this.loupeButton.setAttribute("aria-pressed", String(on));
    this.box.toggleAttribute("data-loupe", on);
    this.stage.setLoupe(on);
  }

  listen() {
    const on = (target, name, action) => target.addEventListener(name, action, { signal: this.signal });
    listenForKeys(this);
    on(document, "vitrina:panel-wanted", () => this.pixels && this.showPanel());
  }

  key(event) {
    if (event.key === "Alt" && !event.ctrlKey && !event.metaKey && this.pixels && !isTyping(event)) {
      event.preventDefault(); // some browsers would open their menu
      if (!event.repeat) this.showLoupe(true);
      return;
    }
    const more = {
      h: () => this.hide(true),
      l: () => this.toggleLoupe(),
      ",": () => this.strip.step(-1),
      ".": () => this.strip.step(1),
      z: () => this.toBox(),
    };
    stageKey(event, this.stage, more);
  }

  // To the box under the pointer, or away from it again.
  toBox() {
    const box = this.stage.pointer && this.stage.boxAt(this.stage.pointer);
    if (box) this.stage.showBox(box);
    else this.stage.fit();
  }

  hide(hidden) {
    this.box.toggleAttribute("data-overlays-hidden", hidden);
    this.stage.hide(hidden);
  }

  destroy() {
    this.loading?.abort();
    this.address.stop();
    this.stage.close();
    withdrawPanel();
  }
}

export default mountView(ImageCanvas);
