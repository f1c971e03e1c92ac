// A table: toolbar, grid or cards or groups, the page of a row, and the line that says how many rows are shown and why.

const FIRST_ROWS = 1000;
const PAGE_SIZES = [25, 100, 500, 1000];

class TableGrid {
  constructor(root, signal) {
    this.shadow = root;
    this.address = new TableAddress();
    this.source = new RowSource(() => this.arrived());
    this.facts = new ColumnFacts(this);
    this.menus = new TableMenus(this);
    this.head = new TableHead(this);
    this.body = new TableBody(this);
    this.row = new RowPage(this);
    this.cards = new TableCards(this);
    this.groups = new TableGroups(this);
    this.labels = new LabelFilter(this);
    this.version = 0;
    this.build(root, signal);
    window.addEventListener("popstate", () => this.revisit(), { signal });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("vitrina:panel-wanted", () => this.facts.shown && this.facts.showPanel(), { signal });
  }

  build(root, signal) {
    this.view = el("div", { class: "view", tabIndex: 0, role: "grid", "aria-label": "Rows" }, this.head.root, this.body.space);
    this.message = el("div", { class: "message", hidden: true });
    this.toolbar = el("div", { class: "toolbar" });
    this.join = el("div", { class: "join", hidden: true });
    this.problem = el("div", { class: "problem", role: "alert", hidden: true });
    this.foot = el("div", { class: "foot" });
    this.stage = el("div", { class: "stage-area" }, this.view, this.cards.root, this.groups.root, this.row.root, this.message);
    this.root = el("div", { class: "table" }, this.toolbar, this.problem, this.join, this.stage, this.foot, this.menus.root);
    root.append(this.root);
    root.addEventListener("click", followInPage, { signal });
    this.body.attach(this.view, signal);
    this.menus.attach(signal);
    this.row.attach(signal);
    this.sizes = new ResizeObserver(() => this.columns && this.layout());
    this.sizes.observe(this.stage);
  }

  destroy() {
    this.sizes.disconnect();
    this.source.reset();
    this.facts.abort?.abort();
    this.facts.close();
    clearTimeout(this.poll);
  }

  // Keys of the page, wherever the focus is.
  key(event) {
    if (event.key !== "q" || isTyping(event) || hasModifier(event) || document.querySelector("dialog[open]") || this.row.isOpen) return;
    event.preventDefault();
    this.filter.input.focus();
    this.filter.input.select();
  }

  // -- data --------------------------------------------------------------------------------------------------------

  update(data) {
    this.data = data;
    this.copying = data.copying;
    this.address.read();
    this.columns = new ColumnSet(data.columns, this.address);
    this.filter = new TableFilter(this);
    this.measured = false;
    this.facts.shown = null;
    this.version += 1;
    this.refresh();
    if (this.copying) this.watchCopy();
  }

  // Back and forward: the address says what is shown.
  revisit() {
    const given = new URLSearchParams(location.search);
    if (!this.data || (given.get("path") ?? "") !== this.data.query_path || given.has("cell")) return;
    this.address.read();
    this.columns.read();
    this.refresh();
  }

  base() {
    return { ref: this.data.ref, path: this.data.path, q: this.address.get("q"), sort: this.address.get("sort"), labels: this.address.get("labels") };
  }

  get isWhole() {
    return !this.copying;
  }

  get isFiltered() {
    return Boolean(this.address.get("q") || this.address.get("labels"));
  }

  get total() {
    return this.source.count ?? (this.isFiltered ? null : this.data.rows);
  }

  get size() {
    const text = this.address.get("size");
    if (text === "all") return Infinity;
    return PAGE_SIZES.includes(Number(text)) ? Number(text) : 100;
  }

  get pages() {
    return Math.max(1, this.size === Infinity ? 1 : Math.ceil(this.reachable / this.size));
  }

  // While a table is copied only its first rows can be had.
  get reachable() {
    const total = this.total ?? this.known ?? 0;
    return this.copying ? Math.min(total, FIRST_ROWS) : total;
  }

  get page() {
    const page = /^\d+$/.test(this.address.get("page")) ? Number(this.address.get("page")) : 1;
    return Math.min(Math.max(1, page), this.total === null ? Math.max(1, page) : this.pages);
  }

  // First row, and the one after the last, of what can be scrolled.
  get range() {
    const total = this.total ?? this.known ?? 0;
    const { reachable } = this;
    if (this.size === Infinity) return { first: 0, count: reachable, total };
    const first = Math.min((this.page - 1) * this.size, Math.max(0, reachable - 1));
    return { first, count: Math.min(reachable, first + this.size), total };
  }

  get mode() {
    if (this.address.get("by") && this.columns.byKey.get(this.address.get("by"))?.sorts) return "groups";
    return (this.address.get("view") || this.data.view) === "cards" ? "cards" : "table";
  }

  async watchCopy() {
    clearTimeout(this.poll);
    try {
      const state = await askTable("state", this.base());
      this.copying = state.copying;
      if (!state.copying) {
        Object.assign(this.data, state);
        this.columns = new ColumnSet(state.columns, this.address);
        this.measured = false;
        this.version += 1;
        this.refresh();
        return;
      }
      this.drawFoot();
      if (state.copying.error) return;
    } catch (error) {
      this.fail(error);
    }
    this.poll = setTimeout(() => this.watchCopy(), 500);
  }

  // -- what the visitor does -----------------------------------------------------------------------------------------

  setFilter(text) {
    this.address.set({ q: text, page: "" });
    this.refresh();
  }

  addCondition(condition) {
    const text = this.address.get("q");
    if (text === condition) return;
    const before = / or /i.test(text) ? `(${text})` : text;
    this.setFilter(text ? `${before} and ${condition}` : condition);
  }

  filterBy(column, cell, sign) {
    const condition = conditionFor(column, cell, sign);
    if (condition) this.addCondition(condition);
  }

  // Without a direction: up, down, then no order. With Shift the column joins the order that is there.
  sortBy(column, add, descending) {
    if (!column.sorts) return;
    const orders = this.address.orders();
    const known = orders.find((order) => order.key === column.key);
    const next = descending === undefined ? (!known ? { key: column.key, descending: false } : known.descending ? null : { key: column.key, descending: true }) : { key: column.key, descending };
    let after = add ? orders.map((order) => (order === known ? next : order)) : [next];
    if (add && !known) after.push(next);
    after = after.filter(Boolean);
    this.address.set({ sort: after.map((order) => `${order.descending ? "-" : ""}${escapeName(order.key)}`).join(","), page: "" });
    this.refresh();
  }

  groupBy(column) {
    this.address.set({ by: column ? column.key : "", order: "" });
    this.refresh();
  }

  openGroup(condition) {
    this.address.set({ by: "", order: "" });
    this.addCondition(condition);
  }

  openRow(number) {
    this.menus.close();
    const href = this.data.gallery && this.entryHref(number);
    if (href) return go(href);
    this.address.set({ row: String(number) }, { push: !this.row.isOpen });
    return this.refresh();
  }

  closeRow(condition) {
    this.address.set({ row: "" });
    if (condition) this.addCondition(condition);
    else this.refresh();
    this.view.focus({ preventScroll: true });
  }

  // Of a gallery each row is an entry, and its page is that of the entry.
  entryHref(number) {
    const column = this.columns.all.find(({ name }) => name === "path");
    const path = this.source.known(number)?.cells.get(column.i);
    return path ? `/entry?${new URLSearchParams({ ref: this.data.ref, path })}` : null;
  }

  cellHref(number, column) {
    if (this.data.gallery) return this.entryHref(number);
    return this.address.href(this.address.state, { row: number, cell: column.key });
  }

  turn(page) {
    this.address.set({ page: page > 1 ? String(page) : "" });
    this.body.top = 0;
    this.refresh();
  }

  // -- drawing -----------------------------------------------------------------------------------------------------

  refresh() {
    const { mode } = this;
    delete this.root.dataset.ready;
    delete this.root.dataset.error;
    this.problem.hidden = true;
    const listed = this.data.gallery ? [...this.columns.shown, ...this.columns.all.filter(({ name }) => name === "path")] : this.columns.shown;
    const wanted = [...new Set(listed.map((column) => column.i))].sort((a, b) => a - b);
    const before = this.total ?? this.known;
    if (this.source.select(this.base(), wanted, this.version)) {
      this.known = before;
      this.body.top = 0;
      this.stage.dataset.loading = "true";
    }
    this.facts.select(JSON.stringify([this.address.get("q"), this.address.get("labels"), this.version]));
    this.filter.draw();
    this.drawToolbar();
    this.drawJoin();
    this.drawFoot();
    this.view.hidden = mode !== "table";
    this.cards.root.hidden = mode !== "cards";
    this.groups.root.hidden = mode !== "groups";
    this.foot.hidden = mode === "groups" || /^\d+$/.test(this.address.get("row"));
    if (mode === "groups") this.groups.show();
    const row = this.address.get("row");
    if (/^\d+$/.test(row)) this.row.show(Number(row));
    else if (this.row.isOpen) this.row.hide();
    this.source.want(this.range.first, this.range.first + 1);
    this.layout();
  }

  measure() {
    const rows = [];
    for (let index = this.range.first; index < Math.min(this.range.count, this.range.first + 40); index += 1) {
      const row = this.source.row(index);
      if (row) rows.push(row);
    }
    if (rows.length || this.total === 0) {
      this.columns.measure(rows);
      this.measured = true;
    }
  }

  layout() {
    if (!this.measured) this.measure();
    const { first, count: end } = this.range;
    this.drawn = `${this.source.signature.length}.${this.version}.${this.columns.height}.${this.layouts = (this.layouts ?? 0) + 1}`;
    const places = this.columns.layout(this.view.clientWidth || this.stage.clientWidth);
    if (this.mode === "table") {
      this.head.draw(places);
      this.body.size();
      this.body.scrollTo(Math.min(this.body.top, Math.max(0, (end - first) * this.columns.height - this.body.room)));
      this.body.draw();
    } else if (this.mode === "cards") this.cards.draw();
  }

  // Rows have come, or an error.
  arrived() {
    if (this.source.error) return this.fail(this.source.error);
    delete this.stage.dataset.loading;
    if (!this.measured || this.known !== undefined) {
      this.known = undefined;
      this.layout();
    } else if (this.mode === "cards") this.cards.draw();
    this.drawFoot();
    this.drawToolbar();
    return this.body.draw();
  }

  // Everything in view is drawn with its rows.
  settled() {
    const { isLoading, error, count: total } = this.source;
    if (isLoading || error || total === null || this.row.isOpen) return;
    this.message.hidden = total !== 0 || this.mode === "groups";
    if (total === 0) this.message.replaceChildren(el("b", {}, "No rows"), el("span", { class: "muted" }, this.isFiltered ? "The filter leaves none of them." : "The table has columns and no rows."));
    this.root.dataset.ready = this.mode === "groups" ? "groups" : String(total);
    this.facts.fill();
  }

  fail(error) {
    delete this.stage.dataset.loading;
    this.root.dataset.error = error.message;
    this.root.dataset.ready = "error";
    const back = this.isFiltered && el("button", { class: "link", type: "button", onclick: () => { this.address.set({ labels: "" }); this.setFilter(""); } }, "show all rows");
    this.problem.replaceChildren(icon("warning"), el("span", {}, error.message), back || "");
    this.problem.hidden = false;
  }

  drawToolbar() {
    const { mode, address } = this;
    const tool = (label, sign, action, { active = false, words = "" } = {}) => {
      const button = el("button", { class: "tool", type: "button", title: label, "aria-label": label, "aria-pressed": String(active) }, sign && icon(sign), words && el("span", {}, words));
      button.addEventListener("click", () => action(button));
      return button;
    };
    const shown = this.columns.shown.length;
    const all = this.columns.all.length;
    const choice = (name, label) => el("button", { type: "button", title: label, "aria-label": label, "aria-pressed": String(this.columns.heightName === name), onclick: () => { address.set({ height: name }); this.measured = false; this.refresh(); } }, name.toUpperCase());
    const tools = [
      tool("Columns", "", (button) => this.menus.columns(button), { words: shown === all ? "Columns" : `${shown} of ${count(all)}` }),
      tool("Group by a column", "", (button) => this.menus.groups(button), { words: address.get("by") ? `by ${address.get("by")}` : "Group", active: mode === "groups" }),
      this.labels.columns.length && tool("Rows by the classes and scores of their pictures", "mask", (button) => this.labels.open(button), { words: this.labels.words || "Labels", active: Boolean(address.get("labels")) }),
      tool("Export what is shown", "download", (button) => this.menus.exports(button)),
    ].filter(Boolean);
    const heights = el("span", { class: "choice", role: "group", "aria-label": "Row height" }, choice("s", "Rows of one line"), choice("m", "Rows of three lines"), choice("l", "Rows with pictures"), choice("xl", "Rows with large pictures"));
    const views = el("span", { class: "choice", role: "group", "aria-label": "View" },
      el("button", { type: "button", title: "Rows", "aria-label": "Rows", "aria-pressed": String(mode === "table"), onclick: () => { address.set({ view: this.data.view ? "rows" : "", by: "", order: "" }); this.refresh(); } }, icon("table")),
      el("button", { type: "button", title: "Cards", "aria-label": "Cards", "aria-pressed": String(mode === "cards"), onclick: () => { address.set({ view: "cards", by: "", order: "" }); this.refresh(); } }, icon("boxes")));
    if (!this.toolbar.contains(this.filter.root)) this.toolbar.replaceChildren(this.filter.root, el("span", { class: "tools" }));
    this.toolbar.lastElementChild.replaceChildren(...tools, views, mode === "table" ? heights : "");
  }

  drawJoin() {
    const { join } = this.data;
    this.join.hidden = !join;
    if (!join) return;
    const total = join.both + join.left + join.right;
    const part = (side, number, label) => {
      const condition = `${join.written} = '${label}'`;
      const button = el("button", { type: "button", class: `side-count ${side}`, disabled: !number, title: `Filter: ${condition}`, "aria-pressed": String(this.address.get("q").includes(condition)) }, el("b", {}, count(number)), ` ${label}`);
      button.addEventListener("click", () => (this.address.get("q") === condition ? this.setFilter("") : this.setFilter(condition)));
      return button;
    };
    const keys = join.keys[0] === join.keys[1] ? join.keys[0] : `${join.keys[0]} = ${join.keys[1]}`;
    const bar = ["both", "left", "right"].map((side) => el("i", { class: side, style: { "flex-grow": String(join[side]) } }));
    this.join.replaceChildren(el("span", { class: "muted" }, "joined by"), el("span", { class: "mono" }, keys), part("both", join.both, "both"), part("left", join.left, "left only"), part("right", join.right, "right only"), el("span", { class: "side-bar", title: `${count(total)} rows` }, bar));
  }

  drawFoot() {
    const { first, count: end, total } = this.range;
    const known = this.total !== null;
    const filtered = this.isFiltered && known ? `${count(total)} of ${count(this.data.rows)} rows, because of the filter` : `${count(total)} ${total === 1 ? "row" : "rows"}`;
    const lines = [el("b", {}, known ? filtered : "counting …")];
    if (this.copying && !this.copying.error) {
      const share = this.copying.total ? ` (${Math.floor((100 * this.copying.done) / this.copying.total)} %)` : "";
      lines.push(el("span", {}, `the first ${count(this.reachable)} of ${count(total)}, because the table is being copied for filters and orders${share}`));
    } else if (this.copying) lines.push(el("span", { class: "bad-text" }, `the first ${count(this.reachable)} of ${count(total)}, because the copy failed: ${this.copying.error}`));
    else if (known && end - first < total) {
      const whole = el("button", { class: "link", type: "button", onclick: () => { this.address.set({ size: "all", page: "" }); this.refresh(); } }, "scroll all");
      lines.push(el("span", { class: "muted" }, `${count(first + 1)}–${count(end)}, because the page size is ${count(this.size)} · `, whole));
    }
    const ignored = [...this.source.ignored, ...(this.columns.unknown.length ? [`The columns ${this.columns.unknown.map((name) => `“${name}”`).join(", ")} of the address were ignored, because they are not in the table.`] : [])];
    lines.push(...ignored.map((text) => el("span", { class: "bad-text" }, text)));
    const step = (page, label, sign) => el("button", { class: "tool", type: "button", title: label, "aria-label": label, disabled: page < 1 || page > this.pages, onclick: () => this.turn(page) }, icon(sign));
    const field = el("input", { class: "page-field", type: "text", inputMode: "numeric", value: String(this.page), "aria-label": "Page" });
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && /^\d+$/.test(field.value)) this.turn(Math.min(this.pages, Math.max(1, Number(field.value))));
    });
    const sizes = el("select", { "aria-label": "Rows of a page" }, PAGE_SIZES.map((size) => el("option", { value: String(size), selected: this.size === size }, `${count(size)} a page`)), el("option", { value: "all", selected: this.size === Infinity }, "scroll all"));
    sizes.addEventListener("change", () => {
      this.address.set({ size: sizes.value === "100" ? "" : sizes.value, page: "" });
      this.refresh();
    });
    const paging = this.pages > 1 && [step(this.page - 1, "Previous page", "back"), field, el("span", { class: "muted" }, `of ${count(this.pages)}`), step(this.page + 1, "Next page", "forward")];
    this.foot.replaceChildren(el("span", { class: "lines" }, lines), ...(paging || []), total > 25 ? sizes : "");
  }
}

export default mountView(TableGrid);
