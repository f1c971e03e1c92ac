// A document in its frame; its source and its data behind tabs; the switch for its scripts.

const TABS = { view: "Rendered", data: "Data", source: "Source" };

class OpaqueFrameView {
  constructor(root, signal) {
    this.signal = signal;
    this.tabs = el("div", { class: "tabs", role: "tablist" });
    this.rights = new ScriptSwitch((isOn) => this.openFrame(isOn));
    this.controls = null;
    this.frames = el("div", { class: "paper" });
    this.source = new SourceText();
    this.tables = new DataTables();
    this.choice = el("div", { class: "choice", role: "group", "aria-label": "Which text" });
    this.message = el("div", { class: "message", role: "alert", hidden: true });
    this.panels = { view: this.frames, data: this.tables.root, source: el("div", { class: "panel" }, this.choice, this.source.root) };
    this.bar = el("div", { class: "bar" });
    this.ignored = el("div", { class: "pill ignored", role: "status", hidden: true });
    this.stage = el("div", { class: "stage" }, this.bar, el("div", { class: "body" }, Object.values(this.panels), this.ignored, this.message));
    root.append(this.stage);
    document.addEventListener("keydown", (event) => this.key(event), { signal });
  }

  key(event) {
    if (!this.controls || this.stage.dataset.tab !== "view" || isTyping(event) || hasModifier(event)) return;
    if (this.controls.key(event)) event.preventDefault();
  }

  update(data) {
    this.data = data;
    this.loaded = new Set();
    for (const mark of ["ready", "error", "info"]) delete this.stage.dataset[mark];
    this.rights.update(data);
    this.setControls(data);
    const names = ["view", ...(data.tables ? ["data"] : []), ...(data.sources.length ? ["source"] : [])];
    this.tabs.replaceChildren(...names.map((name) => el("button", { class: "tab", type: "button", role: "tab", "data-tab": name, onclick: () => this.open(name, { told: true }) }, data.tabs?.[name] ?? TABS[name])));
    this.tabs.hidden = names.length < 2;
    const asked = addressState.get("tab");
    this.open(names.includes(asked) ? asked : "view");
    this.ignored.hidden = !asked || names.includes(asked);
    this.ignored.textContent = this.ignored.hidden ? "" : `tab=${asked.slice(0, 40)} was ignored`;
    this.openFrame(false);
  }

  setControls({ controls, label }) {
    const Controls = { molecule: MoleculeControls, pdf: PdfControls }[controls];
    this.controls = Controls ? new Controls(this.stage, (message) => this.talk?.say(message)) : null;
    if (this.controls) this.controls.name = label;
    this.bar.replaceChildren(this.tabs, this.controls ? this.controls.root : this.rights.root);
    this.stage.toggleAttribute("data-bare", Boolean(this.controls));
  }

  open(name, { told = false } = {}) {
    for (const [key, panel] of Object.entries(this.panels)) panel.hidden = key !== name;
    for (const tab of this.tabs.children) tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
    (this.controls ?? this.rights).root.hidden = name !== "view";
    this.stage.dataset.tab = name;
    if (told) addressState.set("tab", name === "view" ? null : name);
    if (name === "source") this.openSource(this.data.sources[0]);
    if (name === "data") this.load("data", () => this.tables.load(this.data.tables, this.signal));
  }

  openSource(source) {
    const several = this.data.sources.length > 1;
    this.choice.hidden = !several;
    if (several) this.choice.replaceChildren(...this.data.sources.map((item) => el("button", { class: "tool", type: "button", "aria-pressed": String(item === source), onclick: () => this.openSource(item) }, item.name)));
    this.load(`source ${source.name}`, () => this.source.load(source.url, this.signal), { again: several });
  }

  async load(name, action, { again = false } = {}) {
    if (this.loaded.has(name) && !again) return;
    this.loaded.add(name);
    delete this.stage.dataset.loaded;
    try {
      await action();
      this.stage.dataset.loaded = name;
    } catch (error) {
      if (!this.signal.aborted) this.fail(error.message);
    }
  }

  // -- the frame -----------------------------------------------------------------------------------------------------

  openFrame(isOn) {
    const { url, running, page, label } = this.data;
    this.line?.abort();
    this.line = new AbortController();
    const signal = AbortSignal.any([this.line.signal, this.signal]);
    delete this.stage.dataset.ready;
    this.message.hidden = true;
    if (!url) return this.fail(this.data.problem);
    if (this.data.held && this.released !== url) return this.hold(url);
    const frame = opaqueFrame(label, isOn ? running : url, { scripts: page || isOn });
    if (page) this.feed(frame, signal);
    else frame.addEventListener("load", () => this.ready(isOn ? "running" : "still"), { signal });
    this.frames.replaceChildren(frame, ...(this.controls?.overlay ?? []));
    return undefined;
  }

  // A page of ours says when it wants its data, and when it has drawn it.
  feed(frame, signal) {
    const payload = this.data.payload ? this.read(this.data.payload, signal, this.data) : Promise.resolve("");
    payload.catch(() => {});
    const send = async (data, settings) => {
      try {
        this.talk.say({ kind: "data", payload: await data, ...settings, ...this.controls?.asked() });
      } catch (error) {
        if (!signal.aborted) this.fail(error.message);
      }
    };
    const answer = (message) => {
      if (message.kind === "hello") send(payload, this.data.settings);
      else if (message.kind === "unreadable" && this.data.fallback) {
        send(this.read(this.data.fallback, signal), { ...this.data.settings, ...this.data.fallback_settings, isLast: true });
        this.controls.reason = messageText(message.text);
      } else if (message.kind === "failed") this.fail(messageText(message.text));
      else {
        this.controls?.message(message);
        if (message.kind === "drawn") {
          this.stage.dataset.info = messageText(message.text);
          this.ready("page");
        }
      }
    };
    this.talk = new FrameLine(frame, signal, answer);
  }

  async read(url, signal, { binary = false } = {}) {
    const answer = await fetch(url, { signal });
    if (!answer.ok) throw new Error((await answer.text()).trim() || `The data cannot be read (${answer.status}).`);
    return binary ? answer.arrayBuffer() : answer.text();
  }

  ready(state) {
    this.stage.toggleAttribute("data-idle", state === "held");
    this.stage.dataset.ready = state;
  }

  hold(url) {
    const open = () => {
      this.released = url;
      this.openFrame(false);
    };
    this.message.replaceChildren(el("span", {}, this.data.held), el("button", { class: "tool", type: "button", onclick: open }, "Draw all of it"), ...this.saving());
    this.message.hidden = false;
    this.ready("held");
  }

  saving() {
    return this.data.save ? [el("a", { class: "tool", href: this.data.save, download: this.data.label }, icon("download"), "Save the file")] : [];
  }

  fail(text) {
    this.message.replaceChildren(el("span", {}, text), ...this.saving());
    this.message.hidden = false;
    this.stage.toggleAttribute("data-idle", !this.stage.dataset.ready);
    this.stage.dataset.error = text;
  }

  destroy() {
    this.line?.abort();
    this.frames.replaceChildren();
  }
}

export default mountView(OpaqueFrameView);
