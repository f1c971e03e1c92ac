// Boxes, vectors and the measured distance as segments.

class Segments {
  constructor() {
    this.items = [];
  }

  add(from, to, colour, alpha = 255) {
    this.items.push([from, to, colour, alpha]);
  }

  // Those whose colour is close to that of the stage, in a colour that is not: they are drawn beneath, wider.
  halo(stage, ink) {
    const halo = new Segments();
    const near = ([, , colour]) => Math.hypot(...colour.map((byte, i) => byte - stage[i])) < 90;
    for (const [from, to] of this.items.filter(near)) halo.add(from, to, ink, 150);
    return halo;
  }

  // 28 bytes each: two places as float32, a colour as four bytes.
  pack() {
    const buffer = new ArrayBuffer(this.items.length * 28);
    const [numbers, bytes] = [new Float32Array(buffer), new Uint8Array(buffer)];
    this.items.forEach(([from, to, colour, alpha], i) => {
      numbers.set(from, i * 7);
      numbers.set(to, i * 7 + 3);
      bytes.set([...colour, alpha], i * 28 + 24);
    });
    return buffer;
  }
}

const isBoxShown = (box, state) => !state.off.includes(box.label) && (state.score === null || box.score === null || box.score >= state.score);

const sceneSegments = (scene, state, measured) => {
  const segments = new Segments();
  if (!state.overlaysHidden) {
    for (const box of scene.boxes) {
      if (!isBoxShown(box, state)) continue;
      const colour = colourBytes(box.colour);
      for (const [a, b] of BOX_EDGES) segments.add(box.places[a], box.places[b], colour);
    }
    for (const vector of scene.vectors) addArrow(segments, vector);
  }
  if (measured.length === 2) segments.add(measured[0], measured[1], [230, 60, 120]);
  return segments;
};

// A shaft, and a head of four barbs.
const addArrow = (segments, { from, to, colour }) => {
  const bytes = colourBytes(colour);
  segments.add(from, to, bytes);
  const along = V.sub(to, from);
  const length = V.length(along);
  if (!length) return;
  const aside = V.unit(V.cross(along, Math.abs(along[2]) < length * 0.9 ? [0, 0, 1] : [1, 0, 0]));
  const other = V.unit(V.cross(along, aside));
  const neck = V.sub(to, V.scale(along, 0.16));
  for (const direction of [aside, other]) {
    for (const sign of [1, -1]) segments.add(to, V.add(neck, V.scale(direction, sign * length * 0.07)), bytes);
  }
};
