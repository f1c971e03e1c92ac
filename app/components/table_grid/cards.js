// Rows as cards: the pictures large, the other cells as lines below.

const CARD_LINES = 5;

// Cards that are laid out at once; more come as one scrolls to the last of them.
const CARDS_AT_ONCE = 200;

class TableCards {
  constructor(table) {
    this.table = table;
    this.root = el("div", { class: "cards", hidden: true });
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("scroll", () => this.more(), { passive: true });
    this.known = new Map();
  }

  draw() {
    const { table } = this;
    const { first, count: end } = table.range;
    const place = `${table.source.signature} ${first} ${table.columns.shown.map((column) => column.i)}`;
    if (place !== this.place) {
      this.place = place;
      this.limit = CARDS_AT_ONCE;
      this.known.clear();
      this.root.scrollTop = 0;
    }
    this.last = Math.min(end, first + this.limit);
    table.source.want(first + this.known.size, this.last);
    const cards = [];
    for (let index = first; index < this.last; index += 1) {
      const row = table.source.row(index);
      if (!this.known.has(index) && row) this.known.set(index, this.card(row));
      if (this.known.has(index)) cards.push(this.known.get(index));
    }
    if (cards.length !== this.root.children.length || cards.some((card, at) => card !== this.root.children[at])) this.root.replaceChildren(...cards);
    if (cards.length === this.last - first) table.settled();
  }

  more() {
    if (this.last >= this.table.range.count || this.root.scrollTop + 2 * this.root.clientHeight < this.root.scrollHeight) return;
    this.limit = this.last - this.table.range.first + CARDS_AT_ONCE;
    this.draw();
  }

  card(row) {
    const { shown } = this.table.columns;
    const isValue = (column) => ["media", "list"].includes(row.cells.get(column.i)?.k) || row.cells.get(column.i)?.src;
    const pictured = shown.filter((column) => ["media", "array"].includes(column.kind)).slice(0, 4);
    const lines = shown.filter((column) => !pictured.includes(column) && !isValue(column)).slice(0, CARD_LINES);
    const frames = pictured.map((column) => {
      const cell = row.cells.get(column.i);
      const [, children] = cellContent(cell ?? null, column, true, this.table.cellHref(row.number, column));
      return el("div", { class: `frame${cell ? "" : " none"}` }, children);
    });
    const card = el(
      "article",
      { class: "card", tabIndex: 0, "aria-label": `Row ${row.number}` },
      frames.length > 0 && el("div", { class: "frames", "data-count": String(frames.length) }, frames),
      el("dl", {}, lines.map((column) => {
        const [kind, children] = cellContent(row.cells.get(column.i), column, false, null);
        return [el("dt", { class: "clip", title: column.name }, column.name), el("dd", { class: kind, title: cellText(row.cells.get(column.i)) }, children)];
      })),
    );
    card.dataset.row = row.number;
    card.addEventListener("click", (event) => {
      if (!event.composedPath().some((node) => node instanceof HTMLAnchorElement)) this.table.openRow(row.number);
    });
    return card;
  }

  key(event) {
    const cards = [...this.root.children];
    const at = cards.indexOf(this.root.getRootNode().activeElement);
    if (at < 0) return;
    const columns = getComputedStyle(this.root).gridTemplateColumns.split(" ").length;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (step) {
      cards[Math.min(cards.length - 1, Math.max(0, at + step))].focus();
      this.more();
    }
    else if (event.key === "Enter" || event.key === " ") this.table.openRow(Number(cards[at].dataset.row));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
