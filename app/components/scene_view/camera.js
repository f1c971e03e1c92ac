// Where the scene is seen from: a target, two angles, a distance. Lengths are in units of the buffer, in which the
// scene is about 2 wide.

const VIEWS = { front: [0, 0], side: [90, 0], top: [0, 90], oblique: [35, 24] };

const ROOM = 0.84; // share of the stage that the scene takes
const FIELD = (40 * Math.PI) / 180; // vertical field of view

class Camera {
  constructor() {
    this.width = 1;
    this.height = 1;
    this.frameScene(null);
    this.up = "z";
    this.ortho = false;
    this.home();
  }

  // Half the edges of the box about the scene; one place is seen as if it were something.
  frameScene(half) {
    const [x, y, z] = half && V.length(half) > 0 ? half : [0.6, 0.6, 0.6];
    this.radius = V.length([x, y, z]);
    this.corners = [...Array(8).keys()].map((i) => [i & 4 ? x : -x, i & 2 ? y : -y, i & 1 ? z : -z]);
  }

  home() {
    [this.yaw, this.pitch] = VIEWS.oblique;
    this.fit();
  }

  // All corners of the box about the scene are seen, with room for the scales.
  fit() {
    this.target = [0, 0, 0];
    this.distance = this.fitDistance();
  }

  fitDistance() {
    const { right, above, back } = this.axes();
    const high = Math.tan(FIELD / 2) * ROOM;
    const wide = (high * this.width) / this.height;
    const needed = this.corners.map((corner) => {
      const size = Math.max(Math.abs(V.dot(corner, right)) / wide, Math.abs(V.dot(corner, above)) / high);
      return size + (this.ortho ? 0 : V.dot(corner, back));
    });
    return Math.max(...needed, this.radius * 1.05);
  }

  look(name) {
    [this.yaw, this.pitch] = VIEWS[name];
    this.fit();
  }

  turn(dx, dy) {
    this.yaw = ((((this.yaw - dx) % 360) + 540) % 360) - 180;
    this.pitch = Math.max(-90, Math.min(90, this.pitch + dy));
  }

  zoomBy(factor) {
    this.distance = Math.max(this.radius * 1e-4, Math.min(this.radius * 100, this.distance * factor));
  }

  // Moves the target by pixels of the stage.
  pan(dx, dy) {
    const unit = this.pixelSize();
    const { right, above } = this.axes();
    this.target = V.add(this.target, V.add(V.scale(right, -dx * unit), V.scale(above, dy * unit)));
  }

  // Length of a pixel at the target.
  pixelSize() {
    return (2 * this.distance * Math.tan(FIELD / 2)) / this.height;
  }

  axes() {
    const [yaw, pitch] = [(this.yaw * Math.PI) / 180, (this.pitch * Math.PI) / 180];
    const right = [Math.cos(yaw), 0, -Math.sin(yaw)];
    const back = [Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch)];
    const turned = ([x, y, z]) => (this.up === "z" ? [x, -z, y] : [x, y, z]);
    return { right: turned(right), above: turned(V.cross(back, right)), back: turned(back) };
  }

  eye() {
    return V.add(this.target, V.scale(this.axes().back, this.distance));
  }

  view() {
    const { right: r, above: a, back: b } = this.axes();
    const eye = this.eye();
    return [r[0], a[0], b[0], 0, r[1], a[1], b[1], 0, r[2], a[2], b[2], 0, -V.dot(r, eye), -V.dot(a, eye), -V.dot(b, eye), 1];
  }

  projection() {
    const reach = this.radius * 2.2 + V.length(this.target);
    const aspect = this.width / this.height;
    const far = this.distance + reach;
    if (this.ortho) {
      const high = this.distance * Math.tan(FIELD / 2);
      const near = this.distance - reach;
      return [1 / (high * aspect), 0, 0, 0, 0, 1 / high, 0, 0, 0, 0, -2 / (far - near), 0, 0, 0, -(far + near) / (far - near), 1];
    }
    const near = Math.max(this.distance - reach, this.distance * 2e-3);
    const t = 1 / Math.tan(FIELD / 2);
    return [t / aspect, 0, 0, 0, 0, t, 0, 0, 0, 0, (far + near) / (near - far), -1, 0, 0, (2 * far * near) / (near - far), 0];
  }

  matrix() {
    return multiply(this.projection(), this.view());
  }

  // Start and direction of what is seen at a pixel.
  ray(x, y) {
    const { right, above, back } = this.axes();
    const unit = this.pixelSize();
    const across = V.add(V.scale(right, (x - this.width / 2) * unit), V.scale(above, (this.height / 2 - y) * unit));
    if (this.ortho) return { from: V.add(this.eye(), across), along: V.scale(back, -1) };
    return { from: this.eye(), along: V.unit(V.sub(across, V.scale(back, this.distance))) };
  }

  // A place on the stage in pixels, and its depth; null behind the eye.
  project(place, matrix = this.matrix()) {
    const [x, y, z, w] = toClip(matrix, place);
    if (w <= 0) return null;
    return { x: (x / w + 1) * 0.5 * this.width, y: (1 - y / w) * 0.5 * this.height, depth: z / w };
  }

  // As text for the address: angles in degrees, distance and target in units of the scene's radius.
  toText() {
    const r = this.radius;
    const numbers = [this.yaw, this.pitch, this.distance / r, ...this.target.map((value) => value / r)];
    return numbers.map((value) => String(Number(value.toFixed(4)) + 0)).join(",");
  }

  // False if the text is none of ours.
  fromText(text) {
    const numbers = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
    if (numbers.length !== 6 || !numbers.every(Number.isFinite)) return false;
    const [yaw, pitch, distance, ...target] = numbers;
    if (Math.abs(pitch) > 90 || distance <= 0 || distance > 100 || target.some((value) => Math.abs(value) > 100)) return false;
    Object.assign(this, { yaw, pitch, distance: distance * this.radius, target: V.scale(target, this.radius) });
    return true;
  }
}
