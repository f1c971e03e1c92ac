// The buffer of a scene, opened: arrays are views of it, nothing is copied. `app/renderers/scene_buffer.py` has the layout.

const BOX_EDGES = [];
for (let i = 0; i < 8; i++) for (const bit of [1, 2, 4]) if (!(i & bit)) BOX_EDGES.push([i, i | bit]);

class Scene {
  constructor(buffer) {
    const head = new DataView(buffer);
    if (buffer.byteLength < 8 || head.getUint32(0) !== 0x56534331) throw new Error("The scene could not be read. Load the page again.");
    const length = head.getUint32(4, true);
    Object.assign(this, JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length))));
    const view = (Type, at, size) => new Type(buffer, 8 + length + at, size);
    if (this.points) this.openPoints(view);
    if (this.mesh) this.openMesh(view);
    for (const texture of this.textures) texture.pixels = view(Uint8Array, texture.at, texture.width * texture.height * 4);
    this.boxes.forEach((box, i) => Object.assign(box, { i, places: [...Array(8).keys()].map((k) => box.corners.slice(k * 3, k * 3 + 3)) }));
    for (const vector of this.vectors) [vector.from, vector.to] = [vector.ends.slice(0, 3), vector.ends.slice(3)];
    this.isEmpty = !this.bounds;
  }

  openPoints(view) {
    const { points } = this;
    points.xyz = view(Float32Array, points.xyz, points.n * 3);
    points.rows = view(Uint32Array, points.rows, points.n);
    points.rgba = points.rgba === null ? null : view(Uint8Array, points.rgba, points.n * 4);
    for (const column of points.columns) column.values = view(Float32Array, column.at, points.n);
  }

  openMesh(view) {
    const { mesh } = this;
    mesh.xyz = view(Float32Array, mesh.xyz, mesh.vertices * 3);
    mesh.rgba = view(Uint8Array, mesh.rgba, mesh.vertices * 4);
    mesh.normals = view(Uint32Array, mesh.normals, mesh.vertices);
    mesh.uv = mesh.uv === null ? null : view(Float32Array, mesh.uv, mesh.vertices * 2);
    mesh.index = view(Uint32Array, mesh.index, mesh.faces * 3);
    if (mesh.coarse) mesh.coarse.index = view(Uint32Array, mesh.coarse.index, mesh.coarse.faces * 3);
  }

  // A place of the buffer in the coordinates of the file.
  world(place) {
    return place.map((value, axis) => value * this.scale + this.center[axis]);
  }

  // The same for one coordinate.
  worldAt(value, axis) {
    return value * this.scale + this.center[axis];
  }

  local(value, axis) {
    return (value - this.center[axis]) / this.scale;
  }

  // A length of the file in units of the buffer, and a number with as many digits as the scene needs.
  tell(value) {
    const fine = this.scale / 1e5;
    const digits = Math.max(0, Math.min(12, Math.ceil(-Math.log10(fine || 1))));
    if (Math.abs(value) >= 1e15 || (value !== 0 && Math.abs(value) < 1e-12)) return value.toExponential(4);
    return Number(value.toFixed(digits)).toLocaleString("en-US", { maximumFractionDigits: digits });
  }

  labels() {
    const found = new Map();
    for (const box of this.boxes) {
      const entry = found.get(box.label) ?? { label: box.label, colour: box.colour, count: 0, visible: true };
      entry.count += 1;
      found.set(box.label, entry);
    }
    return [...found.values()].sort((a, b) => b.count - a.count || a.label.localeCompare(b.label));
  }
}
