// An empty place that teaches.

class EmptyState {
  constructor(root) {
    this.box = el("div", { class: "empty" });
    root.append(this.box);
  }

  update({ title, text, code }) {
    const copy = code && copyButton(code, "Copy the code");
    this.box.replaceChildren(el("h2", {}, title), el("p", { class: "muted" }, text), ...(code ? [el("div", { class: "code" }, el("pre", {}, code), copy)] : []));
    this.box.dataset.ready = title;
  }
}

export default mountView(EmptyState);
