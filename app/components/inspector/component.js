// Type, facts and badges of the object; its stored JSON, and the code that loads it. A panel that the object brings (the
// layers of a picture) finds its place here by an event.

class Inspector {
  constructor(root, signal) {
    this.open = new Set(["Code"]);
    this.head = el("div");
    this.panel = el("section", { class: "panel", hidden: true });
    this.rest = el("div");
    root.append(el("aside", { "aria-label": "Inspector" }, this.head, this.panel, this.rest));
    document.addEventListener("vitrina:panel", (event) => this.take(event), { signal });
    document.dispatchEvent(new CustomEvent("vitrina:panel-wanted"));
  }

  take(event) {
    const { host, title } = event.detail;
    this.panel.hidden = !host;
    this.panel.replaceChildren(...(host ? [el("h2", {}, title), host] : []));
    if (host) event.preventDefault();
  }

  update({ type, headline, caption, badges, facts, sections, names }) {
    this.head.replaceChildren(
      el("div", { class: "type" }, icon(type.icon), el("span", { class: "name" }, type.name), el("span", { class: "muted" }, headline)),
      ...(caption ? [el("p", { class: "caption" }, caption)] : []),
      el("div", { class: "badges" }, badges.map(({ kind, mark, text, title }) => el("span", { class: `badge ${kind}`, title: title ?? "" }, el("i", { "aria-hidden": "true" }, mark), text))),
      el("dl", {}, facts.flatMap(([label, text]) => [el("dt", {}, label), el("dd", {}, text)])),
    );
    this.rest.replaceChildren(
      ...sections.map((section) => this.section(section)),
      el("dl", { class: "names" }, names.flatMap(([label, short, whole]) => [el("dt", {}, label), el("dd", {}, el("span", { class: "mono clip", title: whole }, short), copyButton(whole, `Copy ${label.toLowerCase()}`))])),
    );
    this.head.parentElement.dataset.ready = type.name;
  }

  section({ title, text }) {
    const details = el("details", { open: this.open.has(title) }, el("summary", {}, el("span", {}, title), copyButton(text, `Copy ${title.toLowerCase()}`)), el("pre", {}, text));
    details.addEventListener("toggle", () => (details.open ? this.open.add(title) : this.open.delete(title)));
    details.querySelector("button").addEventListener("click", (event) => event.preventDefault());
    return details;
  }
}

export default mountView(Inspector);
