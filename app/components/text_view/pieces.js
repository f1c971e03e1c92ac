// A long text in pieces that are laid out when they are scrolled to, and where a search finds its words.

const LINES_A_PIECE = 500;
const LINE_HEIGHT = 18;

class TextPieces {
  constructor(numbered) {
    this.numbered = numbered;
    this.root = el("div", { class: "pieces" });
    this.lines = [];
  }

  // Adds text after what there is; the last line may go on.
  add(text) {
    const fresh = text.split("\n");
    const start = this.lines.length ? this.lines.length - 1 : 0;
    if (this.lines.length) this.lines[start] += fresh.shift();
    for (const line of fresh) this.lines.push(line);
    const from = start - (start % LINES_A_PIECE);
    while (this.root.children.length * LINES_A_PIECE > from) this.root.lastChild.remove();
    for (let at = from; at < this.lines.length; at += LINES_A_PIECE) this.root.append(this.piece(at));
    this.root.style.setProperty("--digits", `${String(this.lines.length).length}ch`);
  }

  piece(start) {
    const lines = this.lines.slice(start, start + LINES_A_PIECE);
    const numbers = this.numbered ? el("pre", { class: "numbers", "aria-hidden": "true" }, lines.map((_, i) => start + i + 1).join("\n")) : null;
    const body = el("pre", { class: "body" }, lines.join("\n"));
    return el("div", { class: "piece", style: { "contain-intrinsic-height": `auto ${lines.length * LINE_HEIGHT}px` } }, numbers, body);
  }

  // Places of a word: [line, column] of each.
  find(word) {
    const found = [];
    const wanted = word.toLowerCase();
    if (wanted) {
      this.lines.forEach((line, at) => {
        const text = line.toLowerCase();
        for (let i = text.indexOf(wanted); i >= 0; i = text.indexOf(wanted, i + wanted.length)) found.push([at, i]);
      });
    }
    return found;
  }

  // Scrolls to a place; gives the range of its letters, for the highlight.
  range([line, column], length) {
    const piece = this.root.children[Math.floor(line / LINES_A_PIECE)];
    const text = piece.querySelector(".body").firstChild;
    const before = this.lines.slice(line - (line % LINES_A_PIECE), line).reduce((sum, one) => sum + one.length + 1, 0);
    const range = document.createRange();
    range.setStart(text, before + column);
    range.setEnd(text, Math.min(text.length, before + column + length));
    return range;
  }
}
