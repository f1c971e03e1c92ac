// Rows with a link in the first column.

class Listing {
  constructor(root, signal) {
    this.table = el("table");
    root.append(this.table);
    root.addEventListener("click", followInPage, { signal });
  }

  update({ columns, rows }) {
    this.acts = rows.some((row) => row.action);
    const right = columns.map((name) => name.startsWith(">"));
    const head = columns.map((name, i) => el("th", { class: right[i] ? "number" : null }, name.replace(/^>/, "")));
    this.table.replaceChildren(
      el("thead", {}, el("tr", {}, head, this.acts && el("th"))),
      el("tbody", {}, rows.map((row) => this.row(row, right))),
    );
    this.table.dataset.ready = String(rows.length);
  }

  row({ href, icon: sign, cells, chips, badge, current, wholes, action }, right) {
    const [first, ...others] = cells;
    const label = el("span", { class: "clip" }, first);
    const sureness = badge && el("span", { class: `badge ${badge.kind}`, title: badge.title ?? "" }, el("i", { "aria-hidden": "true" }, badge.mark), badge.text);
    const marks = (chips ?? []).map(({ text, kind }) => el("span", { class: `chip ${kind}` }, text));
    const link = href ? el("a", { href, title: first }, icon(sign ?? "file"), label, marks, sureness) : el("span", { class: "plain", title: first }, icon(sign ?? "file"), label, marks, sureness);
    return el("tr", { "aria-current": current ? "true" : null }, el("td", { class: "first" }, link), others.map((text, i) => el("td", { class: right[i + 1] ? "number" : "clip", title: wholes?.[i + 1] ?? null }, text)), this.acts && el("td", { class: "action" }, action && el("a", { href: action.href }, action.text)));
  }
}

export default mountView(Listing);
