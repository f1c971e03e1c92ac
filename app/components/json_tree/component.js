// A tree that is laid out as far as it is open. Texts of strangers are textContent, always.

const CHILDREN_AT_ONCE = 200;
const OPEN_AT_FIRST = 60; // lines that the first view may have without a click
const LONG_TEXT = 300;

class JsonTree {
  constructor(root, signal) {
    this.signal = signal;
    this.address = new ViewAddress(["find"]);
    this.input = el("input", { type: "search", placeholder: "Search keys and values", "aria-label": "Search keys and values", spellcheck: false, autocomplete: "off" });
    this.amount = el("output", { class: "muted" });
    const tool = (label, title, action) => el("button", { class: "tool", type: "button", title, onclick: action }, label);
    this.bar = el("div", { class: "bar" }, icon("find"), this.input, this.amount, tool("‹", "Match before", () => this.next(-1)), tool("›", "Next match (Enter)", () => this.next(1)), el("span", { class: "gap" }), tool("Close all", "Close all branches", () => this.openTo(0)), tool("Open all", "Open all branches", () => this.openTo(Infinity)));
    this.tree = el("div", { class: "tree", role: "tree", tabIndex: 0 });
    this.box = el("div", { class: "sheet" }, this.bar, this.tree);
    root.append(this.box);
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") this.next(event.shiftKey ? -1 : 1);
      if (event.key === "Escape") this.input.blur();
    });
    this.tree.addEventListener("keydown", (event) => this.walk(event));
  }

  async update(data) {
    delete this.box.dataset.ready;
    delete this.box.dataset.error;
    this.tree.setAttribute("aria-label", data.file ?? "JSON");
    let text;
    try {
      text = data.text ?? (await this.fetchText(data.url));
      this.root = data.lines ? readJsonLines(text) : JsonReader.read(text);
    } catch (error) {
      if (this.signal.aborted) return;
      this.tree.replaceChildren(el("p", { class: "muted" }, `The JSON cannot be shown as a tree: ${error.message}.`), el("pre", {}, (text ?? "").slice(0, 200_000)));
      this.box.dataset.error = error.message;
      return;
    }
    this.link(this.root, null);
    this.openFirst();
    const { find = "" } = this.address.read();
    this.input.value = find;
    if (find) this.search();
    this.box.dataset.ready = String(this.size(this.root));
  }

  async fetchText(url) {
    const answer = await fetch(url, { signal: this.signal });
    if (!answer.ok) throw new Error((await answer.text()).trim());
    return new TextDecoder().decode(await answer.arrayBuffer());
  }

  link(node, parent) {
    const pending = [[node, parent]];
    while (pending.length) {
      const [one, above] = pending.pop();
      one.above = above;
      one.shown = CHILDREN_AT_ONCE;
      for (const [key, child] of one.items ?? []) {
        child.key = key;
        pending.push([child, one]);
      }
    }
  }

  size(node) {
    return node.items?.length ?? 1;
  }

  // Opens level by level as long as the page stays short.
  openFirst() {
    let level = [this.root];
    let lines = 1;
    while (level.length) {
      lines += level.reduce((sum, node) => sum + (node.items?.length ?? 0), 0);
      if (lines > OPEN_AT_FIRST && level[0] !== this.root) break;
      for (const node of level) node.open = true;
      level = level.flatMap((node) => (node.items ?? []).map(([, child]) => child)).filter((child) => child.items);
    }
    this.draw();
  }

  openTo(depth) {
    const pending = [[this.root, 0]];
    let lines = 0;
    while (pending.length) {
      const [node, level] = pending.pop();
      node.open = level <= depth && lines < 5000;
      lines += node.open ? Math.min(node.items?.length ?? 0, node.shown) : 0;
      for (const [, child] of node.items ?? []) if (child.items) pending.push([child, level + 1]);
    }
    this.draw();
  }

  draw() {
    this.tree.replaceChildren(this.branch(this.root, 0));
    this.mark();
  }

  branch(node, depth) {
    const line = this.line(node);
    const box = el("div", { class: "branch", role: "none" }, line);
    node.line = line;
    if (node.items && node.open) box.append(this.children(node, depth));
    return box;
  }

  children(node, depth) {
    const box = el("div", { class: "children", role: "group" });
    const fill = (from) => {
      for (const [, child] of node.items.slice(from, node.shown)) box.append(this.branch(child, depth + 1));
      if (node.shown >= node.items.length) return;
      const more = el("button", { class: "more", type: "button" }, `${count(node.shown)} of ${count(node.items.length)}, because a list is shown in parts · show ${count(Math.min(CHILDREN_AT_ONCE * 5, node.items.length - node.shown))} more`);
      more.addEventListener("click", () => {
        more.remove();
        const before = node.shown;
        node.shown += CHILDREN_AT_ONCE * 5;
        fill(before);
      });
      box.append(more);
    };
    fill(0);
    return box;
  }

  line(node) {
    const isBranch = Boolean(node.items);
    const name = node.above ? el("span", { class: node.above.kind === "list" ? "key index" : "key" }, String(node.key)) : null;
    const line = el("div", { class: "line", role: "treeitem", tabIndex: -1, "aria-expanded": isBranch ? String(Boolean(node.open)) : null }, el("i", { class: "arrow", "aria-hidden": "true" }, isBranch ? (node.open ? "▾" : "▸") : ""), name, isBranch ? this.summary(node) : this.leaf(node));
    line.node = node;
    line.addEventListener("click", () => {
      if (getSelection()?.toString()) return;
      line.focus();
      if (isBranch) this.toggle(node);
    });
    return line;
  }

  summary(node) {
    const amount = node.items.length;
    const word = node.kind === "list" ? (node.lines ? "line" : "item") : "key";
    const peek = node.items.slice(0, 4).map(([key, child]) => (node.kind === "list" ? this.short(child) : `${key}: ${this.short(child)}`)).join(", ");
    return [el("span", { class: "muted" }, `${node.kind === "list" ? "[" : "{"}${count(amount)} ${word}${amount === 1 ? "" : "s"}${node.kind === "list" ? "]" : "}"}`), el("span", { class: "peek clip" }, peek.slice(0, 160))];
  }

  short(node) {
    if (node.items) return node.kind === "list" ? "[…]" : "{…}";
    return node.kind === "text" ? JSON.stringify(node.value.slice(0, 40)) : node.value;
  }

  leaf(node) {
    const text = node.kind === "text" ? node.value : String(node.value);
    const value = el("span", { class: `value ${node.kind}` }, text.length > LONG_TEXT ? `${text.slice(0, LONG_TEXT)}…` : text);
    if (text.length <= LONG_TEXT) return value;
    const all = el("button", { class: "more", type: "button" }, `all ${count(text.length)} characters`);
    all.addEventListener("click", (event) => {
      event.stopPropagation();
      value.textContent = text;
      all.remove();
    });
    return [value, all];
  }

  toggle(node) {
    node.open = !node.open;
    const box = node.line.parentElement;
    const depth = 0;
    const fresh = this.branch(node, depth);
    box.replaceWith(fresh);
    node.line.focus({ preventScroll: true });
    this.mark();
  }

  // -- search ------------------------------------------------------------------------------------------------------

  search() {
    const wanted = this.input.value.trim().toLowerCase();
    this.address.write({ find: wanted });
    this.hits = [];
    if (wanted) {
      const pending = [this.root];
      while (pending.length) {
        const node = pending.pop();
        const isKey = node.above?.kind === "object" && String(node.key).toLowerCase().includes(wanted);
        if (isKey || (!node.items && String(node.value).toLowerCase().includes(wanted))) this.hits.push(node);
        for (let i = (node.items?.length ?? 0) - 1; i >= 0; i--) pending.push(node.items[i][1]);
      }
    }
    this.at = -1;
    this.box.dataset.hits = String(this.hits.length);
    if (this.hits.length) this.next(1);
    else {
      this.amount.textContent = wanted ? "no match" : "";
      this.mark();
    }
  }

  next(step) {
    if (!this.hits?.length) return;
    this.at = (this.at + step + this.hits.length) % this.hits.length;
    const node = this.hits[this.at];
    for (let one = node, above = node.above; above; one = above, above = above.above) {
      above.open = true;
      const place = above.items.findIndex(([, child]) => child === one);
      above.shown = Math.max(above.shown, place + 1);
    }
    this.draw();
    this.amount.textContent = `${count(this.at + 1)} of ${count(this.hits.length)}`;
    node.line?.scrollIntoView({ block: "center" });
  }

  mark() {
    for (const line of this.tree.querySelectorAll(".line[data-hit]")) delete line.dataset.hit;
    const hits = new Set(this.hits ?? []);
    if (!hits.size) return;
    for (const line of this.tree.querySelectorAll(".line")) if (hits.has(line.node)) line.dataset.hit = line.node === this.hits[this.at] ? "now" : "one";
  }

  walk(event) {
    const lines = [...this.tree.querySelectorAll(".line")];
    const here = event.target.closest?.(".line");
    const at = here ? lines.indexOf(here) : -1;
    const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[event.key];
    const node = here?.node;
    if (go !== undefined) lines[Math.max(0, Math.min(lines.length - 1, go))]?.focus();
    else if (event.key === "ArrowRight" && node?.items) node.open ? lines[at + 1]?.focus() : this.toggle(node);
    else if (event.key === "ArrowLeft" && node) node.items && node.open ? this.toggle(node) : node.above?.line.focus();
    else if ((event.key === "Enter" || event.key === " ") && node?.items) this.toggle(node);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  destroy() {
    this.address.cancel();
  }
}

export default mountView(JsonTree);
