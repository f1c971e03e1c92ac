// Rows that differ. A cell that changed has two halves, old over new; one that did not is muted.

class TableDifference {
  constructor(root, signal) {
    this.tools = el("div", { class: "tools" });
    this.notes = el("p", { class: "muted notes", hidden: true });
    this.table = el("table", { class: "rows" });
    this.wait = el("p", { class: "muted wait" }, "Comparing all rows …");
    this.box = el("section", { class: "difference" }, this.tools, this.notes, this.wait, el("div", { class: "scroll", tabIndex: 0 }, this.table));
    root.append(this.box);
    this.paging = new Paging("rows", this.box, () => this.load());
    window.addEventListener("popstate", () => this.paging.read() && this.load(), { signal });
  }

  update({ a, b }) {
    this.sides = { a, b };
    this.paging.read();
    this.load();
  }

  async load() {
    const found = await this.paging.ask(this.sides);
    if (!found) return;
    const { columns, counts, key, rows } = found;
    this.tools.replaceChildren(...this.paging.tools(counts, found.count, rows.length, ""), this.columnChoice(columns, counts.by_column));
    this.say(counts, key);
    const head = el("tr", {}, el("th", {}), el("th", { class: "number" }, "Row"), columns.map((name) => this.heading(name, counts)));
    this.table.replaceChildren(el("thead", {}, head), el("tbody", {}, rows.map((row) => this.row(row, columns, key))));
    if (!rows.length) this.table.replaceChildren(el("tbody", {}, el("tr", {}, el("td", { class: "muted none" }, "No row differs."))));
    this.box.dataset.ready = String(found.count);
  }

  say({ moved, columns_added: added, columns_removed: removed }, key) {
    const parts = [key ? `Rows are paired by ${key}` : "Rows are paired in their order, because no column tells them apart"];
    if (moved) parts.push(`${count(moved)} stand elsewhere`);
    if (added.length) parts.push(`columns added: ${added.join(", ")}`);
    if (removed.length) parts.push(`columns removed: ${removed.join(", ")}`);
    this.notes.textContent = `${parts.join("; ")}.`;
    this.notes.hidden = false;
  }

  columnChoice(columns, counts) {
    const names = columns.filter((name) => counts[name]);
    if (names.length < 2 && !this.paging.state.column) return "";
    const all = el("option", { value: "" }, "in any column");
    const choice = el("select", { class: "columns", "aria-label": "Only rows that changed in" }, all, names.map((name) => el("option", { value: name, selected: name === this.paging.state.column }, `in ${name} (${count(counts[name])})`)));
    choice.addEventListener("change", () => this.paging.set({ column: choice.value, show: choice.value ? "changed" : this.paging.state.show, at: 0 }));
    return choice;
  }

  heading(name, counts) {
    const changed = counts.by_column[name];
    const mark = counts.columns_added.includes(name) ? "added" : counts.columns_removed.includes(name) ? "removed" : "";
    return el("th", { class: mark, title: name }, el("span", { class: "clip" }, name), changed && el("span", { class: "muted changes" }, `${count(changed)} changed`), mark && el("span", { class: "muted changes" }, mark));
  }

  row({ kind, left, right, old, new: now, changed }, columns, key) {
    const number = left >= 0 && right >= 0 && left !== right ? `${count(left)} → ${count(right)}` : count(Math.max(left, right));
    const marks = new Set(changed);
    const cells = columns.map((name, at) => {
      const isKey = name === key;
      if (kind !== "changed") return el("td", { class: isKey ? "key" : null }, el("div", { class: kind === "added" ? "new" : "old" }, this.cell((old ?? now)[at])));
      if (!marks.has(at)) return el("td", { class: isKey ? "key" : "same" }, this.cell(now[at] ?? old[at]));
      return el("td", { class: "changed", "data-column": name }, el("div", { class: "old" }, this.cell(old[at])), el("div", { class: "new" }, this.cell(now[at])));
    });
    return el("tr", { class: kind, "data-left": String(left), "data-right": String(right) }, el("td", { class: "sign", title: kind, "aria-label": kind }, SIGNS[kind]), el("td", { class: "number muted" }, number), cells);
  }

  cell(cell) {
    const [kind, children] = cellContent(cell, { kind: "" }, true, null);
    const box = el("span", { class: `cell ${kind}` }, children);
    for (const link of box.querySelectorAll("a.media:not([href])")) link.removeAttribute("tabindex");
    return box;
  }
}

export default mountView(TableDifference);
