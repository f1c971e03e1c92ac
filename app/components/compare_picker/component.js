// Two forms: name, version, entry. Names come over HTTP and are offered while one types.

const ask = async (what, query = {}) => (await fetch(`/api/compare/${what}?${new URLSearchParams(query)}`)).json();

let fields = 0;

class SideChoice {
  constructor(role, changed) {
    this.role = role;
    this.changed = changed;
    const id = (fields += 1);
    this.names = el("datalist", { id: `names-${id}` });
    this.entries = el("datalist", { id: `entries-${id}` });
    const input = (label, list) => {
      const field = el("input", { type: "text", "aria-label": `${label}, ${role}`, spellcheck: false, autocomplete: "off" });
      field.setAttribute("list", list.id);
      return field;
    };
    this.name = input("Artifact or run", this.names);
    this.name.placeholder = "Artifact or run";
    this.version = el("select", { "aria-label": `Version, ${role}` });
    this.entry = input("Entry", this.entries);
    this.entry.placeholder = "Whole version, or one entry";
    this.note = el("p", { class: "muted note" });
    const row = (text, field) => el("label", { class: "field" }, el("span", { class: "muted" }, text), field);
    this.box = el("fieldset", { class: `choice ${role}` }, el("legend", {}, role === "old" ? "Old" : "New"), row("Artifact", this.name), row("Version", this.version), row("Entry", this.entry), this.note, this.names, this.entries);
    this.name.addEventListener("change", () => this.choose());
    this.version.addEventListener("change", () => this.listEntries());
    this.entry.addEventListener("input", () => this.changed());
  }

  setNames({ artifacts, runs, of }) {
    this.runs = new Map(runs);
    this.names.replaceChildren(...artifacts.map((name) => el("option", { value: name })), ...runs.map(([id, name]) => el("option", { value: id, label: `run ${name}` })));
    const shown = artifacts.length + runs.length;
    this.note.textContent = of > shown ? `${count(shown)} of ${count(of)} names are offered, because the list is long: any can be typed` : "";
  }

  // Fills in what the address names: the version first, then what stands behind it.
  async fill(text) {
    const name = text.split("/")[0].replace(/[:@][^:@]*$/, "");
    this.name.value = this.runs.has(text) ? text : name || text;
    await this.choose(text);
  }

  async choose(wanted = "") {
    const name = this.name.value.trim();
    const isRun = this.runs.has(name);
    this.version.disabled = this.entry.disabled = isRun || !name;
    const { versions } = name && !isRun ? await ask("versions", { name }) : { versions: [] };
    this.version.replaceChildren(...(versions ?? []).map(([ref, version, aliases]) => el("option", { value: ref }, [version, ...aliases.filter((alias) => alias !== version)].join(" · "))));
    const ref = wanted && (versions ?? []).map(([one]) => one).find((one) => wanted === one || wanted.startsWith(`${one}/`));
    if (ref) this.version.value = ref;
    this.entry.value = ref ? wanted.slice(ref.length + 1) : "";
    this.box.classList.toggle("unknown", Boolean(name) && !isRun && !(versions ?? []).length);
    await this.listEntries();
  }

  async listEntries() {
    const ref = this.version.value;
    const { entries } = ref ? await ask("entries", { ref }) : { entries: [] };
    this.entries.replaceChildren(...(entries ?? []).map((name) => el("option", { value: name })));
    this.changed();
  }

  get isRun() {
    return this.runs?.has(this.name.value.trim()) ?? false;
  }

  get value() {
    if (this.isRun) return this.name.value.trim();
    const entry = this.entry.value.trim();
    return this.version.value ? (entry ? `${this.version.value}/${entry}` : this.version.value) : "";
  }
}

class ComparePicker {
  constructor(root) {
    this.button = el("button", { class: "go", type: "submit", disabled: true }, icon("compare"), "Compare");
    this.sides = ["old", "new"].map((role) => new SideChoice(role, () => this.check()));
    this.form = el("form", { class: "picker" }, el("h1", {}, "Compare"), el("p", { class: "muted" }, "Two versions, two entries or two runs: what differs, the worst first."), el("div", { class: "both" }, this.sides.map((side) => side.box)), this.button);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.button.disabled) go(this.href());
    });
    root.append(this.form);
  }

  async update({ a, b, single }) {
    delete this.form.dataset.ready;
    const names = await ask("names");
    for (const side of this.sides) side.setNames(names);
    await this.sides[0].fill(a || (b ? "" : single));
    await this.sides[1].fill(b || (a ? "" : single));
    this.guess(a, b);
    this.check();
    this.form.dataset.ready = "true";
  }

  // With one version chosen, the other side begins at the version beside it.
  guess(a, b) {
    const [left, right] = this.sides;
    if ((a && left.isRun) || (b && right.isRun)) return;
    if (a && !b) {
      right.name.value = left.name.value;
      right.choose().then(() => {
        right.entry.value = left.entry.value;
        this.check();
      });
    } else if (b && !a) {
      left.name.value = right.name.value;
      left.choose().then(() => {
        const at = [...left.version.options].findIndex((option) => option.value === right.version.value);
        if (at >= 0 && at + 1 < left.version.options.length) left.version.selectedIndex = at + 1;
        left.entry.value = right.entry.value;
        this.check();
      });
    }
  }

  check() {
    const [a, b] = this.sides.map((side) => side.value);
    const mixed = this.sides[0].isRun !== this.sides[1].isRun;
    this.button.disabled = !(a && b) || a === b || mixed;
    this.button.title = a && a === b ? "Both sides are the same" : a && b && mixed ? "A run is compared with a run" : "";
  }

  href() {
    const [a, b] = this.sides.map((side) => encodeURIComponent(side.value).replace(/%(3A|2F|40|2C)/gi, decodeURIComponent));
    return `/compare?a=${a}&b=${b}`;
  }
}

export default mountView(ComparePicker);
