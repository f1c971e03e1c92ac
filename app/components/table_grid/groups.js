// Groups by the values of a column: how many rows, and the mean of each column of numbers. A group is a filter away.

class TableGroups {
  constructor(table) {
    this.table = table;
    this.root = el("div", { class: "groups", hidden: true, tabIndex: 0 });
  }

  async show() {
    const { table } = this;
    const by = table.columns.byKey.get(table.address.get("by"));
    this.abort?.abort();
    this.abort = new AbortController();
    try {
      const found = await askTable("groups", { ...table.base(), sort: "", by: by.i, order: table.address.get("order") }, this.abort.signal);
      this.draw(by, found);
      table.settled();
    } catch (error) {
      if (error.name !== "AbortError") table.fail(error);
    }
  }

  draw(by, found) {
    const { table } = this;
    const means = found.means.map((index) => table.columns.all[index]);
    const order = table.address.get("order") || "-rows";
    const head = (label, key, kind) => {
      const down = order === `-${key}`;
      const up = order === key;
      const button = el("button", { type: "button", title: `Sort groups by ${label}` }, label, down ? " ↓" : up ? " ↑" : "");
      button.addEventListener("click", () => {
        table.address.set({ order: down ? key : `-${key}` });
        table.refresh();
      });
      return el("th", { class: kind, "aria-sort": down ? "descending" : up ? "ascending" : "none" }, button);
    };
    const top = Math.max(1, ...found.groups.map((group) => group[1]));
    const rows = found.groups.map(([value, number, ...averages]) => {
      const cell = value;
      const condition = conditionFor(by, by.kind === "time" ? String(value) : cell);
      const [kind, children] = cellContent(cell, by, false, null);
      const name = el("button", { type: "button", class: kind, title: condition ? `Rows where ${condition}` : "", disabled: !condition, onclick: () => table.openGroup(condition) }, children);
      return el("tr", {}, el("td", { class: "group" }, name), el("td", { class: "number rows-of" }, el("i", { style: { "--share": String(number / top) } }), el("span", {}, count(number))), averages.map((mean) => el("td", { class: "number" }, mean === null ? "–" : typeof mean === "number" ? formatNumber(Number(mean.toPrecision(5))) : mean.t)));
    });
    const notice = found.total > found.groups.length && el("p", { class: "muted note" }, `${count(found.groups.length)} of ${count(found.total)} groups, because more are not read by anybody; sort or filter them`);
    this.root.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, head(by.name, "value", ""), head("rows", "rows", "number"), means.map((column) => head(`mean ${column.name}`, String(column.i), "number")))), el("tbody", {}, rows)), notice || "");
    this.root.dataset.ready = String(found.total);
  }
}
