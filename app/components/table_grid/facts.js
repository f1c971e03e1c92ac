// How the values of a column are spread: small in the header, whole in the inspector. Asked for once rows are shown.

const shortNumber = (value) => {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return typeof value === "object" ? value.t : String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(1).replace("e+", "e");
  return String(Number(value.toPrecision(3)));
};

class ColumnFacts {
  constructor(table) {
    this.table = table;
    this.known = new Map();
    this.drawn = new Map();
    this.shown = null;
    this.root = el("div", { class: "facts-panel" });
  }

  // Facts of another selection: forget those that are here, ask for those in view.
  select(signature) {
    if (signature === this.signature) return;
    this.signature = signature;
    this.abort?.abort();
    this.abort = null;
    this.known.clear();
  }

  async fill() {
    if (this.abort || !this.table.isWhole) return;
    const { signature } = this;
    this.abort = new AbortController();
    const { signal } = this.abort;
    try {
      for (const place of this.table.columns.places ?? []) {
        const { column } = place;
        if (this.known.has(column.i)) continue;
        const found = await askTable("facts", { ...this.table.base(), sort: "", c: String(column.i) }, signal);
        if (signature !== this.signature) return;
        this.known.set(column.i, found.facts[column.i]);
        const spread = this.drawn.get(column.i);
        if (spread?.isConnected) this.drawSpread(spread, column);
        if (this.shown === column) this.showPanel();
      }
      this.table.root.dataset.facts = String(this.known.size);
    } catch (error) {
      if (error.name !== "AbortError") this.table.root.dataset.facts = "failed";
    } finally {
      if (signature === this.signature) this.abort = null;
    }
  }

  edges(facts, at) {
    const width = (facts.high - facts.low) / facts.bins.length;
    return facts.whole ? [facts.low + at, facts.low + at] : [facts.low + at * width, facts.low + (at + 1) * width];
  }

  drawSpread(host, column) {
    this.drawn.set(column.i, host);
    const facts = this.known.get(column.i);
    if (!facts) return host.replaceChildren();
    const missing = facts.missing ? `${count(facts.missing)} missing` : "";
    if (facts.bins) {
      const top = Math.max(...facts.bins, 1);
      const low = column.kind === "time" ? String(facts.low).slice(0, 10) : shortNumber(facts.low);
      const high = column.kind === "time" ? String(facts.high).slice(0, 10) : shortNumber(facts.high);
      return host.replaceChildren(barsPicture(facts.bins.map((item) => item / top), `${low} to ${high}`), el("span", { class: "ends muted" }, el("span", {}, low), el("span", {}, high)));
    }
    if (facts.top) {
      const whole = facts.rows || 1;
      const parts = facts.top.slice(0, 8).map(([value, number], at) => el("i", { class: `part p${at % 4}`, style: { "flex-grow": String(number) }, title: `${value}: ${count(number)} (${((100 * number) / whole).toFixed(1)} %)` }));
      const others = facts.top.slice(8).reduce((sum, [, number]) => sum + number, facts.others);
      if (others) parts.push(el("i", { class: "part rest", style: { "flex-grow": String(others) }, title: `others: ${count(others)}` }));
      if (facts.missing) parts.push(el("i", { class: "part missing", style: { "flex-grow": String(facts.missing) }, title: missing }));
      const words = facts.distinct === 1 ? "1 value" : `${facts.about ? "≈ " : ""}${count(facts.distinct)} values`;
      return host.replaceChildren(el("span", { class: "parts" }, parts), el("span", { class: "ends muted" }, el("span", {}, words)));
    }
    const words = facts.distinct ? `${facts.about ? "≈ " : ""}${count(facts.distinct)} values` : facts.missing ? "" : `${count(facts.rows)} of ${count(facts.rows)}`;
    const share = facts.rows ? 1 - facts.missing / facts.rows : 0;
    return host.replaceChildren(el("span", { class: "parts" }, el("i", { class: "part p1", style: { "flex-grow": String(share) } }), facts.missing ? el("i", { class: "part missing", style: { "flex-grow": String(1 - share) }, title: missing }) : null), el("span", { class: "ends muted" }, el("span", {}, words || missing)));
  }

  show(column) {
    this.shown = this.shown === column ? null : column;
    this.showPanel();
  }

  showPanel() {
    const column = this.shown;
    const say = (host) => document.dispatchEvent(new CustomEvent("vitrina:panel", { detail: { host, title: `Column ${column?.name ?? ""}` }, cancelable: true }));
    if (!column) return say(null);
    this.root.replaceChildren(...this.panel(column, this.known.get(column.i)));
    if (!this.host) {
      this.host = el("div");
      const style = this.table.shadow.querySelector("style");
      this.host.attachShadow({ mode: "open" }).append(style ? style.cloneNode(true) : "", this.root);
    }
    return say(this.host);
  }

  panel(column, facts) {
    if (!facts) return [el("p", { class: "muted" }, "Counting …")];
    const line = (label, value) => [el("dt", {}, label), el("dd", {}, value)];
    const share = (number) => `${count(number)}${facts.rows ? ` (${((100 * number) / facts.rows).toFixed(1)} %)` : ""}`;
    const lines = [line("Type", [column.label || column.kind, column.note].filter(Boolean).join(", ")), line("Rows", count(facts.rows)), line("Missing", share(facts.missing))];
    if (facts.outside) lines.push(line("NaN or ∞", share(facts.outside)));
    if (facts.distinct !== undefined) lines.push(line("Different", `${facts.about ? "≈ " : ""}${count(facts.distinct)}`));
    const say = (value) => (typeof value === "number" ? formatNumber(value) : typeof value === "object" && value ? value.t : String(value ?? "–"));
    if (facts.low !== undefined) lines.push(line("Least", say(facts.low)), line("Largest", say(facts.high)));
    if (facts.mean !== undefined) lines.push(line("Mean", `${say(facts.mean)} ± ${say(facts.sd)}`));
    if (facts.quartiles) lines.push(line("Quartiles", `≈ ${facts.quartiles.map(say).join(" · ")}`));
    const parts = [el("dl", {}, lines)];
    if (facts.bins && column.kind === "number") parts.push(this.bars(column, facts));
    else if (facts.bins) parts.push(el("div", { class: "big" }, barsPicture(facts.bins.map((item) => item / Math.max(...facts.bins, 1)), "over time")));
    if (facts.top) parts.push(el("div", { class: "values" }, facts.top.map(([value, number]) => this.value(column, facts, value, number)), facts.others > 0 && el("div", { class: "muted" }, `${count(facts.others)} rows have other values`)));
    return parts;
  }

  // A bar is a button: it filters to its values.
  bars(column, facts) {
    const top = Math.max(...facts.bins, 1);
    const bars = facts.bins.map((number, at) => {
      const [from, to] = this.edges(facts, at);
      const last = at === facts.bins.length - 1;
      const name = column.written;
      const condition = facts.whole ? `${name} = ${from}` : `${name} >= ${Number(from.toPrecision(12))} and ${name} ${last ? "<=" : "<"} ${Number(to.toPrecision(12))}`;
      const words = facts.whole ? `${shortNumber(from)}: ${count(number)}` : `${shortNumber(from)} to ${shortNumber(to)}: ${count(number)}`;
      return el("button", { class: "bar", type: "button", title: `${words}. Click to filter.`, "aria-label": words, disabled: !number, onclick: () => this.table.addCondition(condition) }, el("i", { style: { height: `${(100 * number) / top}%` } }));
    });
    return el("div", { class: "big" }, el("div", { class: "bar-row" }, bars), el("div", { class: "ends muted" }, el("span", {}, shortNumber(facts.low)), el("span", {}, shortNumber(facts.high))));
  }

  value(column, facts, value, number) {
    const cell = column.kind === "boolean" ? value === "true" : value;
    const share = facts.rows ? (100 * number) / facts.rows : 0;
    const condition = conditionFor(column, cell);
    return el("button", { class: "value-row", type: "button", title: `Filter: ${condition}`, style: { "--share": `${share}%` }, onclick: () => this.table.addCondition(condition) }, el("span", { class: "clip" }, value === "" ? "empty text" : String(value)), el("span", { class: "muted" }, count(number)));
  }

  close() {
    document.dispatchEvent(new CustomEvent("vitrina:panel", { detail: { host: null } }));
  }
}
