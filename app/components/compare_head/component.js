// Old and new, each a link with a choice of versions; the chips below are links too: a filter is an address.

class CompareHead {
  constructor(root, signal) {
    this.box = el("div", { class: "head" });
    root.append(this.box);
    root.addEventListener("click", followInPage, { signal });
  }

  update({ sides, swap, choose, chips, narrow }) {
    const button = el("a", { class: "tool swap", href: swap, title: "Swap old and new", "aria-label": "Swap old and new" }, icon("compare"));
    const others = el("a", { class: "tool others", href: choose }, narrow ? "Both versions" : "Choose others");
    this.box.classList.toggle("narrow", Boolean(narrow));
    this.box.replaceChildren(
      el("div", { class: "sides" }, this.side(sides[0]), button, this.side(sides[1]), others),
      ...((chips ?? []).length ? [el("div", { class: "chips" }, chips.map((chip) => this.chip(chip)))] : []),
    );
    this.box.dataset.ready = sides.map(({ name }) => name).join(" ");
  }

  side({ role, name, entry, href, versions, digest }) {
    const title = el(href ? "a" : "span", { class: "name clip", href: href || null, title: entry ? `${name}/${entry}` : name }, entry ? `${name} › ${entry}` : name);
    return el(
      "div",
      { class: `side ${role}` },
      el("i", { class: "mark", "aria-hidden": "true" }),
      el("span", { class: "muted role" }, role),
      title,
      this.versions(versions, role),
      digest.length > 0 && el("span", { class: "mono muted digest", title: digest[1] }, digest[0]),
    );
  }

  versions(versions, role) {
    if (versions.length < 2) return versions.map(({ text }) => el("span", { class: "chip version" }, text));
    const choice = el("select", { class: "chip version", "aria-label": `Version of the ${role} side` }, versions.map(({ text, href, current }) => el("option", { value: href, selected: current }, text)));
    choice.addEventListener("change", () => go(choice.value));
    return choice;
  }

  chip({ text, kind, href, current }) {
    if (!href) return el("span", { class: `filter ${kind}` }, el("i", { "aria-hidden": "true" }), text);
    return el("a", { class: `filter ${kind}`, href, "aria-pressed": current ? "true" : "false", role: "button" }, el("i", { "aria-hidden": "true" }), text);
  }
}

export default mountView(CompareHead);
