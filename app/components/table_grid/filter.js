// The filter: one expression, checked by the server; column names are offered while it is typed.

const FILTER_WORDS = ["and", "or", "not", "in", "like", "ilike", "between", "is null", "is not null", "contains", "starts_with", "regexp_matches", "length", "lower", "abs", "round", "isnan", "year"];

class TableFilter {
  constructor(table) {
    this.table = table;
    this.input = el("input", { class: "mono", type: "text", spellcheck: false, autocomplete: "off", "aria-label": "Filter: one condition", placeholder: "Filter" });
    this.clear = el("button", { class: "tool", type: "button", title: "Clear the filter", "aria-label": "Clear the filter" }, icon("cross"));
    this.list = el("div", { class: "offers", hidden: true, role: "listbox" });
    this.root = el("div", { class: "filter" }, icon("find"), this.input, this.clear, this.list);
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("input", () => this.offer());
    this.input.addEventListener("blur", () => setTimeout(() => { this.list.hidden = true; }, 120));
    this.clear.addEventListener("click", () => this.apply(""));
  }

  draw() {
    const text = this.table.address.get("q");
    if (this.input.value !== text && !this.list.matches(":hover")) this.input.value = text;
    this.clear.hidden = !this.input.value;
    const numbers = this.table.columns.all.filter((column) => column.kind === "number");
    const numeric = numbers.find((column) => /double|float/.test(column.label)) ?? numbers[0];
    const word = this.table.columns.all.find((column) => column.kind === "text" && column.side !== "join");
    const example = [numeric && `${numeric.written} > 0.5`, word && `${word.written} = 'cat'`].filter(Boolean).join(" and ");
    this.input.placeholder = example ? `Filter, as in: ${example}` : "Filter";
  }

  apply(text) {
    this.input.value = text;
    this.list.hidden = true;
    this.table.setFilter(text);
  }

  word() {
    const before = this.input.value.slice(0, this.input.selectionStart);
    if ((before.match(/'/g) ?? []).length % 2) return "";
    return before.match(/[A-Za-z_][\w.]*$/)?.[0] ?? "";
  }

  offer() {
    this.clear.hidden = !this.input.value;
    const word = this.word();
    const names = this.table.columns.all.filter((column) => column.name.toLowerCase().includes(word.toLowerCase())).map((column) => column.written);
    const words = FILTER_WORDS.filter((item) => item.startsWith(word.toLowerCase()));
    const found = word ? [...names, ...words].filter((item) => item !== word).slice(0, 8) : [];
    this.list.hidden = !found.length;
    this.chosen = -1;
    this.list.replaceChildren(...found.map((name) => {
      const option = el("div", { class: "offer mono", role: "option" }, name);
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.take(name);
      });
      return option;
    }));
  }

  take(name) {
    const at = this.input.selectionStart;
    const start = at - this.word().length;
    this.input.setRangeText(`${name} `, start, at, "end");
    this.list.hidden = true;
  }

  key(event) {
    event.stopPropagation();
    const offers = this.list.hidden ? [] : [...this.list.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      if (offers.length) this.list.hidden = true;
      else this.table.view.focus();
    } else if (step && offers.length) {
      this.chosen = (this.chosen + step + offers.length + (this.chosen < 0 && step < 0 ? 1 : 0)) % offers.length;
      offers.forEach((offer, at) => offer.setAttribute("aria-selected", String(at === this.chosen)));
    } else if ((event.key === "Tab" || event.key === "Enter") && offers[this.chosen]) this.take(offers[this.chosen].textContent);
    else if (event.key === "Enter") this.apply(this.input.value.trim());
    else return;
    event.preventDefault();
  }
}
