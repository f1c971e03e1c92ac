// A set of boxes over the picture, and which of them are shown.
//
// A score that is not filtered hides nothing. One that is shows the boxes whose score meets it; a box that has no such
// score meets nothing, as NaN does in NumPy and pandas.

// Classes have the colour, so sets of boxes are told apart by their lines: solid, dashed, dotted.
const DASHES = [[], [7, 4], [2, 3]];
const SIGNS = { ge: "≥", le: "≤" };

class BoxLayer {
  // spec: {kind: "boxes", name, xywh: [...], ids: [...], scores: {name: [number | null, …]}, captions: [...],
  // classes: [...]}; pixels of the picture
  constructor(spec, order) {
    this.spec = spec;
    this.dash = DASHES[order % DASHES.length];
    this.labelled = 0; // labels that found a place in the last frame
    this.classes = new Map(spec.classes.map(({ id, name, colour }) => [id, { id, name, own: colour, hidden: false, count: 0 }]));
    for (const id of spec.ids) this.classes.get(id).count++;
    this.scoreNames = Object.keys(spec.scores);
    this.boxes = spec.ids.map((id, index) => {
      const [x, y, width, height] = spec.xywh.slice(4 * index, 4 * index + 4);
      return { layer: this, index, kind: this.classes.get(id), x, y, width, height };
    });
    this.reset();
  }

  reset() {
    Object.assign(this, { visible: true, labels: true, numbers: true, style: "outline", opacity: 1, filters: new Map() });
    for (const kind of this.classes.values()) Object.assign(kind, { colour: kind.own, visible: true });
    this.changed();
  }

  changed() {
    this.kept = null;
  }

  async load() {}

  // Ends of the slider of a score: 0 … 1 where all scores are in it, else the scores' own.
  ends(name) {
    let [low, high] = [Infinity, -Infinity];
    for (const score of this.spec.scores[name]) if (score !== null) [low, high] = [Math.min(low, score), Math.max(high, score)];
    if (low > high || (low >= 0 && high <= 1)) return [0, 1];
    return low === high ? [low, low + 1] : [low, high];
  }

  missing(name) {
    return this.spec.scores[name].filter((score) => score === null).length;
  }

  meets(index) {
    for (const [name, { sign, at }] of this.filters) {
      const score = this.spec.scores[name][index];
      if (score === null || !(sign === "le" ? score <= at : score >= at)) return false;
    }
    return true;
  }

  // The boxes that classes and scores let through, whether the layer is on or not.
  passing() {
    this.kept ??= this.boxes.filter(({ index, kind }) => kind.visible && this.meets(index));
    return this.kept;
  }

  shown() {
    return this.visible ? this.passing() : [];
  }

  // The score that stands on the label: the first that was logged.
  score(index) {
    const name = this.scoreNames.find((found) => this.spec.scores[found][index] !== null);
    return name === undefined ? null : this.spec.scores[name][index];
  }

  name({ index, kind }) {
    return this.spec.captions[index] || kind.name || `class ${kind.id}`;
  }

  label(box) {
    const score = this.numbers ? this.score(box.index) : null;
    if (!this.labels) return score === null ? "" : shortScore(score);
    return score === null ? this.name(box) : `${this.name(box)} ${shortScore(score)}`;
  }

  // Name and all scores, for the pointer.
  told(box) {
    const scores = this.scoreNames.filter((name) => this.spec.scores[name][box.index] !== null);
    const texts = scores.map((name) => `${scores.length > 1 ? `${name} ` : ""}${shortScore(this.spec.scores[name][box.index])}`);
    return [this.name(box), ...texts].join(" ");
  }
}

const shortScore = (score) => (Math.abs(score) >= 1000 || (score !== 0 && Math.abs(score) < 0.005) ? String(Number(score.toPrecision(3))) : score.toFixed(2));

// Places for the labels of crowded boxes: above, below, inside; a label that would cover another waits for the pointer.
class LabelPlaces {
  constructor(width, height) {
    this.stage = { width, height };
    this.taken = [];
  }

  place(box, width, height) {
    const right = Math.max(0, this.stage.width - width);
    const left = Math.min(Math.max(0, box.x - 1), right);
    const candidates = [
      [left, box.y - height],
      [left, box.y + box.height],
      [left, box.y],
      [Math.min(Math.max(0, box.x + box.width - width + 1), right), box.y - height],
    ];
    for (const [x, y] of candidates) {
      if (y < 0 || y + height > this.stage.height) continue;
      const free = this.taken.every((t) => x >= t.x + t.width || x + width <= t.x || y >= t.y + t.height || y + height <= t.y);
      if (free) {
        this.taken.push({ x, y, width, height });
        return { x, y };
      }
    }
    return null;
  }
}
