// A scene in space. Everything that moves under the pointer happens here: no request, no rerun.

class SceneView {
  constructor(root, signal) {
    Object.assign(this, { root, signal, camera: new Camera(), measured: [], labelled: 0, cameraChanged: false });
    this.build();
    this.frames = new Frames(this);
    this.pointing = new Pointing(this);
    this.input = new SceneInput(this);
    this.watch();
  }

  build() {
    this.canvas = el("canvas", { class: "space", tabIndex: 0, role: "img" });
    this.text = el("canvas", { class: "text", "aria-hidden": "true" });
    this.overlay = new Overlay(this.text);
    this.status = el("div", { class: "pill status" });
    this.readout = el("div", { class: "pill readout", hidden: true });
    const tool = (label, key, name, action) =>
      el("button", { class: "tool", type: "button", title: key ? `${label} (${key})` : label, "aria-label": label, onclick: action }, ICONS[name] ? icon(name) : name);
    this.ruler = tool("Measure between two places", "M", "Measure", () => this.measure(!this.measuring));
    this.tools = el(
      "div",
      { class: "pill tools" },
      ["front", "side", "top", "oblique"].map((name, i) => tool(`Look from ${name === "oblique" ? "an angle" : `the ${name}`}`, String(i + 1), name[0].toUpperCase() + name.slice(1), () => this.look(name))),
      tool("Fit", "F", "fit", () => this.fit()),
      this.ruler,
      tool("Save this view as PNG", "", "download", () => this.save()),
    );
    this.message = el("div", { class: "message", hidden: true });
    this.side = el("div", { class: "side", hidden: true });
    this.ignoredLine = el("div", { class: "pill ignored", hidden: true });
    this.stage = el("div", { class: "stage" }, this.canvas, this.text, this.status, this.readout, this.tools, this.side, this.ignoredLine, this.message);
    this.probe = el("span", { hidden: true });
    this.root.append(this.stage, this.probe);
  }

  // -- data --------------------------------------------------------------------------------------------------------

  async update(data) {
    this.loading?.abort();
    const loading = (this.loading = new AbortController());
    const signal = AbortSignal.any([loading.signal, this.signal]);
    for (const mark of ["ready", "error", "still"]) delete this.stage.dataset[mark];
    this.message.hidden = true;
    this.data = data;
    this.canvas.setAttribute("aria-label", data.label);
    try {
      const answer = await fetch(data.url, { signal });
      if (!answer.ok) throw new Error((await answer.text()).trim() || `The scene could not be loaded (${answer.status}).`);
      const buffer = await answer.arrayBuffer();
      if (!signal.aborted) this.open(new Scene(buffer));
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
  }

  open(scene) {
    this.clear();
    this.scene = scene;
    this.camera.frameScene(scene.bounds && [0, 1, 2].map((axis) => scene.local(scene.bounds[1][axis], axis)));
    this.pointing.hovered = null;
    Object.assign(this, { measured: [], cameraChanged: new URLSearchParams(location.search).has("camera") });
    this.modes = colourModes(scene);
    this.state = new SceneState(scene, this.modes);
    this.measure(false);
    this.camera.home();
    this.state.read(this.camera);
    this.showIgnored();
    if (scene.isEmpty) return this.showEmpty();
    this.axes = new Axes(scene);
    this.gpu = new SceneGpu(this.canvas, scene);
    this.showPanel();
    this.recolour();
    this.rebuildLines();
    this.frames.calibrate();
    this.frames.drawAll();
    this.stage.dataset.ready = this.data.label;
    return undefined;
  }

  clear() {
    this.frames.stop();
    this.scene = null;
    if (!this.gpu) return;
    this.gpu.close();
    this.gpu = null;
    const canvas = this.canvas.cloneNode(); // a lost context stays with its canvas: the next scene gets a new one
    this.canvas.replaceWith(canvas);
    this.canvas = canvas;
    this.input.listenTo(canvas);
    this.watchContext();
  }

  fail(error) {
    this.frames.stop();
    this.scene = this.gpu ? this.scene : null;
    this.status.hidden = this.tools.hidden = true;
    const noWebGL = error instanceof NoWebGL;
    const text = noWebGL ? "This browser has no WebGL2, so the scene cannot be turned. A small picture of it stands here." : error.message;
    const picture = noWebGL ? el("img", { src: this.data.picture, alt: this.data.label }) : null;
    const link = this.data.download ? el("a", { href: this.data.download, download: "" }, "Download the file") : null;
    this.message.replaceChildren(...[picture, el("p", {}, text), link].filter(Boolean));
    this.message.hidden = false;
    this.stage.dataset.error = text;
    document.dispatchEvent(new CustomEvent("vitrina:panel", { detail: { host: null } }));
  }

  showEmpty() {
    this.status.hidden = this.tools.hidden = true;
    this.message.replaceChildren(
      el("p", {}, "There is nothing in this object that can be drawn: no point, no face, no box. This puts points here:"),
      el("pre", {}, 'artifact.add(dt.Object3D(points), "cloud")  # (n, 3): x, y, z; (n, 6): and red, green, blue'),
    );
    this.message.hidden = false;
    this.stage.dataset.ready = this.data.label;
    document.dispatchEvent(new CustomEvent("vitrina:panel", { detail: { host: null } }));
  }

  showIgnored() {
    const { ignored } = this.state;
    this.ignoredLine.hidden = !ignored.length;
    this.ignoredLine.textContent = ignored.length ? `Ignored in the address: ${ignored.join(", ")}` : "";
  }

  showPanel() {
    this.side.replaceChildren();
    this.side.hidden = true;
    this.status.hidden = this.tools.hidden = false;
    this.panel = new ScenePanel(this);
    const style = this.root.querySelector("style");
    if (style && this.panel.offer(style)) return;
    this.side.replaceChildren(this.panel.root);
    this.side.hidden = false;
  }

  mode() {
    return this.modes.find((mode) => mode.id === this.state.colour) ?? this.modes[0];
  }

  // -- what is chosen ----------------------------------------------------------------------------------------------

  set(changes) {
    Object.assign(this.state, changes);
    if ("up" in changes) this.camera.up = changes.up;
    if ("lens" in changes) this.camera.ortho = changes.lens === "orthographic";
    if (["colour", "classes", "range"].some((key) => key in changes)) this.recolour();
    if ("colour" in changes || "range" in changes) this.panel.showLegend();
    this.rebuildLines();
    this.panel.refresh();
    this.remember();
    this.frames.draw();
  }

  recolour() {
    const mode = this.mode();
    const { scene } = this;
    this.pointColours = scene.points ? pointColours(scene, mode, new Set(this.state.classes), this.state.range) : null;
    this.gpu.setColours(this.pointColours, scene.mesh ? meshColours(scene, mode, this.state.range) : null);
    this.stage.dataset.colour = mode.id;
  }

  rebuildLines() {
    this.gridKey = null;
    this.refreshGrid();
    const segments = sceneSegments(this.scene, this.state, this.measured);
    const { stageBytes, ink } = this.frames.theme();
    this.gpu.setLines("scene", segments.pack());
    this.gpu.setLines("halo", segments.halo(stageBytes, ink).pack());
  }

  // The scales move to the edges that are towards the eye.
  refreshGrid() {
    const edges = this.axes.edges(this.camera);
    if (edges.key === this.gridKey) return;
    this.gridKey = edges.key;
    this.grid = this.axes.build(edges, this.frames.theme().line);
    this.gpu.setLines("grid", this.grid.segments.pack());
  }

  remember() {
    clearTimeout(this.remembering);
    this.remembering = setTimeout(() => this.scene && this.state.write(this.camera, this.cameraChanged), 250);
  }

  showStatus() {
    const { points, mesh, boxes } = this.scene;
    const { drawn, filling, coarse } = this.frames;
    const parts = [];
    const plural = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;
    if (points) parts.push(drawn < points.n ? `${count(drawn)} of ${count(points.n)} points, because ${filling ? "the rest is being drawn" : "it moves"}` : plural(points.n, "point", "points"));
    if (coarse) parts.push(`${count(mesh.coarse.faces)} of ${count(mesh.faces)} faces, because it moves`);
    else if (mesh?.faces) parts.push(`${plural(mesh.faces, "face", "faces")}, ${plural(mesh.vertices, "vertex", "vertices")}`);
    const shown = boxes.filter((box) => isBoxShown(box, this.state)).length;
    if (boxes.length) parts.push(shown < boxes.length ? `${count(shown)} of ${plural(boxes.length, "box", "boxes")}, because of the filter` : plural(shown, "box", "boxes"));
    if (this.measuring) parts.push(this.measured.length === 1 ? "click the second place" : this.measured.length ? `distance ${this.scene.tell(distanceBetween(this.scene, this.measured))}` : "click the first place");
    this.status.textContent = parts.join(" · ");
    Object.assign(this.stage.dataset, { points: points?.n ?? 0, drawn, faces: mesh?.faces ?? 0, boxes: shown });
  }

  // -- what people do ----------------------------------------------------------------------------------------------

  move(change) {
    if (!this.gpu) return;
    change(this.camera);
    this.cameraChanged = true;
    this.remember();
    this.frames.draw();
  }

  settle() {
    if (this.gpu) this.remember();
  }

  fit() {
    this.move((camera) => camera.fit());
  }

  look(name) {
    this.move((camera) => camera.look(name));
    if (name === "oblique") this.cameraChanged = false;
  }

  // Zooms about what is under the pointer.
  zoom(factor, at = null) {
    this.move((camera) => {
      const unit = camera.pixelSize();
      camera.zoomBy(factor);
      const share = 1 - camera.pixelSize() / unit;
      if (at) camera.pan((camera.width / 2 - at.x) * share * (unit / camera.pixelSize()), (camera.height / 2 - at.y) * share * (unit / camera.pixelSize()));
    });
  }

  hide(hidden) {
    if (!this.gpu || Boolean(this.state.overlaysHidden) === hidden) return;
    this.state.overlaysHidden = hidden;
    this.rebuildLines();
    this.frames.draw();
  }

  measure(on) {
    this.measuring = on;
    this.measured = [];
    this.ruler.setAttribute("aria-pressed", String(on));
    this.stage.toggleAttribute("data-measuring", on);
    if (!this.gpu) return;
    this.rebuildLines();
    this.showStatus();
    this.frames.draw();
  }

  click(at) {
    if (!this.measuring || !this.gpu) return;
    const found = this.pointing.pick(at);
    if (!found) return;
    this.measured = [...(this.measured.length === 2 ? [] : this.measured), found.place];
    this.rebuildLines();
    this.showStatus();
    this.frames.draw();
  }

  // -- picture -----------------------------------------------------------------------------------------------------

  async save() {
    this.frames.paint();
    const out = el("canvas", { width: this.canvas.width, height: this.canvas.height });
    const pen = out.getContext("2d");
    pen.fillStyle = this.frames.theme().stage;
    pen.fillRect(0, 0, out.width, out.height);
    pen.drawImage(this.canvas, 0, 0);
    pen.drawImage(this.text, 0, 0);
    const blob = await new Promise((done) => out.toBlob(done, "image/png"));
    const link = el("a", { href: URL.createObjectURL(blob), download: `${this.data.label.split("/").at(-1).replace(/[^\w.-]+/g, "_").slice(0, 80) || "scene"}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // -- the page ----------------------------------------------------------------------------------------------------

  watch() {
    this.sizes = new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      const before = this.camera.fitDistance();
      Object.assign(this.camera, { width: Math.max(1, width), height: Math.max(1, height) });
      this.camera.distance *= this.cameraChanged ? 1 : this.camera.fitDistance() / before;
      if (this.gpu) this.frames.drawAll();
    });
    this.sizes.observe(this.stage);
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    const again = () =>
      setTimeout(() => {
        this.frames.themeNow = null;
        if (!this.gpu) return;
        this.rebuildLines();
        this.frames.drawAll();
      }, 60);
    scheme.addEventListener("change", again, { signal: this.signal });
    document.addEventListener("vitrina:panel-wanted", () => this.gpu && this.showPanel(), { signal: this.signal });
    this.watchContext();
  }

  // The browser may take the graphics card away, and give it back: everything is kept here to begin again.
  watchContext() {
    const { canvas } = this;
    canvas.addEventListener("webglcontextlost", (event) => {
      if (canvas !== this.canvas || !this.gpu) return;
      event.preventDefault();
      this.frames.stop();
      this.message.replaceChildren(el("p", {}, "The browser took the graphics away. The scene comes back with them."));
      this.message.hidden = false;
    });
    canvas.addEventListener("webglcontextrestored", () => {
      if (canvas !== this.canvas || !this.scene) return;
      this.message.hidden = true;
      this.gpu = new SceneGpu(canvas, this.scene);
      this.recolour();
      this.rebuildLines();
      this.frames.drawAll();
    });
  }

  destroy() {
    this.loading?.abort();
    this.sizes.disconnect();
    clearTimeout(this.remembering);
    this.frames.stop();
    this.gpu?.close();
    this.gpu = null;
    document.dispatchEvent(new CustomEvent("vitrina:panel", { detail: { host: null } }));
  }
}

export default mountView(SceneView);
