// One line a notice, with one action.

class Notices {
  constructor(root, signal) {
    this.box = el("div", { class: "notices", role: "status" });
    root.append(this.box);
    root.addEventListener("click", followInPage, { signal });
  }

  update({ lines }) {
    this.box.replaceChildren(
      ...lines.map(({ text, action, href }) => el("p", {}, el("span", { title: text }, text), action && href && el("a", { href, download: href.startsWith("/api/") ? "" : null }, action))),
    );
    this.box.dataset.ready = String(lines.length);
  }
}

export default mountView(Notices);
