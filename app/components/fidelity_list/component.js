// The values of all that is open, worst first. The rows come by an address of their own; filters live in the address.

const NAMES = ["verdict", "type", "artifact", "only", "text"];
const ONLY = [["", "all values"], ["problems", "with problems"], ["findings", "with findings"], ["unverified", "not verified"]];

const ago = (secs) => {
  if (secs < 60) return "just now";
  if (secs < 3600) return `${Math.floor(secs / 60)} min ago`;
  if (secs < 172_800) return `${Math.floor(secs / 3600)} h ago`;
  return `${Math.floor(secs / 86_400)} days ago`;
};

class FidelityList {
  constructor(root, signal) {
    this.signal = signal;
    this.address = new ViewAddress(NAMES);
    this.filters = { verdict: "", type: "", artifact: "", only: "", text: "", ...this.address.read() };
    this.bar = new VerdictBar((verdict) => this.set({ verdict }));
    this.list = new ValueRows();
    this.job = new VerifyControl(() => this.load(), signal);
    const choice = (name, label) => el("select", { "aria-label": label, onchange: (event) => this.set({ [name]: event.target.value }) });
    this.type = choice("type", "Type");
    this.artifact = choice("artifact", "Artifact");
    this.only = choice("only", "Which values");
    this.text = el("input", { type: "search", placeholder: "Name", "aria-label": "Name contains", value: this.filters.text, oninput: () => this.set({ text: this.text.value }) });
    this.shown = el("span", { class: "muted shown", "aria-live": "polite" }, "Reading records …");
    this.ignored = el("p", { class: "ignored", hidden: true });
    this.others = el("ul", { class: "others", hidden: true });
    this.box = el(
      "div",
      { class: "fidelity" },
      el("div", { class: "top" }, el("h1", {}, "Fidelity"), this.job.box),
      this.bar.box,
      el("div", { class: "filters" }, this.type, this.artifact, this.only, this.text, this.shown),
      this.ignored,
      this.others,
      this.list.box,
    );
    root.append(this.box);
    root.addEventListener("click", followInPage, { signal });
  }

  update() {
    this.load();
  }

  async load() {
    try {
      const answer = await fetch("/api/fidelity", { signal: this.signal });
      if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
      this.take(await answer.json());
    } catch (error) {
      if (this.signal.aborted) return;
      this.shown.textContent = `The records cannot be read: ${error.message}.`;
      this.box.dataset.error = error.message;
    }
  }

  take({ artifacts, types, rows, verified, others }) {
    this.rows = rows.map(([index, path, name, tag, verdict, label, title, state, problems, findings, text]) => ({
      ref: artifacts[index], path, name, tag, verdict, label, title, state, problems, findings, text,
      typeName: types[tag]?.[0] ?? tag,
      icon: types[tag]?.[1] ?? "file",
      ago: state && verified[index] ? ago(verified[index][0]) : "",
      deep: verified[index]?.[1] ?? false,
    }));
    const used = (name) => new Set(this.rows.map((row) => row[name]));
    const options = (all, pairs) => [["", all], ...pairs].map(([value, text]) => el("option", { value }, text));
    const tags = Object.entries(types).filter(([tag]) => used("tag").has(tag)).map(([tag, [name]]) => [tag, name]);
    this.type.replaceChildren(...options("all types", tags));
    this.artifact.replaceChildren(...options("all artifacts", artifacts.filter((name) => used("ref").has(name)).map((name) => [name, name])));
    this.only.replaceChildren(...ONLY.map(([value, text]) => el("option", { value }, text)));
    this.others.hidden = others.length === 0;
    this.others.replaceChildren(...others.map(([index, path, text]) => el("li", {}, el("b", {}, "✗ "), `${artifacts[index]}${path ? `, ${path}` : ""}: ${text}`)));
    this.forget();
    this.apply();
    delete this.box.dataset.error;
    this.box.dataset.ready = String(rows.length);
  }

  // What the address asks for and nothing has is dropped, and said.
  forget() {
    const known = {
      verdict: VERDICTS.map(([name]) => name),
      type: [...this.type.options].map((option) => option.value),
      artifact: [...this.artifact.options].map((option) => option.value),
      only: ONLY.map(([name]) => name),
    };
    const unknown = Object.keys(known).filter((name) => this.filters[name] && !known[name].includes(this.filters[name]));
    this.ignored.hidden = unknown.length === 0;
    this.ignored.textContent = unknown.map((name) => `“${name}=${this.filters[name]}” was ignored: there is no such ${name === "only" ? "choice" : name}`).join("; ");
    for (const name of unknown) this.filters[name] = "";
  }

  set(changes) {
    Object.assign(this.filters, changes);
    this.address.write(changes);
    this.apply();
  }

  apply() {
    const { verdict, type, artifact, only, text } = this.filters;
    for (const name of ["type", "artifact", "only"]) this[name].value = this.filters[name];
    const wanted = text.toLowerCase();
    const others = this.rows.filter((row) => (!type || row.tag === type) && (!artifact || row.ref === artifact) && (!wanted || `${row.name} ${row.ref}`.toLowerCase().includes(wanted)) && (!only || { problems: row.problems > 0, findings: row.findings > 0, unverified: !row.ago }[only]));
    this.bar.update(others, verdict);
    const found = verdict ? others.filter((row) => row.verdict === verdict) : others;
    this.list.update(found);
    this.shown.textContent = found.length === this.rows.length ? `${count(found.length)} values, worst first` : `${count(found.length)} of ${count(this.rows.length)} values, because of the filters`;
    this.box.dataset.shown = String(found.length);
  }

  destroy() {
    this.address.cancel();
    this.job.destroy();
    this.list.destroy();
  }
}

export default mountView(FidelityList);
