// The rows: ten thousand are quick, because only those near the window are elements.

const ROW_HEIGHT = 52;
const AHEAD = 12;

const entryAddress = (ref, path) => {
  const readable = (text) => encodeURIComponent(text).replace(/%(3A|2F|40|2C)/g, decodeURIComponent);
  return `/entry?ref=${readable(ref)}&path=${readable(path)}`;
};

class ValueRows {
  constructor() {
    this.rows = [];
    this.space = el("div", { class: "space" });
    this.box = el("div", { class: "rows", role: "list", tabIndex: 0, "aria-label": "Values, worst first" }, this.space);
    this.box.addEventListener("scroll", () => this.draw(), { passive: true });
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.box);
  }

  destroy() {
    this.sizes.disconnect();
  }

  update(rows) {
    this.rows = rows;
    this.space.style.setProperty("height", `${rows.length * ROW_HEIGHT}px`);
    this.shown = new Map();
    this.space.replaceChildren();
    this.box.scrollTop = 0;
    this.draw();
  }

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW_HEIGHT) - AHEAD);
    const last = Math.min(this.rows.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW_HEIGHT) + AHEAD);
    for (const [index, element] of this.shown ?? []) {
      if (index >= first && index < last) continue;
      if (element.contains(this.box.getRootNode().activeElement)) continue; // the focus is not taken away
      element.remove();
      this.shown.delete(index);
    }
    for (let index = first; index < last; index += 1) {
      if (this.shown.has(index)) continue;
      const element = this.row(this.rows[index], index);
      this.shown.set(index, element);
      this.space.append(element);
    }
  }

  row(row, index) {
    const preview = el("span", { class: "preview" });
    const picture = el("img", { alt: "", decoding: "async", draggable: false });
    picture.addEventListener("error", () => picture.replaceWith(icon(row.icon)));
    picture.src = `/api/fidelity/preview?ref=${encodeURIComponent(row.ref)}&path=${encodeURIComponent(row.path)}`;
    preview.append(picture);
    const said = row.text || row.title;
    return el(
      "a",
      { class: "row", role: "listitem", href: entryAddress(row.ref, row.path), style: { top: `${index * ROW_HEIGHT}px` }, "data-index": String(index), "data-path": row.path },
      preview,
      el("span", { class: "name" }, el("span", { class: "clip" }, row.name), el("span", { class: "muted clip" }, row.ref)),
      el("span", { class: "type muted clip" }, icon(row.icon), row.typeName),
      verdictMark(row.verdict, row.label, row.title),
      this.state(row),
      el("span", { class: "said muted clip", title: said || null }, said),
    );
  }

  state(row) {
    const parts = [];
    if (row.problems) parts.push(el("span", { class: "badge bad" }, el("i", { "aria-hidden": "true" }, "✗"), row.problems === 1 ? "1 problem" : `${count(row.problems)} problems`));
    else if (row.ago) parts.push(el("span", { class: "badge good", title: row.deep ? "Its record was measured again" : "Bytes, decoding, round trip" }, el("i", { "aria-hidden": "true" }, "✓"), `verified ${row.ago}`));
    else parts.push(el("span", { class: "badge none" }, el("i", { "aria-hidden": "true" }, "–"), row.verdict === "unknown" ? "not verified" : "recorded"));
    if (row.findings) parts.push(el("span", { class: "badge warn" }, el("i", { "aria-hidden": "true" }, "!"), row.findings === 1 ? "1 finding" : `${count(row.findings)} findings`));
    return el("span", { class: "state" }, parts);
  }

  key(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || hasModifier(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const at = Number(event.composedPath().find((node) => node.dataset?.index)?.dataset.index ?? (step > 0 ? -1 : 0));
    const next = Math.min(this.rows.length - 1, Math.max(0, at + step));
    const top = next * ROW_HEIGHT;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    if (top + ROW_HEIGHT > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = top + ROW_HEIGHT - this.box.clientHeight;
    this.draw();
    this.shown.get(next)?.focus({ preventScroll: true });
  }
}
