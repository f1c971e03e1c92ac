// A table: toolbar, grid or cards or groups, the page of a row, and the line that says how many rows are shown and why.

const FIRST_ROWS = 1000;

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
    this.bars = new TableBars(this);
    this.version = 0;
    this.build(root, signal);
    window.addEventListener("popstate", () => this.revisit(), { signal });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("vitrina:panel-wanted", () => this.facts.shown && this.facts.showPanel(), { signal });
  }

  build(root, signal) {
    this.view = el("div", { class: "view", tabIndex: 0, role: "grid", "aria-label": "Rows" }, this.head.root, this.body.space);
    this.message = el("div", { class: "message", hidden: true });
    this.problem = el("div", { class: "problem", role: "alert", hidden: true });
    this.stage = el("div", { class: "stage-area" }, this.view, this.cards.root, this.groups.root, this.row.root, this.message);
    this.root = el("div", { class: "table" }, this.bars.toolbar, this.problem, this.bars.join, this.stage, this.bars.foot, this.menus.root);
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
      this.bars.drawFoot();
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
    this.bars.drawToolbar();
    this.bars.drawJoin();
    this.bars.drawFoot();
    this.view.hidden = mode !== "table";
    this.cards.root.hidden = mode !== "cards";
    this.groups.root.hidden = mode !== "groups";
    this.bars.foot.hidden = mode === "groups" || /^\d+$/.test(this.address.get("row"));
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
    this.bars.drawFoot();
    this.bars.drawToolbar();
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
}

export default mountView(TableGrid);
