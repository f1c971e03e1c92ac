// The layers of both pictures in one panel. Layers of one kind and name are switched together, unless somebody parts them.

class SidesPanel {
  // host: {names, left, right (stages), apart, changed(), setApart(on)}
  constructor(host) {
    this.host = host;
    this.panels = [host.left, host.right].map((stage, side) =>
      new LayerPanel(stage.layers, (layer) => this.changed(layer, side), (box) => stage.showBox(box)));
    const heads = this.panels.map((panel, side) => el("section", { "data-side": side ? "right" : "left" }, el("h3", {}, host.names[side]), panel.layers.length ? panel.root : el("p", { class: "muted more" }, "no layers")));
    this.root = el("div", { class: "sides" }, this.hasTwins() ? this.together() : null, heads);
  }

  twin(layer, side) {
    const other = side ? this.host.left : this.host.right;
    return other.layers.find(({ spec }) => spec.name === layer.spec.name && spec.kind === layer.spec.kind);
  }

  hasTwins() {
    return this.host.left.layers.some((layer) => this.twin(layer, 0));
  }

  together() {
    const box = el("input", { type: "checkbox", checked: !this.host.apart });
    box.addEventListener("change", () => this.host.setApart(!box.checked));
    return el("label", { class: "control" }, box, "same names together");
  }

  changed(layer, side) {
    const twin = this.host.apart ? null : this.twin(layer, side);
    if (twin) {
      copyLayer(layer, twin);
      this.panels[1 - side].refresh();
    }
    this.host.changed();
  }

  tellLabels() {
    for (const panel of this.panels) panel.tellLabels();
  }
}

// The state of a layer, onto one of the same name; what the other does not have is left out.
const copyLayer = (from, to) => {
  to.reset();
  const text = encodeLayer(from);
  if (text) decodeLayer(to, splitAt(text, ";").slice(1));
};
