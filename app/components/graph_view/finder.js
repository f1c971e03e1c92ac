// Finds a node by its name, also in closed modules: these are opened on the way to it.

const MAX_FOUND = 40;

class Finder {
  // load() gives {names, modules}; choose(node, modulePath) goes there.
  constructor(load, choose) {
    this.load = load;
    this.choose = choose;
    this.input = el("input", { type: "search", placeholder: "Find a node", "aria-label": "Find a node", spellcheck: false, autocomplete: "off" });
    this.list = el("div", { class: "found", role: "listbox", hidden: true });
    this.root = el("div", { class: "pill finder" }, icon("find"), this.input, this.list);
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => (this.list.hidden = true), 150));
    this.input.addEventListener("focus", () => this.input.value && this.search());
  }

  async search() {
    this.index ??= await this.load();
    const words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { names, modules } = this.index;
    this.hits = [];
    let total = 0;
    if (words.length) {
      names.forEach((name, node) => {
        const text = name.toLowerCase();
        if (!words.every((word) => text.includes(word))) return;
        total += 1;
        if (this.hits.length < MAX_FOUND) this.hits.push([node, modules[node]]);
      });
    }
    this.at = 0;
    const rows = this.hits.map(([node], i) => el("button", { class: "hit clip", type: "button", role: "option", "aria-selected": String(i === 0), title: names[node], onclick: () => this.take(i) }, names[node]));
    const rest = total > MAX_FOUND ? el("p", { class: "muted" }, `${MAX_FOUND} of ${count(total)}, because the list is short`) : !total && words.length ? el("p", { class: "muted" }, "No node has such a name.") : null;
    this.list.replaceChildren(...rows, ...(rest ? [rest] : []));
    this.list.hidden = !words.length;
    this.root.dataset.found = String(total);
  }

  take(i) {
    const hit = this.hits?.[i];
    if (!hit) return;
    this.list.hidden = true;
    this.choose(...hit);
  }

  key(event) {
    event.stopPropagation();
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move && this.hits?.length) {
      event.preventDefault();
      this.at = (this.at + move + this.hits.length) % this.hits.length;
      [...this.list.querySelectorAll(".hit")].forEach((row, i) => {
        row.setAttribute("aria-selected", String(i === this.at));
        if (i === this.at) row.scrollIntoView({ block: "nearest" });
      });
    } else if (event.key === "Enter") this.take(this.at);
    else if (event.key === "Escape") {
      if (this.input.value) {
        this.input.value = "";
        this.search();
      } else this.input.blur();
    }
  }
}
