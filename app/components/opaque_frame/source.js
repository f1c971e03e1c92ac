// A long text with line numbers, laid out piece by piece as it is scrolled to. Nothing in it is ever parsed as markup.

const LINES_A_PIECE = 400;
const LINE_HEIGHT = 18;
const LONG_LINE = 2_000; // characters; a piece with such a line is wrapped, in parts that a browser can lay out
const LINE_PART = 4_000;
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
    if (lines.some((line) => line.length > LONG_LINE)) return this.wrapped(lines, start, isLast);
    const numbers = el("pre", { class: "numbers", "aria-hidden": "true" }, lines.map((_, i) => start + i + 1).join("\n"));
    const body = el("pre", { class: "text" }, lines.join("\n") + (isLast ? "" : "\n"));
    const height = `auto ${lines.length * LINE_HEIGHT}px`;
    return el("div", { class: "piece", style: { "contain-intrinsic-height": height } }, numbers, body);
  }

  wrapped(lines, start, isLast) {
    const rows = lines.map((line, i) => {
      const whole = line + (isLast && i === lines.length - 1 ? "" : "\n");
      const parts = whole.match(new RegExp(`[^]{1,${LINE_PART}}`, "gu")) ?? [""];
      const height = `auto ${Math.ceil(LINE_PART / 100) * LINE_HEIGHT}px`;
      const body = parts.length === 1 ? whole : parts.map((part) => el("span", { class: "part", style: { "contain-intrinsic-height": height } }, part));
      return [el("pre", { class: "numbers", "aria-hidden": "true" }, String(start + i + 1)), el("pre", { class: "text" }, body)];
    });
    return el("div", { class: "rows" }, rows);
  }
}
