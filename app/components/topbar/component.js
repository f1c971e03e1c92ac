// Breadcrumb, previous and next, and the keys of the page. The addresses are real links.

class Topbar {
  constructor(root, signal) {
    this.bar = el("header", { class: "bar" });
    this.sheet = el("dialog", { class: "keys" });
    root.append(this.bar, this.sheet);
    this.finder = new Finder(root, signal);
    root.addEventListener("click", followInPage, { signal });
    this.sheet.addEventListener("click", (event) => event.composedPath()[0] === this.sheet && this.sheet.close());
    document.addEventListener("keydown", (event) => this.key(event), { signal });
  }

  update(data) {
    this.data = data;
    this.finder.setSource(data.find);
    setPresenting(new URLSearchParams(location.search).get("present") === "1");
    this.bar.replaceChildren(this.crumbs(), this.tools());
    this.fillSheet();
    this.bar.dataset.ready = data.crumbs.at(-1)?.label ?? "";
  }

  crumbs() {
    const parts = this.data.crumbs.map((crumb, i) => {
      const last = i === this.data.crumbs.length - 1;
      const label = crumb.href && !last ? el("a", { href: crumb.href, class: "crumb" }, crumb.label) : el("span", { class: "crumb here", title: crumb.label }, crumb.label);
      const chips = (crumb.chips ?? []).map(({ text, kind }) => el("span", { class: `chip ${kind}` }, text));
      return [i > 0 && el("span", { class: "muted", "aria-hidden": "true" }, "›"), label, ...chips];
    });
    return el("nav", { class: "crumbs", "aria-label": "Where am I" }, parts);
  }

  tools() {
    const { steps, place, download, compare, export: home } = this.data;
    const step = (name, label, sign, key) => {
      const attributes = { class: "tool", title: `${label} (${key})`, "aria-label": label, rel: name === "previous" ? "prev" : "next" };
      return steps[name] ? el("a", { ...attributes, href: steps[name] }, icon(sign)) : el("a", { ...attributes, "aria-disabled": "true" }, icon(sign));
    };
    const button = (label, sign, action) => el("button", { class: "tool", type: "button", title: label, "aria-label": label, onclick: action }, icon(sign));
    const share = button("Copy the address of this view", "link", () => copyText(location.href, share));
    return el(
      "div",
      { class: "tools" },
      place && [step("previous", "Previous", "back", "←"), el("span", { class: "muted place" }, place), step("next", "Next", "forward", "→"), el("i", { class: "gap" })],
      button("Find (/ or Ctrl+K)", "find", () => this.finder.open()),
      compare && el("a", { class: "tool compare", href: compare, title: "Compare", "aria-label": "Compare" }, icon("compare")),
      this.pin(),
      share,
      download && el("a", { class: "tool", href: download, download: "", title: "Download as stored", "aria-label": "Download as stored" }, icon("download")),
      home && el("a", { class: "tool home", href: home, download: "", title: "Take it home: one HTML file with pictures, facts and JSON", "aria-label": "Take it home as one HTML file", onclick: (event) => this.takeHome(event) }, icon("page")),
      button("Presenter mode (P)", "present", () => togglePresenting()),
      el("button", { class: "tool", type: "button", title: "Keys (?)", "aria-label": "Keys", onclick: () => this.toggleSheet() }, "?"),
    );
  }

  // Names or digests: the same view under an address that follows a name, or one that means this content for ever.
  pin() {
    const { pin } = this.data;
    if (!pin) return null;
    const title = pin.pinned
      ? `Pinned: this address names the content itself (${pin.fixed}). Follow ${pin.named} again.`
      : `Pin: replace ${pin.named} in the address by the digest, so that it shows this content whatever happens to names`;
    const turn = () => {
      const query = new URLSearchParams(location.search);
      query.set("ref", pin.pinned ? pin.named : pin.fixed);
      go(`${location.pathname}?${query.toString().replace(/%(3A|2F|40|2C)/gi, decodeURIComponent)}`);
    };
    return el("button", { class: "tool", type: "button", title, "aria-label": pin.pinned ? "Unpin" : "Pin", "aria-pressed": String(pin.pinned), onclick: turn }, icon("pin"));
  }

  // The file shows the rows that the page shows.
  takeHome(event) {
    const given = new URLSearchParams(location.search);
    const link = event.currentTarget;
    const query = new URL(this.data.export, location.origin).searchParams;
    for (const name of ["q", "sort", "cols"]) if (given.get(name)) query.set(name, given.get(name));
    link.href = `/api/export?${query}`;
  }

  fillSheet() {
    const own = [...this.data.keys, [["P"], "presenter mode: the object alone, larger type; ← and → move on"]];
    const rows = own.map(([keys, text]) => el("tr", {}, el("td", {}, keys.map((key) => el("kbd", {}, key))), el("td", {}, text)));
    this.sheet.replaceChildren(el("h2", {}, "Keys of this page"), el("table", {}, rows));
  }

  toggleSheet() {
    if (this.sheet.open) this.sheet.close();
    else this.sheet.showModal();
  }

  key(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      this.finder.open();
      return;
    }
    if (isTyping(event) || hasModifier(event) || this.finder.dialog.open) return;
    const { steps } = this.data;
    const actions = { "/": () => this.finder.open(), "?": () => this.toggleSheet(), p: togglePresenting };
    const ways = event.shiftKey ? {} : { ArrowLeft: steps.previous, ArrowRight: steps.next };
    const way = { ...ways, "[": steps.older, "]": steps.newer }[event.key];
    const action = way ? () => go(way) : actions[event.key];
    if (!action || (this.sheet.open && event.key !== "?") || event.composedPath()[0].type === "range") return;
    event.preventDefault();
    action();
  }
}

export default mountView(Topbar);
