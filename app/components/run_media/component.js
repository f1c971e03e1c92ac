// One slider over all steps with values; each key shows what it had then, or last before. The step stands in the address.

class RunMedia {
  constructor(root, signal) {
    this.address = new ViewAddress(["step", "mq"]);
    this.given = this.address.read();
    this.search = el("input", { type: "search", placeholder: "Search keys", "aria-label": "Search keys", value: this.given.mq ?? "", spellcheck: false });
    this.search.addEventListener("input", () => {
      this.address.write({ mq: this.search.value });
      this.show();
    });
    this.slider = el("input", { type: "range", min: 0, max: 0, step: 1, "aria-label": "Step" });
    this.slider.addEventListener("input", () => this.choose(Number(this.slider.value)));
    this.at = el("output");
    this.list = el("div");
    this.said = el("span", { class: "muted" });
    this.box = el("div", {}, el("div", { class: "bar" }, this.search, el("label", {}, "Step", this.slider, this.at), this.said), this.list);
    root.append(this.box);
    root.addEventListener("click", followInPage, { signal });
  }

  async update({ id }) {
    this.id = id;
    this.said.textContent = "Reading the history …";
    const data = await (await fetch(`/api/run/keys?${new URLSearchParams({ id })}`)).json();
    if (data.error) {
      this.said.textContent = `${data.error.subject}: ${data.error.problem}. ${data.error.remedy}`;
      this.box.dataset.error = "true";
      return;
    }
    this.keys = data.media;
    this.texts = data.texts;
    this.steps = [...new Set(this.keys.flatMap((item) => item.steps))].sort((a, b) => a - b);
    const wanted = Number(this.given.step);
    const last = this.steps.length - 1;
    const found = this.given.step === undefined || !Number.isFinite(wanted) ? last : this.steps.findLastIndex((step) => step <= wanted);
    this.index = Math.max(0, found);
    Object.assign(this.slider, { max: Math.max(0, last), value: this.index, disabled: last < 1 });
    this.show();
  }

  choose(index) {
    this.index = index;
    this.address.write({ step: index === this.steps.length - 1 ? "" : this.steps[index] });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fill(), 60);
    this.at.textContent = count(this.steps[index]);
  }

  show() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ key }) => words.every((word) => key.toLowerCase().includes(word));
    this.rows = this.keys.filter(fits).map((item) => ({ ...item, strip: el("div", { class: "strip" }), note: el("span", { class: "muted" }) }));
    const texts = this.texts.filter(fits).map(({ key, count: total, rows }) => this.text(key, total, rows));
    this.list.replaceChildren(...this.rows.map((row) => el("section", { "aria-label": row.key }, el("h3", {}, row.key, row.note), row.strip)), ...texts);
    this.at.textContent = this.steps.length ? count(this.steps[this.index]) : "–";
    this.said.textContent = `${count(this.rows.length)} of ${count(this.keys.length)} keys, values at ${count(this.steps.length)} steps`;
    this.fill();
    this.box.dataset.ready = String(this.rows.length);
  }

  text(key, total, rows) {
    const lines = rows.map(([step, text]) => el("tr", {}, el("td", { class: "muted" }, count(step)), el("td", {}, text)));
    const cut = total > rows.length ? `${count(rows.length)} of ${count(total)} texts, the last ones` : "";
    return el("section", { "aria-label": key }, el("h3", {}, key, el("span", { class: "muted" }, cut)), el("table", {}, el("tbody", {}, lines)));
  }

  fill() {
    const step = this.steps[this.index];
    for (const row of this.rows) {
      const at = row.steps.findLast((own) => own <= step) ?? row.steps[0];
      if (row.at === at) continue;
      row.at = at;
      this.load(row, at).catch((error) => (row.note.textContent = error.message));
    }
  }

  async load(row, step) {
    const data = await (await fetch(`/api/run/media?${new URLSearchParams({ id: this.id, key: row.key, step: String(step) })}`)).json();
    if (row.at !== step) return;
    if (data.error) {
      row.note.textContent = `${data.error.subject}: ${data.error.problem}. ${data.error.remedy}`;
      return;
    }
    const cut = data.of > data.items.length ? `, ${count(data.items.length)} of ${count(data.of)} values; the table of the step has all` : "";
    row.note.textContent = `step ${count(data.step)}${cut}`;
    row.strip.replaceChildren(...data.items.map((item) => this.item(item)));
    row.strip.dataset.ready = String(data.items.length);
  }

  item({ type, icon: sign, caption, preview, href }) {
    const shown = el("span", { class: "preview" });
    if (preview) {
      const picture = el("img", { src: preview, alt: caption || type, decoding: "async", loading: "lazy" });
      picture.addEventListener("error", () => picture.replaceWith(icon(sign)));
      shown.append(picture);
    } else shown.append(icon(sign));
    return el("a", { class: "item", href, title: caption || type }, shown, el("span", { class: "clip muted" }, caption || type));
  }
}

export default mountView(RunMedia);
