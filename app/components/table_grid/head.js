// The header: name, type, order, and how the values are spread. A click sorts, Shift adds to the order.

class TableHead {
  constructor(table) {
    this.table = table;
    this.root = el("div", { class: "head", role: "row" });
    this.marker = el("div", { class: "drop", hidden: true });
  }

  draw(places) {
    const { table } = this;
    const orders = table.address.orders();
    const corner = el("div", { class: "hcell corner", style: { width: `${ROW_NUMBER_WIDTH}px`, left: "0" }, role: "columnheader" }, el("span", { class: "muted" }, "row"));
    const cells = places.map(({ column, left, width, pinned }) => {
      const at = orders.findIndex((order) => order.key === column.key);
      const order = orders[at];
      const mark = order && el("span", { class: "order", title: `sorted ${order.descending ? "down" : "up"}` }, order.descending ? "↓" : "↑", orders.length > 1 && el("sup", {}, String(at + 1)));
      const hint = column.sorts ? `${column.name}: ${column.label || column.kind}. Click to sort, with Shift to sort by several.` : `${column.name}: ${column.label || column.kind}`;
      const name = el("button", { class: "hname", type: "button", tabIndex: -1, title: hint, "aria-label": `${column.name}, ${column.label}` }, el("span", { class: "clip" }, column.name || "(no name)"), mark);
      name.addEventListener("click", (event) => !this.dragged && table.sortBy(column, event.shiftKey));
      const menu = el("button", { class: "hmenu", type: "button", tabIndex: -1, title: `Menu of ${column.name}`, "aria-label": `Menu of ${column.name}` }, "⋮");
      menu.addEventListener("click", () => table.menus.column(column, menu));
      const grip = el("i", { class: "grip", title: "Width; double click to fit" });
      const side = ["left", "right"].includes(column.side) && el("span", { class: `side ${column.side}` }, column.side);
      const kind = el("div", { class: "kind muted" }, side, el("span", { class: "clip" }, [column.label || column.kind, column.note].filter(Boolean).join(", ")));
      const spread = el("button", { class: "spread", type: "button", tabIndex: -1, title: "Facts of the column", "aria-label": `Facts of ${column.name}` });
      spread.addEventListener("click", () => table.facts.show(column));
      const cell = el("div", { class: `hcell k-${column.kind}${pinned ? " pinned" : ""}`, role: "columnheader", "aria-sort": order ? (order.descending ? "descending" : "ascending") : "none", style: { width: `${width}px`, left: pinned ? `${left}px` : null } }, el("div", { class: "hline" }, name, menu), kind, spread, grip);
      cell.dataset.key = column.key;
      this.makeMovable(cell, name, column);
      this.makeResizable(grip, column);
      table.facts.drawSpread(spread, column);
      return cell;
    });
    this.root.replaceChildren(corner, ...cells, this.marker);
    this.root.style.width = `${table.columns.total}px`;
  }

  makeResizable(grip, column) {
    grip.addEventListener("dblclick", () => {
      this.table.columns.widths.delete(column.key);
      this.table.measure();
      this.table.layout();
    });
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      const start = event.clientX;
      const width = this.table.columns.places.find((place) => place.column === column).width;
      const move = (moved) => {
        this.table.columns.setWidth(column, width + moved.clientX - start);
        this.table.layout();
      };
      const stop = () => window.removeEventListener("pointermove", move);
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", stop, { once: true });
      window.addEventListener("pointercancel", stop, { once: true });
    });
  }

  // Dragging a name moves its column; below a few pixels it is a click.
  makeMovable(cell, name, column) {
    name.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const start = event.clientX;
      this.dragged = false;
      let to = null;
      const move = (moved) => {
        if (!this.dragged && Math.abs(moved.clientX - start) < 6) return;
        this.dragged = true;
        cell.dataset.dragged = "true";
        const cells = [...this.root.querySelectorAll(".hcell:not(.corner)")];
        const before = cells.findIndex((item) => {
          const box = item.getBoundingClientRect();
          return moved.clientX < box.left + box.width / 2;
        });
        to = before < 0 ? cells.length : before;
        const edge = to < cells.length ? cells[to].getBoundingClientRect().left : cells.at(-1).getBoundingClientRect().right;
        this.marker.hidden = false;
        this.marker.style.left = `${edge - this.root.getBoundingClientRect().left - 1}px`;
      };
      const stop = () => {
        window.removeEventListener("pointermove", move);
        delete cell.dataset.dragged;
        this.marker.hidden = true;
        if (this.dragged && to !== null) {
          const from = this.table.columns.shown.indexOf(column);
          this.table.columns.move(column, to > from ? to - 1 : to);
          this.table.refresh();
        }
        setTimeout(() => { this.dragged = false; }, 0);
      };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", stop, { once: true });
      window.addEventListener("pointercancel", stop, { once: true });
    });
  }
}
