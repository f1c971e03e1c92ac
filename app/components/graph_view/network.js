// What is drawn, as the server laid it out, and what can be asked of it: who is near, who lies before and after.

class Network {
  constructor(drawing) {
    Object.assign(this, drawing);
    this.count = drawing.boxes.x.length;
    this.before = Array.from({ length: this.count }, () => []);
    this.after = Array.from({ length: this.count }, () => []);
    drawing.edges.forEach(([start, end], at) => {
      if (start === end) return;
      this.after[start].push(at);
      this.before[end].push(at);
    });
    this.byRow = new Map();
    for (let i = 0; i < this.count; i++) {
      const row = drawing.boxes.y[i];
      if (!this.byRow.has(row)) this.byRow.set(row, []);
      this.byRow.get(row).push(i);
    }
    for (const row of this.byRow.values()) row.sort((a, b) => drawing.boxes.x[a] - drawing.boxes.x[b]);
  }

  at({ x, y }) {
    const { boxes } = this;
    for (let i = 0; i < this.count; i++) {
      if (Math.abs(boxes.x[i] - x) <= boxes.w[i] / 2 && Math.abs(boxes.y[i] - y) <= boxes.h / 2) return i;
    }
    return -1;
  }

  // The box that is a node, or a closed module that it is in by its path.
  find({ node, module }) {
    const { boxes } = this;
    if (node !== undefined) return boxes.node.indexOf(node);
    return boxes.module.indexOf(module);
  }

  key(i) {
    return this.boxes.node[i] >= 0 ? String(this.boxes.node[i]) : this.boxes.module[i];
  }

  // Edges on the ways that lead to a box (side "before") or away from it.
  ways(i, side) {
    const [lists, far] = side === "before" ? [this.before, 0] : [this.after, 1];
    const found = new Set();
    const seen = new Set([i]);
    const pending = [i];
    while (pending.length) {
      for (const edge of lists[pending.pop()]) {
        found.add(edge);
        const other = this.edges[edge][far];
        if (seen.has(other)) continue;
        seen.add(other);
        pending.push(other);
      }
    }
    return found;
  }

  // The next box for an arrow key: up and down along edges, left and right in the layer.
  step(i, key) {
    const { x, y } = this.boxes;
    if (key === "ArrowUp" || key === "ArrowDown") {
      const [edges, far] = key === "ArrowUp" ? [this.before[i], 0] : [this.after[i], 1];
      const others = edges.map((edge) => this.edges[edge][far]).sort((a, b) => Math.abs(x[a] - x[i]) - Math.abs(x[b] - x[i]));
      return others[0] ?? i;
    }
    const row = this.byRow.get(y[i]);
    return row[row.indexOf(i) + (key === "ArrowLeft" ? -1 : 1)] ?? i;
  }
}

// The way of an edge as smooth pieces between its bends; each piece leaves and arrives upright. From one column to the
// next it goes round by the gutter between them.
const traceEdge = (edge, pen, network) => {
  const points = edge.slice(5);
  const { columns, height } = network;
  const columnOf = (x) => columns.findIndex(([left, right]) => x >= left - 1 && x <= right + 1);
  pen.moveTo(points[0], points[1]);
  for (let i = 2; i < points.length; i += 2) {
    const [x0, y0, x1, y1] = points.slice(i - 2, i + 2);
    const [from, to] = columns.length ? [columnOf(x0), columnOf(x1)] : [0, 0];
    if (from === to || edge[2] & STRAIGHT) {
      const middle = (y0 + y1) / 2;
      pen.bezierCurveTo(x0, middle, x1, middle, x1, y1);
    } else {
      const apart = ((edge[0] + edge[1]) % 5) * 5;
      const gutter = columns[Math.max(from, to)][0] - 22 - apart;
      const [out, back] = from < to ? [height + apart, -16 - apart] : [-16 - apart, height + apart];
      for (const [x, y] of [[x0, out], [gutter, out], [gutter, back], [x1, back], [x1, y1]]) pen.lineTo(x, y);
    }
  }
};

const LEADS_UP = 1;
const STRAIGHT = 2;
const TO_ITSELF = 4;
