// One chart: a canvas, a line of facts, a cross under the pointer that all charts of the page share. Dragging chooses a
// range of steps, a double click takes it back.

const CHART_HEIGHT = 168;
const EDGE = { left: 52, right: 10, top: 8, bottom: 20 };

class RunChart {
  constructor(owner, fact) {
    this.owner = owner;
    this.fact = fact;
    this.canvas = el("canvas", { tabIndex: 0, role: "img", "aria-label": `${fact.key}: ${count(fact.count)} points, last ${tidy(fact.last)}` });
    this.said = el("span", { class: "muted said" });
    this.note = el("p", { class: "muted note" });
    const wide = el("button", { class: "tool", type: "button", title: "Larger", "aria-label": `Larger: ${fact.key}`, onclick: () => this.toggle() }, icon("fit"));
    this.box = el("figure", {}, el("figcaption", {}, el("b", { class: "clip", title: fact.key }, fact.key), this.said, wide), this.canvas, this.note);
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    this.canvas.addEventListener("pointerleave", () => this.owner.point(null));
    this.canvas.addEventListener("pointerdown", (event) => this.grab(event));
    this.canvas.addEventListener("pointerup", (event) => this.release(event));
    this.canvas.addEventListener("dblclick", () => this.owner.setRange(null, null));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.say(null);
  }

  toggle() {
    this.box.toggleAttribute("data-wide");
    this.load();
  }

  get height() {
    return this.box.hasAttribute("data-wide") ? Math.max(CHART_HEIGHT, Math.min(480, innerHeight - 260)) : CHART_HEIGHT;
  }

  async load() {
    const width = Math.max(120, Math.floor(this.canvas.clientWidth || this.box.clientWidth - 2));
    const { range } = this.owner;
    const query = new URLSearchParams({ id: this.owner.id, key: this.fact.key, width: String(width) });
    if (range.from !== null) query.set("from", String(range.from));
    if (range.to !== null) query.set("to", String(range.to));
    const wanted = query.toString();
    this.wanted = wanted;
    const answer = await fetch(`/api/run/series?${wanted}`);
    const data = await answer.json();
    if (this.wanted !== wanted) return; // asked again meanwhile
    if (data.error) {
      this.note.textContent = `${data.error.subject}: ${data.error.problem}. ${data.error.remedy}`;
      this.box.dataset.error = "true";
      return;
    }
    this.data = data;
    this.draw();
  }

  notes() {
    const { n, of, undrawn, low } = this.data;
    const parts = [];
    if (low) parts.push(`${count(n)} of ${count(of)} points, because a pixel shows the least, the mean and the greatest of its own; drag to look closer`);
    if (undrawn) parts.push(`${count(undrawn)} NaN or infinite, marked below the line`);
    if (this.owner.log && this.below) parts.push(`${count(this.below)} at or below zero have no place on a logarithmic axis`);
    return parts.join(" · ");
  }

  draw() {
    if (!this.data) return;
    const ratio = devicePixelRatio || 1;
    const width = this.canvas.clientWidth || 300;
    const { height } = this;
    this.canvas.style.height = `${height}px`;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const pen = this.canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    this.scales(width, height);
    const style = getComputedStyle(this.box);
    this.colours = { line: style.getPropertyValue("--line"), muted: style.getPropertyValue("--muted"), accent: style.getPropertyValue("--accent"), warn: style.getPropertyValue("--warn") };
    pen.font = `11px ${style.fontFamily}`;
    this.grid(pen, width, height);
    if (this.x) {
      this.band(pen);
      this.curve(pen);
      this.lost(pen, height);
      this.cross(pen, height);
    }
    this.note.textContent = this.notes();
    this.box.dataset.ready = String(this.data.n);
  }

  scales(width, height) {
    const { x, y, low, high } = this.data;
    const usable = (value) => value !== null && (!this.owner.log || value > 0);
    const shown = [...(low ?? y), ...(high ?? y)].filter(usable);
    this.below = this.owner.log ? y.filter((value) => value !== null && value <= 0).length : 0;
    this.x = null;
    if (!x.length || !shown.length) return;
    const least = shown.reduce((a, b) => Math.min(a, b));
    const most = shown.reduce((a, b) => Math.max(a, b));
    const margin = this.owner.log ? 0 : (most - least) * 0.05;
    this.x = new Scale(this.owner.range.from ?? x[0], this.owner.range.to ?? x.at(-1), EDGE.left, width - EDGE.right);
    this.y = new Scale(least - margin, most + margin, height - EDGE.bottom, EDGE.top, this.owner.log);
  }

  grid(pen, width, height) {
    pen.fillStyle = this.colours.muted;
    pen.strokeStyle = this.colours.line;
    pen.lineWidth = 1;
    if (!this.x) {
      pen.textAlign = "center";
      pen.fillText(this.owner.log ? "nothing above zero in this range" : "nothing that can be drawn in this range", width / 2, height / 2);
      return;
    }
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const value of this.y.ticks(height / 48)) {
      const at = Math.round(this.y.place(value)) + 0.5;
      pen.beginPath();
      pen.moveTo(EDGE.left, at);
      pen.lineTo(width - EDGE.right, at);
      pen.stroke();
      pen.fillText(tidy(value), EDGE.left - 6, at);
    }
    pen.textBaseline = "alphabetic";
    pen.textAlign = "center";
    for (const value of this.x.ticks(width / 90)) {
      if (!Number.isInteger(value)) continue;
      pen.fillText(count(value), Math.min(width - 16, Math.max(EDGE.left, this.x.place(value))), height - 5);
    }
  }

  // The least and the greatest of each pixel, behind the mean.
  band(pen) {
    const { x, low, high } = this.data;
    if (!low) return;
    pen.strokeStyle = this.colours.accent;
    pen.globalAlpha = 0.3;
    pen.beginPath();
    for (let i = 0; i < x.length; i++) {
      if (this.owner.log && high[i] <= 0) continue;
      const at = this.x.place(x[i]);
      pen.moveTo(at, this.y.place(this.owner.log ? Math.max(low[i], 10 ** this.y.a) : low[i]) + 0.5);
      pen.lineTo(at, this.y.place(high[i]) - 0.5);
    }
    pen.stroke();
    pen.globalAlpha = 1;
  }

  curve(pen) {
    const { x, y } = this.data;
    const line = (values, alpha, width) => {
      pen.globalAlpha = alpha;
      pen.lineWidth = width;
      pen.strokeStyle = this.colours.accent;
      pen.fillStyle = this.colours.accent;
      pen.beginPath();
      let drawing = false;
      for (let i = 0; i < x.length; i++) {
        const usable = values[i] !== null && (!this.owner.log || values[i] > 0);
        if (usable) {
          const [left, top] = [this.x.place(x[i]), this.y.place(values[i])];
          if (drawing) pen.lineTo(left, top);
          else pen.moveTo(left, top);
          const alone = !drawing && (i + 1 === x.length || values[i + 1] === null);
          if (alone || x.length <= 40) pen.fillRect(left - 1.5, top - 1.5, 3, 3);
        }
        drawing = usable;
      }
      pen.stroke();
      pen.globalAlpha = 1;
    };
    this.line = smoothed(y, this.owner.smoothing);
    if (this.owner.smoothing) line(y, 0.28, 1);
    line(this.line, 1, 1.5);
  }

  lost(pen, height) {
    pen.fillStyle = this.colours.warn;
    for (const step of this.data.marks) pen.fillRect(this.x.place(step) - 0.5, height - EDGE.bottom - 5, 1.5, 5);
  }

  cross(pen, height) {
    const { pointed, chosen } = this.owner;
    if (chosen && chosen.chart === this) {
      pen.fillStyle = this.colours.accent;
      pen.globalAlpha = 0.12;
      pen.fillRect(Math.min(chosen.start, chosen.end), EDGE.top, Math.abs(chosen.end - chosen.start), height - EDGE.top - EDGE.bottom);
      pen.globalAlpha = 1;
    }
    const at = pointed === null ? -1 : this.nearest(pointed);
    this.say(at);
    if (at < 0) return;
    const left = this.x.place(this.data.x[at]);
    pen.strokeStyle = this.colours.muted;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(Math.round(left) + 0.5, EDGE.top);
    pen.lineTo(Math.round(left) + 0.5, height - EDGE.bottom);
    pen.stroke();
    const value = this.line[at];
    if (value === null || (this.owner.log && value <= 0)) return;
    pen.fillStyle = this.colours.accent;
    pen.beginPath();
    pen.arc(left, this.y.place(value), 3, 0, 7);
    pen.fill();
  }

  nearest(step) {
    const { x } = this.data;
    let [low, high] = [0, x.length - 1];
    if (high < 0) return -1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (x[middle] < step) low = middle;
      else high = middle;
    }
    return Math.abs(x[low] - step) <= Math.abs(x[high] - step) ? low : high;
  }

  say(at) {
    const { fact } = this;
    if (at === null || at < 0 || !this.data) {
      this.said.textContent = `${tidy(fact.last)}`;
      this.said.title = `last ${tidy(fact.last)}, least ${tidy(fact.least)}, greatest ${tidy(fact.most)}, ${count(fact.count)} points`;
      return;
    }
    const { x, y, low, high } = this.data;
    const step = Number.isInteger(x[at]) ? count(x[at]) : `≈ ${count(Math.round(x[at]))}`;
    const spread = low ? ` (${tidy(low[at])} to ${tidy(high[at])})` : "";
    this.said.textContent = `step ${step}: ${y[at] === null ? "NaN" : tidy(y[at])}${spread}${this.owner.smoothing && y[at] !== null ? `, smoothed ${tidy(this.line[at])}` : ""}`;
  }

  move(event) {
    if (!this.x) return;
    const chosen = this.owner.chosen;
    if (chosen?.chart === this) chosen.end = event.offsetX;
    this.owner.point(this.x.value(event.offsetX));
  }

  grab(event) {
    if (!this.x || event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.owner.chosen = { chart: this, start: event.offsetX, end: event.offsetX };
  }

  release() {
    const { chosen } = this.owner;
    this.owner.chosen = null;
    if (!chosen || chosen.chart !== this) return;
    const [a, b] = [this.x.value(Math.min(chosen.start, chosen.end)), this.x.value(Math.max(chosen.start, chosen.end))];
    if (Math.abs(chosen.end - chosen.start) < 6) this.owner.point(this.owner.pointed);
    else this.owner.setRange(Math.floor(a), Math.ceil(b));
  }

  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !this.x) return;
    event.preventDefault();
    event.stopPropagation();
    const at = this.owner.pointed === null ? 0 : this.nearest(this.owner.pointed) + step;
    this.owner.point(this.data.x[Math.min(this.data.x.length - 1, Math.max(0, at))]);
  }
}
