// Steps of a tour. Each is a link; the next one is what a visitor's eye should find.

class Tour {
  constructor(root, signal) {
    this.box = el("section", { "aria-label": "Tour" });
    root.append(this.box);
    root.addEventListener("click", followInPage, { signal });
  }

  update({ title, text, steps }) {
    const step = ([name, sentence, href], i) =>
      el("a", { class: "step", href, download: href.startsWith("/api/") ? "" : null }, el("span", { class: "number", "aria-hidden": "true" }, String(i + 1)), el("span", { class: "words" }, el("b", {}, name), el("span", { class: "muted" }, sentence)));
    this.box.replaceChildren(el("p", {}, el("b", {}, title), el("span", { class: "muted" }, ` ${text}`)), el("div", { class: "steps" }, steps.map(step)));
    this.box.dataset.ready = String(steps.length);
  }
}

export default mountView(Tour);
