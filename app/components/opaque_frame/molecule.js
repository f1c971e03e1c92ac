// What a molecule can be asked for: style, colour, surface, labels, spin, model; the atom under the pointer, a distance,
// a picture. The frame draws; here are the controls, the address, and what the frame says, as text.

const MOLECULE_STYLES = { cartoon: "Cartoon", stick: "Stick", sphere: "Sphere", line: "Line" };
const MOLECULE_COLOURS = { element: "Element", chain: "Chain", residue: "Residue", bfactor: "B-factor" };
const MOST_COLOURS = 24; // more than these nobody tells apart

class MoleculeControls {
  constructor(stage, say) {
    this.stage = stage;
    this.say = say;
    const choose = (label, options, key) =>
      el("label", { class: "choose" }, el("span", { class: "muted" }, label), el("select", { "aria-label": label, onchange: (event) => this.set({ [key]: event.target.value }) }, Object.entries(options).map(([value, text]) => el("option", { value }, text))));
    const toggle = (label, key) => el("button", { class: "tool toggle", type: "button", "data-key": key, onclick: () => this.set({ [key]: !this.state?.[key] }) }, label);
    this.style = choose("Style", MOLECULE_STYLES, "style");
    this.colour = choose("Colour", MOLECULE_COLOURS, "color");
    this.model = el("label", { class: "choose", hidden: true }, el("span", { class: "muted" }, "Model"), el("select", { "aria-label": "Model", onchange: (event) => this.set({ model: Number(event.target.value) }) }));
    this.toggles = [toggle("Surface", "surface"), toggle("Labels", "labels"), toggle("Spin", "spin")];
    const action = (label, key, kind, name) => el("button", { class: "tool", type: "button", title: key ? `${label} (${key})` : label, "aria-label": label, onclick: () => this.say({ kind }) }, icon(name));
    this.root = el("div", { class: "rights molecule" }, this.style, this.colour, this.model, this.toggles, action("Fit", "F", "fit", "fit"), action("Save picture", "", "snapshot", "image"));
    this.pointed = el("div", { class: "pill readout", hidden: true });
    this.counts = el("div", { class: "pill counts", hidden: true });
    this.legend = el("div", { class: "pill legend", "aria-label": "Legend", hidden: true });
    this.overlay = [this.pointed, this.counts, this.legend];
  }

  // The state that the address asks for; the frame decides the rest by what it finds.
  asked() {
    const state = {};
    const ignored = [];
    const take = (key, isKnown, read = (text) => text) => {
      const text = addressState.get(key);
      if (text === null) return;
      if (isKnown(text)) state[key] = read(text);
      else ignored.push(`${key}=${text.slice(0, 40)}`);
    };
    take("style", (text) => Object.hasOwn(MOLECULE_STYLES, text));
    take("color", (text) => Object.hasOwn(MOLECULE_COLOURS, text));
    for (const key of ["surface", "labels", "spin"]) take(key, (text) => text === "1", () => true);
    take("model", (text) => /^\d{1,6}$/.test(text), Number);
    const view = addressState.get("camera")?.split(",").map(Number);
    this.ignored = ignored;
    return { state, view: view?.length === 8 && view.every(Number.isFinite) ? view : null };
  }

  set(changes) {
    this.say({ kind: "set", state: changes });
  }

  message({ kind, facts, state, legend, text, texts, distance, view, data, place }) {
    if (Array.isArray(legend)) this.explain(legend);
    if (kind === "drawn") this.drawn(facts, state);
    else if (kind === "changed") this.show(state, { told: true });
    else if (kind === "pointed") this.point(messageText(text, 80), place);
    else if (kind === "picked") this.pick(texts, distance);
    else if (kind === "note") this.tell(messageText(text));
    else if (kind === "surfaced") this.stage.dataset.surface = messageText(text, 80);
    else if (kind === "view" && view === null) addressState.set("camera", null);
    else if (kind === "view" && Array.isArray(view)) addressState.set("camera", view.slice(0, 8).map((number) => Number(Number(number).toFixed(3))).join(","));
    else if (kind === "picture") savePicture(messageText(data, 50_000_000), `${this.name}.png`);
  }

  drawn(facts, state) {
    const number = (value) => (Number.isFinite(value) ? count(value) : "?");
    const names = Array.isArray(facts?.chains) ? facts.chains : [];
    const models = Number(facts?.models) || 1;
    this.stage.dataset.atoms = String(Number(facts?.atoms));
    const select = this.model.querySelector("select");
    select.replaceChildren(...Array.from({ length: Math.min(models, 2000) }, (_, i) => el("option", { value: i + 1 }, `${i + 1} of ${count(models)}`)), el("option", { value: 0 }, "all"));
    this.model.hidden = models < 2;
    const noFactor = !Array.isArray(facts?.b) || !(facts.b[0] < facts.b[1]);
    for (const [value, off] of [["bfactor", noFactor], ["chain", names.length === 0], ["residue", !facts?.residues?.length]]) this.colour.querySelector(`option[value=${value}]`).disabled = off;
    this.style.querySelector("option[value=cartoon]").disabled = !facts?.isPolymer;
    this.summary = [`${number(facts?.shown)} atoms`, `${number(facts?.bonds)} bonds`, names.length ? `${count(names.length)} ${names.length === 1 ? "chain" : "chains"}` : ""].filter(Boolean).join(" · ");
    const ignored = [...(this.ignored ?? []), ...(Array.isArray(facts?.ignored) ? facts.ignored.map((text) => messageText(text, 60)) : [])];
    if (this.reason) this.tell(`${this.reason} Drawn by its atoms alone, bonds by distance · ${this.summary}`);
    else if (ignored.length) this.tell(`${ignored.join(", ")} was ignored, because this molecule has no such setting · ${this.summary}`);
    else this.tell(this.summary);
    this.show(state);
  }

  show(state, { told = false } = {}) {
    if (state === null || typeof state !== "object") return;
    this.first ??= state;
    this.state = state;
    for (const [box, key] of [[this.style, "style"], [this.colour, "color"], [this.model, "model"]]) box.querySelector("select").value = String(state[key]);
    for (const button of this.toggles) button.setAttribute("aria-pressed", String(Boolean(state[button.dataset.key])));
    this.stage.dataset.state = `${state.style} ${state.color} ${state.model}`;
    if (!told) return;
    for (const key of ["style", "color", "model"]) addressState.set(key, messageText(state[key], 20));
    for (const key of ["surface", "labels", "spin"]) addressState.set(key, state[key] ? "1" : null);
  }

  explain(legend) {
    const known = legend.filter((item) => Array.isArray(item) && /^#[0-9a-f]{6}$/.test(item[1]));
    const rows = known.slice(0, MOST_COLOURS).map(([name, colour]) => el("span", { class: "meaning" }, el("i", { class: "swatch", style: { "--colour": colour } }), messageText(name, 20)));
    const rest = known.length > MOST_COLOURS && el("span", { class: "muted" }, `${MOST_COLOURS} of ${count(known.length)}`);
    this.legend.replaceChildren(...rows, ...(rest ? [rest] : []));
    this.legend.hidden = rows.length === 0;
  }

  point(text, place) {
    const numbers = Array.isArray(place) ? place.slice(0, 3).map((value) => Number(value).toFixed(3)) : [];
    this.pointed.replaceChildren(text, ...(numbers.length && text ? [el("span", { class: "muted" }, ` ${numbers.join(", ")} Å`)] : []));
    this.pointed.hidden = !text;
    this.pointed.dataset.text = text;
  }

  pick(texts, distance) {
    const names = Array.isArray(texts) ? texts.map((text) => messageText(text, 80)) : [];
    const amount = Number.isFinite(distance) ? `${Number(distance).toFixed(3)} Å` : "click another atom for the distance";
    this.tell(names.length ? `${names.join(" – ")}: ${amount}` : this.summary);
    this.stage.dataset.distance = Number.isFinite(distance) ? String(distance) : "";
  }

  tell(text) {
    this.counts.textContent = text;
    this.counts.hidden = !text;
  }

  key(event) {
    const turns = { ArrowLeft: ["y", -10], ArrowRight: ["y", 10], ArrowUp: ["x", -10], ArrowDown: ["x", 10] };
    if (event.shiftKey && turns[event.key]) this.say({ kind: "turn", axis: turns[event.key][0], degrees: turns[event.key][1] });
    else if (event.key === "f") this.say({ kind: "fit" });
    else if (event.key === "+" || event.key === "-") this.say({ kind: "zoom", factor: event.key === "+" ? 1.25 : 0.8 });
    else return false;
    return true;
  }
}

// The frame gives a picture as a data address; it is taken apart here, so that nothing but a PNG file is ever saved.
const savePicture = (address, name) => {
  const prefix = "data:image/png;base64,";
  if (!address.startsWith(prefix)) return;
  const bytes = Uint8Array.from(atob(address.slice(prefix.length)), (letter) => letter.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};
