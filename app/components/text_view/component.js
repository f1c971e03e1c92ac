// Text with its line numbers, or a small table.

class TextView {
  constructor(root) {
    this.box = el("div", { class: "sheet", tabIndex: 0 });
    root.append(this.box);
  }

  update(data) {
    this.box.replaceChildren(data.kind === "table" ? this.table(data) : this.text(data));
    this.box.dataset.kind = data.kind;
    this.box.dataset.ready = data.language ?? "";
  }

  text({ text, language }) {
    const lines = text.split("\n");
    const numbers = language === "hex" ? null : el("pre", { class: "numbers", "aria-hidden": "true" }, lines.map((_, i) => i + 1).join("\n"));
    return el("div", { class: "text" }, numbers, el("pre", { class: "body" }, text));
  }

  table({ columns, rows }) {
    const numeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => row[i] === undefined || row[i] === "" || Number.isFinite(Number(row[i]))));
    const cell = (tag, text, i) => el(tag, { class: numeric[i] ? "number" : null }, text);
    return el(
      "table",
      {},
      el("thead", {}, el("tr", {}, columns.map((name, i) => cell("th", name, i)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((text, i) => cell("td", text, i))))),
    );
  }
}

export default mountView(TextView);
