// Sections one below the other; tables with more than a screenful of rows have a search.

const SEARCHED_ROWS = 15;

class SheetView {
  constructor(root) {
    this.box = el("div", { class: "sheet", tabIndex: 0 });
    root.append(this.box);
  }

  update({ sections }) {
    this.box.replaceChildren(...sections.map((section) => this.section(section)));
    this.box.dataset.ready = String(sections.reduce((sum, { rows }) => sum + (rows?.length ?? 0), 0));
  }

  section({ title, text, mark, facts, columns, rows, colours, links }) {
    return el(
      "section",
      {},
      title ? el("h2", {}, title) : null,
      text ? el("p", { class: "told" }, mark ? icon(mark) : null, el("span", {}, text)) : null,
      facts?.length ? el("dl", {}, facts.flatMap(([label, value]) => [el("dt", {}, label), el("dd", {}, value)])) : null,
      links?.map(([label, href]) => el("a", { class: "action", href, download: "" }, icon("download"), label)),
      columns ? this.table(columns, rows, colours) : null,
    );
  }

  table(columns, rows, colours) {
    const right = columns.map((name) => name.startsWith(">"));
    const swatch = (at) => (colours ? el("td", { class: "colour" }, el("i", { class: "swatch", style: { "--colour": colours[at] }, title: colours[at] })) : null);
    const lines = rows.map((row, at) => el("tr", {}, swatch(at), row.map((value, i) => el("td", { class: right[i] ? "number" : null }, value))));
    const head = el("tr", {}, colours ? el("th") : null, columns.map((name, i) => el("th", { class: right[i] ? "number" : null }, name.replace(/^>/, ""))));
    const table = el("table", {}, el("thead", {}, head), el("tbody", {}, lines));
    if (rows.length <= SEARCHED_ROWS) return table;
    const amount = el("output", { class: "muted" }, count(rows.length));
    const input = el("input", { type: "search", placeholder: "Search", "aria-label": "Search the rows", spellcheck: false });
    input.addEventListener("keydown", (event) => event.stopPropagation());
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      let found = 0;
      rows.forEach((row, at) => {
        lines[at].hidden = !row.some((value) => value.toLowerCase().includes(wanted));
        found += !lines[at].hidden;
      });
      amount.textContent = wanted ? `${count(found)} of ${count(rows.length)}` : count(rows.length);
    });
    return [el("div", { class: "search" }, input, amount), table];
  }
}

export default mountView(SheetView);
