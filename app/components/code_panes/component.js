// Code beside what it stores. Words of Python are told apart by weight and shade, not by a palette of their own.

const WORDS = /\b(?:import|from|as|def|return|for|in|if|else|with|not|and|or|None|True|False|lambda)\b|"(?:[^"\\\n]|\\.)*"|#.*/g;

const shaded = (text) => {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(WORDS)) {
    parts.push(text.slice(end, found.index));
    const kind = found[0][0] === '"' ? "text" : found[0][0] === "#" ? "note" : "word";
    parts.push(el("span", { class: kind }, found[0]));
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)];
};

class CodePanes {
  constructor(root) {
    this.box = el("div", { class: "panes" });
    root.append(this.box);
  }

  update({ panes }) {
    this.box.replaceChildren(
      ...panes.map(([title, text]) =>
        el("section", { "aria-label": title }, el("header", {}, el("h2", {}, title), copyButton(text, `Copy ${title.toLowerCase()}`)), el("pre", { tabIndex: 0 }, shaded(text))),
      ),
    );
    this.box.dataset.ready = String(panes.length);
  }
}

export default mountView(CodePanes);
