// Rows by what their pictures show: classes of masks and boxes, layers, scores. The server reads the labels once; the
// condition stands in the address: labels=COLUMN,=class,/layer,>score:0.5

class LabelFilter {
  constructor(table) {
    this.table = table;
    this.root = el("div", { class: "labels" });
  }

  get columns() {
    return this.table.columns.all.filter((column) => column.labels);
  }

  // What the address asks for; its column is the first of pictures unless it names one.
  read() {
    const [key, ...parts] = splitNames(this.table.address.get("labels"));
    const state = { key, classes: new Set(), layers: new Set(), bounds: new Map() };
    for (const part of parts) {
      const rest = part.slice(1);
      if (part.startsWith("=")) state.classes.add(rest);
      else if (part.startsWith("/")) state.layers.add(rest);
      else if (/^[<>].*:/.test(part)) state.bounds.set(rest.slice(0, rest.lastIndexOf(":")), { sign: part[0], value: Number(rest.slice(rest.lastIndexOf(":") + 1)) });
    }
    state.column = this.columns.find((column) => column.key === key) ?? this.columns[0];
    return state;
  }

  apply(state) {
    const escape = (text) => text.replace(/[\\,]/g, "\\$&");
    const parts = [...state.classes].map((name) => `=${name}`).concat([...state.layers].map((name) => `/${name}`), [...state.bounds].map(([name, { sign, value }]) => `${sign}${name}:${value}`));
    this.table.address.set({ labels: parts.length ? [state.column.key, ...parts].map(escape).join(",") : "", page: "" });
    this.table.refresh();
  }

  get words() {
    const { key, classes, layers, bounds } = this.read();
    if (!key) return "";
    const parts = [...classes, ...layers].concat([...bounds].map(([name, { sign, value }]) => `${name} ${sign === ">" ? "≥" : "≤"} ${formatNumber(value)}`));
    return parts.length > 2 ? `${parts.length} conditions` : parts.join(", ");
  }

  open(opener) {
    this.root.replaceChildren(el("p", { class: "muted note" }, "reading labels …"));
    this.table.menus.open([this.root], opener, { wide: true });
    this.load();
  }

  async load() {
    if (!this.root.isConnected || this.table.menus.root.hidden) return;
    const { column } = this.read();
    try {
      const found = await askTable("labels", { ...this.table.base(), c: column.i });
      if (found.ready) return this.draw(found);
      this.root.replaceChildren(el("p", { class: "muted note" }, `reading labels: ${count(found.done)} of ${count(found.total)} rows`), el("progress", { max: found.total || 1, value: found.done }));
      this.poll = setTimeout(() => this.load(), 400);
    } catch (error) {
      this.root.replaceChildren(el("p", { class: "note bad-text" }, error.message));
    }
    return undefined;
  }

  draw(found) {
    const state = this.read();
    const names = found.layers.map((layer) => this.layer(layer, state, found.layers.length > 1));
    const scores = found.scores.map((score) => this.score(score, state));
    const columns = this.columns.length > 1 && el("select", { "aria-label": "Column of pictures" }, this.columns.map((column) => el("option", { value: column.key, selected: column === state.column }, column.name)));
    if (columns) {
      columns.addEventListener("change", () => {
        this.apply({ classes: new Set(), layers: new Set(), bounds: new Map(), column: this.columns.find((column) => column.key === columns.value) });
        this.table.address.set({ labels: columns.value.replace(/[\\,]/g, "\\$&") });
        this.load();
      });
    }
    const none = !names.length && el("p", { class: "muted note" }, "No picture of this column has masks or boxes.");
    const lost = found.unreadable > 0 && el("p", { class: "note bad-text" }, `${count(found.unreadable)} of ${count(found.total)} rows are left out, because their labels cannot be read (${found.reason})`);
    const clear = this.table.menus.item("No conditions on labels", () => {
      this.apply({ ...state, classes: new Set(), layers: new Set(), bounds: new Map() });
      this.draw(found);
      return "stay";
    });
    this.root.replaceChildren(...[columns, none, el("div", { class: "scroll" }, names), scores.length && el("div", { class: "scores" }, scores), lost, clear].filter(Boolean));
    this.root.dataset.ready = "true";
  }

  layer(layer, state, several) {
    const toggle = (set, name) => {
      if (!set.delete(name)) set.add(name);
      this.apply(state);
      return "stay";
    };
    const mark = (button, on) => {
      button.setAttribute("aria-checked", String(on));
      button.firstElementChild.textContent = on ? "✓" : "";
    };
    const head = several ? this.table.menus.item(`${layer.name} (${layer.kind})`, () => { const stay = toggle(state.layers, layer.name); mark(head, state.layers.has(layer.name)); return stay; }, { checked: state.layers.has(layer.name) }) : el("p", { class: "muted note" }, `${layer.name} (${layer.kind})`);
    const classes = layer.classes.map(({ name, colour, rows }) => {
      const button = this.table.menus.item(name, () => { const stay = toggle(state.classes, name); mark(button, state.classes.has(name)); return stay; }, { checked: state.classes.has(name) });
      button.firstElementChild.after(el("i", { class: "swatch", style: { background: colour } }));
      button.append(el("span", { class: "muted number" }, count(rows)));
      return button;
    });
    const more = layer.more > 0 && el("p", { class: "muted note" }, `${count(layer.classes.length)} of ${count(layer.classes.length + layer.more)} classes, because the list has a limit; the address takes any: labels=${state.column.key},=NAME`);
    return [head, classes, more];
  }

  score(score, state) {
    const known = state.bounds.get(score.name);
    const range = el("input", { type: "range", min: String(score.low), max: String(score.high), step: String((score.high - score.low) / 200 || 1), value: String(known?.value ?? score.low), "aria-label": `Least or largest ${score.name}` });
    const sign = el("button", { class: "tool sign", type: "button", title: "at least, at most" }, known?.sign === "<" ? "≤" : "≥");
    const shown = el("output", { class: "number" }, known ? formatNumber(known.value) : "any");
    const change = () => {
      const value = Number(Number(range.value).toPrecision(4));
      state.bounds.set(score.name, { sign: sign.textContent === "≤" ? "<" : ">", value });
      shown.textContent = formatNumber(value);
      clearTimeout(this.later);
      this.later = setTimeout(() => this.apply(state), 150);
    };
    range.addEventListener("input", change);
    sign.addEventListener("click", () => {
      sign.textContent = sign.textContent === "≤" ? "≥" : "≤";
      change();
    });
    return el("label", { class: "score" }, el("span", { class: "clip", title: score.name }, score.name), sign, range, shown);
  }
}
