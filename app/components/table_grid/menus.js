// Menus of a column, of a cell, of the table. One is open at a time; Escape and a click elsewhere close it.

class TableMenus {
  constructor(table) {
    this.table = table;
    this.root = el("div", { class: "menu", hidden: true, role: "menu", tabIndex: -1 });
  }

  attach(signal) {
    document.addEventListener("pointerdown", (event) => !event.composedPath().includes(this.root) && !event.composedPath().includes(this.opener) && this.close(), { signal });
    this.root.addEventListener("keydown", (event) => this.key(event), { signal });
  }

  item(label, action, { sign = "", key = "", checked = null, disabled = false } = {}) {
    const mark = checked === null ? null : el("span", { class: "mark" }, checked ? "✓" : "");
    const button = el("button", { class: "item", type: "button", role: checked === null ? "menuitem" : "menuitemcheckbox", disabled }, mark, sign && el("span", { class: "mark" }, sign), el("span", { class: "clip" }, label), key && el("kbd", {}, key));
    if (checked !== null) button.setAttribute("aria-checked", String(checked));
    button.addEventListener("click", () => {
      if (action() !== "stay") this.close();
    });
    return button;
  }

  open(items, opener, { wide = false } = {}) {
    if (this.opener === opener && !this.root.hidden) return this.close();
    this.opener = opener;
    this.root.replaceChildren(...items.filter(Boolean));
    this.root.toggleAttribute("data-wide", wide);
    this.root.hidden = false;
    const box = opener.getBoundingClientRect();
    const frame = this.table.root.getBoundingClientRect();
    const own = this.root.getBoundingClientRect();
    const left = Math.min(box.left - frame.left, frame.width - own.width - 8);
    const below = box.bottom - frame.top + 4;
    const top = below + own.height > frame.height - 4 ? Math.max(4, Math.min(below, frame.height - own.height - 4)) : below;
    this.root.style.left = `${Math.max(4, left)}px`;
    this.root.style.top = `${top}px`;
    this.root.querySelector("button, input")?.focus();
    return undefined;
  }

  close() {
    if (this.root.hidden) return;
    const hadFocus = this.root.contains(this.root.getRootNode().activeElement);
    this.root.hidden = true;
    if (hadFocus) (this.opener?.isConnected && this.opener.tabIndex >= 0 ? this.opener : this.table.view).focus({ preventScroll: true });
    this.opener = null;
  }

  key(event) {
    const items = [...this.root.querySelectorAll("button:not(:disabled), input")];
    const at = items.indexOf(this.root.getRootNode().activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.close();
    else if (step) items.at((at + step) % items.length)?.focus();
    else if (["ArrowLeft", "ArrowRight"].includes(event.key) && !isTyping(event)) event.preventDefault();
    else if (event.key.length > 1 || isTyping(event)) return event.stopPropagation();
    else return undefined;
    event.preventDefault();
    event.stopPropagation();
    return undefined;
  }

  column(column, opener) {
    const { table } = this;
    const { columns } = table;
    const at = columns.shown.indexOf(column);
    const pinned = columns.pinned.has(column.key);
    this.open([
      column.sorts && this.item("Sort up", () => table.sortBy(column, false, false), { sign: "↑" }),
      column.sorts && this.item("Sort down", () => table.sortBy(column, false, true), { sign: "↓" }),
      column.sorts && this.item("Group by", () => table.groupBy(column), { sign: "⊞" }),
      this.item("Facts", () => table.facts.show(column), { sign: "≡" }),
      this.item("Only rows that have it", () => table.addCondition(`${column.written} is not null`), { sign: "•" }),
      el("hr"),
      this.item(pinned ? "Let it scroll" : "Pin to the left", () => { columns.pin(column, !pinned); table.refresh(); }, { sign: "⇤" }),
      this.item("Move left", () => { columns.move(column, at - 1); table.refresh(); }, { sign: "←", disabled: at === 0 }),
      this.item("Move right", () => { columns.move(column, at + 1); table.refresh(); }, { sign: "→", disabled: at === columns.shown.length - 1 }),
      this.item("Hide", () => { columns.hide(column); table.refresh(); }, { sign: "×", disabled: columns.shown.length === 1 }),
    ], opener);
  }

  cell({ element, row, column }) {
    const { table } = this;
    const cell = row.cells.get(column.i);
    const same = conditionFor(column, cell);
    const other = conditionFor(column, cell, "<>");
    const number = typeof cell === "number" && column.kind === "number";
    this.open([
      same && this.item(same, () => table.addCondition(same), { sign: "=", key: "F" }),
      other && this.item(other, () => table.addCondition(other), { sign: "≠", key: "X" }),
      number && this.item(`${column.written} >= ${cell}`, () => table.addCondition(`${column.written} >= ${cell}`), { sign: "≥" }),
      number && this.item(`${column.written} <= ${cell}`, () => table.addCondition(`${column.written} <= ${cell}`), { sign: "≤" }),
      same && el("hr"),
      this.item("Copy", () => { navigator.clipboard.writeText(cellText(cell)); }, { sign: "⧉", key: "Ctrl+C" }),
      this.item(`Open row ${count(row.number)}`, () => table.openRow(row.number), { sign: "↗", key: "Space" }),
    ], element);
  }

  columns(opener) {
    const { table } = this;
    const { columns } = table;
    const list = el("div", { class: "scroll" });
    const draw = (words) => list.replaceChildren(...columns.all.filter((column) => column.name.toLowerCase().includes(words)).slice(0, 400).map((column) => {
      const shown = columns.shown.includes(column);
      return this.item(column.name || "(no name)", () => {
        if (shown) columns.hide(column);
        else columns.show([...columns.shown, column]);
        table.refresh();
        draw(words);
        return "stay";
      }, { checked: shown });
    }));
    const search = el("input", { type: "search", placeholder: `Search ${count(columns.all.length)} columns`, "aria-label": "Search columns" });
    search.addEventListener("input", () => draw(search.value.toLowerCase()));
    draw("");
    this.open([
      columns.all.length > 8 && search,
      list,
      el("hr"),
      this.item("Show all", () => { columns.show(columns.all.slice(0, 200)); table.refresh(); }),
    ], opener);
  }

  groups(opener) {
    const { table } = this;
    const columns = table.columns.all.filter((column) => column.sorts);
    this.open([
      el("p", { class: "muted note" }, "Counts and means by"),
      el("div", { class: "scroll" }, columns.map((column) => this.item(column.name, () => table.groupBy(column), { checked: table.address.get("by") === column.key }))),
      table.address.get("by") && el("hr"),
      table.address.get("by") && this.item("No groups", () => table.groupBy(null)),
    ], opener);
  }

  exports(opener) {
    const { table } = this;
    const { total } = table.range;
    const link = (format, label, note) => el("a", { class: "item", role: "menuitem", href: `/api/table/export?${new URLSearchParams({ ...table.base(), format, c: table.columns.shown.map((column) => column.i).join(",") })}`, download: "", onclick: () => this.close() }, el("span", {}, label), el("span", { class: "muted" }, note));
    this.open([
      el("p", { class: "muted note" }, `${count(total)} rows, ${count(table.columns.shown.length)} columns, as shown`),
      link("csv", "CSV", "formulas quoted"),
      link("parquet", "Parquet", "typed"),
      link("json", "JSON lines", "as stored"),
      link("zip", "ZIP", "rows and their files"),
    ], opener, { wide: true });
  }
}
