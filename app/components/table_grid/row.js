// The page of one row: every cell whole, media large; the rows before and after it in the order of the table.

class RowPage {
  constructor(table) {
    this.table = table;
    this.root = el("section", { class: "row-page", hidden: true, tabIndex: -1, "aria-label": "Row" });
  }

  attach(signal) {
    document.addEventListener("keydown", (event) => this.key(event), { signal, capture: true });
  }

  get isOpen() {
    return !this.root.hidden;
  }

  async show(number) {
    this.abort?.abort();
    this.abort = new AbortController();
    this.root.hidden = false;
    try {
      const found = await askTable("row", { ...this.table.base(), row: number }, this.abort.signal);
      this.draw(found);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.root.replaceChildren(this.bar({ row: number }), el("p", { class: "problem" }, icon("warning"), error.message));
    }
    this.root.dataset.ready = String(number);
    this.table.root.dataset.ready = `row ${number}`;
  }

  hide() {
    this.abort?.abort();
    this.root.hidden = true;
    this.root.replaceChildren();
    delete this.root.dataset.ready;
  }

  bar(found) {
    this.found = found;
    const step = (number, label, sign, key) => el("button", { class: "tool", type: "button", title: `${label} (${key})`, "aria-label": label, disabled: number === null || number === undefined, onclick: () => this.table.openRow(number) }, icon(sign));
    const place = found.place === null || found.place === undefined ? "not among the rows that the filter leaves" : `${count(found.place + 1)} of ${count(found.count)}`;
    return el(
      "div",
      { class: "row-bar" },
      el("button", { class: "tool back", type: "button", title: "Back to the table (Esc)", onclick: () => this.table.closeRow() }, icon("table"), "Table"),
      el("b", {}, `Row ${count(found.row)}`),
      el("span", { class: "muted" }, found.count === undefined ? "" : place),
      el("i", { class: "fill" }),
      step(found.previous, "Previous row", "back", "←"),
      step(found.next, "Next row", "forward", "→"),
    );
  }

  draw(found) {
    const bar = this.bar(found);
    if (!found.cells) return this.root.replaceChildren(bar, el("p", { class: "problem" }, icon("warning"), found.ignored.join(" ")));
    const order = this.table.columns.shown.concat(this.table.columns.all.filter((column) => !this.table.columns.shown.includes(column)));
    const isPicture = (column) => {
      const cell = found.cells[column.i];
      return cell && typeof cell === "object" && (cell.src || cell.bars || cell.k === "media" || cell.k === "list");
    };
    const pictures = order.filter(isPicture);
    const rest = order.filter((column) => !isPicture(column));
    return this.root.replaceChildren(
      bar,
      el("div", { class: "row-body" },
        pictures.length > 0 && el("div", { class: "row-media" }, pictures.map((column) => this.figure(column, found))),
        el("dl", { class: "row-cells" }, rest.map((column) => [el("dt", { title: column.label }, el("span", { class: "clip" }, column.name), el("span", { class: "muted" }, column.label)), this.value(column, found)])),
      ),
    );
  }

  figure(column, found) {
    const cell = found.cells[column.i];
    const href = this.table.cellHref(found.row, column);
    const items = cell.k === "list" ? cell.items : [cell];
    const shown = items.map((item) => (item.k === "media" ? mediaLink(item, true, item.at === undefined ? href : `${href}&item=${item.at}`) : el("span", { class: "media" }, pictureOf(item, () => el("span", {}, item.t)))));
    for (const link of shown) if (link.href) link.tabIndex = 0;
    return el("figure", {}, el("div", { class: "stage" }, shown), el("figcaption", {}, el("b", { class: "clip" }, column.name), el("span", { class: "muted clip" }, cell.k === "list" ? `${count(cell.n)} values` : cell.t)));
  }

  value(column, found) {
    const cell = found.cells[column.i];
    const text = found.texts[column.i];
    const [kind, plain] = cellContent(cell, column, true, null);
    const linked = linkedHref(column, cell, this.table.data.ref);
    const children = linked ? [keyLink(column, cell, linked, plain)] : plain;
    if (linked) children[0].tabIndex = 0;
    const condition = conditionFor(column, cell);
    const filter = condition && el("button", { class: "tool", type: "button", title: `Filter: ${condition}`, "aria-label": `Filter: ${condition}`, onclick: () => this.table.closeRow(condition) }, icon("find"));
    const isLong = typeof text === "string" && (text.length > 120 || text.includes("\n") || typeof cell !== "string");
    const content = isLong ? el("pre", {}, text) : el("span", { class: kind }, children);
    return el("dd", {}, cell?.line ? linePicture(cell.line, cell.t) : null, content, el("span", { class: "dd-tools" }, filter, cell !== null && copyButton(text ?? cellText(cell), `Copy ${column.name}`)));
  }

  key(event) {
    if (!this.isOpen || isTyping(event) || hasModifier(event)) return;
    const { found, table } = this;
    const actions = { Escape: () => table.closeRow(), ArrowLeft: () => typeof found?.previous === "number" && table.openRow(found.previous), ArrowRight: () => typeof found?.next === "number" && table.openRow(found.next) };
    const action = actions[event.key];
    if (!action || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }
}
