// A network on its stage. Moving about happens here; opening a module asks the server for another layout.

class GraphView {
  constructor(root, signal) {
    this.root = root;
    this.signal = signal;
    this.camera = new Camera();
    this.address = new ViewAddress(["open", "node", "at", "columns"]);
    Object.assign(this, { chosen: -1, hovered: -1, ways: null, whole: false, found: null, network: null, asked: 0 });
    this.build();
    this.listen();
  }

  build() {
    this.canvas = el("canvas", { tabIndex: 0, role: "application" });
    this.painter = new Painter(this.canvas, this);
    const tool = (label, key, sign, action) => el("button", { class: "tool", type: "button", title: key ? `${label} (${key})` : label, "aria-label": label, onclick: action }, ICONS[sign] ? icon(sign) : sign);
    this.zoomText = el("output", { class: "zoom" });
    this.wayButton = el("button", { class: "tool", type: "button", title: "Whole ways in and out of the chosen box (W)", "aria-pressed": "false", onclick: () => this.toggleWays() }, "Paths");
    this.columnButton = el("button", { class: "tool", type: "button", title: "A deep network in columns (C)", onclick: () => this.toggleColumns() }, "Columns");
    this.tools = el(
      "div",
      { class: "pill tools" },
      this.columnButton,
      this.wayButton,
      tool("Save the drawing as SVG", "", "SVG", () => this.save()),
      tool("Zoom out", "−", "minus", () => this.zoomStep(1 / 1.5)),
      this.zoomText,
      tool("Zoom in", "+", "plus", () => this.zoomStep(1.5)),
      tool("Fit", "F", "Fit", () => this.fit()),
    );
    this.finder = new Finder(() => this.ask("/names"), (node, path) => this.goTo({ node }, path));
    this.message = el("div", { class: "message", hidden: true });
    this.lines = el("div", { class: "lines", hidden: true });
    this.side = el("div", { class: "side", hidden: true });
    this.stage = el("div", { class: "stage" }, this.canvas, this.finder.root, this.tools, this.lines, this.side, this.message);
    this.root.append(this.stage);
  }

  // -- data ------------------------------------------------------------------------------------------------------

  async ask(path, query = {}) {
    const answer = await fetch(`${this.data.url}${path}?${new URLSearchParams(query)}`, { signal: this.signal });
    const document = await answer.json();
    if (!answer.ok) throw new Error(document.error);
    return document;
  }

  async update(data) {
    this.data = data;
    this.palette = data.palette;
    this.canvas.setAttribute("aria-label", data.label);
    this.panel = new NetworkPanel(data.palette, {
      open: (path) => this.toggle(path, true),
      close: (path) => this.toggle(path, false),
      choose: (what) => (what ? this.goTo(what) : this.choose(-1)),
      openAll: () => this.setOpen(this.network.modules.map(([path]) => path), "*"),
      closeAll: () => this.setOpen([]),
    });
    const ignored = [];
    const { open = "", node = "", at = "", columns = "" } = this.address.read();
    this.plain = columns === "0";
    if (!(await this.load(open, ignored))) return;
    if (at && !this.camera.read(at)) ignored.push(`at=${at}`);
    if (node) {
      const found = this.network.boxes.node.indexOf(/^\d+$/.test(node) ? Number(node) : -9);
      const box = found >= 0 ? found : this.network.boxes.module.indexOf(node);
      if (box >= 0) await this.choose(box, { quiet: true });
      else ignored.push(`node=${node}`);
    }
    this.tell(ignored);
    this.paint();
  }

  // Asks for a drawing; `open` is the text of the address.
  async load(open, ignored = []) {
    this.openText = open;
    const turn = ++this.asked;
    this.stage.dataset.busy = "true";
    try {
      const { width, height } = this.stage.getBoundingClientRect();
      const stage = (width / Math.max(1, height)).toFixed(2);
      const drawing = await this.ask("", { stage, ...(open ? { open } : {}), ...(this.plain ? { columns: "0" } : {}) });
      if (turn !== this.asked) return false;
      this.network = new Network(drawing);
      ignored.push(...drawing.ignored.map((name) => `open=${name}`));
    } catch (error) {
      if (this.signal.aborted) return false;
      this.message.textContent = error.message;
      this.message.hidden = false;
      this.stage.dataset.error = error.message;
      return false;
    } finally {
      delete this.stage.dataset.busy;
    }
    Object.assign(this, { chosen: -1, hovered: -1, ways: null });
    this.camera.setWhole(this.network.width, this.network.height);
    this.columnButton.setAttribute("aria-pressed", String(!this.plain));
    this.columnButton.hidden = !this.plain && !this.network.columns.length;
    this.showPanel();
    this.message.hidden = this.network.count > 0;
    this.message.textContent = "There is no node in this graph.";
    this.stage.dataset.ready = String(this.network.count);
    this.stage.dataset.edges = String(this.network.edges.length);
    this.paint();
    return true;
  }

  tell(ignored) {
    const lines = [...ignored.map((text) => `“${text}” of the address was ignored, because this graph has no such thing`), ...this.network.notices];
    this.lines.replaceChildren(...lines.map((line) => el("p", {}, line)));
    this.lines.hidden = !lines.length;
  }

  showPanel() {
    if (this.chosen < 0 && this.network) this.panel.showTotals(this.network, this.data);
    const style = this.root.querySelector("style");
    if (style && this.panel.offer(style)) {
      this.side.hidden = true;
      return;
    }
    this.side.replaceChildren(this.panel.root);
    this.side.hidden = false;
  }

  // -- modules -----------------------------------------------------------------------------------------------------

  opened() {
    return this.network.modules.filter(([, , open]) => open).map(([path]) => path);
  }

  // Opens or closes a module, and keeps what was under the eye where it is.
  async toggle(path, open) {
    const name = path.join(this.network.separator);
    const inside = (other) => other.length >= path.length && path.every((part, i) => other[i] === part);
    const others = this.opened().filter((other) => !inside(other));
    const above = path.map((_, i) => path.slice(0, i + 1));
    const before = this.chosen >= 0 ? this.chosen : this.network.boxes.module.indexOf(name);
    const place = before >= 0 ? this.camera.toStage(this.network.boxes.x[before], this.network.boxes.y[before]) : null;
    const node = before >= 0 ? this.network.boxes.node[before] : -1;
    if (!(await this.setOpen(open ? [...others, ...above] : others))) return;
    const { boxes } = this.network;
    const after = open ? (node >= 0 ? boxes.node.indexOf(node) : await this.firstOf(path)) : boxes.module.indexOf(name);
    if (after < 0) return;
    if (place && !this.camera.fits) this.camera.holdAt(boxes.x[after], boxes.y[after], place.x, place.y);
    if (!open) await this.choose(after);
    this.paint();
  }

  async firstOf(path) {
    this.finder.index ??= await this.ask("/names");
    const { modules } = this.finder.index;
    const isIn = (node) => path.every((part, i) => modules[node]?.[i] === part);
    const at = this.network.boxes.node.findIndex((node) => node >= 0 && isIn(node));
    return at >= 0 ? at : this.network.boxes.module.findIndex((name) => name.startsWith(path.join(this.network.separator)));
  }

  async setOpen(paths, all = "") {
    const unique = [...new Set(paths.map((path) => path.join(this.network.separator)))];
    const text = all || unique.map((name) => encodeURIComponent(name)).join(",") || "-";
    if (!(await this.load(text))) return false;
    this.address.write({ open: text, node: "" });
    this.tell([]);
    return true;
  }

  // -- boxes -------------------------------------------------------------------------------------------------------

  // Goes to a node or module, opening the modules that hide it.
  async goTo(what, path) {
    let at = this.network.find(what);
    if (at < 0 && what.node !== undefined) {
      this.finder.index ??= await this.ask("/names");
      const hidden = path ?? this.finder.index.modules[what.node] ?? [];
      if (!(await this.setOpen([...this.opened(), ...hidden.map((_, i) => hidden.slice(0, i + 1))]))) return;
      at = this.network.find(what);
    }
    if (at < 0) return;
    this.camera.centreOn(this.network.boxes.x[at], this.network.boxes.y[at]);
    await this.choose(at);
    this.canvas.focus({ preventScroll: true });
  }

  async choose(i, { quiet = false } = {}) {
    this.chosen = i;
    this.markWays();
    if (!quiet) this.address.write({ node: i >= 0 ? this.network.key(i) : "", at: this.camera.text });
    this.paint();
    this.canvas.dataset.chosen = i >= 0 ? this.network.boxes.label[i] : "";
    if (i < 0) return this.showPanel();
    const which = this.network.key(i);
    const found = await this.ask("/node", { which });
    if (this.chosen !== i) return undefined;
    if (this.network.boxes.node[i] >= 0) this.panel.showNode(found, found.module.filter((_, at) => this.isOpen(found.module.slice(0, at + 1))), this.network);
    else this.panel.showModule(found, found.module);
    return this.showPanel();
  }

  isOpen(path) {
    return this.network.modules.some(([other, , open]) => open && other.length === path.length && other.every((part, i) => part === path[i]));
  }

  markWays() {
    const { network, chosen } = this;
    this.ways = null;
    if (chosen < 0) return;
    this.ways = this.whole
      ? { before: network.ways(chosen, "before"), after: network.ways(chosen, "after") }
      : { before: new Set(network.before[chosen]), after: new Set(network.after[chosen]) };
  }

  async toggleColumns() {
    this.plain = !this.plain;
    this.camera.fits = true;
    if (!(await this.load(this.openText))) return;
    this.address.write({ columns: this.plain ? "0" : "", at: "", node: "" });
    this.tell([]);
  }

  toggleWays() {
    this.whole = !this.whole;
    this.wayButton.setAttribute("aria-pressed", String(this.whole));
    this.markWays();
    this.paint();
  }

  // -- drawing -----------------------------------------------------------------------------------------------------

  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  paint() {
    this.painter.paint();
    this.zoomText.textContent = `${Math.round(this.camera.scale * 100)} %`;
    this.canvas.dataset.ways = this.ways ? `${this.ways.before.size} ${this.ways.after.size}` : "";
  }

  moved() {
    this.draw();
    this.address.write({ at: this.camera.text });
  }

  fit() {
    this.camera.fit();
    this.moved();
  }

  zoomStep(factor) {
    this.camera.zoomAbout(factor, this.camera.width / 2, this.camera.height / 2);
    this.moved();
  }

  save() {
    const svg = networkAsSvg(this.network, this.painter, this.palette, this.data.label);
    this.stage.dataset.saved = String((svg.match(/class="node"/g) ?? []).length);
    saveFile([svg], "image/svg+xml", `${this.data.file}.svg`);
  }

  // -- what people do ----------------------------------------------------------------------------------------------

  listen() {
    const on = (target, name, action) => target.addEventListener(name, action, { signal: this.signal });
    listenToPointer(this);
    on(this.canvas, "keydown", (event) => this.walk(event));
    on(document, "keydown", (event) => this.key(event));
    on(document, "vitrina:panel-wanted", () => this.network && this.showPanel());
    on(document, "vitrina:panel", ({ detail }) => !detail.host && this.network && setTimeout(() => !this.signal.aborted && this.showPanel())); // of a view that has gone
    this.sizes = new ResizeObserver(([entry]) => {
      this.camera.setStage(entry.contentRect.width, entry.contentRect.height);
      this.paint();
    });
    this.sizes.observe(this.stage);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(() => this.paint(), 50), { signal: this.signal });
  }

  hint(i) {
    const { boxes, separator } = this.network;
    return boxes.node[i] >= 0 ? `${boxes.label[i]}\n${boxes.sub[i]}` : `${boxes.module[i].split(separator).join(separator)}\n${boxes.sub[i]}; double click opens it`;
  }

  openChosen(i) {
    const { module } = this.network.boxes;
    const found = this.network.modules.find(([path]) => path.join(this.network.separator) === module[i]);
    if (found) this.toggle(found[0], true);
  }

  // Arrow keys walk the network once the drawing has the focus; elsewhere they lead to the next object.
  walk(event) {
    if (!this.network?.count || hasModifier(event) || event.shiftKey) return;
    if (event.key === "Escape" && this.chosen >= 0) this.choose(-1);
    else if (event.key === "Enter" && this.chosen >= 0 && this.network.boxes.node[this.chosen] < 0) this.openChosen(this.chosen);
    else if (event.key.startsWith("Arrow")) {
      const next = this.chosen < 0 ? 0 : this.network.step(this.chosen, event.key);
      this.follow(next);
      this.choose(next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Moves only as far as is needed to see a box.
  follow(i) {
    const { boxes } = this.network;
    const at = this.camera.toStage(boxes.x[i], boxes.y[i]);
    const [mx, my] = [Math.min(120, this.camera.width / 3), 60];
    const dx = at.x < mx ? mx - at.x : at.x > this.camera.width - mx ? this.camera.width - mx - at.x : 0;
    const dy = at.y < my ? my - at.y : at.y > this.camera.height - my ? this.camera.height - my - at.y : 0;
    if (dx || dy) this.camera.pan(dx, dy);
  }

  key(event) {
    if (isTyping(event) || hasModifier(event) || !this.network) return;
    const actions = {
      f: () => this.fit(),
      "+": () => this.zoomStep(1.5),
      "=": () => this.zoomStep(1.5),
      "-": () => this.zoomStep(1 / 1.5),
      w: () => this.toggleWays(),
      c: () => this.toggleColumns(),
      n: () => this.finder.input.focus(),
      Escape: () => this.chosen >= 0 && this.choose(-1),
    };
    const steps = { ArrowLeft: [64, 0], ArrowRight: [-64, 0], ArrowUp: [0, 64], ArrowDown: [0, -64] };
    const move = event.shiftKey && steps[event.key];
    const action = move ? () => (this.camera.pan(...move), this.moved()) : actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  destroy() {
    this.address.cancel();
    this.sizes.disconnect();
    document.dispatchEvent(new CustomEvent("vitrina:panel", { detail: { host: null } }));
  }
}

export default mountView(GraphView);
