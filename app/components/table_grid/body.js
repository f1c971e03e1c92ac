// The rows in view and a few around them. Beyond the tallest element that browsers lay out, the scroll bar is a scale:
// the wheel and the keys still move by rows, and dragging the bar moves through all of them.

const TALLEST = 8_000_000;
const SPARE_ROWS = 4;
const WIDE = 30;

class TableBody {
  constructor(table) {
    this.table = table;
    this.rows = el("div", { class: "rows", role: "rowgroup" });
    this.space = el("div", { class: "space" }, this.rows);
    this.top = 0;
    this.active = { row: 0, column: 0 };
    this.isUsed = false; // no cell is marked before somebody has come here
  }

  attach(view, signal) {
    this.view = view;
    view.addEventListener("scroll", () => this.scrolled(), { signal, passive: true });
    view.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: false });
    view.addEventListener("keydown", (event) => this.key(event), { signal });
    this.rows.addEventListener("click", (event) => this.click(event), { signal });
    this.rows.addEventListener("dblclick", (event) => this.open(event), { signal });
  }

  // -- where we are ------------------------------------------------------------------------------------------------

  get pageRows() {
    const { first, count: total } = this.table.range;
    return Math.max(0, total - first);
  }

  get height() {
    return this.pageRows * this.table.columns.height;
  }

  get room() {
    return Math.max(60, this.view.clientHeight - this.table.head.root.offsetHeight);
  }

  get scale() {
    const most = Math.max(1, this.height - this.room);
    return this.height > TALLEST ? (TALLEST - this.room) / most : 1;
  }

  size() {
    this.space.style.height = `${Math.min(this.height, TALLEST)}px`;
    this.space.style.width = `${this.table.columns.total}px`;
  }

  scrolled() {
    const at = this.view.scrollTop;
    if (this.ownScroll !== undefined && Math.abs(this.ownScroll - at) < 1.5) this.ownScroll = undefined;
    else this.top = at / this.scale;
    this.draw();
  }

  scrollTo(top) {
    this.top = Math.max(0, Math.min(top, this.height - this.room));
    const at = this.top * this.scale;
    if (Math.abs(at - this.view.scrollTop) >= 1) {
      this.ownScroll = at;
      this.view.scrollTop = at;
    }
    this.draw();
  }

  wheel(event) {
    if (this.scale === 1 || event.ctrlKey || !event.deltaY) return;
    event.preventDefault();
    this.scrollTo(this.top + event.deltaY * (event.deltaMode === 1 ? 32 : event.deltaMode === 2 ? this.room : 1));
  }

  // -- drawing -----------------------------------------------------------------------------------------------------

  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  // Columns in view: of a wide table only those are laid out, beside all that are pinned.
  visiblePlaces() {
    const { places } = this.table.columns;
    if (places.length <= WIDE) return places;
    const from = this.view.scrollLeft - 200;
    const to = this.view.scrollLeft + this.view.clientWidth + 200;
    return places.filter((place) => place.pinned || (place.left + place.width > from && place.left < to));
  }

  paint() {
    const { table } = this;
    if (!table.columns.places || table.mode !== "table") return;
    const { height } = table.columns;
    const { first } = table.range;
    const total = this.pageRows;
    const from = Math.max(0, Math.min(total, Math.floor(this.top / height) - SPARE_ROWS));
    const to = Math.min(total, Math.ceil((this.top + this.room) / height) + SPARE_ROWS);
    table.source.want(first + from, first + to);
    const places = this.visiblePlaces();
    const shift = this.view.scrollTop - this.top; // 0 unless the bar is a scale
    const kept = new Map([...this.rows.children].map((row) => [row.dataset.key, row]));
    const shown = [];
    for (let at = from; at < to; at += 1) {
      const row = table.source.row(first + at);
      const key = `${table.drawn}:${first + at}:${row ? row.number : "wait"}:${places[0]?.column.i}-${places.at(-1)?.column.i}-${places.length}`;
      const element = kept.get(key) ?? this.row(first + at, row, places, key);
      element.style.transform = `translateY(${Math.round(at * height + shift)}px)`;
      shown.push(element);
    }
    const same = shown.length === this.rows.children.length && shown.every((row, at) => row === this.rows.children[at]);
    if (!same) this.rows.replaceChildren(...shown);
    this.mark();
    table.settled();
  }

  row(index, row, places, key) {
    const { table } = this;
    const tall = table.columns.height > 40;
    const number = el("button", { class: "cell corner", type: "button", tabIndex: -1, role: "rowheader", style: { width: `${ROW_NUMBER_WIDTH}px`, left: "0" }, title: row ? `Open row ${count(row.number)}` : "" }, row ? String(row.number) : "");
    let end = ROW_NUMBER_WIDTH;
    const cells = places.map(({ column, left, width, pinned }) => {
      const gap = pinned ? 0 : left - end;
      if (!pinned) end = left + width;
      else end = Math.max(end, left + width);
      const cell = row?.cells.get(column.i);
      const href = row && cell && typeof cell === "object" ? table.cellHref(row.number, column) : null;
      const [kind, plain] = cellContent(cell, column, tall, href);
      const linked = linkedHref(column, cell, table.data.ref);
      const children = linked ? [keyLink(column, cell, linked, plain)] : plain;
      const element = el("div", { class: `cell ${kind}${pinned ? " pinned" : ""}`, role: "gridcell", style: { width: `${width}px`, left: pinned ? `${left}px` : null, "margin-left": gap ? `${gap}px` : null } }, children);
      element.dataset.column = column.i;
      return element;
    });
    const element = el("div", { class: "row", role: "row", "aria-rowindex": String(index + 2), style: { height: `${table.columns.height}px`, width: `${table.columns.total}px` } }, number, cells);
    element.dataset.key = key;
    element.dataset.index = index;
    return element;
  }

  // -- cells -------------------------------------------------------------------------------------------------------

  find(event) {
    const path = event.composedPath();
    const element = path.find((node) => node instanceof HTMLElement && node.classList.contains("cell"));
    const row = path.find((node) => node instanceof HTMLElement && node.classList.contains("row"));
    if (!element || !row) return null;
    const index = Number(row.dataset.index);
    const found = this.table.source.row(index);
    return found && { element, index, row: found, column: this.table.columns.all[Number(element.dataset.column)] };
  }

  click(event) {
    const found = this.find(event);
    if (!found || event.defaultPrevented) return;
    this.view.focus({ preventScroll: true });
    if (!found.column) return void this.table.openRow(found.row.number);
    const at = this.table.columns.shown.indexOf(found.column);
    this.active = { row: found.index, column: at };
    this.isUsed = true;
    this.mark();
    if (event.composedPath().some((node) => node instanceof HTMLAnchorElement)) return;
    this.table.menus.cell(found);
  }

  open(event) {
    const found = this.find(event);
    if (found) this.table.openRow(found.row.number);
  }

  mark() {
    const { row, column } = this.active;
    this.rows.querySelector("[data-active]")?.removeAttribute("data-active");
    if (!this.isUsed) return null;
    const index = this.table.columns.shown[column]?.i;
    const element = this.rows.querySelector(`[data-index="${row}"] [data-column="${index}"]`);
    if (element) element.dataset.active = "true";
    return element;
  }

  key(event) {
    if (isTyping(event) || event.altKey) return;
    const { table } = this;
    const { first } = table.range;
    const last = first + this.pageRows - 1;
    const many = Math.max(1, Math.floor(this.room / table.columns.height) - 1);
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-many, 0], PageDown: [many, 0], Home: [event.ctrlKey ? -Infinity : 0, -Infinity], End: [event.ctrlKey ? Infinity : 0, Infinity] };
    const step = steps[event.key];
    if (step && !this.isUsed) {
      this.isUsed = true;
      this.active = { row: first + Math.ceil(this.top / table.columns.height), column: 0 };
      this.reveal();
    } else if (step) {
      this.active.row = Math.min(last, Math.max(first, this.active.row + step[0]));
      this.active.column = Math.min(table.columns.shown.length - 1, Math.max(0, this.active.column + step[1]));
      this.reveal();
    } else if (!this.act(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  act(event) {
    const row = this.table.source.row(this.active.row);
    const column = this.table.columns.shown[this.active.column];
    if (!row || !column) return false;
    const cell = row.cells.get(column.i);
    if ((event.ctrlKey || event.metaKey) && event.key === "c") {
      navigator.clipboard.writeText(cellText(cell));
      return true;
    }
    if (event.ctrlKey || event.metaKey) return false;
    if (event.key === "Enter") {
      if (cell?.k === "media" || cell?.k === "list") go(this.table.cellHref(row.number, column));
      else this.table.openRow(row.number);
    } else if (event.key === " ") this.table.openRow(row.number);
    else if (event.key === "f" || event.key === "x") this.table.filterBy(column, cell, event.key === "f" ? "=" : "<>");
    else if (event.key === "s") this.table.sortBy(column, event.shiftKey);
    else return false;
    return true;
  }

  reveal() {
    const { height } = this.table.columns;
    const at = (this.active.row - this.table.range.first) * height;
    if (at < this.top) this.scrollTo(at);
    else if (at + height > this.top + this.room) this.scrollTo(at + height - this.room);
    const place = this.table.columns.places[this.active.column];
    const pinned = this.table.columns.places.filter((item) => item.pinned).reduce((sum, item) => sum + item.width, ROW_NUMBER_WIDTH);
    if (place && !place.pinned) {
      if (place.left - pinned < this.view.scrollLeft) this.view.scrollLeft = place.left - pinned;
      else if (place.left + place.width > this.view.scrollLeft + this.view.clientWidth) this.view.scrollLeft = place.left + place.width - this.view.clientWidth;
    }
    this.mark();
    this.draw();
  }
}
