// Finds anything by name: the server knows the names of the whole store, the dialog shows the best of them as one types.

// From so many on, lists of entries were not looked at to their end.
const LOOKED_AT = 5000;

class Finder {
  constructor(root, signal) {
    this.input = el("input", { type: "text", placeholder: "Find an artifact, a version, an entry, a run or a page", "aria-label": "Find", role: "combobox", "aria-expanded": "true", "aria-controls": "hits", spellcheck: false, autocomplete: "off" });
    this.list = el("div", { class: "hits", role: "listbox", id: "hits" });
    this.foot = el("p", { class: "muted foot", role: "status" });
    this.dialog = el("dialog", { class: "find" }, el("div", { class: "field" }, icon("find"), this.input, el("kbd", {}, "Esc")), this.list, this.foot);
    root.append(this.dialog);
    this.input.addEventListener("input", () => this.ask());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("click", (event) => {
      if (event.composedPath()[0] === this.dialog) this.dialog.close();
      else if (event.composedPath().some((node) => node instanceof HTMLAnchorElement)) this.dialog.close();
    });
    document.addEventListener("vitrina:find", () => this.open(), { signal });
  }

  setSource(source) {
    this.source = source;
  }

  open() {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.input.select();
    this.ask();
  }

  // The last question counts: answers to earlier ones that come late are dropped.
  async ask() {
    const question = this.input.value;
    this.asked = question;
    try {
      const answer = await fetch(`${this.source}&q=${encodeURIComponent(question)}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const data = await answer.json();
      if (this.asked === question) this.show(question, data);
    } catch {
      if (this.asked === question) this.foot.textContent = "The names could not be searched. Load the page again.";
    }
  }

  show(question, { hits, of, searched, artifacts }) {
    this.list.replaceChildren(
      ...hits.map(([name, kind, href, where], i) =>
        el("a", { href, class: "hit", role: "option", "aria-selected": String(i === 0) }, icon(ICONS[kind] ? kind : "file"), el("span", { class: "clip name" }, name), el("span", { class: "muted clip where" }, where)),
      ),
    );
    const all = of >= LOOKED_AT ? `at least ${count(of)}` : count(of);
    const cut = of > hits.length ? `${count(hits.length)} of ${all}, because the list is short: type more` : `${count(of)} found`;
    const waiting = question.trim() && searched < artifacts ? ` · entries of ${count(searched)} of ${count(artifacts)} artifacts searched so far` : "";
    this.foot.textContent = question.trim() ? cut + waiting : `${count(of)} pages, artifacts, versions and runs; type to search the entries too`;
    this.dialog.dataset.ready = question;
    if (waiting && this.dialog.open) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.dialog.open && this.input.value === question && this.ask(), 700);
    }
  }

  key(event) {
    const hits = [...this.list.children];
    const at = hits.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length) {
      const to = hits[(at + step + hits.length) % hits.length];
      hits[at]?.setAttribute("aria-selected", "false");
      to.setAttribute("aria-selected", "true");
      to.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && hits[at]) hits[at].click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
