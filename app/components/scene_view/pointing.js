// What is under the pointer, told in a line: place, row, colour and values of a point; face and mesh; box.

class Pointing {
  constructor(view) {
    Object.assign(this, { view, pointer: null, hovered: null });
  }

  move(at) {
    this.pointer = at;
    if (!this.view.gpu || this.telling) return;
    this.telling = requestAnimationFrame(() => {
      this.telling = null;
      if (this.view.gpu) this.tell();
    });
  }

  pick(at) {
    const { scene, camera, state, pointColours } = this.view;
    const ray = camera.ray(at.x, at.y);
    const face = state.edges === "only" ? null : pickFace(scene, ray);
    const point = pickPoint(scene, camera, at.x, at.y, state.point, pointColours);
    if (face && point && camera.project(face.place).depth < point.depth) return { face: face.face, ...face };
    return point ? { point: point.i, place: point.place } : face;
  }

  tell() {
    const { pointer } = this;
    const { scene, state, camera, canvas, readout } = this.view;
    const found = pointer && this.pick(pointer);
    const box = pointer && !state.overlaysHidden ? pickBox(scene, state, camera.ray(pointer.x, pointer.y)) : null;
    const lines = [];
    const pair = (name, value) => el("span", {}, el("b", {}, name), value);
    if (found) lines.push(el("div", { class: "line" }, scene.world(found.place).map((value, axis) => pair("xyz"[axis], scene.tell(value)))));
    if (found?.point !== undefined) lines.push(el("div", { class: "line" }, this.pointFacts(found.point, pair)));
    else if (found) lines.push(el("div", { class: "line" }, pair("face", count(found.face)), found.group?.name ? el("span", { class: "clip" }, found.group.name) : null));
    if (box) lines.push(el("div", { class: "line" }, el("i", { class: "swatch", style: { "--colour": box.colour } }), el("span", { class: "clip" }, boxTitle(box))));
    readout.hidden = !lines.length;
    readout.replaceChildren(...lines);
    canvas.dataset.pointed = found?.point !== undefined ? String(scene.points.rows[found.point]) : "";
    if ((box?.i ?? null) === this.hovered) return;
    this.hovered = box?.i ?? null;
    this.view.frames.paintText();
  }

  pointFacts(i, pair) {
    const { points } = this.view.scene;
    const facts = [pair("row", count(points.rows[i]))];
    if (points.rgba) facts.push(pair("rgb", [...points.rgba.subarray(i * 4, i * 4 + 3)].join(" ")));
    for (const column of points.columns.slice(0, 6)) facts.push(pair(column.name, String(Number(column.values[i].toPrecision(7)))));
    return facts;
  }
}
