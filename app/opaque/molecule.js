// Drives 3Dmol in an opaque frame. Everything it draws came by message; everything it says goes to the one window that
// holds the frame. The text of a molecule is a stranger's: it is read by 3Dmol and shown by nothing else.
"use strict";

const MOST_HOVERED = 100_000; // atoms that can be pointed at; each costs a shape
const MOST_SURFACED = 20_000; // atoms below a surface: some seconds of work
const MOST_LABELS = 400;
const PALETTE = [0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xd55e00, 0xf0e442, 0x7f7f7f, 0x6a3d9a, 0xb15928, 0x1b9e77, 0xe7298a];
const VIRIDIS = [0x440154, 0x414487, 0x2a788e, 0x22a884, 0x7ad151, 0xfde725];
const WATER = new Set(["HOH", "WAT", "SOL", "DOD", "TIP3", "H2O"]);

const say = (kind, rest = {}) => parent.postMessage({ kind, ...rest }, "*");
const stage = document.getElementById("stage");
let viewer = null;
let models = [];
let atoms = [];
let facts = {};
let state = {};
let labels = [];
let picked = [];
let marks = [];

addEventListener("error", (event) => say("failed", { text: event.message }));
addEventListener("unhandledrejection", (event) => say("failed", { text: String(event.reason) }));

addEventListener("message", (event) => {
  if (event.source !== parent || event.data === null || typeof event.data !== "object") return;
  const { kind } = event.data;
  if (kind === "data") open(event.data);
  else if (viewer && Object.hasOwn(commands, kind)) commands[kind](event.data);
});

// -- reading -------------------------------------------------------------------------------------------------------

const open = ({ payload, format, state: wanted, view, isLast }) => {
  const give = (text) => say(isLast ? "failed" : "unreadable", { text });
  stage.replaceChildren();
  try {
    viewer = $3Dmol.createViewer(stage, { backgroundAlpha: 0, antialias: true, cartoonQuality: 8, hoverDuration: 60 });
    models = viewer.addModels(payload, format, { keepH: true, multimodel: true });
    for (const model of models.filter((each) => !each.selectedAtoms({}).length)) viewer.removeModel(model); // after the last mark
    models = models.filter((each) => each.selectedAtoms({}).length);
  } catch (error) {
    return give(`3Dmol cannot read it (${error.message ?? error}).`);
  }
  atoms = models.flatMap((model, index) => model.selectedAtoms({}).map((atom) => Object.assign(atom, { modelNumber: index + 1 })));
  if (!atoms.length) return give("3Dmol finds no atom in it.");
  facts = survey();
  state = possible({ ...facts.first, ...wanted });
  if (atoms.length <= MOST_HOVERED) {
    viewer.setHoverable({}, true, (atom) => say("pointed", { text: describe(atom), place: [atom.x, atom.y, atom.z] }), () => say("pointed", { text: "" }));
    viewer.setClickable({}, true, pick);
  }
  draw();
  if (Array.isArray(view) && view.length === 8 && view.every(Number.isFinite)) viewer.setView(view);
  else viewer.zoomTo(shownOnes());
  viewer.render();
  viewer.setViewChangeCallback(tellView);
  new ResizeObserver(() => viewer.resize()).observe(stage);
  requestAnimationFrame(() => say("drawn", { facts, state, legend: legend(), text: `${atoms.length} atoms` }));
  return undefined;
};

const backbone = (atom) => atom.atom === "CA" || atom.atom === "P";

const survey = () => {
  const one = atoms.filter((atom) => atom.modelNumber === 1);
  const residue = (atom) => `${atom.chain ?? ""}/${atom.resi ?? ""}${atom.icode ?? ""}/${atom.resn ?? ""}`;
  const inPolymer = new Set(one.filter((atom) => backbone(atom) && !atom.hetflag).map(residue));
  for (const atom of atoms) atom.inPolymer = inPolymer.has(residue(atom));
  const values = atoms.map((atom) => atom.b).filter((value) => Number.isFinite(value));
  const isPolymer = inPolymer.size >= 4;
  return {
    atoms: atoms.length,
    shown: one.length,
    bonds: one.reduce((total, atom) => total + atom.bonds.length, 0) / 2,
    chains: [...new Set(atoms.map((atom) => atom.chain ?? "").filter(Boolean))],
    residues: [...new Set(atoms.map((atom) => atom.resn ?? "").filter(Boolean))].sort(),
    models: models.length,
    b: values.length ? [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))] : [0, 0],
    isPolymer,
    first: { style: one.length > 50_000 ? "line" : isPolymer ? "cartoon" : "stick", color: isPolymer ? "chain" : "element", surface: false, labels: false, spin: false, model: 1 },
  };
};

// What an address asks for may not fit this molecule: then the first view's setting stands.
const possible = (wanted) => {
  const has = { chain: facts.chains.length > 0, residue: facts.residues.length > 0, bfactor: facts.b[0] < facts.b[1], element: true };
  const ignored = [];
  const take = (key, fits) => {
    if (fits) return;
    ignored.push(`${key}=${wanted[key]}`);
    wanted[key] = facts.first[key];
  };
  take("color", has[wanted.color]);
  take("style", wanted.style !== "cartoon" || facts.isPolymer);
  take("model", wanted.model <= models.length);
  facts.ignored = ignored;
  return wanted;
};

const describe = (atom) => {
  const residueName = atom.resn ? `${atom.resn}${atom.resi ?? ""}` : "";
  return [atom.atom || atom.elem, residueName, atom.chain ? `chain ${atom.chain}` : ""].filter(Boolean).join(" · ");
};

// -- drawing -------------------------------------------------------------------------------------------------------

const shownOnes = () => (state.model ? { model: models[state.model - 1] ?? models[0] } : {});

const colours = () => {
  const map = (names) => Object.fromEntries(names.map((name, index) => [name, PALETTE[index % PALETTE.length]]));
  if (state.color === "chain") return { colorscheme: { prop: "chain", map: map(facts.chains) } };
  if (state.color === "residue") return { colorscheme: { prop: "resn", map: map(facts.residues) } };
  if (state.color === "bfactor") return { colorscheme: { prop: "b", gradient: new $3Dmol.Gradient.CustomLinear(facts.b[0], facts.b[1], VIRIDIS) } };
  return { colorscheme: "Jmol" };
};

// What the colours mean: names with their colour, the commonest elements first.
const legend = () => {
  const hex = (number) => `#${(number & 0xffffff).toString(16).padStart(6, "0")}`;
  const named = (names) => names.map((name, index) => [name, hex(PALETTE[index % PALETTE.length])]);
  if (state.color === "chain") return named(facts.chains);
  if (state.color === "residue") return named(facts.residues);
  if (state.color === "bfactor") return [[String(facts.b[0]), hex(VIRIDIS[0])], [String(facts.b[1]), hex(VIRIDIS.at(-1))]];
  const elements = new Map();
  for (const { elem } of viewer.selectedAtoms(shownOnes())) elements.set(elem, (elements.get(elem) ?? 0) + 1);
  return [...elements.keys()].sort((a, b) => elements.get(b) - elements.get(a)).map((elem) => [elem, hex($3Dmol.elementColors.Jmol[elem] ?? 0xff1493)]);
};

const draw = () => {
  const colour = colours();
  const ball = { stick: { radius: 0.14, ...colour }, sphere: { scale: 0.23, ...colour } };
  const alone = (atom) => atom.bonds.length === 0;
  const styles = {
    stick: [[{}, ball]],
    sphere: [[{}, { sphere: colour }]],
    line: [[{}, { line: { linewidth: 1.5, ...colour } }], [{ predicate: alone }, { sphere: { scale: 0.12, ...colour } }]],
    cartoon: [
      [{ predicate: (atom) => atom.inPolymer }, { cartoon: { arrows: true, ...colour } }],
      [{ predicate: (atom) => !atom.inPolymer }, ball],
      [{ predicate: (atom) => WATER.has(atom.resn) }, { sphere: { scale: 0.15, ...colour } }],
    ],
  };
  viewer.setStyle({}, {});
  for (const [which, style] of styles[state.style] ?? styles.stick) viewer.setStyle({ ...shownOnes(), ...which }, style);
  drawSurface(colour);
  drawLabels();
  viewer.spin(state.spin ? "y" : false, 0.6);
  viewer.render();
};

const drawSurface = (colour) => {
  const key = state.surface ? `${state.color} ${state.model}` : "";
  if (drawSurface.key === key) return;
  drawSurface.key = key;
  viewer.removeAllSurfaces();
  if (!key) return;
  const count = viewer.selectedAtoms(shownOnes()).length;
  if (count > MOST_SURFACED) {
    say("note", { text: `no surface over ${count.toLocaleString("en-US")} atoms: it is drawn for up to ${MOST_SURFACED.toLocaleString("en-US")}` });
    return;
  }
  const done = () => say("surfaced", { text: key });
  Promise.resolve(viewer.addSurface("VDW", { opacity: 0.8, ...colour }, { ...shownOnes(), predicate: (atom) => !WATER.has(atom.resn) })).then(done, (error) => say("note", { text: `no surface (${error})` }));
};

const drawLabels = () => {
  for (const label of labels) viewer.removeLabel(label);
  labels = [];
  if (!state.labels) return;
  const shown = viewer.selectedAtoms(shownOnes());
  const anchors = facts.isPolymer ? shown.filter((atom) => atom.inPolymer && backbone(atom)) : shown;
  const look = { fontSize: 11, fontColor: "black", backgroundColor: "white", backgroundOpacity: 0.75, borderThickness: 0, inFront: true, alignment: "center" };
  labels = anchors.slice(0, MOST_LABELS).map((atom) => viewer.addLabel(facts.isPolymer ? `${atom.resn}${atom.resi}` : atom.atom || atom.elem, { ...look, position: atom }, undefined, true));
  viewer.show?.();
  if (anchors.length > MOST_LABELS) say("note", { text: `${MOST_LABELS} of ${anchors.length.toLocaleString("en-US")} labels, because more would bury the molecule` });
};

// -- pointing ------------------------------------------------------------------------------------------------------

const pick = (atom) => {
  picked = picked.length === 2 ? [atom] : [...picked.filter((other) => other !== atom), atom];
  for (const mark of marks) mark.isLabel ? viewer.removeLabel(mark.shape) : viewer.removeShape(mark.shape);
  marks = picked.map((each) => ({ shape: viewer.addSphere({ center: each, radius: 0.45, color: "#d55e00", opacity: 0.55 }) }));
  let distance = null;
  if (picked.length === 2) {
    const [from, to] = picked;
    distance = Math.hypot(from.x - to.x, from.y - to.y, from.z - to.z);
    marks.push({ shape: viewer.addCylinder({ start: from, end: to, radius: 0.07, dashed: true, color: "#d55e00" }) });
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2, z: (from.z + to.z) / 2 };
    marks.push({ isLabel: true, shape: viewer.addLabel(`${distance.toFixed(3)} Å`, { position: middle, fontSize: 13, fontColor: "white", backgroundColor: "#b24e00", backgroundOpacity: 0.9, inFront: true, alignment: "center" }) });
  }
  viewer.render();
  say("picked", { texts: picked.map(describe), distance });
};

// The address gets the place of the camera once somebody has moved it.
let viewTimer = 0;
let isMoved = false;
for (const kind of ["pointerdown", "wheel"]) stage.addEventListener(kind, () => (isMoved = true), { capture: true, passive: true });
const tellView = () => {
  clearTimeout(viewTimer);
  if (isMoved && !state.spin) viewTimer = setTimeout(() => say("view", { view: viewer.getView() }), 250);
};

const commands = {
  set({ state: changes }) {
    const model = state.model;
    state = { ...state, ...changes };
    draw();
    if (model !== state.model) viewer.zoomTo(shownOnes());
    viewer.render();
    requestAnimationFrame(() => say("changed", { state, legend: legend() }));
  },
  fit() {
    viewer.zoomTo(shownOnes());
    viewer.render();
    clearTimeout(viewTimer);
    isMoved = false;
    say("view", { view: null });
  },
  turn({ axis, degrees }) {
    isMoved = true;
    viewer.rotate(Number(degrees), axis === "x" ? "x" : "y");
  },
  zoom({ factor }) {
    isMoved = true;
    viewer.zoom(Number(factor));
  },
  snapshot() {
    viewer.render();
    say("picture", { data: viewer.pngURI() });
  },
};

say("hello");
