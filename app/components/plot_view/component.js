// The figure, its data, its JSON. The frame draws; what it says is a stranger's word, taken as text and numbers only.

const MAX_PICTURE = 64 * 1024 * 1024;
const AXIS_KEY = /^[xy]axis\d{0,3}\.range\[[01]\]$/;

class PlotView {
  constructor(root, signal) {
    this.signal = signal;
    this.address = new ViewAddress(["tab", "axes"]);
    const tab = (name, label) => el("button", { class: "tab", type: "button", role: "tab", "data-tab": name, onclick: () => this.open(name, true) }, label);
    this.tabs = [tab("figure", "Figure"), tab("data", "Data"), tab("json", "JSON")];
    const tool = (label, title, action) => el("button", { class: "tool", type: "button", title, onclick: action }, label);
    this.tools = el("div", { class: "buttons" }, tool("Whole", "Show all of every axis", () => this.line?.say({ kind: "whole" })), tool("PNG", "Save as PNG", () => this.line?.say({ kind: "picture", format: "png" })), tool("SVG", "Save as SVG", () => this.line?.say({ kind: "picture", format: "svg" })));
    this.paper = el("div", { class: "paper" });
    this.tables = new DataTables();
    this.source = new SourceText();
    this.message = el("div", { class: "message", role: "alert", hidden: true });
    this.panels = { figure: this.paper, data: this.tables.root, json: el("div", { class: "panel" }, this.source.root) };
    this.stage = el("div", { class: "stage" }, el("div", { class: "bar" }, el("div", { class: "tabs", role: "tablist" }, this.tabs), this.tools), el("div", { class: "body" }, Object.values(this.panels), this.message));
    root.append(this.stage);
  }

  update(data) {
    this.data = data;
    this.loaded = new Set();
    for (const mark of ["ready", "error", "loaded"]) delete this.stage.dataset[mark];
    const { tab = "figure", axes = "" } = this.address.read();
    this.axes = this.readAxes(axes);
    this.open(Object.hasOwn(this.panels, tab) ? tab : "figure", false);
  }

  open(name, told) {
    for (const [key, panel] of Object.entries(this.panels)) panel.hidden = key !== name;
    for (const tab of this.tabs) tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
    this.tools.hidden = name !== "figure";
    this.stage.dataset.tab = name;
    this.message.hidden = true;
    if (name === "figure") this.load(name, () => this.openFrame()); // what is not seen has no size to be drawn in
    if (told) this.address.write({ tab: name === "figure" ? "" : name });
    if (name === "data") this.load(name, () => this.tables.load(this.data.tables, this.signal));
    if (name === "json") this.load(name, () => this.source.load(this.data.source, this.signal));
  }

  async load(name, action) {
    if (this.loaded.has(name)) return;
    this.loaded.add(name);
    delete this.stage.dataset.loaded;
    try {
      await action();
      this.stage.dataset.loaded = name;
      if (name !== "figure") this.stage.dataset.ready ??= name;
    } catch (error) {
      if (!this.signal.aborted) this.fail(error.message);
    }
  }

  openFrame() {
    this.turn?.abort();
    this.turn = new AbortController();
    const signal = AbortSignal.any([this.turn.signal, this.signal]);
    this.message.hidden = true;
    if (!this.data.url) throw new Error(this.data.problem);
    const frame = opaqueFrame(this.data.label, this.data.url, { scripts: true });
    const payload = fetch(this.data.payload, { signal }).then(async (answer) => (answer.ok ? answer.text() : Promise.reject(new Error((await answer.text()).trim()))));
    payload.catch(() => {});
    this.line = new FrameLine(frame, signal, (message) => this.hear(message, payload, signal));
    this.paper.replaceChildren(frame);
  }

  async hear(message, payload, signal) {
    if (message.kind === "hello") {
      try {
        this.line.say({ kind: "data", payload: await payload, view: this.axes });
      } catch (error) {
        if (!signal.aborted) this.fail(error.message);
      }
    } else if (message.kind === "failed") this.fail(messageText(message.text));
    else if (message.kind === "view") this.keepAxes(message.view);
    else if (message.kind === "saved") this.save(message);
    else if (message.kind === "drawn") {
      this.stage.dataset.shown = messageText(message.shown, 12);
      this.stage.dataset.ready = messageText(message.traces, 12);
    }
  }

  // -- axes in the address: key~start~end, numbers or dates ------------------------------------------------------------

  keepAxes(view) {
    if (view === null) return this.address.write({ axes: "" });
    if (typeof view !== "object") return undefined;
    const parts = Object.entries(view).filter(([key, value]) => AXIS_KEY.test(key) && (Number.isFinite(value) || /^[\d:. TZ-]{4,30}$/.test(String(value))));
    const text = parts.slice(0, 16).map(([key, value]) => `${key.replace("axis", "").replace(/\.range\[(.)\]/, ".$1")}~${Number.isFinite(value) ? Number(value.toPrecision(6)) : value}`).join(",");
    return this.address.write({ axes: text });
  }

  readAxes(text) {
    const view = {};
    for (const part of text.split(",")) {
      const found = /^([xy])(\d{0,3})\.([01])~(.{1,30})$/.exec(part);
      if (!found) continue;
      const value = Number.isFinite(Number(found[4])) ? Number(found[4]) : found[4];
      view[`${found[1]}axis${found[2]}.range[${found[3]}]`] = value;
    }
    return view;
  }

  // A picture comes as an address that holds its bytes; anything else is not taken.
  save({ format, url }) {
    if (typeof url !== "string" || url.length > MAX_PICTURE) return;
    const isSvg = format === "svg" && url.startsWith("data:image/svg+xml,");
    const isPng = format === "png" && url.startsWith("data:image/png;base64,");
    if (!isSvg && !isPng) return;
    const body = url.slice(url.indexOf(",") + 1);
    const bytes = isSvg ? decodeURIComponent(body) : Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
    saveFile([bytes], isSvg ? "image/svg+xml" : "image/png", `${this.data.file}.${isSvg ? "svg" : "png"}`);
  }

  fail(text) {
    this.message.textContent = text;
    this.message.hidden = false;
    this.stage.dataset.error = text;
  }

  destroy() {
    this.turn?.abort();
    this.address.cancel();
    this.paper.replaceChildren();
  }
}

export default mountView(PlotView);
