// What stands beside the drawing: totals by class and the modules; of a chosen box everything that is known.

const MAX_MODULE_ROWS = 200;

const bigCount = (number) => {
  for (const [size, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) if (number >= size) return `${Number((number / size).toPrecision(3))} ${unit}`;
  return count(number);
};

class NetworkPanel {
  // act: {open(path), close(path), choose({node} or {module}), openAll(), closeAll()}
  constructor(palette, act) {
    this.palette = palette;
    this.act = act;
    this.root = el("div", { class: "network" });
  }

  // Lives in the inspector where the page has one; says whether it found a place there.
  offer(style) {
    if (!this.host) {
      this.host = el("div");
      this.host.attachShadow({ mode: "open" }).append(style.cloneNode(true));
    }
    if (this.root.parentNode !== this.host.shadowRoot) this.host.shadowRoot.append(this.root); // it may be on the stage
    return !document.dispatchEvent(new CustomEvent("vitrina:panel", { detail: { host: this.host, title: "Network" }, cancelable: true }));
  }

  showTotals(network, data) {
    const rows = network.classes.map(([name, nodes, parameters], rank) =>
      el("tr", {}, el("td", {}, el("i", { class: "swatch", style: { "--colour": this.palette[rank % this.palette.length] } })), el("td", { class: "clip", title: name }, name), el("td", { class: "number" }, count(nodes)), el("td", { class: "number muted", title: `${count(parameters)} parameters` }, parameters ? bigCount(parameters) : "")),
    );
    const total = el("tr", { class: "total" }, el("td"), el("td", {}, "all"), el("td", { class: "number" }, count(data.nodes)), el("td", { class: "number", title: `${count(data.parameters)} parameters` }, bigCount(data.parameters)));
    const head = el("tr", { class: "muted" }, el("td"), el("td", {}, "class"), el("td", { class: "number" }, "nodes"), el("td", { class: "number" }, "params"));
    this.root.replaceChildren(el("table", { class: "classes" }, head, rows, total), ...this.modules(network));
    this.root.dataset.shows = "totals";
  }

  modules(network) {
    if (!network.modules.length) return [];
    const opened = new Set(network.modules.filter(([, , open]) => open).map(([path]) => path.join("\0")));
    const seen = network.modules.filter(([path]) => path.slice(0, -1).every((_, i) => opened.has(path.slice(0, i + 1).join("\0"))));
    const rows = seen.slice(0, MAX_MODULE_ROWS).map(([path, nodes, open]) => {
      const name = path[path.length - 1];
      const button = el("button", { class: "module", type: "button", "aria-expanded": String(open), title: `${open ? "Close" : "Open"} ${path.join(network.separator)}`, style: { "--depth": path.length - 1 }, onclick: () => (open ? this.act.close(path) : this.act.open(path)) }, el("i", { "aria-hidden": "true" }, open ? "▾" : "▸"), el("span", { class: "clip" }, name), el("span", { class: "muted" }, count(nodes)));
      return button;
    });
    const rest = seen.length > MAX_MODULE_ROWS ? el("p", { class: "muted" }, `${count(MAX_MODULE_ROWS)} of ${count(seen.length)} modules, because a long list is searched`) : null;
    const all = el("div", { class: "row" }, el("h3", {}, "Modules"), el("button", { class: "tool", type: "button", onclick: () => this.act.openAll() }, "Open all"), el("button", { class: "tool", type: "button", onclick: () => this.act.closeAll() }, "Close all"));
    return [all, el("div", { class: "modules" }, rows, rest)];
  }

  showModule(found, path) {
    const open = el("button", { class: "action", type: "button", onclick: () => this.act.open(path) }, "Open module");
    const facts = [["Nodes", count(found.nodes)], ["Parameters", count(found.parameters)]];
    this.show(found.name, "module", [open, this.facts(facts), this.facts(found.classes.map(([name, nodes]) => [name, count(nodes)])), this.links("Members", found.members, found.nodes)]);
  }

  showNode(found, modulePath, network) {
    const facts = [["Class", found.class], ["Output", found.shape], ["Parameters", found.parameters === null ? "" : count(found.parameters)], ["Id", found.id === found.name ? "" : found.id], ...Object.entries(found.details)];
    const close = modulePath.length ? el("button", { class: "action", type: "button", onclick: () => this.act.close(modulePath) }, `Close ${modulePath.join(network.separator)}`) : null;
    this.show(found.name, "node", [close, this.facts(facts), this.links("In", found.in, found.in_count), this.links("Out", found.out, found.out_count)]);
  }

  show(name, kind, parts) {
    const back = el("button", { class: "tool", type: "button", title: "All of the network (Esc)", "aria-label": "All of the network", onclick: () => this.act.choose(null) }, icon("back"));
    this.root.replaceChildren(el("div", { class: "row" }, back, el("strong", { class: "name" }, name)), ...parts.filter(Boolean));
    this.root.dataset.shows = kind;
  }

  facts(pairs) {
    return el("dl", {}, pairs.filter(([, text]) => text !== "" && text !== null).flatMap(([label, text]) => [el("dt", {}, label), el("dd", {}, String(text))]));
  }

  links(title, nodes, total) {
    if (!total) return null;
    const rows = nodes.map(([node, name]) => el("button", { class: "link clip", type: "button", title: name, onclick: () => this.act.choose({ node }) }, name));
    const rest = total > nodes.length ? el("p", { class: "muted" }, `${count(nodes.length)} of ${count(total)}, because the column is short`) : null;
    return el("section", {}, el("h3", {}, `${title} (${count(total)})`), rows, rest);
  }
}
