// What can be chosen beside the scene. It lives in the inspector, where the page has one, and on the stage else; the two
// meet by an event, so neither component knows the other.

const MAX_LABEL_ROWS = 60;

class ScenePanel {
  constructor(view) {
    this.view = view;
    this.rows = [];
    this.controls = {};
    const { scene } = view;
    this.root = el("div", { class: "panel" });
    const sections = [this.colourSection(), this.drawSection(), ...(scene.boxes.length ? [this.boxSection()] : [])];
    this.root.append(...sections);
  }

  set(changes) {
    this.view.set(changes);
  }

  // -- colour ------------------------------------------------------------------------------------------------------

  colourSection() {
    const { state, modes } = this.view;
    this.legend = el("div", { class: "legend" });
    this.controls.colour = choice("Colour", modes.map((mode) => [mode.id, mode.name]), state.colour, (colour) => this.set({ colour }));
    this.showLegend();
    return el("section", {}, this.controls.colour, this.legend);
  }

  showLegend() {
    const { state, scene } = this.view;
    const mode = this.view.mode();
    this.categoryRows = [];
    if (mode.categories) return this.legend.replaceChildren(...this.categoryList(mode));
    if (mode.low === undefined || mode.low === null || !(scene.points || scene.mesh)) return this.legend.replaceChildren();
    const [low, high] = rampEnds(mode, state.range);
    const tell = (value) => (mode.axis === undefined ? Number(value.toPrecision(6)).toLocaleString("en-US", { maximumFractionDigits: 12 }) : scene.tell(value));
    this.legend.replaceChildren(
      el("i", { class: "ramp", style: { "--ramp": VIRIDIS.map((colour) => `rgb(${colour.join(" ")})`).join(",") } }),
      el("div", { class: "ends" }, [low, low / 2 + high / 2, high].map((value) => el("span", {}, tell(value)))),
      check("Middle 98 % of the values", state.range === "middle", (on) => this.set({ range: on ? "middle" : "all" })),
    );
    this.legend.dataset.mode = state.colour;
    return undefined;
  }

  categoryList(mode) {
    const names = mode.categories.map((item) => String(item.value));
    const rows = mode.categories.slice(0, MAX_LABEL_ROWS).map((item) => {
      const name = String(item.value);
      return toggleRow(
        { colour: item.colour, name: `category ${name}`, amount: count(item.count), mark: { "data-category": name } },
        () => !this.view.state.classes.includes(name),
        () => this.set({ classes: toggled(this.view.state.classes, name) }),
        () => this.set({ classes: leftAlone(this.view.state.classes, names, name) }),
      );
    });
    this.categoryRows = rows;
    if (names.length > rows.length) rows.push(el("p", { class: "muted rest" }, `${rows.length} of ${count(names.length)} categories, because the list is short`));
    return rows;
  }

  // -- drawing -----------------------------------------------------------------------------------------------------

  drawSection() {
    const { state, scene } = this.view;
    const add = (key, row) => (this.controls[key] = row);
    const rows = [];
    if (scene.points) {
      const options = { low: 0.5, high: 16, step: 0.5, value: state.point, tell: (value) => `${value} px` };
      rows.push(add("point", slider("Point size", options, (point) => this.set({ point }))));
    }
    if (scene.mesh?.faces) {
      const shadings = [["smooth", "smooth"], ["flat", "flat"], ["unlit", "unlit"]];
      const edges = [["off", "faces"], ["over", "faces and edges"], ["only", "edges"]];
      rows.push(
        add("shade", choice("Shading", shadings, state.shade, (shade) => this.set({ shade }))),
        add("edges", choice("Draw", edges, state.edges, (value) => this.set({ edges: value }))),
      );
    }
    rows.push(
      add("up", choice("Up", [["z", "z axis"], ["y", "y axis"]], state.up, (up) => this.set({ up }))),
      add("lens", choice("Lens", [["perspective", "perspective"], ["orthographic", "orthographic"]], state.lens, (lens) => this.set({ lens }))),
      add("grid", check("Axes and grid", state.grid, (grid) => this.set({ grid }))),
    );
    if (scene.mesh?.faces) rows.push(add("sides", check("Faces from both sides", state.sides, (sides) => this.set({ sides }))));
    return el("section", {}, rows);
  }

  // -- boxes -------------------------------------------------------------------------------------------------------

  boxSection() {
    const { state, scene } = this.view;
    const labels = scene.labels();
    const names = labels.map((item) => item.label);
    this.labelRows = labels.slice(0, MAX_LABEL_ROWS).map((item) =>
      toggleRow(
        { colour: item.colour, name: item.label || "no label", amount: count(item.count), mark: { "data-label": item.label } },
        () => !this.view.state.off.includes(item.label),
        () => this.set({ off: toggled(this.view.state.off, item.label) }),
        () => this.set({ off: leftAlone(this.view.state.off, names, item.label) }),
      ),
    );
    const rest = labels.length > MAX_LABEL_ROWS ? [el("p", { class: "muted rest" }, `${MAX_LABEL_ROWS} of ${count(labels.length)} labels, because the list is short`)] : [];
    this.controls.names = check("Labels", state.names, (value) => this.set({ names: value }));
    this.amount = el("span", { class: "muted number" });
    const head = el("div", { class: "head" }, el("span", { class: "title" }, "Boxes"), this.amount);
    return el("section", { class: "boxes" }, head, ...this.scoreRow(), this.controls.names, this.labelRows, rest);
  }

  scoreRow() {
    const { scene, state } = this.view;
    const scores = scene.boxes.map((box) => box.score).filter((score) => score !== null);
    if (!scores.length) return [];
    const [low, high] = [Math.min(...scores, 0), Math.max(...scores, 1)];
    const tell = (value) => (value <= low ? "all" : `≥ ${Number(value.toPrecision(3))}`);
    const options = { low, high, step: (high - low) / 100, value: state.score ?? low, tell };
    return [(this.controls.score = slider("Score", options, (value) => this.set({ score: value <= low ? null : Number(value.toPrecision(4)) })))];
  }

  // After a change from elsewhere, and after each frame.
  refresh() {
    const { state } = this.view;
    for (const [key, control] of Object.entries(this.controls)) if (key !== "score") control.set(state[key]);
    for (const row of [...(this.labelRows ?? []), ...this.categoryRows]) row.refresh?.();
    this.showAmount();
  }

  showAmount() {
    if (!this.amount) return;
    const { scene, state, labelled } = this.view;
    const shown = scene.boxes.filter((box) => isBoxShown(box, state)).length;
    this.amount.textContent = shown === scene.boxes.length ? count(shown) : `${count(shown)} of ${count(scene.boxes.length)}`;
    const titled = scene.boxes.filter((box) => isBoxShown(box, state) && (box.label || box.score !== null)).length;
    this.controls.names.say(state.names && labelled < titled ? `Labels, ${count(labelled)} of ${count(titled)}: others overlap` : "Labels");
  }

  // Offers the panel to the page's inspector; true if it was taken.
  offer(style) {
    const host = el("div");
    const shadow = host.attachShadow({ mode: "open" });
    shadow.append(style.cloneNode(true), this.root);
    const offered = new CustomEvent("vitrina:panel", { detail: { host, title: "Scene" }, cancelable: true });
    return !document.dispatchEvent(offered);
  }
}
