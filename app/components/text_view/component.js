// Text with its line numbers and a search, or a small table.

const PART_BYTES = 512 * 1024;
const MARKED_AT_ONCE = 1000;

class TextView {
  constructor(root, signal) {
    this.root = root;
    this.signal = signal;
    this.address = new ViewAddress(["find"]);
    this.input = el("input", { type: "search", placeholder: "Search the text", "aria-label": "Search the text", spellcheck: false, autocomplete: "off" });
    this.amount = el("output", { class: "muted" });
    this.part = el("span", { class: "muted part" });
    this.more = el("button", { class: "tool", type: "button", onclick: () => this.loadMore() });
    this.wrap = el("button", { class: "tool", type: "button", "aria-pressed": "false", title: "Wrap long lines", onclick: () => this.setWrap() }, "Wrap");
    const step = (label, title, by) => el("button", { class: "tool", type: "button", title, onclick: () => this.next(by) }, label);
    this.bar = el("div", { class: "bar", hidden: true }, icon("find"), this.input, this.amount, step("‹", "Match before", -1), step("›", "Next match (Enter)", 1), el("span", { class: "gap" }), this.part, this.more, this.wrap);
    this.box = el("div", { class: "sheet", tabIndex: 0 });
    root.append(el("div", { class: "frame" }, this.bar, this.box));
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") this.next(event.shiftKey ? -1 : 1);
      if (event.key === "Escape") this.input.blur();
    });
  }

  update(data) {
    this.data = { ...data };
    this.bar.hidden = data.kind === "table";
    this.hits = [];
    if (data.kind === "table") this.box.replaceChildren(this.table(data));
    else this.showText(data);
    this.box.dataset.kind = data.kind;
    this.box.dataset.ready = data.language ?? "";
  }

  // -- text --------------------------------------------------------------------------------------------------------

  showText({ text, language }) {
    this.pieces = new TextPieces(language !== "hex" && language !== "array");
    this.pieces.add(text);
    this.box.replaceChildren(this.pieces.root);
    this.tellPart();
    const { find = "" } = this.address.read();
    this.input.value = find;
    if (find) this.search();
  }

  tellPart() {
    const { used, size } = this.data;
    const isPart = used !== undefined && used < size;
    this.part.textContent = isPart ? `${count(used)} of ${count(size)} bytes, because a long text comes in parts` : "";
    this.part.title = this.part.textContent;
    this.more.hidden = !isPart;
    this.more.textContent = isPart ? `Next ${count(Math.min(PART_BYTES, size - used))}` : "";
    this.box.dataset.used = String(used ?? "");
  }

  async loadMore() {
    const { url, used, size, encoding } = this.data;
    const end = Math.min(size, used + PART_BYTES);
    this.more.disabled = true;
    try {
      const answer = await fetch(url, { headers: { Range: `bytes=${used}-${end - 1}` }, signal: this.signal });
      if (!answer.ok) throw new Error((await answer.text()).trim());
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const whole = this.wholeCharacters(bytes, encoding, end === size);
      this.pieces.add(new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes.subarray(0, whole)));
      this.data.used = used + whole;
      this.tellPart();
      if (this.input.value) this.search({ quiet: true });
    } catch (error) {
      if (!this.signal.aborted) this.part.textContent = error.message;
    } finally {
      this.more.disabled = false;
    }
  }

  // How many of the bytes are whole characters: one that the end of the part cuts comes with the next.
  wholeCharacters(bytes, encoding, isLast) {
    if (isLast || !bytes.length) return bytes.length;
    if (encoding.startsWith("utf-16")) {
      const even = bytes.length & ~1;
      const high = bytes[even - (encoding === "utf-16-le" ? 1 : 2)];
      return high >= 0xd8 && high <= 0xdb ? even - 2 : even;
    }
    if (encoding !== "utf-8") return bytes.length;
    let start = bytes.length - 1;
    while (start > bytes.length - 4 && (bytes[start] & 0xc0) === 0x80) start -= 1;
    const need = bytes[start] >= 0xf0 ? 4 : bytes[start] >= 0xe0 ? 3 : bytes[start] >= 0xc0 ? 2 : 1;
    return start + need > bytes.length ? start : bytes.length;
  }

  setWrap() {
    const on = this.box.toggleAttribute("data-wrap");
    this.wrap.setAttribute("aria-pressed", String(on));
  }

  // -- search ------------------------------------------------------------------------------------------------------

  search({ quiet = false } = {}) {
    const word = this.input.value;
    this.address.write({ find: word });
    this.hits = this.pieces.find(word);
    this.at = -1;
    this.box.dataset.hits = String(this.hits.length);
    this.mark();
    if (this.hits.length && !quiet) this.next(1);
    else this.amount.textContent = word ? (this.hits.length ? count(this.hits.length) : "no match") : "";
  }

  mark() {
    if (!CSS.highlights) return;
    const length = this.input.value.length;
    const ranges = this.hits.slice(0, MARKED_AT_ONCE).map((hit) => this.pieces.range(hit, length));
    CSS.highlights.set("vitrina-found", new Highlight(...ranges));
    CSS.highlights.delete("vitrina-now");
  }

  next(step) {
    if (!this.hits.length) return;
    this.at = (this.at + step + this.hits.length) % this.hits.length;
    const range = this.pieces.range(this.hits[this.at], this.input.value.length);
    if (CSS.highlights) CSS.highlights.set("vitrina-now", new Highlight(range));
    this.pieces.root.children[Math.floor(this.hits[this.at][0] / LINES_A_PIECE)].scrollIntoView({ block: "nearest" });
    const place = range.getBoundingClientRect();
    const view = this.box.getBoundingClientRect();
    this.box.scrollTop += place.top - view.top - view.height / 2;
    if (place.left > view.right - 40 || place.left < view.left + 60) this.box.scrollLeft += place.left - view.left - view.width / 2;
    this.amount.textContent = `${count(this.at + 1)} of ${count(this.hits.length)}`;
  }

  // -- table -------------------------------------------------------------------------------------------------------

  table({ columns, rows }) {
    const numeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => row[i] === undefined || row[i] === "" || Number.isFinite(Number(row[i]))));
    const cell = (tag, text, i) => el(tag, { class: numeric[i] ? "number" : null }, text);
    return el(
      "table",
      {},
      el("thead", {}, el("tr", {}, columns.map((name, i) => cell("th", name, i)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((text, i) => cell("td", text, i))))),
    );
  }

  destroy() {
    this.address.cancel();
    CSS.highlights?.delete("vitrina-found");
    CSS.highlights?.delete("vitrina-now");
  }
}

export default mountView(TextView);
