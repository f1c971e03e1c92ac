// The view as it stands in the address: what is copied shows the same elsewhere. Only what differs from a fresh view is
// written, and always in place of what was there, so Back is the previous object and never the previous slider.
//
//   l=NAME;off;opacity=0.3;outline;hide=1,2;show=0;only=3;colour=3:ff0000      one for each layer that was changed
//   l=NAME;nolabels;noscores;fill;ge:score=0.5;le:loss=2                       the same for boxes
//   win=LOW,HIGH   tone=BRIGHTNESS,CONTRAST   src=values   at=ZOOM,X,Y   loupe=1

const escapePart = (text) => String(text).replace(/[\\;,:=]/g, "\\$&");
const unescapePart = (text) => text.replace(/\\([\s\S])/g, "$1");

// Parts of a text between separators that are not escaped; the parts stay escaped.
const splitAt = (text, separator) => {
  const parts = [""];
  for (const [token] of text.matchAll(/\\[\s\S]|[\s\S]/g)) {
    if (token === separator) parts.push("");
    else parts[parts.length - 1] += token;
  }
  return parts;
};

const numbersOf = (text, amount) => {
  const found = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  return found.length === amount && found.every(Number.isFinite) ? found : null;
};

// -- one layer -------------------------------------------------------------------------------------------------------

const encodeClasses = (layer) => {
  const kinds = [...layer.classes.values()];
  const list = (found) => found.map(({ id }) => escapePart(id)).join(",");
  const parts = [];
  const off = kinds.filter((kind) => !kind.visible && !kind.hidden);
  const on = kinds.filter((kind) => kind.visible && kind.hidden);
  const seen = kinds.filter((kind) => kind.visible);
  if (off.length > 3 && seen.length < off.length) parts.push(`only=${list(seen)}`);
  else {
    if (off.length) parts.push(`hide=${list(off)}`);
    if (on.length) parts.push(`show=${list(on)}`);
  }
  const coloured = kinds.filter((kind) => kind.colour !== kind.own);
  if (coloured.length) parts.push(`colour=${coloured.map(({ id, colour }) => `${escapePart(id)}:${colour.slice(1)}`).join(",")}`);
  return parts;
};

// What of a layer differs from its first view, as text; "" where nothing does.
const encodeLayer = (layer) => {
  const parts = [];
  const isMask = layer instanceof MaskLayer;
  if (!layer.visible) parts.push("off");
  if (isMask && layer.opacity !== 0.5) parts.push(`opacity=${layer.opacity}`);
  if (layer.style !== (isMask ? "fill" : "outline")) parts.push(layer.style);
  if (!isMask) {
    if (!layer.labels) parts.push("nolabels");
    if (!layer.numbers) parts.push("noscores");
    for (const [name, { sign, at }] of layer.filters) parts.push(`${sign}:${escapePart(name)}=${at}`);
  }
  parts.push(...encodeClasses(layer));
  return parts.length ? [escapePart(layer.spec.name), ...parts].join(";") : "";
};

const decodeClasses = (layer, key, text) => {
  const problems = [];
  const byText = new Map([...layer.classes.values()].map((kind) => [String(kind.id), kind]));
  const kindOf = (part) => byText.get(unescapePart(part)) ?? (problems.push(`class ${unescapePart(part)}, which is not here`), null);
  if (key === "only") for (const kind of byText.values()) kind.visible = false;
  for (const part of text === "" ? [] : splitAt(text, ",")) {
    const [id, colour] = splitAt(part, ":");
    const kind = kindOf(id);
    if (!kind) continue;
    if (key !== "colour") kind.visible = key !== "hide";
    else if (/^[0-9a-f]{6}$/i.test(colour ?? "")) kind.colour = `#${colour.toLowerCase()}`;
    else problems.push(`colour “${colour ?? ""}”, which is not six hexadecimal digits`);
  }
  return problems;
};

// Brings a fresh layer to a state; returns what could not be understood.
const decodeLayer = (layer, parts) => {
  const problems = [];
  const isMask = layer instanceof MaskLayer;
  for (const part of parts) {
    const [key, value] = splitAt(part, "=");
    const [sign, score] = splitAt(key, ":");
    const number = value === undefined || value.trim() === "" ? NaN : Number(value);
    if (key === "off") layer.visible = false;
    else if (key === "fill" || key === "outline") layer.style = key;
    else if (["hide", "show", "only", "colour"].includes(key) && value !== undefined) problems.push(...decodeClasses(layer, key, value));
    else if (isMask && key === "opacity" && number >= 0 && number <= 1) layer.opacity = number;
    else if (!isMask && key === "nolabels") layer.labels = false;
    else if (!isMask && key === "noscores") layer.numbers = false;
    else if (!isMask && score !== undefined && sign in SIGNS && layer.scoreNames.includes(unescapePart(score)) && Number.isFinite(number)) {
      layer.filters.set(unescapePart(score), { sign, at: number });
    } else problems.push(`“${part}”`);
  }
  layer.changed();
  return problems;
};

// Layers to states, by the names that stand in the address (`key` "l"); returns what was ignored, one text each.
const restoreLayers = (layers, texts) => {
  const ignored = [];
  for (const text of texts) {
    const [name, ...parts] = splitAt(text, ";");
    const layer = layers.find(({ spec }) => spec.name === unescapePart(name));
    if (!layer) ignored.push(`layer “${unescapePart(name)}”, which this picture does not have`);
    else ignored.push(...decodeLayer(layer, parts).map((problem) => `${problem} (layer ${layer.spec.name})`));
  }
  return ignored;
};

// -- the picture -----------------------------------------------------------------------------------------------------

const encodeTone = (pixels) => {
  const { window, brightness, contrast } = pixels.tone;
  return {
    src: pixels.source === "values" && pixels.spec.url ? "values" : "",
    win: window ? window.join(",") : "",
    tone: brightness !== 0 || contrast !== 1 ? `${brightness},${contrast}` : "",
  };
};

const restoreTone = (pixels, { src, win, tone }) => {
  const ignored = [];
  if (src) {
    if (src === "values" && pixels.hasChoice) pixels.draw("values");
    else ignored.push(`src “${src}”`);
  }
  const window = win ? numbersOf(win, 2) : null;
  if (window && window[0] < window[1]) pixels.tone.set({ window });
  else if (win) ignored.push(`window “${win}”, which is not two numbers, the lower first`);
  const found = tone ? numbersOf(tone, 2) : null;
  if (found && Math.abs(found[0]) <= 1 && found[1] >= 0 && found[1] <= 16) pixels.tone.set({ brightness: found[0], contrast: found[1] });
  else if (tone) ignored.push(`brightness and contrast “${tone}”`);
  return ignored;
};

const encodeView = (view) => {
  if (view.mode === "fit") return "";
  const { zoom, x, y } = view.state();
  return [Number(zoom.toPrecision(5)), Number(x.toFixed(2)), Number(y.toFixed(2))].join(",");
};

const restoreView = (view, text) => {
  const found = text ? numbersOf(text, 3) : null;
  if (found && found[0] > 0) view.restore({ zoom: found[0], x: found[1], y: found[2] });
  return text && !(found && found[0] > 0) ? [`place “${text}”`] : [];
};

// -- the address -----------------------------------------------------------------------------------------------------

const WRITE_AFTER_MS = 120; // browsers refuse an address that changes with every step of a slider

class Address {
  // keys: the parameters that are ours; those that may stand several times are lists.
  constructor(keys, lists = []) {
    this.keys = keys;
    this.lists = lists;
  }

  get isFresh() {
    const query = new URLSearchParams(location.search);
    return !this.keys.some((key) => query.has(key));
  }

  read() {
    const query = new URLSearchParams(location.search);
    return Object.fromEntries(this.keys.map((key) => [key, this.lists.includes(key) ? query.getAll(key) : query.get(key) ?? ""]));
  }

  // What the page shows, without what is ours: a write that comes too late for it is dropped.
  place() {
    const query = new URLSearchParams(location.search);
    for (const key of this.keys) query.delete(key);
    return `${location.pathname}?${query}`;
  }

  // Writes the state that `make` gives, soon.
  write(make) {
    clearTimeout(this.timer);
    const place = this.place();
    this.timer = setTimeout(() => place === this.place() && this.writeNow(make()), WRITE_AFTER_MS);
  }

  writeNow(state) {
    const query = new URLSearchParams(location.search);
    for (const key of this.keys) query.delete(key);
    const text = (value) => encodeURIComponent(value).replace(/%(3A|3B|3D|2F|40|2C|20)/gi, (code) => (code === "%20" ? "+" : decodeURIComponent(code)));
    const own = this.keys.flatMap((key) => [state[key] ?? ""].flat().filter((value) => value !== "").map((value) => [key, value]));
    const href = `${location.pathname}?${[...query.entries(), ...own].map(([key, value]) => `${key}=${text(value)}`).join("&")}`.replace(/\?$/, "");
    if (href !== location.pathname + location.search) history.replaceState(history.state, "", href);
  }

  stop() {
    clearTimeout(this.timer);
  }
}
