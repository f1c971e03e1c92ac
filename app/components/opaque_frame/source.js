// A long text with line numbers, laid out piece by piece as it is scrolled to. Nothing in it is ever parsed as markup.

const LINES_A_PIECE = 400;
const LINE_HEIGHT = 18;
const MOST_CHARACTERS = 8 * 1024 * 1024;

class SourceText {
  constructor() {
    this.root = el("div", { class: "source", tabIndex: 0 });
  }

  async load(url, signal) {
    const answer = await fetch(url, { signal });
    if (!answer.ok) throw new Error((await answer.text()).trim() || `The text cannot be read (${answer.status}).`);
    this.show(new TextDecoder("utf-8", { ignoreBOM: true }).decode(await answer.arrayBuffer()));
  }

  show(text) {
    const shown = text.slice(0, MOST_CHARACTERS);
    const lines = shown.split("\n");
    const pieces = [];
    for (let start = 0; start < lines.length; start += LINES_A_PIECE) pieces.push(this.piece(lines.slice(start, start + LINES_A_PIECE), start, start + LINES_A_PIECE >= lines.length));
    const cut = shown.length < text.length && el("p", { class: "muted cut" }, `${count(shown.length)} of ${count(text.length)} characters, because a page of text has a limit; download the file for the rest`);
    this.root.style.setProperty("--digits", `${String(lines.length).length}ch`);
    this.root.replaceChildren(...pieces, ...(cut ? [cut] : []));
    this.root.dataset.lines = String(lines.length);
    this.root.scrollTop = 0;
  }

  piece(lines, start, isLast) {
    const numbers = el("pre", { class: "numbers", "aria-hidden": "true" }, lines.map((_, i) => start + i + 1).join("\n"));
    const body = el("pre", { class: "text" }, lines.join("\n") + (isLast ? "" : "\n"));
    const height = `auto ${lines.length * LINE_HEIGHT}px`;
    return el("div", { class: "piece", style: { "contain-intrinsic-height": height } }, numbers, body);
  }
}
