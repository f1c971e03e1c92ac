// The list of layers: an eye, the opacity of a mask, a row for each class. It lives in the inspector, where the page has
// one, and on the stage where it has none; the two meet by an event, so neither component knows the other.

const MAX_CLASS_ROWS = 60;

class LayerPanel {
  constructor(layers, onChange) {
    this.layers = layers;
    this.onChange = onChange;
    this.amounts = [];
    this.root = el("div", { class: "layers" }, layers.map((layer) => this.section(layer)));
  }

  section(layer) {
    const isMask = layer.spec.kind === "mask";
    const eye = el("button", { class: "tool eye", type: "button", "aria-label": `Show ${layer.spec.name}` });
    const rows = el("div", { class: "classes" });
    const show = () => {
      eye.replaceChildren(icon(layer.visible ? "eye" : "eyeOff"));
      eye.setAttribute("aria-pressed", String(layer.visible));
      rows.toggleAttribute("data-off", !layer.visible);
    };
    eye.addEventListener("click", () => {
      layer.visible = !layer.visible;
      show();
      this.onChange(layer);
    });
    show();
    const amount = isMask ? "mask" : count(layer.spec.ids.length) + (layer.spec.ids.length === 1 ? " box" : " boxes");
    const line = isMask ? null : el("i", { class: "stroke", "data-dash": String(layer.dash.length && layer.dash[0]) });
    const head = el("div", { class: "layer" }, eye, line, el("span", { class: "clip name", title: layer.spec.name }, layer.spec.name), el("span", { class: "muted" }, amount));
    const control = isMask ? this.opacity(layer) : this.labels(layer);
    this.fillRows(rows, layer);
    return el("section", { "data-layer": layer.spec.name }, head, control, rows);
  }

  opacity(layer) {
    const number = el("span", { class: "muted number" });
    const slider = el("input", { type: "range", min: 0, max: 1, step: 0.01, value: layer.opacity, "aria-label": `Opacity of ${layer.spec.name}` });
    const show = () => {
      number.textContent = `${Math.round(layer.opacity * 100)} %`;
      slider.style.setProperty("--share", `${layer.opacity * 100}%`);
    };
    slider.addEventListener("input", () => {
      layer.opacity = Number(slider.value);
      show();
      this.onChange(layer);
    });
    show();
    return el("div", { class: "control" }, slider, number);
  }

  labels(layer) {
    const box = el("input", { type: "checkbox", checked: layer.labels });
    box.addEventListener("change", () => {
      layer.labels = box.checked;
      this.onChange(layer);
    });
    const amount = el("span", { title: "The other labels would bury the picture: zoom in, or point at a box." });
    this.amounts.push(() => {
      const all = layer.spec.ids.length;
      amount.textContent = layer.visible && layer.labels && layer.labelled < all ? `${count(layer.labelled)} of ${count(all)} labels` : "labels";
    });
    return el("label", { class: "control" }, box, amount);
  }

  // After a frame: how many labels found a place.
  tellLabels() {
    for (const tell of this.amounts) tell();
  }

  fillRows(rows, layer) {
    const kinds = [...layer.classes.values()].sort((a, b) => Number(b.count > 0) - Number(a.count > 0) || (a.id > b.id) - (a.id < b.id));
    const buttons = kinds.slice(0, MAX_CLASS_ROWS).map((kind) => this.classRow(layer, kind, kinds));
    rows.replaceChildren(...buttons);
    if (kinds.length > MAX_CLASS_ROWS) {
      rows.append(el("p", { class: "muted rest" }, `${MAX_CLASS_ROWS} of ${count(kinds.length)} classes, because the list is short`));
    }
  }

  classRow(layer, kind, kinds) {
    const row = el(
      "button",
      { class: "class", type: "button", title: "Click: show or hide. Double click: only this class.", "data-class": String(kind.id), style: { "--colour": kind.colour } },
      el("i", { class: "swatch" }),
      el("span", { class: "clip" }, kind.name ?? `class ${kind.id}`),
      el("span", { class: "muted number" }, String(kind.id)),
      el("span", { class: "muted number amount" }, kind.count ? count(kind.count) : "–"),
    );
    const changed = () => {
      layer.dirty = true;
      for (const button of row.parentElement.querySelectorAll(".class")) button.refresh();
      this.onChange(layer);
    };
    row.refresh = () => row.setAttribute("aria-pressed", String(kind.visible));
    row.addEventListener("click", (event) => {
      if (event.detail > 1) return;
      kind.visible = !kind.visible;
      changed();
    });
    row.addEventListener("dblclick", () => {
      const alone = kinds.every((other) => other === kind || !other.visible) && kind.solo;
      for (const other of kinds) other.visible = alone || other === kind;
      kind.solo = !alone;
      changed();
    });
    row.refresh();
    return row;
  }

  // Offers the panel to the page's inspector; true if it was taken.
  offer(style) {
    const host = el("div");
    const shadow = host.attachShadow({ mode: "open" });
    shadow.append(style.cloneNode(true), this.root);
    const offered = new CustomEvent("vitrina:panel", { detail: { host, title: "Layers" }, cancelable: true });
    return !document.dispatchEvent(offered);
  }
}
