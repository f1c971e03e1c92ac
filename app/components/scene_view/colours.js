// Colours of points and vertices by what was chosen: as stored, by category, by a coordinate, by any column.

// Viridis at equal steps; between them it is close to straight. Source: matplotlib, CC0.
const VIRIDIS = [
  [68, 1, 84], [72, 36, 117], [65, 68, 135], [53, 95, 141], [42, 120, 142], [33, 145, 140], [34, 168, 132], [68, 191, 112], [122, 209, 81],
  [189, 223, 38], [253, 231, 37],
];
const VIRIDIS_BYTES = new Uint8Array(256 * 3);
for (let i = 0; i < 256; i++) {
  const at = (i / 255) * (VIRIDIS.length - 1);
  const k = Math.min(Math.floor(at), VIRIDIS.length - 2);
  VIRIDIS_BYTES.set(V.mix(VIRIDIS[k], VIRIDIS[k + 1], at - k).map(Math.round), i * 3);
}
const UNKNOWN_COLOUR = [128, 128, 128]; // of numbers that are NaN

// Ways to colour a scene, the one it opens with first. A continuous one has `low` and `high`.
const colourModes = (scene) => {
  const { points, mesh } = scene;
  const axes = ["x", "y", "z"].map((name, axis) => ({ id: name, name: `${name} axis`, axis, ...axisSpread(scene, axis) }));
  if (scene.up === "z") axes.reverse();
  else axes.unshift(...axes.splice(1, 1));
  const columns = (points?.columns ?? []).map((column, i) => ({
    id: column.categories ? "category" : `c${i + 1}`, name: column.name, column, low: column.low, high: column.high, middle: middleOf(points.n, (i) => column.values[i]), categories: column.categories,
  }));
  const stored = points?.rgba || mesh?.colours ? [{ id: "stored", name: points?.rgba && !mesh?.colours ? "stored rgb" : "as stored" }] : [];
  const parts = mesh && mesh.groups.length > 1 ? [{ id: "mesh", name: "mesh" }] : [];
  const plain = { id: "plain", name: "one colour" };
  if (!points && !mesh) return [plain];
  return points ? [...stored, ...columns, ...axes, ...parts, plain] : [...stored, ...(stored.length ? [] : [plain]), ...axes, ...parts, ...(stored.length ? [plain] : [])];
};

const PLAIN_COLOUR = [186, 192, 200];

const fillRamp = (out, n, value, low, high) => {
  const factor = high > low ? 255 / (high - low) : 0;
  for (let i = 0; i < n; i++) {
    const number = value(i);
    const k = Number.isNaN(number) ? -1 : factor ? Math.max(0, Math.min(255, Math.round((number - low) * factor))) : 128;
    const at = i * 4;
    if (k < 0) [out[at], out[at + 1], out[at + 2]] = UNKNOWN_COLOUR;
    else {
      out[at] = VIRIDIS_BYTES[k * 3];
      out[at + 1] = VIRIDIS_BYTES[k * 3 + 1];
      out[at + 2] = VIRIDIS_BYTES[k * 3 + 2];
    }
    out[at + 3] = 255;
  }
  return out;
};

const fillPlain = (n) => {
  const out = new Uint8Array(n * 4).fill(255);
  for (let i = 0; i < n * 4; i += 4) out.set(PLAIN_COLOUR, i);
  return out;
};

// Lowest and highest coordinate of points and vertices, and of all but the outermost hundredth at either end.
const axisSpread = ({ points, mesh, ...scene }, axis) => {
  const sets = [points?.xyz, mesh?.xyz].filter((xyz) => xyz?.length);
  if (!sets.length) return {};
  let [low, high] = [Infinity, -Infinity];
  for (const xyz of sets) {
    for (let k = axis; k < xyz.length; k += 3) {
      if (xyz[k] < low) low = xyz[k];
      if (xyz[k] > high) high = xyz[k];
    }
  }
  const world = (value) => value * scene.scale + scene.center[axis];
  return { low: world(low), high: world(high), middle: middleOf(sets[0].length / 3, (i) => sets[0][i * 3 + axis]).map(world) };
};

// Of at most 20,000 values: the first points are a fair sample, vertices are taken at equal steps.
const middleOf = (n, value) => {
  const step = Math.max(1, Math.floor(n / 20000));
  const sample = new Float64Array(Math.floor((n - 1) / step) + 1);
  for (let i = 0; i < sample.length; i++) sample[i] = value(i * step);
  const finite = sample.filter(Number.isFinite).sort();
  return finite.length ? [finite[Math.floor((finite.length - 1) * 0.01)], finite[Math.ceil((finite.length - 1) * 0.99)]] : [0, 0];
};

// What the ramp spans: all values, or the middle ones, so that a few far ones do not take its colours.
const rampEnds = (mode, range) => (range === "middle" ? mode.middle : [mode.low, mode.high]);

// The same for an axis in units of the buffer, in which the arrays are.
const axisRange = (scene, mode, range) => rampEnds(mode, range).map((value) => scene.local(value, mode.axis));

const pointColours = (scene, mode, hidden, range) => {
  const { points } = scene;
  if (mode.id === "stored" && points.rgba) return points.rgba;
  if (mode.axis !== undefined) return fillRamp(new Uint8Array(points.n * 4), points.n, (i) => points.xyz[i * 3 + mode.axis], ...axisRange(scene, mode, range));
  if (mode.categories) return categoryColours(points.n, mode, hidden);
  if (mode.column) return fillRamp(new Uint8Array(points.n * 4), points.n, (i) => mode.column.values[i], ...rampEnds(mode, range));
  return fillPlain(points.n);
};

// A category that is off is transparent, which the shader leaves out.
const categoryColours = (n, mode, hidden) => {
  const table = new Map(mode.categories.map((item) => [item.value, [...colourBytes(item.colour), hidden.has(String(item.value)) ? 0 : 255]]));
  const out = new Uint8Array(n * 4);
  for (let i = 0; i < n; i++) out.set(table.get(mode.column.values[i]), i * 4);
  return out;
};

const MESH_COLOURS = ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#87ffa5", "#6969ff", "#a5f0ff"];

const meshColours = (scene, mode, range) => {
  const { mesh } = scene;
  if (mode.id === "stored" && mesh.colours) return mesh.rgba;
  if (mode.axis !== undefined) return fillRamp(new Uint8Array(mesh.vertices * 4), mesh.vertices, (i) => mesh.xyz[i * 3 + mode.axis], ...axisRange(scene, mode, range));
  const out = fillPlain(mesh.vertices);
  if (mode.id !== "mesh") return out;
  mesh.groups.forEach((group, k) => {
    const end = mesh.groups[k + 1]?.vertex ?? mesh.vertices;
    const colour = colourBytes(MESH_COLOURS[k % MESH_COLOURS.length]);
    for (let i = group.vertex; i < end; i++) out.set(colour, i * 4);
  });
  return out;
};
