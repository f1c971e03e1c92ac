// Bars or the table of bins, switches of the axes, and what one bin holds.

const MAX_TABLE_ROWS = 2000;

class HistogramView {
  constructor(root, signal) {
    this.signal = signal;
    this.hovered = -1;
    this.address = new ViewAddress(["log", "view"]);
    this.canvas = el("canvas", { tabIndex: 0, role: "img" });
    this.painter = new BarPainter(this.canvas);
    this.readout = el("div", { class: "pill readout", hidden: true });
    const toggle = (label, title, action) => el("button", { class: "tool", type: "button", title, "aria-pressed": "false", onclick: action }, label);
    this.logY = toggle("log counts", "Counts on a logarithmic axis (L)", () => this.set({ y: !this.log.y }));
    this.logX = toggle("log values", "Values on a logarithmic axis", () => this.set({ x: !this.log.x }));
    this.tableButton = toggle("Table", "The bins as a table (T)", () => this.set({ table: !this.isTable }));
    const save = toggle("CSV", "Save the bins as CSV", () => this.save());
    save.removeAttribute("aria-pressed");
    this.tools = el("div", { class: "pill tools" }, this.logY, this.logX, this.tableButton, save);
    this.message = el("div", { class: "message", hidden: true });
    this.table = el("div", { class: "table", tabIndex: 0, hidden: true });
    this.stage = el("div", { class: "stage" }, this.canvas, this.table, this.readout, this.message, this.tools);
    root.append(this.stage);
    this.listen();
  }

  update(data) {
    this.data = data;
    this.hovered = -1;
    this.message.hidden = !data.problem;
    this.message.textContent = data.problem;
    this.canvas.setAttribute("aria-label", data.label);
    this.total = data.counts.reduce((sum, value) => sum + value, 0);
    this.below = [0];
    for (const value of data.counts) this.below.push(this.below[this.below.length - 1] + value);
    const { log = "", view = "" } = this.address.read();
    this.canLogX = data.edges[0] > 0;
    this.logX.disabled = !this.canLogX;
    this.logX.title = this.canLogX ? "Values on a logarithmic axis" : "Not all values are positive";
    this.log = { x: log.includes("x") && this.canLogX, y: log.includes("y") };
    this.isTable = view === "table";
    this.show();
    this.stage.dataset.ready = String(data.counts.length);
  }

  set({ x = this.log.x, y = this.log.y, table = this.isTable }) {
    this.log = { x: x && this.canLogX, y };
    this.isTable = table;
    this.address.write({ log: `${this.log.x ? "x" : ""}${this.log.y ? "y" : ""}`, view: table ? "table" : "" });
    this.show();
  }

  show() {
    this.logX.setAttribute("aria-pressed", String(this.log.x));
    this.logY.setAttribute("aria-pressed", String(this.log.y));
    this.tableButton.setAttribute("aria-pressed", String(this.isTable));
    this.table.hidden = !this.isTable;
    this.canvas.hidden = this.isTable;
    if (this.isTable) this.fillTable();
    this.stage.dataset.shows = this.isTable ? "table" : "bars";
    this.paint();
  }

  paint() {
    this.frame = null;
    if (!this.data || this.data.problem || this.isTable || !this.size) return;
    const { counts, edges } = this.data;
    this.painter.paint({ counts, edges, logX: this.log.x, logY: this.log.y, hovered: this.hovered, ...this.size });
    this.stage.dataset.log = `${this.log.x ? "x" : ""}${this.log.y ? "y" : ""}`;
    this.tell();
  }

  row(i) {
    const { counts, edges } = this.data;
    const isLast = i === counts.length - 1;
    return { low: edges[i], high: edges[i + 1], close: isLast ? "]" : ")", count: counts[i], share: this.total ? counts[i] / this.total : 0, below: this.total ? this.below[i + 1] / this.total : 0 };
  }

  tell() {
    this.readout.hidden = this.hovered < 0 || this.isTable;
    if (this.hovered < 0) return;
    const row = this.row(this.hovered);
    const part = (label, text) => el("span", {}, el("b", {}, label), text);
    this.readout.replaceChildren(
      el("div", { class: "line" }, part("bin", `[${exactNumber(row.low)}, ${exactNumber(row.high)}${row.close}`)),
      el("div", { class: "line" }, part("count", exactNumber(row.count)), part("share", shareText(row.share)), part("up to here", shareText(row.below))),
    );
    this.canvas.dataset.bin = String(this.hovered);
  }

  fillTable() {
    const { counts } = this.data;
    const rows = counts.slice(0, MAX_TABLE_ROWS).map((_, i) => {
      const row = this.row(i);
      return el("tr", {}, [count(i), exactNumber(row.low), `${exactNumber(row.high)}${row.close === "]" ? " (included)" : ""}`, exactNumber(row.count), shareText(row.share), shareText(row.below)].map((text) => el("td", {}, text)));
    });
    const head = el("tr", {}, ["bin", "from", "below", "count", "share", "cumulative"].map((name) => el("th", {}, name)));
    const rest = counts.length > MAX_TABLE_ROWS ? el("p", { class: "muted" }, `${count(MAX_TABLE_ROWS)} of ${count(counts.length)} bins, because a page has a limit; the CSV has all`) : "";
    this.table.replaceChildren(el("table", {}, el("thead", {}, head), el("tbody", {}, rows)), rest);
  }

  save() {
    const lines = this.data.counts.map((value, i) => `${this.data.edges[i]},${this.data.edges[i + 1]},${value}`);
    saveFile([`low,high,count\r\n${lines.join("\r\n")}\r\n`], "text/csv", `${this.data.file}.csv`);
  }

  hover(i) {
    if (i === this.hovered) return;
    this.hovered = i;
    this.frame ??= requestAnimationFrame(() => this.paint());
  }

  listen() {
    const on = (target, name, action) => target.addEventListener(name, action, { signal: this.signal });
    on(this.canvas, "pointermove", (event) => {
      if (!this.painter.x) return;
      this.hover(this.painter.binAt(event.clientX - this.canvas.getBoundingClientRect().left, this.data.edges));
    });
    on(this.canvas, "pointerleave", () => this.hover(-1));
    on(this.canvas, "keydown", (event) => this.walk(event));
    on(document, "keydown", (event) => {
      if (isTyping(event) || hasModifier(event) || !this.data) return;
      if (event.key === "l") this.set({ y: !this.log.y });
      else if (event.key === "t") this.set({ table: !this.isTable });
    });
    this.sizes = new ResizeObserver(([entry]) => {
      this.size = { width: entry.contentRect.width, height: entry.contentRect.height };
      this.paint();
    });
    this.sizes.observe(this.stage);
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", () => setTimeout(() => this.paint(), 50), { signal: this.signal });
  }

  walk(event) {
    const last = this.data.counts.length - 1;
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    const next = { Home: 0, End: last }[event.key] ?? (steps[event.key] ? Math.min(last, Math.max(0, this.hovered + steps[event.key])) : undefined);
    if (next === undefined || hasModifier(event)) return;
    event.preventDefault();
    event.stopPropagation();
    this.hover(next);
  }

  destroy() {
    this.address.cancel();
    this.sizes.disconnect();
  }
}

export default mountView(HistogramView);
