// What is under the pointer: stored values, class of each mask, boxes with their scores. As a line at the foot of the
// stage, or, with the loupe, beside the pointer under the pixels around it.

const LOUPE_PIXELS = 13; // odd: one is in the middle
const LOUPE_SCALE = 13;
const MOST_LINES = 8;

class Probe {
  // scene: {view, canvas, pixels, layers, data, hidden, isOver(box)}
  constructor(scene) {
    this.scene = scene;
    this.place = null;
    this.loupe = false;
    this.lines = el("div", { class: "lines" });
    this.root = el("div", { class: "pill readout", hidden: true, "aria-live": "off" }, this.lines);
  }

  // at: place on the stage, or null.
  tell(at) {
    const { scene } = this;
    this.place = at && scene.pixels ? scene.view.toPicture(at.x, at.y) : null;
    this.root.hidden = !this.place;
    if (!this.place) {
      delete scene.canvas.dataset.value;
      return;
    }
    const { x, y } = this.place;
    const values = scene.pixels.canTell ? scene.pixels.at(x, y) : null;
    this.lines.replaceChildren(this.first(values), ...this.told());
    scene.canvas.dataset.value = values ? values.join(" ") : "";
    scene.canvas.dataset.place = `${x} ${y}`;
    this.root.toggleAttribute("data-loupe", this.loupe);
    if (!this.loupe) this.glass?.remove();
    if (this.loupe) {
      this.glass ??= el("canvas", { class: "glass", width: LOUPE_PIXELS * LOUPE_SCALE, height: LOUPE_PIXELS * LOUPE_SCALE });
      this.root.prepend(this.glass);
      this.paintGlass();
      this.moveTo(at);
    } else this.root.removeAttribute("style");
  }

  // Tells the same place again, after something changed.
  again() {
    if (this.place) this.tell(this.scene.view.toStage(this.place.x, this.place.y));
  }

  first(values) {
    const { pixels, data } = this.scene;
    const { x, y } = this.place;
    const told = values ? values.map((value, i) => el("span", {}, el("b", {}, pixels.channels[i] ?? `${i}`), pixels.format(value))) : [];
    return el(
      "div", { class: "line" },
      el("i", { class: "swatch", style: { "--colour": pixels.colourAt(x, y, data.width, data.height) } }),
      el("span", {}, el("b", {}, "x"), count(x)),
      el("span", {}, el("b", {}, "y"), count(y)),
      told,
    );
  }

  told() {
    const { layers, data } = this.scene;
    const { x, y } = this.place;
    const line = (colour, layer, text) =>
      el("div", { class: "line" }, el("i", { class: "swatch", style: { "--colour": colour } }), el("b", {}, layer), el("span", { class: "clip" }, text));
    const lines = [];
    for (const layer of layers) {
      if (!layer.visible) continue;
      if (layer instanceof MaskLayer) {
        const kind = layer.at(x, y, data.width, data.height);
        if (kind) lines.push(line(kind.colour, layer.spec.name, `${kind.name ?? "class"} · ${kind.id}`));
      } else {
        for (const box of layer.shown()) if (this.scene.isOver(box)) lines.push(line(box.kind.colour, layer.spec.name, layer.told(box)));
      }
    }
    if (lines.length > MOST_LINES) lines.splice(MOST_LINES - 1, lines.length, el("div", { class: "line muted" }, `and ${count(lines.length - MOST_LINES + 1)} more`));
    return lines;
  }

  // The pixels around the pointer, with masks and the edges of boxes; the one in the middle has a frame.
  paintGlass() {
    const { pixels, layers, data, hidden } = this.scene;
    const reach = (LOUPE_PIXELS - 1) / 2;
    const [left, top] = [this.place.x - reach, this.place.y - reach];
    const c = this.glass.getContext("2d");
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.fillStyle = getComputedStyle(this.scene.canvas).backgroundColor;
    c.fillRect(0, 0, this.glass.width, this.glass.height);
    const block = new OffscreenCanvas(LOUPE_PIXELS, LOUPE_PIXELS);
    block.getContext("2d").putImageData(pixels.block(left, top, LOUPE_PIXELS, LOUPE_PIXELS, data.width, data.height), 0, 0);
    c.imageSmoothingEnabled = false;
    c.drawImage(block, 0, 0, this.glass.width, this.glass.height);
    if (!hidden) for (const layer of layers) if (layer.visible) this.paintLayer(c, layer, left, top);
    c.globalAlpha = 1;
    for (const [width, colour] of [[3, "#000000"], [1, "#ffffff"]]) {
      c.lineWidth = width;
      c.strokeStyle = colour;
      c.strokeRect(reach * LOUPE_SCALE, reach * LOUPE_SCALE, LOUPE_SCALE, LOUPE_SCALE);
    }
  }

  paintLayer(c, layer, left, top) {
    const { data } = this.scene;
    if (layer instanceof BoxLayer) {
      c.globalAlpha = 1;
      c.lineWidth = 2;
      for (const { x, y, width, height, kind } of layer.shown()) {
        c.strokeStyle = kind.colour;
        c.strokeRect((x - left) * LOUPE_SCALE, (y - top) * LOUPE_SCALE, width * LOUPE_SCALE, height * LOUPE_SCALE);
      }
      return;
    }
    c.globalAlpha = layer.opacity;
    for (let row = 0; row < LOUPE_PIXELS; row++) {
      for (let column = 0; column < LOUPE_PIXELS; column++) {
        const [x, y] = [left + column, top + row];
        if (x < 0 || y < 0 || x >= data.width || y >= data.height) continue;
        const kind = layer.at(x, y, data.width, data.height);
        if (!kind?.visible) continue;
        c.fillStyle = kind.colour;
        c.fillRect(column * LOUPE_SCALE, row * LOUPE_SCALE, LOUPE_SCALE, LOUPE_SCALE);
      }
    }
  }

  // Beside the pointer, and on the stage.
  moveTo({ x, y }) {
    const { width, height } = this.scene.view.stage;
    const [own, tall] = [this.root.offsetWidth, this.root.offsetHeight];
    const left = x + 20 + own < width ? x + 20 : x - 20 - own;
    const top = y + 20 + tall < height ? y + 20 : y - 20 - tall;
    Object.assign(this.root.style, { left: `${Math.max(4, left)}px`, top: `${Math.max(4, top)}px`, bottom: "auto" });
  }
}
