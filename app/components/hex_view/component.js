// One block of a file: offsets, bytes in hex, letters. The next block is one request of a range away.

const BLOCK = 4096;
const BYTES_A_LINE = 16;

class HexView {
  constructor(root, signal) {
    this.signal = signal;
    this.address = new ViewAddress(["offset"]);
    const tool = (label, title, action) => el("button", { class: "tool", type: "button", title, onclick: action }, label);
    this.first = tool("First", "First block", () => this.go(0));
    this.before = tool("Previous", "Block before", () => this.go(this.offset - BLOCK));
    this.after = tool("Next", "Next block", () => this.go(this.offset + BLOCK));
    this.last = tool("Last", "Last block", () => this.go(this.size - 1));
    this.input = el("input", { type: "text", spellcheck: false, placeholder: "0x0", "aria-label": "Go to byte, decimal or 0x hex" });
    this.input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key !== "Enter") return;
      const text = this.input.value.trim();
      if (/^(0x[\da-f]+|\d+)$/i.test(text)) this.go(Number(text));
    });
    this.range = el("output", {});
    this.note = el("span", { class: "muted" });
    this.body = el("pre", { class: "bytes", tabIndex: 0 });
    this.box = el("div", { class: "sheet" }, el("div", { class: "bar" }, this.range, this.note, el("span", { class: "gap" }), el("label", { class: "muted" }, "byte ", this.input), this.first, this.before, this.after, this.last), this.body);
    root.append(this.box);
  }

  update({ url, size }) {
    Object.assign(this, { url, size });
    const { offset = "0" } = this.address.read();
    const isGood = /^\d{1,15}$/.test(offset) && Number(offset) < size;
    this.note.textContent = isGood ? "" : `“offset=${offset}” of the address was ignored, because the file has ${count(size)} bytes`;
    return this.load(isGood ? Number(offset) : 0);
  }

  go(offset) {
    const inside = Math.max(0, Math.min(this.size - 1, offset));
    this.note.textContent = "";
    this.address.write({ offset: inside - (inside % BLOCK) || "" });
    return this.load(inside);
  }

  async load(wanted) {
    this.offset = wanted - (wanted % BLOCK);
    const end = Math.min(this.size, this.offset + BLOCK);
    try {
      const answer = await fetch(this.url, { headers: { Range: `bytes=${this.offset}-${end - 1}` }, signal: this.signal });
      if (!answer.ok) throw new Error((await answer.text()).trim());
      this.show(new Uint8Array(await answer.arrayBuffer()), wanted);
    } catch (error) {
      if (this.signal.aborted) return;
      this.body.textContent = error.message;
      this.box.dataset.error = error.message;
      return;
    }
    this.range.textContent = `bytes ${count(this.offset)} to ${count(end - 1)} of ${count(this.size)}`;
    this.first.disabled = this.before.disabled = this.offset === 0;
    this.after.disabled = this.last.disabled = end >= this.size;
    this.box.dataset.ready = String(end - this.offset);
  }

  show(bytes, wanted) {
    const lines = [];
    for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
      const row = [...bytes.subarray(at, at + BYTES_A_LINE)];
      const hex = row.map((byte) => byte.toString(16).padStart(2, "0"));
      const left = hex.slice(0, 8).join(" ").padEnd(23);
      const right = hex.slice(8).join(" ").padEnd(23);
      const letters = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·")).join("");
      const isWanted = wanted % BLOCK !== 0 && Math.floor((wanted - this.offset) / BYTES_A_LINE) * BYTES_A_LINE === at;
      lines.push(el("div", { class: isWanted ? "row wanted" : "row" }, el("span", { class: "muted" }, (this.offset + at).toString(16).padStart(8, "0")), `  ${left}  ${right}  `, el("span", { class: "letters" }, letters)));
    }
    this.body.replaceChildren(...lines);
    const target = this.body.querySelector(".wanted");
    if (target) target.scrollIntoView({ block: "center" });
    else this.body.scrollTop = 0;
  }

  destroy() {
    this.address.cancel();
  }
}

export default mountView(HexView);
