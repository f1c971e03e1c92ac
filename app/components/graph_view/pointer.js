// The pointer on the stage of a network: the wheel zooms, dragging moves, a click chooses, a double click opens or fits.

function listenToPointer(view) {
  const on = (target, name, action, options = {}) => target.addEventListener(name, action, { ...options, signal: view.signal });
  const place = (event) => {
    const box = view.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const boxAt = (event) => {
    const at = place(event);
    return view.network ? view.network.at(view.camera.toDrawing(at.x, at.y)) : -1;
  };
  on(view.canvas, "wheel", (event) => {
    event.preventDefault();
    const at = place(event);
    view.camera.zoomAbout(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 16 : 1) * (event.ctrlKey ? 0.01 : 0.0016)), at.x, at.y);
    view.moved();
  }, { passive: false });
  on(view.canvas, "pointerdown", (event) => {
    if (event.button > 1) return;
    view.grip = { ...place(event), way: 0 };
    view.canvas.setPointerCapture(event.pointerId);
  });
  on(view.canvas, "pointermove", (event) => {
    const at = place(event);
    if (view.grip) {
      const [dx, dy] = [at.x - view.grip.x, at.y - view.grip.y];
      view.grip = { ...at, way: view.grip.way + Math.abs(dx) + Math.abs(dy) };
      if (view.grip.way > 4) view.camera.pan(dx, dy);
      view.moved();
      return;
    }
    const over = boxAt(event);
    if (over === view.hovered) return;
    view.hovered = over;
    view.canvas.style.cursor = over >= 0 ? "pointer" : "";
    view.canvas.title = over >= 0 ? view.hint(over) : "";
    view.draw();
  });
  on(view.canvas, "pointerup", (event) => {
    const isClick = view.grip && view.grip.way <= 4;
    view.grip = null;
    if (isClick && view.network) view.choose(boxAt(event));
  });
  on(view.canvas, "pointercancel", () => (view.grip = null));
  on(view.canvas, "dblclick", (event) => {
    const at = boxAt(event);
    if (at < 0) view.fit();
    else if (view.network.boxes.node[at] < 0) view.openChosen(at);
  });
}
