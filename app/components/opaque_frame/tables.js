// Columns of data as tables, one below the other.

class DataTables {
  constructor() {
    this.root = el("div", { class: "tables", tabIndex: 0 });
  }

  async load(url, signal) {
    const answer = await fetch(url, { signal });
    if (!answer.ok) throw new Error((await answer.text()).trim() || `The data cannot be read (${answer.status}).`);
    const tables = await answer.json();
    this.root.replaceChildren(...(tables.length ? tables.map((table) => this.table(table)) : [el("p", { class: "muted cut" }, "The document has no columns of data.")]));
    this.root.dataset.tables = String(tables.length);
  }

  table({ name, columns, rows, total, url }) {
    const numeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => row[i] === null || typeof row[i] === "number" || /^(nan|[+-]?inf)$/.test(row[i])));
    const cell = (tag, value, i) => el(tag, { class: numeric[i] ? "number" : null, title: typeof value === "string" && value.length > 40 ? value : null }, value === null ? "" : String(value));
    const amount = rows.length < total ? `${count(rows.length)} of ${count(total)} rows, because this is a first look` : `${count(total)} ${total === 1 ? "row" : "rows"}`;
    return el(
      "section",
      {},
      el("h3", {}, el("span", { class: "clip" }, name), el("span", { class: "muted" }, amount), url && el("a", { class: "tool", href: url, download: `${name}.csv` }, icon("download"), "CSV")),
      el("table", {}, el("thead", {}, el("tr", {}, columns.map((title, i) => cell("th", title, i)))), el("tbody", {}, rows.map((row) => el("tr", {}, row.map((value, i) => cell("td", value, i)))))),
    );
  }
}
