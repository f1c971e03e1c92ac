// The list of layers: eye, style, opacity or labels, scores, classes, boxes. It lives in the inspector, where the page has
// one, and beside the stage where it has none; the two meet by an event, so neither component knows the other.

const MAX_CLASS_ROWS = 60;
const MAX_BOX_ROWS = 100;
const STYLES = { fill: "Filled", outline: "Outlined" };

class LayerPanel {
  // onChange(layer) after a change; onBox(box) when somebody wants to see a box
  constructor(layers, onChange, onBox) {
    this.layers = layers;
    this.onChange = onChange;
    this.onBox = onBox;
    this.refreshers = [];
    this.amounts = [];
    this.root = el("div", { class: "layers" }, layers.map((layer) => this.section(layer)));
  }

  // After a layer was changed from elsewhere.
  refresh() {
    for (const refresh of this.refreshers) refresh();
  }

  // After a frame: how many labels found a place.
  tellLabels() {
    for (const tell of this.amounts) tell();
  }

  change(layer) {
    layer.changed();
    this.refresh();
    this.onChange(layer);
  }

  section(layer) {
    const isMask = layer.spec.kind === "mask";
    const eye = el("button", { class: "tool eye", type: "button", "aria-label": `Show ${layer.spec.name}` });
    const style = el("button", { class: "tool style", type: "button" });
    const rest = el("div", { class: "rest" }, isMask ? this.opacity(layer) : this.labels(layer), isMask ? null : layer.scoreNames.map((name) => this.score(layer, name)), this.classes(layer), isMask ? null : this.boxes(layer));
    const amount = el("span", { class: "muted amount" });
    eye.addEventListener("click", () => this.change(Object.assign(layer, { visible: !layer.visible })));
    style.addEventListener("click", () => this.change(Object.assign(layer, { style: layer.style === "fill" ? "outline" : "fill" })));
    this.refreshers.push(() => {
      eye.replaceChildren(icon(layer.visible ? "eye" : "eyeOff"));
      eye.setAttribute("aria-pressed", String(layer.visible));
      style.replaceChildren(el("i", { class: `sign ${layer.style}` }));
      style.setAttribute("aria-label", `${STYLES[layer.style]}: ${layer.spec.name}`);
      style.title = `${STYLES[layer.style]}; click for ${layer.style === "fill" ? "outline" : "fill"}`;
      rest.toggleAttribute("data-off", !layer.visible);
      amount.textContent = isMask ? "mask" : this.boxCount(layer);
    });
    const line = isMask ? null : el("i", { class: "stroke", "data-dash": String(layer.dash.length && layer.dash[0]) });
    const head = el("div", { class: "layer" }, eye, line, el("span", { class: "clip name", title: layer.spec.name }, layer.spec.name), amount, style);
    this.refreshers.at(-1)();
    return el("section", { "data-layer": layer.spec.name }, head, rest);
  }

  boxCount(layer) {
    const [all, shown] = [layer.boxes.length, layer.passing().length];
    return `${shown < all ? `${count(shown)} of ` : ""}${count(all)} ${all === 1 ? "box" : "boxes"}`;
  }

  opacity(layer) {
    const number = el("span", { class: "muted number" });
    const slider = el("input", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": `Opacity of ${layer.spec.name}` });
    slider.addEventListener("input", () => {
      layer.opacity = Number(slider.value);
      show();
      this.onChange(layer); // only the share of what is painted already
    });
    const show = () => {
      slider.value = layer.opacity;
      number.textContent = `${Math.round(layer.opacity * 100)} %`;
      slider.style.setProperty("--share", `${layer.opacity * 100}%`);
    };
    this.refreshers.push(show);
    show();
    return el("div", { class: "control" }, slider, number);
  }

  labels(layer) {
    const amount = el("span", { title: "The other labels would bury the picture: zoom in, or point at a box." });
    const check = (key, label) => {
      const box = el("input", { type: "checkbox" });
      box.addEventListener("change", () => this.change(Object.assign(layer, { [key]: box.checked })));
      const show = () => (box.checked = layer[key]);
      this.refreshers.push(show);
      show();
      return el("label", {}, box, label);
    };
    this.amounts.push(() => {
      const all = layer.shown().length;
      amount.textContent = layer.labels && layer.labelled < all ? `${count(layer.labelled)} of ${count(all)} labels` : "labels";
    });
    return el("div", { class: "control checks" }, check("labels", amount), layer.scoreNames.length ? check("numbers", "scores") : null);
  }

  // A slider at rest lets everything through, boxes without that score too; once moved, only what meets it.
  score(layer, name) {
    const [low, high] = layer.ends(name);
    const restAt = (sign) => (sign === "le" ? high : low);
    const label = `${name} of ${layer.spec.name}`;
    const step = low === 0 && high === 1 ? 0.01 : Number(((high - low) / 200).toPrecision(2));
    const turn = el("button", { class: "tool sign-switch", type: "button", title: "Switch between at least and at most" });
    const slider = el("input", { type: "range", min: low, max: high, step, "aria-label": label });
    const exact = el("input", { type: "number", step: "any", "aria-label": `${label}, as a number` });
    const missing = el("p", { class: "muted rule" });
    const lacking = layer.missing(name);
    let sign = layer.filters.get(name)?.sign ?? "ge";
    const set = (at) => {
      if (!Number.isFinite(at) || at === restAt(sign)) layer.filters.delete(name);
      else layer.filters.set(name, { sign, at });
      this.change(layer);
    };
    const show = () => {
      const filter = layer.filters.get(name);
      sign = filter?.sign ?? sign;
      const at = filter?.at ?? restAt(sign);
      turn.textContent = SIGNS[sign];
      turn.setAttribute("aria-label", `${label}: ${sign === "ge" ? "at least" : "at most"}`);
      slider.value = at;
      const share = Math.min(1, Math.max(0, (at - low) / (high - low))) * 100;
      slider.style.setProperty("--share", `${share}%`);
      slider.dataset.sign = sign;
      if (document.activeElement !== exact && exact.getRootNode().activeElement !== exact) exact.value = String(Number(at.toPrecision(6)));
      missing.hidden = !filter || !lacking;
      missing.textContent = `${count(lacking)} without this score ${lacking === 1 ? "is" : "are"} hidden while it filters`;
    };
    turn.addEventListener("click", () => {
      const at = layer.filters.get(name)?.at;
      sign = sign === "ge" ? "le" : "ge";
      set(at ?? restAt(sign));
    });
    slider.addEventListener("input", () => set(Number(slider.value)));
    exact.addEventListener("input", () => exact.value !== "" && set(Number(exact.value)));
    this.refreshers.push(show);
    show();
    return el("div", { class: "score", "data-score": name }, el("span", { class: "clip muted", title: name }, name), el("div", { class: "control" }, turn, slider, exact), missing);
  }

  classes(layer) {
    const kinds = [...layer.classes.values()].sort((a, b) => Number(b.count > 0) - Number(a.count > 0) || (a.id > b.id) - (a.id < b.id));
    const rows = kinds.slice(0, MAX_CLASS_ROWS).map((kind) => this.classRow(layer, kind, kinds));
    const rest = kinds.length > MAX_CLASS_ROWS && el("p", { class: "muted more" }, `${MAX_CLASS_ROWS} of ${count(kinds.length)} classes, because the list is short`);
    return el("div", { class: "classes" }, rows, rest);
  }

  classRow(layer, kind, kinds) {
    const name = kind.name ?? `class ${kind.id}`;
    const colour = el("input", { type: "color", "aria-label": `Colour of ${name}`, title: "Choose another colour" });
    const row = el(
      "button",
      { class: "class", type: "button", title: "Show or hide; double click: only this class", "data-class": String(kind.id) },
      el("span", { class: "clip" }, name),
      el("span", { class: "muted number" }, String(kind.id)),
      el("span", { class: "muted number amount" }, kind.count ? count(kind.count) : "–"),
    );
    const only = el("button", { class: "tool only", type: "button", "aria-label": `Only ${name}` }, "only");
    const solo = () => {
      const alone = kinds.every((other) => other.visible === (other === kind));
      for (const other of kinds) other.visible = alone ? !other.hidden : other === kind;
      this.change(layer);
    };
    row.addEventListener("click", (event) => {
      if (event.detail > 1) return;
      kind.visible = !kind.visible;
      this.change(layer);
    });
    row.addEventListener("dblclick", solo);
    only.addEventListener("click", solo);
    colour.addEventListener("input", () => {
      kind.colour = colour.value;
      this.change(layer);
    });
    const line = el("div", { class: "class-row" }, colour, row, only);
    const show = () => {
      colour.value = kind.colour;
      row.setAttribute("aria-pressed", String(kind.visible));
      line.toggleAttribute("data-off", !kind.visible);
      const isAlone = kinds.every((other) => other.visible === (other === kind));
      only.toggleAttribute("data-alone", isAlone && kinds.some((other) => !other.visible && !other.hidden));
    };
    this.refreshers.push(show);
    show();
    return line;
  }

  // Each box that is shown, with a button that brings it onto the stage.
  boxes(layer) {
    const list = el("div", { class: "box-rows" });
    const details = el("details", {}, el("summary", {}, "Boxes"), list);
    const row = (box) => el(
      "button", { class: "box-row", type: "button", title: "Zoom to this box", "data-box": String(box.index), onclick: () => this.onBox(box) },
      el("i", { class: "swatch", style: { "--colour": box.kind.colour } }), el("span", { class: "clip" }, layer.told(box)), icon("find"),
    );
    const fill = () => {
      if (!details.open) return;
      const boxes = layer.passing();
      const rest = boxes.length > MAX_BOX_ROWS && el("p", { class: "muted more" }, `${MAX_BOX_ROWS} of ${count(boxes.length)} boxes, because the list is short: filter by class or score`);
      list.replaceChildren(...boxes.slice(0, MAX_BOX_ROWS).map(row), ...(rest ? [rest] : []));
    };
    details.addEventListener("toggle", fill);
    this.refreshers.push(fill);
    return layer.boxes.length ? details : null;
  }
}

// Offers a panel to the page's inspector; true if it was taken.
const offerPanel = (root, style, title) => {
  const host = el("div");
  const shadow = host.attachShadow({ mode: "open" });
  shadow.append(style.cloneNode(true), root);
  const offered = new CustomEvent("vitrina:panel", { detail: { host, title }, cancelable: true });
  return !document.dispatchEvent(offered);
};

const withdrawPanel = () => document.dispatchEvent(new CustomEvent("vitrina:panel", { detail: { host: null } }));
