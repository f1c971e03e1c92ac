// Drawn, or its source. A picture goes into an <img>, in which no script runs and from which no request leaves.

class DocumentView {
  constructor(root, signal) {
    this.signal = signal;
    this.address = new ViewAddress(["view"]);
    const tab = (name, label) => el("button", { class: "tab", type: "button", role: "tab", "data-tab": name, onclick: () => this.open(name, true) }, label);
    this.tabs = [tab("drawn", "Rendered"), tab("source", "Source")];
    this.body = el("div", { class: "body", tabIndex: 0 });
    this.box = el("div", { class: "sheet" }, el("div", { class: "tabs", role: "tablist" }, this.tabs), this.body);
    root.append(this.box);
  }

  update(data) {
    this.data = data;
    delete this.box.dataset.error;
    this.open(this.address.read().view === "source" ? "source" : "drawn", false);
  }

  open(name, told) {
    if (told) this.address.write({ view: name === "source" ? "source" : "" });
    for (const tab of this.tabs) tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
    delete this.box.dataset.ready;
    this.body.dataset.shows = name;
    if (name === "source") this.showSource();
    else if (this.data.format === "svg") this.showPicture();
    else {
      this.body.replaceChildren(el("article", {}, MarkdownReader.read(this.data.text)));
      this.box.dataset.ready = "markdown";
    }
  }

  showSource() {
    const lines = this.data.text.split("\n").length;
    const numbers = Array.from({ length: lines }, (_, i) => i + 1).join("\n");
    this.body.replaceChildren(el("div", { class: "source" }, el("pre", { class: "numbers", "aria-hidden": "true" }, numbers), el("pre", { class: "text" }, this.data.text)));
    this.box.dataset.ready = "source";
  }

  showPicture() {
    this.release();
    this.url = URL.createObjectURL(new Blob([this.data.text], { type: "image/svg+xml" }));
    const picture = el("img", { alt: this.data.name, src: this.url });
    picture.addEventListener("load", () => (this.box.dataset.ready = "picture"));
    picture.addEventListener("error", () => {
      this.body.replaceChildren(el("p", { class: "muted" }, "The browser cannot draw this SVG. Its source stands behind the other tab."));
      this.box.dataset.error = "The browser cannot draw this SVG.";
    });
    this.body.replaceChildren(el("div", { class: "paper" }, picture));
  }

  release() {
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
  }

  destroy() {
    this.release();
    this.address.cancel();
  }
}

export default mountView(DocumentView);
