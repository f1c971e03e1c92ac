// One of a few, by a link.

class Choices {
  constructor(root, signal) {
    this.box = el("nav", {});
    root.append(this.box);
    root.addEventListener("click", followInPage, { signal });
  }

  update({ label, items }) {
    this.box.setAttribute("aria-label", label);
    this.box.replaceChildren(...items.map(({ text, note, href, current }) => el("a", { href, "aria-current": current ? "true" : null }, text, note && el("span", { class: "muted" }, note))));
    this.box.dataset.ready = String(items.length);
  }
}

export default mountView(Choices);
