// What is under the pointer: the nearest point, the face that is hit, the box that is pointed at.

const PICK_RADIUS = 10; // pixels
const MAX_PICK_FACES = 1500000;

// Of the points that are drawn within reach the one in front; else the one closest to the pointer.
const pickPoint = (scene, camera, x, y, pointSize, colours) => {
  const { points } = scene;
  if (!points?.n) return null;
  const m = camera.matrix();
  const [w, h] = [camera.width / 2, camera.height / 2];
  const close = Math.max(pointSize / 2, 1.5);
  const best = { i: -1, depth: Infinity, near: PICK_RADIUS * PICK_RADIUS, isOn: false };
  const { xyz } = points;
  for (let i = 0, k = 0; i < points.n; i++, k += 3) {
    const [px, py, pz] = [xyz[k], xyz[k + 1], xyz[k + 2]];
    const cw = m[3] * px + m[7] * py + m[11] * pz + m[15];
    if (cw <= 0) continue;
    const dx = ((m[0] * px + m[4] * py + m[8] * pz + m[12]) / cw + 1) * w - x;
    if (dx > PICK_RADIUS || dx < -PICK_RADIUS) continue;
    const dy = (1 - (m[1] * px + m[5] * py + m[9] * pz + m[13]) / cw) * h - y;
    const away = dx * dx + dy * dy;
    if (away > PICK_RADIUS * PICK_RADIUS || (colours && colours[i * 4 + 3] === 0)) continue;
    const depth = (m[2] * px + m[6] * py + m[10] * pz + m[14]) / cw;
    const isOn = away <= close * close;
    if (isOn ? !best.isOn || depth < best.depth : !best.isOn && away < best.near) Object.assign(best, { i, depth, near: away, isOn });
  }
  return best.i < 0 ? null : { i: best.i, place: [...xyz.subarray(best.i * 3, best.i * 3 + 3)], depth: best.depth };
};

// The first face that a ray hits, after Möller and Trumbore (1997).
const pickFace = (scene, ray) => {
  const { mesh } = scene;
  if (!mesh?.faces || mesh.faces > MAX_PICK_FACES) return null;
  const { xyz, index } = mesh;
  const [ox, oy, oz] = ray.from;
  const [dx, dy, dz] = ray.along;
  let [best, face] = [Infinity, -1];
  for (let i = 0; i < index.length; i += 3) {
    const [a, b, c] = [index[i] * 3, index[i + 1] * 3, index[i + 2] * 3];
    const [ax, ay, az] = [xyz[a], xyz[a + 1], xyz[a + 2]];
    const [ux, uy, uz] = [xyz[b] - ax, xyz[b + 1] - ay, xyz[b + 2] - az];
    const [vx, vy, vz] = [xyz[c] - ax, xyz[c + 1] - ay, xyz[c + 2] - az];
    const [px, py, pz] = [dy * vz - dz * vy, dz * vx - dx * vz, dx * vy - dy * vx];
    const det = ux * px + uy * py + uz * pz;
    if (det === 0) continue;
    const [tx, ty, tz] = [ox - ax, oy - ay, oz - az];
    const u = (tx * px + ty * py + tz * pz) / det;
    if (u < 0 || u > 1) continue;
    const [qx, qy, qz] = [ty * uz - tz * uy, tz * ux - tx * uz, tx * uy - ty * ux];
    const v = (dx * qx + dy * qy + dz * qz) / det;
    if (v < 0 || u + v > 1) continue;
    const t = (vx * qx + vy * qy + vz * qz) / det;
    if (t > 0 && t < best) [best, face] = [t, i / 3];
  }
  if (face < 0) return null;
  return { face, place: V.add(ray.from, V.scale(ray.along, best)), group: mesh.groups.find((item) => face * 3 >= item.start && face * 3 < item.start + item.count) };
};

// The nearest box that a ray goes through: cut by the three pairs of its faces, whichever way it is turned.
const pickBox = (scene, state, ray) => {
  let [best, found] = [Infinity, null];
  for (const box of scene.boxes) {
    if (!isBoxShown(box, state)) continue;
    let [near, far] = [-Infinity, Infinity];
    for (const bit of [4, 2, 1]) {
      const edge = V.sub(box.places[bit], box.places[0]);
      const others = [4, 2, 1].filter((other) => other !== bit).map((other) => V.sub(box.places[other], box.places[0]));
      const across = V.cross(others[0], others[1]);
      const size = V.dot(across, edge);
      const [start, along] = [V.dot(across, V.sub(ray.from, box.places[0])), V.dot(across, ray.along)];
      if (Math.abs(along) < 1e-15) {
        if ((size > 0 && (start < 0 || start > size)) || (size < 0 && (start > 0 || start < size))) near = Infinity;
        continue;
      }
      const [one, two] = [-start / along, (size - start) / along].sort((a, b) => a - b);
      [near, far] = [Math.max(near, one), Math.min(far, two)];
    }
    if (near <= far && far > 0 && near < best) [best, found] = [near, box];
  }
  return found;
};
