// Which columns are shown, in which order, how wide, and which of them stay in place.

const HEIGHTS = { s: 32, m: 64, l: 112, xl: 208 };
const MIN_WIDTH = 56;
const MAX_WIDTH = 900;
const ROW_NUMBER_WIDTH = 64;

class ColumnSet {
  constructor(columns, address) {
    this.all = columns;
    this.byKey = new Map(columns.map((column) => [column.key, column]));
    this.address = address;
    this.widths = new Map();
    this.read();
  }

  read() {
    const wanted = this.address.names("cols");
    const known = wanted.filter((key) => this.byKey.has(key));
    this.unknown = wanted.filter((key) => !this.byKey.has(key));
    const order = known.length ? [...new Set(known)] : this.all.slice(0, 200).map((column) => column.key);
    const pinned = this.address.names("pin").filter((key) => order.includes(key));
    if (!this.address.state.pin) pinned.push(...this.all.filter((column) => column.side === "key" && order.includes(column.key)).map((column) => column.key));
    this.pinned = new Set(pinned);
    this.shown = [...order.filter((key) => this.pinned.has(key)), ...order.filter((key) => !this.pinned.has(key))].map((key) => this.byKey.get(key));
  }

  // Writes the columns in the order given; all of them in their own order is what an address need not say.
  show(columns) {
    const keys = columns.map((column) => column.key);
    const isDefault = keys.length === Math.min(this.all.length, 200) && keys.every((key, at) => key === this.all[at].key);
    this.address.set({ cols: isDefault ? "" : keys.map(escapeName).join(","), page: this.address.get("page") });
    this.read();
  }

  hide(column) {
    if (this.shown.length > 1) this.show(this.shown.filter((item) => item !== column));
  }

  move(column, to) {
    const others = this.shown.filter((item) => item !== column);
    others.splice(Math.max(0, Math.min(others.length, to)), 0, column);
    this.show(others);
  }

  pin(column, isPinned) {
    const keys = new Set(this.pinned);
    if (isPinned) keys.add(column.key);
    else keys.delete(column.key);
    this.address.set({ pin: [...keys].map(escapeName).join(",") });
    this.read();
  }

  get height() {
    const chosen = HEIGHTS[this.address.get("height")];
    if (chosen) return chosen;
    return this.shown.some((column) => ["media", "array"].includes(column.kind)) ? HEIGHTS.l : HEIGHTS.s;
  }

  get heightName() {
    return Object.keys(HEIGHTS).find((name) => HEIGHTS[name] === this.height);
  }

  // Widths from what the first rows hold; a width that somebody has drawn stays.
  measure(rows) {
    for (const column of this.shown) {
      if (this.widths.get(column.key)?.own) continue;
      this.widths.set(column.key, { width: this.estimate(column, rows) });
    }
  }

  estimate(column, rows) {
    const name = column.name.length * 7.4 + 44;
    if (column.kind === "media" || column.kind === "array") {
      const shown = rows.map((row) => row.cells.get(column.i)).filter((cell) => cell && typeof cell === "object");
      const aspects = shown.flatMap((cell) => (cell.w && cell.h ? [cell.w / cell.h] : []));
      const aspect = aspects.length ? Math.min(2.4, Math.max(0.6, Math.max(...aspects))) : 1;
      const several = shown.some((cell) => cell.k === "list") ? 2 : 1;
      const drawn = shown.some((cell) => cell.src || cell.bars || cell.k === "list");
      const picture = this.height > 40 && drawn ? (this.height - 12) * aspect * several + 20 : 190;
      return Math.round(Math.min(420, Math.max(name, picture, 110)));
    }
    const longest = Math.max(0, ...rows.slice(0, 50).map((row) => cellText(typeof row.cells.get(column.i) === "number" ? formatNumber(row.cells.get(column.i)) : row.cells.get(column.i)).length));
    const widest = column.kind === "number" ? 150 : column.kind === "json" ? 260 : 340;
    return Math.round(Math.min(Math.max(name, longest * 7.1 + 26, column.kind === "number" ? 112 : 84), Math.max(widest, Math.min(name, 260))));
  }

  width(column) {
    return this.widths.get(column.key)?.width ?? 120;
  }

  setWidth(column, width) {
    this.widths.set(column.key, { width: Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width))), own: true });
  }

  // Places of all columns; a little room that is left goes to columns of text.
  layout(available) {
    const sizes = this.shown.map((column) => this.width(column));
    const total = sizes.reduce((sum, size) => sum + size, ROW_NUMBER_WIDTH);
    const room = available - total;
    const soft = this.shown.map((column, at) => (["text", "json", "mixed"].includes(column.kind) && !this.widths.get(column.key)?.own ? at : -1)).filter((at) => at >= 0);
    if (room > 0 && soft.length) for (const at of soft) sizes[at] += Math.min(120, Math.floor(room / soft.length));
    let left = ROW_NUMBER_WIDTH;
    this.places = this.shown.map((column, at) => {
      const place = { column, left, width: sizes[at], pinned: this.pinned.has(column.key) };
      left += sizes[at];
      return place;
    });
    this.total = left;
    return this.places;
  }
}
