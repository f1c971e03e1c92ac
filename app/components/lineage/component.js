// Boxes in columns; between two columns an arrow. Everything is text and links, so it is read aloud as it is seen.

class Lineage {
  constructor(root, signal) {
    this.box = el("div", { class: "columns", role: "list" });
    root.append(this.box);
    root.addEventListener("click", followInPage, { signal });
  }

  update({ columns }) {
    const parts = columns.map((boxes, i) => [i > 0 && el("span", { class: "arrow", "aria-hidden": "true" }), el("div", { class: "column", role: "listitem" }, boxes.map((box) => this.node(box)))]);
    this.box.replaceChildren(...parts.flat().filter(Boolean));
    this.box.dataset.ready = String(columns.flat().length);
  }

  node({ title, note, what, icon: sign, href, current }) {
    const inside = [icon(sign), el("span", { class: "words" }, el("span", { class: "muted what" }, what), el("b", { class: "clip", title }, title), note && el("span", { class: "muted" }, note))];
    return href ? el("a", { class: "node", href, "aria-current": current ? "true" : null }, inside) : el("span", { class: "node", "aria-current": current ? "true" : null }, inside);
  }
}

export default mountView(Lineage);
