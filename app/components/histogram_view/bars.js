// Draws bars, axes and grid. A bar is as wide as its bin: where bins are of several widths, its height is still its count.

const MARGIN = { left: 64, right: 20, top: 16, bottom: 40 };
const LOG_FLOOR = 0.5; // on a logarithmic axis an empty bin has no height, and one value is seen

class BarPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  // view: {counts, edges, logX, logY, hovered, width, height}
  paint(view) {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const c = this.context;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, view.width, view.height);
    const style = getComputedStyle(this.canvas);
    const colour = (name) => style.getPropertyValue(name).trim();
    c.font = `12px ${style.fontFamily || "sans-serif"}`;
    this.setScales(view);
    this.paintAxes(c, view, colour);
    this.paintBars(c, view, colour);
  }

  setScales({ counts, edges, logX, logY, width, height }) {
    const top = counts.reduce((most, value) => Math.max(most, value), 0);
    const smallest = counts.reduce((least, value) => (value > 0 ? Math.min(least, value) : least), Infinity);
    const floor = Number.isFinite(smallest) ? Math.min(LOG_FLOOR, smallest / 2) : LOG_FLOOR;
    this.floor = logY ? floor : 0;
    this.x = new Scale(edges[0], edges[edges.length - 1], MARGIN.left, width - MARGIN.right, logX);
    this.y = new Scale(this.floor, logY ? Math.max(top, floor * 2) * 1.15 : (top || 1) * 1.04, height - MARGIN.bottom, MARGIN.top, logY);
  }

  paintAxes(c, { width, height }, colour) {
    c.strokeStyle = colour("--line");
    c.fillStyle = colour("--muted");
    c.lineWidth = 1;
    c.textAlign = "right";
    c.textBaseline = "middle";
    for (const tick of this.y.ticks(6)) {
      const y = Math.round(this.y.at(tick)) + 0.5;
      c.beginPath();
      c.moveTo(MARGIN.left, y);
      c.lineTo(width - MARGIN.right, y);
      c.stroke();
      c.fillText(shortNumber(tick), MARGIN.left - 8, y);
    }
    c.textAlign = "center";
    c.textBaseline = "top";
    for (const tick of this.x.ticks(Math.max(2, Math.floor(width / 110)))) {
      const x = Math.round(this.x.at(tick)) + 0.5;
      c.beginPath();
      c.moveTo(x, height - MARGIN.bottom);
      c.lineTo(x, height - MARGIN.bottom + 5);
      c.stroke();
      c.fillText(shortNumber(tick), x, height - MARGIN.bottom + 9);
    }
  }

  paintBars(c, { counts, edges, hovered, height }, colour) {
    const bottom = height - MARGIN.bottom;
    const accent = colour("--accent");
    const space = (this.x.end - this.x.start) / counts.length > 4 ? 1 : 0;
    counts.forEach((value, i) => {
      const [left, right] = [this.x.at(edges[i]), this.x.at(edges[i + 1])];
      if (i === hovered) {
        c.fillStyle = colour("--hover");
        c.fillRect(left, MARGIN.top, Math.max(1, right - left), bottom - MARGIN.top);
      }
      if (!(value > this.floor)) return;
      const y = this.y.at(value);
      c.fillStyle = accent;
      c.globalAlpha = hovered < 0 || i === hovered ? 1 : 0.72;
      c.fillRect(left, y, Math.max(0.75, right - left - space), bottom - y);
      c.globalAlpha = 1;
    });
    c.strokeStyle = colour("--muted");
    c.beginPath();
    c.moveTo(MARGIN.left, bottom + 0.5);
    c.lineTo(this.x.end, bottom + 0.5);
    c.stroke();
  }

  // The bin under a place of the canvas; the last one includes its upper edge, as numpy counts.
  binAt(px, edges) {
    if (px < this.x.start || px > this.x.end) return -1;
    const value = this.x.value(px);
    let [low, high] = [0, edges.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (edges[middle] <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
