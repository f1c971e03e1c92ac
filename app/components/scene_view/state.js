// What the page remembers in its address: camera, colours, sizes, filters. What equals the first view is left out, and
// what cannot be read is said and ignored.

const STATE_KEYS = ["camera", "colour", "range", "point", "shade", "edges", "up", "lens", "grid", "names", "sides", "off", "score", "classes"];

const escapeItem = (text) => text.replace(/[\\,]/g, "\\$&");
const splitItems = (text) => (text.match(/(?:\\[\s\S]|[^\\,])+/g) ?? []).map((part) => part.replace(/\\([\s\S])/g, "$1"));

class SceneState {
  constructor(scene, modes) {
    this.scene = scene;
    this.modes = modes;
    this.first = this.firstView();
    Object.assign(this, structuredClone(this.first));
    this.ignored = [];
  }

  firstView() {
    const n = this.scene.points?.n ?? 0;
    const point = n < 200 ? 8 : n < 3000 ? 5 : n < 30000 ? 3 : n < 300000 ? 2 : 1.5;
    const shade = this.scene.mesh?.smooth ? "smooth" : "flat";
    return {
      colour: this.modes[0].id, range: "all", point, shade, edges: "off", up: this.scene.up, lens: "perspective", grid: true, names: true, sides: true,
      off: [], score: null, classes: [],
    };
  }

  // Reads the address into this state and the camera.
  read(camera) {
    const given = new URLSearchParams(location.search);
    const choices = {
      colour: this.modes.map((mode) => mode.id), shade: ["smooth", "flat", "unlit"], edges: ["off", "over", "only"], up: ["y", "z"],
      lens: ["perspective", "orthographic"], range: ["all", "middle"],
    };
    const ignore = (key) => this.ignored.push(`${key}=${given.get(key).slice(0, 40)}`);
    for (const [key, allowed] of Object.entries(choices)) {
      if (given.has(key)) allowed.includes(given.get(key)) ? (this[key] = given.get(key)) : ignore(key);
    }
    for (const key of ["grid", "names", "sides"]) {
      if (given.has(key)) ["0", "1"].includes(given.get(key)) ? (this[key] = given.get(key) === "1") : ignore(key);
    }
    const number = (key, low, high) => {
      if (!given.has(key)) return;
      const value = given.get(key).trim() === "" ? NaN : Number(given.get(key));
      value >= low && value <= high ? (this[key] = value) : ignore(key);
    };
    number("point", 0.5, 24);
    number("score", -Infinity, Infinity);
    if (given.has("off")) this.off = this.known(given.get("off"), this.scene.labels().map((item) => item.label), () => ignore("off"));
    const classes = this.scene.points?.columns[0]?.categories?.map((item) => String(item.value)) ?? [];
    if (given.has("classes")) this.classes = this.known(given.get("classes"), classes, () => ignore("classes"));
    Object.assign(camera, { up: this.up, ortho: this.lens === "orthographic" });
    if (given.has("camera") && !camera.fromText(given.get("camera"))) ignore("camera");
  }

  // A label without text is written as two quotation marks.
  known(text, names, complain) {
    const items = splitItems(text).map((item) => (item === '""' ? "" : item));
    const found = items.filter((item) => names.includes(item));
    if (found.length < items.length) complain();
    return found;
  }

  // Writes what differs from the first view.
  write(camera, cameraChanged) {
    const query = new URLSearchParams(location.search);
    for (const key of STATE_KEYS) query.delete(key);
    const put = (key, value) => query.set(key, value);
    for (const key of ["colour", "range", "point", "shade", "edges", "up", "lens"]) if (this[key] !== this.first[key]) put(key, this[key]);
    for (const key of ["grid", "names", "sides"]) if (!this[key]) put(key, "0");
    for (const key of ["off", "classes"]) if (this[key].length) put(key, this[key].map((item) => escapeItem(item === "" ? '""' : item)).join(","));
    if (this.score !== null) put("score", this.score);
    if (cameraChanged) put("camera", camera.toText());
    const text = (value) => encodeURIComponent(value).replace(/%(3A|2F|40|2C|20)/gi, (code) => (code === "%20" ? "+" : decodeURIComponent(code)));
    const href = `${location.pathname}?${[...query.entries()].map(([key, value]) => `${key}=${text(value)}`).join("&")}`;
    if (href !== location.pathname + location.search) history.replaceState(history.state, "", href);
  }
}
