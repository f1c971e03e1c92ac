// Title, chips, facts.

class Heading {
  constructor(root) {
    this.box = el("div");
    root.append(this.box);
  }

  update({ title, kind, facts, chips, badges, text, digest, digest_label: label, versions }) {
    this.box.replaceChildren(
      el("div", { class: "line" }, el("h1", { class: "clip", title }, title), kind && el("span", { class: "chip" }, kind), this.versions(versions ?? []), chips.map((chip) => el("span", { class: `chip ${chip.kind}` }, chip.text)), (badges ?? []).map(({ kind: colour, mark, text: said, title: why }) => el("span", { class: `badge ${colour}`, title: why ?? null }, el("i", { "aria-hidden": "true" }, mark), said))),
      el("div", { class: "facts muted" }, facts.map((fact) => el("span", {}, fact)), digest && el("span", { class: "digest" }, el("span", { class: "mono clip", title: digest[1] }, digest[0]), copyButton(digest[1], label ?? "Copy digest"))),
      ...(text ? [el("p", {}, text)] : []),
    );
    this.box.dataset.ready = title;
  }

  // One version is a chip, several are a choice.
  versions(versions) {
    if (versions.length < 2) return versions.map(({ text }) => el("span", { class: "chip version" }, text));
    const choice = el("select", { class: "chip version", "aria-label": "Version" }, versions.map(({ text, href, current }) => el("option", { value: href, selected: current }, text)));
    choice.addEventListener("change", () => go(choice.value));
    return choice;
  }
}

export default mountView(Heading);
