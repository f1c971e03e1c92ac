// Finds by name. The names come when the dialog is first opened, over HTTP and cached: a hundred thousand are a few
// megabytes, and looking through them takes less than a frame.

const MAX_HITS = 60;

class Finder {
  constructor(root, signal) {
    this.input = el("input", { type: "text", placeholder: "Find an artifact or an entry", "aria-label": "Find", spellcheck: false, autocomplete: "off" });
    this.list = el("div", { class: "hits", role: "listbox" });
    this.foot = el("p", { class: "muted foot" });
    this.dialog = el("dialog", { class: "find" }, el("div", { class: "field" }, icon("find"), this.input, el("kbd", {}, "Esc")), this.list, this.foot);
    root.append(this.dialog);
    this.input.addEventListener("input", () => this.show());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("click", (event) => {
      if (event.composedPath()[0] === this.dialog) this.dialog.close();
      else if (event.composedPath().some((node) => node instanceof HTMLAnchorElement)) this.dialog.close();
    });
    document.addEventListener("vitrina:find", () => this.open(), { signal });
  }

  setSources(sources) {
    const same = JSON.stringify(sources) === JSON.stringify(this.sources);
    if (!same) this.names = null;
    this.sources = sources;
  }

  async open() {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.input.select();
    this.show();
    if (this.names) return;
    try {
      const lists = await Promise.all(this.sources.map(async (url) => (await fetch(url)).json()));
      this.names = lists.flat().map(([name, kind, href]) => ({ name, kind, href, low: name.toLowerCase() }));
      this.dialog.dataset.ready = String(this.names.length);
    } catch {
      this.foot.textContent = "The names could not be loaded. Load the page again.";
      return;
    }
    this.show();
  }

  // All words must occur; a match at the start of a path component comes first, then the shorter name.
  hits(words) {
    const found = [];
    for (const item of this.names) {
      let rank = item.name.length / 1000;
      for (const word of words) {
        const at = item.low.indexOf(word);
        if (at < 0) {
          rank = null;
          break;
        }
        if (at > 0 && !"/-_. :".includes(item.low[at - 1])) rank += 1;
      }
      if (rank !== null) found.push([rank, item]);
    }
    return found.sort((a, b) => a[0] - b[0]).map(([, item]) => item);
  }

  show() {
    if (!this.names) {
      this.list.replaceChildren();
      this.foot.textContent = "Loading names …";
      return;
    }
    const words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.hits(words);
    this.list.replaceChildren(
      ...found.slice(0, MAX_HITS).map((item, i) =>
        el("a", { href: item.href, class: "hit", role: "option", "aria-selected": String(i === 0) }, icon(ICONS[item.kind] ? item.kind : "file"), el("span", { class: "clip" }, item.name)),
      ),
    );
    const shown = Math.min(found.length, MAX_HITS);
    this.foot.textContent = found.length > shown ? `${shown} of ${count(found.length)} names, because the list is short: type more` : `${count(found.length)} of ${count(this.names.length)} names`;
  }

  key(event) {
    const items = [...this.list.children];
    const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) {
      event.preventDefault();
      items[at]?.setAttribute("aria-selected", "false");
      const next = items[(at + step + items.length) % items.length];
      next.setAttribute("aria-selected", "true");
      next.scrollIntoView({ block: "nearest" });
    }
    if (event.key === "Enter" && items[at]) {
      event.preventDefault();
      this.dialog.close();
      go(items[at].pathname + items[at].search);
    }
  }
}
