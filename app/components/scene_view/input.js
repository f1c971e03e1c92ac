// Pointer, wheel, fingers and keys: what they do to the camera.

class SceneInput {
  constructor(view) {
    this.view = view;
    this.grips = new Map();
    this.listenTo(view.canvas);
    const on = (target, name, action) => target.addEventListener(name, action, { signal: view.signal });
    on(document, "keydown", (event) => this.key(event));
    on(document, "keyup", (event) => event.key === "h" && view.hide(false));
    on(window, "blur", () => view.hide(false));
  }

  listenTo(canvas) {
    const { view } = this;
    const on = (target, name, action, options = {}) => target.addEventListener(name, action, { ...options, signal: view.signal });
    on(canvas, "wheel", (event) => this.wheel(event), { passive: false });
    on(canvas, "pointerdown", (event) => this.down(event));
    on(canvas, "pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) on(canvas, name, (event) => this.lift(event));
    on(canvas, "pointerleave", () => view.pointing.move(null));
    on(canvas, "contextmenu", (event) => event.preventDefault());
    on(canvas, "dblclick", () => !view.measuring && view.fit());
  }

  place(event) {
    const box = this.view.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    this.view.zoom(Math.exp(event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0014)), this.place(event));
  }

  down(event) {
    if (!this.view.scene) return;
    this.view.canvas.setPointerCapture(event.pointerId);
    this.grips.set(event.pointerId, this.place(event));
    this.pans = event.button === 1 || event.button === 2 || event.shiftKey;
    this.travelled = 0;
  }

  move(event) {
    const { view } = this;
    const at = this.place(event);
    const grip = this.grips.get(event.pointerId);
    if (!grip) return view.pointing.move(at);
    const [dx, dy] = [at.x - grip.x, at.y - grip.y];
    this.travelled += Math.abs(dx) + Math.abs(dy);
    if (this.travelled < 3) return undefined;
    view.canvas.dataset.dragging = "true";
    if (this.grips.size === 2) this.pinch(event.pointerId, at);
    else if (this.pans) view.move((camera) => camera.pan(dx, dy));
    else view.move((camera) => camera.turn(dx * 0.4, dy * 0.4));
    this.grips.set(event.pointerId, at);
    return undefined;
  }

  // Two fingers: their distance zooms, their middle moves.
  pinch(pointer, at) {
    const grip = this.grips.get(pointer);
    const [other] = [...this.grips].filter(([id]) => id !== pointer).map(([, place]) => place);
    const [before, after] = [grip, at].map((place) => Math.hypot(place.x - other.x, place.y - other.y) || 1);
    this.view.move((camera) => {
      camera.zoomBy(before / after);
      camera.pan((at.x - grip.x) / 2, (at.y - grip.y) / 2);
    });
  }

  lift(event) {
    const wasClick = this.grips.has(event.pointerId) && this.travelled < 3 && event.type === "pointerup" && event.button === 0;
    this.grips.delete(event.pointerId);
    delete this.view.canvas.dataset.dragging;
    if (wasClick) this.view.click(this.place(event));
    else this.view.settle();
  }

  key(event) {
    const { view } = this;
    if (!view.scene || isTyping(event) || hasModifier(event)) return;
    const turns = { ArrowLeft: [15, 0], ArrowRight: [-15, 0], ArrowUp: [0, 15], ArrowDown: [0, -15] };
    const pans = { w: [0, 40], s: [0, -40], a: [40, 0], d: [-40, 0] };
    const actions = {
      f: () => view.fit(), 1: () => view.look("front"), 2: () => view.look("side"), 3: () => view.look("top"), 4: () => view.look("oblique"),
      "+": () => view.zoom(1 / 1.3), "=": () => view.zoom(1 / 1.3), "-": () => view.zoom(1.3), m: () => view.measure(!view.measuring),
      o: () => view.set({ lens: view.state.lens === "perspective" ? "orthographic" : "perspective" }),
      g: () => view.set({ grid: !view.state.grid }),
      e: () => view.set({ edges: { off: "over", over: "only", only: "off" }[view.state.edges] }),
      h: () => view.hide(true),
      Escape: view.measuring ? () => view.measure(false) : null,
    };
    let action = actions[event.key];
    if (event.shiftKey && turns[event.key]) action = () => view.move((camera) => camera.turn(...turns[event.key]));
    else if (pans[event.key]) action = () => view.move((camera) => camera.pan(...pans[event.key]));
    if (!action) return;
    event.preventDefault();
    action();
  }
}
