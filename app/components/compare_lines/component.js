// Pictures above, lines below. The lines come a page at a time.

class CompareLines {
  constructor(root, signal) {
    this.pictures = el("div", { class: "pictures" });
    this.tools = el("div", { class: "tools" });
    this.table = el("table", { class: "lines" });
    this.box = el("section", { class: "pair" }, this.pictures, this.tools, el("div", { class: "scroll" }, this.table));
    root.append(this.box);
    this.paging = new Paging("lines", this.box, () => this.load());
    window.addEventListener("popstate", () => this.paging.read() && this.load(), { signal });
  }

  update({ a, b, pictures }) {
    this.sides = { a, b };
    this.pictures.classList.toggle("wide", pictures.length === 1);
    this.pictures.replaceChildren(...pictures.map((picture) => this.picture(picture)));
    this.pictures.hidden = !pictures.length;
    this.paging.read();
    this.load();
  }

  picture({ label, src }) {
    const image = el("img", { alt: label, decoding: "async", draggable: false });
    const figure = el("figure", { "data-label": label }, image, el("figcaption", { class: "muted" }, label));
    image.addEventListener("load", () => {
      if (image.naturalWidth <= 96 && image.naturalHeight <= 96) image.dataset.small = "true";
      figure.dataset.loaded = "true";
    });
    image.addEventListener("error", () => {
      figure.remove();
      this.pictures.hidden = !this.pictures.childElementCount;
    });
    image.src = src;
    return figure;
  }

  async load() {
    const found = await this.paging.ask(this.sides);
    if (!found) return;
    const { lines, counts, cut } = found;
    this.tools.replaceChildren(...this.paging.tools(counts, found.count, lines.length, cut ? "more were not looked for" : ""));
    this.table.replaceChildren(el("tbody", {}, lines.map((line) => this.line(line))));
    if (!lines.length) this.table.replaceChildren(el("tbody", {}, el("tr", {}, el("td", { class: "muted none" }, "No line says what differs: the measures and the pictures do."))));
    this.box.dataset.ready = String(found.count);
  }

  line([kind, place, old, now]) {
    const cell = (text, tag) => el("td", {}, text !== "" && el(tag, { class: "mono" }, text));
    return el("tr", { class: kind }, el("td", { class: "sign", title: kind, "aria-label": kind }, SIGNS[kind]), el("td", { class: "place mono" }, place), cell(old, "del"), cell(now, "ins"));
  }
}

export default mountView(CompareLines);
