// The floor with its grid, and a scale along three edges of the box about the scene: round numbers in the units of the
// file. The scales stand at the edges towards the eye, so that they never cross the object.

// Round steps so that a length has 4 to 10 of them.
const roundStep = (length) => {
  const rough = length / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((k) => k * power).find((step) => step >= rough) ?? power * 10;
};

const AXIS_COLOURS = [[214, 69, 65], [46, 160, 67], [47, 111, 222]];
const MAX_TICKS = 40;

class Axes {
  constructor(scene) {
    this.scene = scene;
    const [low, high] = scene.bounds;
    const most = Math.max(...low.map((value, axis) => high[axis] - value));
    const extent = Number.isFinite(most) && most > 0 ? most : scene.scale;
    this.step = roundStep(extent);
    // One point has a floor all the same.
    const isFlat = [0, 1, 2].map((axis) => high[axis] - low[axis] < extent * 1e-6);
    this.low = low.map((value, axis) => (isFlat[axis] && most <= 0 ? value - extent / 2 : value));
    this.high = high.map((value, axis) => (isFlat[axis] && most <= 0 ? value + extent / 2 : value));
  }

  // Multiples of the step within the box.
  ticks(axis) {
    const { step } = this;
    const first = Math.ceil(this.low[axis] / step - 1e-9);
    const last = Math.floor(this.high[axis] / step + 1e-9);
    return Array.from({ length: Math.max(0, Math.min(last - first + 1, MAX_TICKS)) }, (_, i) => (first + i) * step);
  }

  // Which edges are towards the eye: true for the high end. Another text, another drawing.
  edges(camera) {
    const up = camera.up === "z" ? 2 : 1;
    const [u, v] = [0, 1, 2].filter((axis) => axis !== up);
    const { back, right } = camera.axes();
    const front = { [u]: back[u] >= 0, [v]: back[v] >= 0 };
    const left = { [u]: right[u] < 0, [v]: right[v] < 0 }; // the corner that is seen furthest to the left
    return { up, u, v, front, left, key: [up, front[u], front[v], left[u], left[v]].join() };
  }

  // Segments of the grid and the axes, and the texts beside them.
  build({ up, u, v, front, left }, line) {
    const segments = new Segments();
    const labels = [];
    const place = (changes) => this.low.map((value, axis) => this.scene.local(changes[axis] ?? value, axis));
    const end = (axis, isHigh) => (isHigh ? this.high[axis] : this.low[axis]);
    for (const [axis, other] of [[u, v], [v, u]]) {
      for (const at of [this.low[axis], ...this.ticks(axis), this.high[axis]]) {
        segments.add(place({ [axis]: at }), place({ [axis]: at, [other]: this.high[other] }), line, 150);
      }
    }
    const corners = { [u]: { [v]: end(v, front[v]) }, [v]: { [u]: end(u, front[u]) }, [up]: { [u]: end(u, left[u]), [v]: end(v, left[v]) } };
    for (const axis of [u, v, up]) {
      const corner = corners[axis];
      if (this.high[axis] <= this.low[axis]) continue;
      segments.add(place(corner), place({ ...corner, [axis]: this.high[axis] }), AXIS_COLOURS[axis]);
      for (const at of this.ticks(axis)) labels.push({ place: place({ ...corner, [axis]: at }), text: this.text(at), axis });
      labels.push({ place: place({ ...corner, [axis]: (this.low[axis] + this.high[axis]) / 2 }), text: "xyz"[axis], axis, isName: true, colour: AXIS_COLOURS[axis] });
    }
    return { segments, labels };
  }

  text(value) {
    const { step } = this;
    const digits = Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)));
    if (Math.abs(value) >= 1e9 || step < 1e-9) return value.toExponential(2);
    return (Math.abs(value) < step / 1e6 ? 0 : value).toLocaleString("en-US", { maximumFractionDigits: digits });
  }
}
