// Cards with previews. Pictures load when they come near the window; one that cannot be made leaves the type's sign.

class Gallery {
  constructor(root, signal) {
    this.grid = el("div", { class: "grid" });
    root.append(this.grid);
    root.addEventListener("click", followInPage, { signal });
    this.grid.addEventListener("keydown", (event) => this.key(event));
  }

  update({ cards, wide }) {
    this.grid.toggleAttribute("data-wide", wide);
    this.grid.replaceChildren(...cards.map((card) => this.card(card)));
    this.grid.dataset.ready = String(cards.length);
  }

  card({ title, href, icon: sign, pictures, note, text, chips, badge, bar, problem }) {
    const preview = el("div", { class: "preview", "data-pictures": String(pictures.length) });
    const empty = () => preview.querySelector("img") || preview.querySelector(".icon") || preview.append(icon(problem ? "warning" : sign));
    for (const source of pictures) {
      const picture = el("img", { loading: "lazy", decoding: "async", alt: "", draggable: false });
      picture.addEventListener("error", () => {
        picture.remove();
        empty();
      });
      picture.addEventListener("load", () => {
        if (picture.naturalWidth <= 96 && picture.naturalHeight <= 96) picture.dataset.small = "true";
      });
      picture.src = source;
      preview.append(picture);
    }
    empty();
    return el(
      "a",
      { class: "card", href, title: problem ? `${title}: ${problem}` : title, "data-problem": problem || null },
      preview,
      bar && fidelityBar(bar),
      el("div", { class: "line" }, icon(sign), el("span", { class: "clip title" }, title), badge && fidelityMark(badge), note && el("span", { class: "muted note" }, note)),
      Boolean(text || chips?.length) && el("div", { class: "line second" }, (chips ?? []).map((chip) => el("span", { class: `chip ${chip.kind}` }, chip.text)), text && el("span", { class: "muted clip" }, text)),
    );
  }

  key(event) {
    const cards = [...this.grid.children];
    const at = cards.indexOf(event.composedPath().find((node) => cards.includes(node)));
    const columns = getComputedStyle(this.grid).gridTemplateColumns.split(" ").length;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    event.stopPropagation();
    cards[Math.min(cards.length - 1, Math.max(0, at + step))].focus();
  }
}

export default mountView(Gallery);
