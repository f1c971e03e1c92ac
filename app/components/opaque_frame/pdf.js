// What a PDF can be asked for: a page, a width, words. The frame draws the pages; here are the controls, the address,
// and what the frame says, as text.

const PDF_KEYS = new Set(["PageUp", "PageDown", "Home", "End", "+", "-", "w", "f"]);

class PdfControls {
  constructor(stage, say) {
    this.stage = stage;
    this.say = say;
    const tool = (label, keys, name, onclick) => el("button", { class: "tool", type: "button", title: keys ? `${label} (${keys})` : label, "aria-label": label, onclick }, name);
    const press = (key) => () => this.say({ kind: "key", key });
    this.number = el("input", { class: "number", type: "text", inputMode: "numeric", "aria-label": "Page", onchange: () => this.goTo(this.number.value) });
    this.total = el("span", { class: "amount" });
    this.scale = el("span", { class: "amount", "aria-label": "Size" });
    this.fits = { width: tool("Fit width", "W", "Width", press("w")), page: tool("Fit page", "F", "Page", press("f")) };
    this.query = el("input", { class: "find", type: "search", placeholder: "Find in the PDF", "aria-label": "Find in the PDF", maxLength: 100, onkeydown: (event) => this.typed(event) });
    this.hits = el("span", { class: "amount", role: "status" });
    this.root = el(
      "div",
      { class: "rights pdf" },
      tool("Previous page", "PageUp", icon("back"), press("PageUp")),
      this.number,
      this.total,
      tool("Next page", "PageDown", icon("forward"), press("PageDown")),
      tool("Smaller", "−", icon("minus"), press("-")),
      this.scale,
      tool("Larger", "+", icon("plus"), press("+")),
      Object.values(this.fits),
      this.query,
      this.hits,
    );
    this.counts = el("div", { class: "pill counts", role: "status", hidden: true });
    this.overlay = [this.counts];
  }

  // The state that the address asks for; the frame says what of it does not fit.
  asked() {
    const [page, zoom] = [addressState.get("page"), addressState.get("zoom")];
    const ignored = [];
    const state = { page: 1, zoom: "width" };
    if (page !== null && /^[1-9]\d{0,6}$/.test(page)) state.page = Number(page);
    else if (page !== null) ignored.push(`page=${page.slice(0, 40)}`);
    if (zoom === "page" || zoom === "width") state.zoom = zoom;
    else if (zoom !== null && Number(zoom) >= 0.1 && Number(zoom) <= 8) state.zoom = Number(zoom);
    else if (zoom !== null) ignored.push(`zoom=${zoom.slice(0, 40)}`);
    this.ignored = ignored;
    return { state };
  }

  goTo(text) {
    const page = Number(text);
    if (Number.isInteger(page) && page >= 1 && page <= this.pages) this.say({ kind: "page", page });
    else this.number.value = String(this.page);
  }

  typed(event) {
    if (event.key !== "Enter" || !this.query.value.trim()) return;
    this.hits.textContent = "…";
    this.say({ kind: "find", text: this.query.value.trim(), back: event.shiftKey });
  }

  message({ kind, pages, ignored, text, page, zoom, scale, at, total }) {
    if (kind === "drawn") {
      this.pages = Number(pages);
      this.stage.dataset.pages = String(this.pages);
      this.total.textContent = `of ${count(this.pages)}`;
      const all = [...this.ignored, ...(Array.isArray(ignored) ? ignored.map((item) => messageText(item, 60)) : [])];
      if (all.length) this.tell(`${all.join(", ")} was ignored, because this PDF has no such page or size`);
    } else if (kind === "place") this.place(Number(page), zoom, Number(scale));
    else if (kind === "painted") this.stage.dataset.painted = messageText(text, 100);
    else if (kind === "found") this.found(Number(at), Number(total));
    else if (kind === "note") this.tell(messageText(text));
  }

  place(page, zoom, scale) {
    this.page = page;
    if (document.activeElement !== this.number) this.number.value = String(page);
    this.scale.textContent = `${Math.round(scale * 100)} %`;
    for (const [name, button] of Object.entries(this.fits)) button.setAttribute("aria-pressed", String(zoom === name));
    this.stage.dataset.page = String(page);
    this.stage.dataset.scale = String(scale);
    addressState.set("page", page === 1 ? null : String(page));
    addressState.set("zoom", zoom === "width" ? null : messageText(zoom, 8));
  }

  found(at, total) {
    this.hits.textContent = total ? `${count(at)} of ${count(total)}` : "not found";
    this.stage.dataset.found = `${at} ${total}`;
  }

  tell(text) {
    this.counts.textContent = text;
    this.counts.hidden = !text;
  }

  key(event) {
    if (!PDF_KEYS.has(event.key)) return false;
    this.say({ kind: "key", key: event.key });
    return true;
  }
}
