// Draws boxes and edges on the canvas; what is not on the stage is left out.

const TEXT_SCALE = 0.38; // below, letters cannot be read: boxes are filled with the colour of their class instead
const ARROW_SCALE = 0.3;

class Painter {
  // scene: {camera, network, chosen, hovered, ways: {before, after} or null, found, palette}
  constructor(canvas, scene) {
    this.canvas = canvas;
    this.scene = scene;
    this.context = canvas.getContext("2d");
  }

  colours() {
    const style = getComputedStyle(this.canvas);
    const of = (name) => style.getPropertyValue(name).trim();
    return { bg: of("--bg"), panel: of("--panel"), text: of("--text"), muted: of("--muted"), accent: of("--accent"), before: of("--fair"), after: of("--warn") };
  }

  paint() {
    const { camera, network } = this.scene;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(camera.width * ratio), Math.round(camera.height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const c = this.context;
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.clearRect(0, 0, width, height);
    if (!network) return;
    const scale = camera.scale * ratio;
    c.setTransform(scale, 0, 0, scale, camera.x * ratio, camera.y * ratio);
    const corner = camera.toDrawing(0, 0);
    const opposite = camera.toDrawing(camera.width, camera.height);
    const seen = { left: corner.x, top: corner.y, right: opposite.x, bottom: opposite.y };
    const colours = this.colours();
    this.paintEdges(c, seen, colours);
    const drawn = this.paintBoxes(c, seen, colours);
    Object.assign(this.canvas.dataset, { drawn, scale: camera.scale, x: camera.x, y: camera.y });
  }

  paintEdges(c, seen, colours) {
    const { network, camera, ways, chosen } = this.scene;
    const thin = Math.max(1, 0.8 / camera.scale);
    const later = [];
    const stroke = (edge, colour, width, alpha) => {
      c.strokeStyle = c.fillStyle = colour;
      c.lineWidth = width;
      c.globalAlpha = alpha;
      c.setLineDash(edge[2] & LEADS_UP ? [6, 4] : edge[2] & STRAIGHT ? [2, 3] : []);
      c.beginPath();
      if (edge[2] & TO_ITSELF) this.loop(c, edge[0]);
      else traceEdge(edge, c, network);
      c.stroke();
      if (camera.scale >= ARROW_SCALE && !(edge[2] & TO_ITSELF)) this.arrow(c, edge, width);
    };
    network.edges.forEach((edge, at) => {
      if (!this.isSeen(edge, seen)) return;
      const side = ways?.before.has(at) ? "before" : ways?.after.has(at) ? "after" : edge[0] === chosen && edge[1] === chosen ? "after" : "";
      if (side) later.push([edge, colours[side]]);
      else stroke(edge, colours.text, thin, chosen >= 0 ? 0.16 : 0.42);
    });
    for (const [edge, colour] of later) stroke(edge, colour, Math.max(1.8, 1.6 / camera.scale), 1);
    c.setLineDash([]);
    c.globalAlpha = 1;
  }

  isSeen(edge, seen) {
    if (edge[2] & TO_ITSELF) return true;
    if (this.scene.network.columns.length) return true;
    const [a, b] = [edge[6], edge[edge.length - 1]];
    return Math.max(a, b) >= seen.top && Math.min(a, b) <= seen.bottom;
  }

  loop(c, i) {
    const { boxes } = this.scene.network;
    const x = boxes.x[i] + boxes.w[i] / 2;
    const y = boxes.y[i];
    c.moveTo(x, y - 8);
    c.bezierCurveTo(x + 20, y - 14, x + 20, y + 14, x, y + 8);
  }

  arrow(c, edge, width) {
    const [x, y] = [edge[edge.length - 2], edge[edge.length - 1]];
    const up = edge[2] & LEADS_UP ? 1 : -1;
    const size = Math.max(5, 2.6 * width);
    c.beginPath();
    c.moveTo(x, y);
    c.lineTo(x - size * 0.55, y + up * size);
    c.lineTo(x + size * 0.55, y + up * size);
    c.fill();
  }

  paintBoxes(c, seen, colours) {
    const { network, camera, chosen, hovered, found, ways, palette } = this.scene;
    const { boxes } = network;
    const half = boxes.h / 2;
    let drawn = 0;
    const near = ways ? new Set([...ways.before, ...ways.after].flatMap((at) => network.edges[at].slice(0, 2))) : null;
    const readable = camera.scale >= TEXT_SCALE;
    for (let i = 0; i < network.count; i++) {
      const [x, y, w] = [boxes.x[i], boxes.y[i], boxes.w[i]];
      if (x + w / 2 < seen.left || x - w / 2 > seen.right || y + half < seen.top || y - half > seen.bottom) continue;
      drawn += 1;
      const dim = chosen >= 0 && i !== chosen && !near?.has(i);
      c.globalAlpha = 1;
      const colour = boxColour(boxes.kind[i], palette, colours);
      this.shape(c, boxes, i, colours.bg);
      c.globalAlpha = dim ? 0.45 : 1;
      c.save();
      c.clip();
      c.fillStyle = colour;
      if (readable) c.fillRect(x - w / 2, y - half, 5, boxes.h);
      else c.fillRect(x - w / 2, y - half, w, boxes.h);
      c.restore();
      const marked = i === chosen || i === hovered || found?.has(i);
      c.strokeStyle = marked ? colours.accent : colours.muted;
      c.lineWidth = marked ? Math.max(2, 2 / camera.scale) : 1;
      c.setLineDash(boxes.kind[i] === -2 ? [4, 3] : []);
      c.stroke();
      c.setLineDash([]);
      if (readable) this.write(c, boxes, i, colours);
    }
    c.globalAlpha = 1;
    return drawn;
  }

  // A closed module is a stack of two sheets.
  shape(c, boxes, i, fill) {
    const [left, top] = [boxes.x[i] - boxes.w[i] / 2, boxes.y[i] - boxes.h / 2];
    c.fillStyle = fill;
    if (boxes.kind[i] === -1) {
      c.strokeStyle = getComputedStyle(this.canvas).getPropertyValue("--muted");
      c.lineWidth = 1;
      c.beginPath();
      c.roundRect(left + 4, top + 4, boxes.w[i], boxes.h, 6);
      c.fill();
      c.stroke();
    }
    c.beginPath();
    c.roundRect(left, top, boxes.w[i], boxes.h, 6);
    c.fill();
  }

  write(c, boxes, i, colours) {
    const x = boxes.x[i] + 2;
    const sub = boxes.sub[i];
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.fillStyle = colours.text;
    c.font = `600 12px ${this.font()}`;
    c.fillText(boxes.label[i], x, boxes.y[i] - (sub ? 7 : 0), boxes.w[i] - 18);
    if (!sub) return;
    c.fillStyle = colours.muted;
    c.font = `10.5px ${this.font()}`;
    c.fillText(sub, x, boxes.y[i] + 8, boxes.w[i] - 18);
  }

  font() {
    return (this.family ??= getComputedStyle(this.canvas).fontFamily || "sans-serif");
  }
}

const boxColour = (kind, palette, colours) => {
  if (kind === -1) return colours.accent;
  if (kind < 0) return colours.muted;
  return palette[kind % palette.length];
};
