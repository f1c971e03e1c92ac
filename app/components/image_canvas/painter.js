// Draws the scene: picture, masks, grid, values, boxes and their labels, in this order.

const GRID_ZOOM = 16; // CSS pixels per pixel of the picture from which a grid is drawn
const NUMBERS_ZOOM = 52; // and from which the values stand in the pixels
const LABEL_SHARE = 0.06; // of the stage: more labels than that would bury the picture; the others wait for the pointer
const FILL_OPACITY = 0.25; // of boxes that are filled

class Painter {
  // scene: {view, pixels, layers, data, hidden, coarse, isOver(box)}
  constructor(canvas, scene) {
    this.canvas = canvas;
    this.scene = scene;
    this.context = canvas.getContext("2d", { alpha: false });
  }

  paint() {
    const started = performance.now();
    const { view, pixels, layers, data, hidden } = this.scene;
    const geometry = view.geometry(this.scene.coarse ? 2 : 1);
    const { columns, rows, ratio } = geometry;
    if (!columns || !rows) return; // hidden
    if (this.canvas.width !== columns || this.canvas.height !== rows) Object.assign(this.canvas, { width: columns, height: rows });
    const c = this.context;
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.fillStyle = getComputedStyle(this.canvas).backgroundColor;
    c.fillRect(0, 0, columns, rows);
    if (!pixels) return;
    if (data.transparent) this.paintChecks(c, geometry);
    const smoothed = pixels.paint(c, geometry);
    if (!hidden) for (const layer of layers) if (layer instanceof MaskLayer) layer.draw(c, geometry);
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (this.hasGrid) this.paintGrid(c, ratio);
    if (view.zoom >= NUMBERS_ZOOM && pixels.canTell) this.paintNumbers(c);
    this.paintBoxes(c);
    this.mark(started, geometry, smoothed);
  }

  // Not while the picture is fitted: one of few pixels is looked at as a whole first.
  get hasGrid() {
    const { view } = this.scene;
    return view.mode === "free" && view.zoom >= GRID_ZOOM;
  }

  paintChecks(c, { left, top, right, bottom, ratio }) {
    if (right <= left || bottom <= top) return;
    const style = getComputedStyle(this.canvas);
    const side = Math.round(8 * ratio);
    const tile = new OffscreenCanvas(2 * side, 2 * side);
    const t = tile.getContext("2d");
    t.fillStyle = style.getPropertyValue("--check-a");
    t.fillRect(0, 0, 2 * side, 2 * side);
    t.fillStyle = style.getPropertyValue("--check-b");
    t.fillRect(0, 0, side, side);
    t.fillRect(side, side, side, side);
    c.fillStyle = c.createPattern(tile, "repeat");
    c.fillRect(left, top, right - left, bottom - top);
  }

  paintGrid(c, ratio) {
    const { left, top, right, bottom } = this.scene.view.visible();
    const { zoom } = this.scene.view;
    const { x, y } = this.scene.view.corner;
    c.beginPath();
    for (let column = left; column <= right; column++) {
      const place = (Math.round((x + column * zoom) * ratio) + 0.5) / ratio;
      c.moveTo(place, y + top * zoom);
      c.lineTo(place, y + bottom * zoom);
    }
    for (let row = top; row <= bottom; row++) {
      const place = (Math.round((y + row * zoom) * ratio) + 0.5) / ratio;
      c.moveTo(x + left * zoom, place);
      c.lineTo(x + right * zoom, place);
    }
    c.lineWidth = 1 / ratio;
    c.strokeStyle = "rgba(128,128,128,0.4)";
    c.stroke();
  }

  paintNumbers(c) {
    const { left, top, right, bottom } = this.scene.view.visible();
    const { zoom } = this.scene.view;
    const { x, y } = this.scene.view.corner;
    c.textAlign = "center";
    c.textBaseline = "middle";
    const { pixels, data } = this.scene;
    const lines = pixels.channels.length || pixels.raw?.channels || 1;
    const size = Math.min(13, (zoom - 8) / lines);
    c.font = `${size}px "Source Code Pro", monospace`;
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const [px, py] = [x + (column + 0.5) * zoom, y + (row + 0.5) * zoom];
        const values = pixels.at(column, row).map((value) => pixels.format(value));
        c.fillStyle = textOn(pixels.colourAt(column, row, data.width, data.height));
        values.forEach((text, line) => c.fillText(text, px, py + (line - (lines - 1) / 2) * size * 1.15, zoom - 4));
      }
    }
  }

  // The boxes of the scene that are on the stage, with their places there.
  boxesOnStage() {
    const { zoom, stage } = this.scene.view;
    const { x, y } = this.scene.view.corner;
    const drawn = [];
    for (const layer of this.scene.layers) {
      if (!(layer instanceof BoxLayer)) continue;
      for (const box of layer.shown()) {
        const place = { x: x + box.x * zoom, y: y + box.y * zoom, width: box.width * zoom, height: box.height * zoom };
        if (place.x > stage.width || place.y > stage.height || place.x + place.width < 0 || place.y + place.height < 0) continue;
        drawn.push({ box, place });
      }
    }
    return drawn;
  }

  paintBoxes(c) {
    const drawn = this.scene.hidden ? [] : this.boxesOnStage();
    const sets = this.scene.hidden ? [] : this.scene.layers.filter((layer) => layer instanceof BoxLayer);
    for (const { box, place } of drawn) {
      const over = this.scene.isOver(box);
      if (box.layer.style === "fill") {
        c.globalAlpha = FILL_OPACITY;
        c.fillStyle = box.kind.colour;
        c.fillRect(place.x, place.y, place.width, place.height);
        c.globalAlpha = 1;
      }
      c.lineWidth = over ? 4 : 3;
      c.strokeStyle = "rgba(0,0,0,0.45)"; // an edge that is seen on any picture
      c.strokeRect(place.x, place.y, place.width, place.height);
      c.lineWidth = over ? 2.5 : 1.5;
      c.strokeStyle = box.kind.colour;
      c.setLineDash(box.layer.dash);
      c.strokeRect(place.x, place.y, place.width, place.height);
      c.setLineDash([]);
    }
    this.paintLabels(c, drawn);
    this.canvas.dataset.boxes = String(sets.reduce((sum, layer) => sum + layer.shown().length, 0));
  }

  paintLabels(c, drawn) {
    const places = new LabelPlaces(this.scene.view.stage.width, this.scene.view.stage.height);
    const size = drawn.length > 40 ? 10 : drawn.length > 15 ? 11 : 12; // many labels shrink
    c.font = `600 ${size}px "Source Sans", sans-serif`;
    c.textAlign = "left";
    c.textBaseline = "middle";
    let area = LABEL_SHARE * this.scene.view.stage.width * this.scene.view.stage.height;
    for (const layer of this.scene.layers) layer.labelled = 0;
    const rank = (item) => (this.scene.isOver(item.box) ? 1e12 : 0) + item.place.width * item.place.height;
    for (const { box, place } of [...drawn].sort((a, b) => rank(b) - rank(a))) {
      const over = this.scene.isOver(box);
      const text = over ? box.layer.told(box) : box.layer.label(box);
      if (!text || (!over && place.width < 18)) continue;
      const [width, height] = [Math.ceil(c.measureText(text).width) + 8, size + 5];
      if (!over && (width > place.width * 2.5 || area < width * height)) continue;
      const found = places.place(place, width, height);
      if (!found) continue;
      area -= width * height;
      box.layer.labelled++;
      c.fillStyle = box.kind.colour;
      c.fillRect(found.x, found.y, width, height);
      c.fillStyle = textOn(box.kind.colour);
      c.fillText(text, found.x + 4, found.y + height / 2 + 0.5);
    }
  }

  // What tests and people with developer tools may read: where the picture lies, how long the last frame took.
  mark(started, { x, y, scale }, smoothed) {
    const { view } = this.scene;
    const marks = { x, y, scale, smoothing: smoothed, zoom: view.zoom, mode: view.mode, grid: this.hasGrid };
    for (const [name, value] of Object.entries(marks)) this.canvas.dataset[name] = String(value);
    this.canvas.dataset.frameMs = (performance.now() - started).toFixed(1);
  }
}
