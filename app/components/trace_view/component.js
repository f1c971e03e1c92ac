// Spans as a tree with bars of their times; the chosen one with its texts beneath.

class TraceView {
  constructor(root, signal) {
    this.signal = signal;
    this.address = new ViewAddress(["span"]);
    this.list = el("div", { class: "list", role: "tree", tabIndex: 0 });
    this.details = el("div", { class: "details", tabIndex: 0 });
    this.stage = el("div", { class: "stage" }, this.list, this.details);
    root.append(this.stage);
    this.list.addEventListener("keydown", (event) => this.walk(event));
  }

  update(data) {
    this.data = data;
    this.closed = new Set();
    this.list.setAttribute("aria-label", data.label);
    const { span = "0" } = this.address.read();
    const wanted = /^\d{1,6}$/.test(span) && Number(span) < data.spans.length ? Number(span) : 0;
    this.draw();
    this.choose(wanted, { quiet: true });
    if (String(wanted) !== span) this.details.prepend(el("p", { class: "muted" }, `“span=${span}” of the address was ignored, because the trace has ${count(data.spans.length)} spans.`));
    this.stage.dataset.ready = String(data.spans.length);
  }

  hasChildren(i) {
    return (this.data.spans[i + 1]?.depth ?? 0) > this.data.spans[i].depth;
  }

  draw() {
    const rows = [];
    let hiddenBelow = Infinity;
    this.data.spans.forEach((span, i) => {
      if (span.depth > hiddenBelow) return;
      hiddenBelow = this.closed.has(i) ? span.depth : Infinity;
      rows.push(this.row(span, i));
    });
    const { begin, end } = this.data;
    const middle = begin === null ? "" : `${this.timeText((end - begin) / 2)}`;
    const axis = el("div", { class: "axis muted" }, el("span"), el("span", { class: "times" }, el("span", {}, begin === null ? "no times" : "0"), el("span", {}, middle), el("span", {}, begin === null ? "" : this.timeText(end - begin))), el("span"));
    this.list.replaceChildren(axis, ...rows);
  }

  timeText(milliseconds) {
    return milliseconds < 1000 ? `${Number(milliseconds.toPrecision(3))} ms` : `${Number((milliseconds / 1000).toPrecision(3))} s`;
  }

  row(span, i) {
    const { begin, end } = this.data;
    const total = end - begin || 1;
    const share = (time) => `${(((time - begin) / total) * 100).toFixed(3)}%`;
    const hasTime = begin !== null && span.start !== null;
    const bar = hasTime ? el("i", { class: "bar", "data-status": span.status, style: { left: share(span.start), width: span.end === null ? "2px" : `max(2px, ${(((span.end - span.start) / total) * 100).toFixed(3)}%)` } }) : null;
    const parent = this.hasChildren(i);
    const arrow = el("button", { class: "arrow", type: "button", tabIndex: -1, "aria-label": this.closed.has(i) ? "Open" : "Close", onclick: (event) => { event.stopPropagation(); this.toggle(i); } }, parent ? (this.closed.has(i) ? "▸" : "▾") : "");
    const name = el("span", { class: "name", style: { "--depth": span.depth } }, arrow, el("span", { class: "clip", title: span.name }, span.name), span.kind ? el("span", { class: "chip" }, span.kind) : null, span.status === "bad" ? el("span", { class: "failed" }, "✗ failed") : null);
    const row = el("div", { class: "row", role: "treeitem", "aria-level": span.depth + 1, "aria-expanded": parent ? String(!this.closed.has(i)) : null, "data-span": i, onclick: () => this.choose(i) }, name, el("span", { class: "times" }, bar), el("span", { class: "took" }, span.took));
    row.setAttribute("aria-selected", String(i === this.chosen));
    return row;
  }

  toggle(i) {
    if (!this.hasChildren(i)) return;
    if (!this.closed.delete(i)) this.closed.add(i);
    this.draw();
  }

  choose(i, { quiet = false } = {}) {
    this.chosen = i;
    for (const row of this.list.querySelectorAll(".row")) row.setAttribute("aria-selected", String(Number(row.dataset.span) === i));
    const span = this.data.spans[i];
    const status = span.word ? el("span", { class: `status ${span.status}` }, `${span.status === "bad" ? "✗" : span.status === "good" ? "✓" : "·"} ${span.word}`) : null;
    const texts = span.texts.map(([title, text]) => el("section", {}, el("h3", {}, title, copyButton(text, `Copy ${title}`)), el("pre", {}, text)));
    const model = i === 0 && this.data.model ? el("section", {}, el("h3", {}, "model"), el("pre", {}, this.data.model)) : null;
    const none = !texts.length && !model && !span.message ? el("p", { class: "muted" }, "This span has no inputs, outputs or attributes.") : null;
    this.details.replaceChildren(el("h2", {}, el("span", {}, span.name), span.kind ? el("span", { class: "chip" }, span.kind) : null, el("span", { class: "muted" }, span.took), status), span.message ? el("p", { class: "message" }, span.message) : "", ...texts, model ?? "", none ?? "");
    this.details.scrollTop = 0;
    this.stage.dataset.chosen = String(i);
    if (!quiet) this.address.write({ span: i || "" });
  }

  walk(event) {
    if (hasModifier(event) || event.shiftKey) return;
    const rows = [...this.list.querySelectorAll(".row")];
    const at = rows.findIndex((row) => Number(row.dataset.span) === this.chosen);
    const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (go !== undefined) {
      const row = rows[Math.max(0, Math.min(rows.length - 1, go))];
      this.choose(Number(row.dataset.span));
      row.scrollIntoView({ block: "nearest" });
    } else if (event.key === "ArrowRight" && this.closed.has(this.chosen)) this.toggle(this.chosen);
    else if (event.key === "ArrowLeft" && !this.closed.has(this.chosen)) this.toggle(this.chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  destroy() {
    this.address.cancel();
  }
}

export default mountView(TraceView);
