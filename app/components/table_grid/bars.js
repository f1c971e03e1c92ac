// The bars of a table: tools above it, the sides of a join, and the line that says how many rows are shown and why.

const PAGE_SIZES = [25, 100, 500, 1000];

class TableBars {
  constructor(table) {
    this.table = table;
    this.toolbar = el("div", { class: "toolbar" });
    this.join = el("div", { class: "join", hidden: true });
    this.foot = el("div", { class: "foot" });
  }

  drawToolbar() {
    const { table } = this;
    const { mode, address } = table;
    const tool = (label, sign, action, { active = false, words = "" } = {}) => {
      const button = el("button", { class: "tool", type: "button", title: label, "aria-label": label, "aria-pressed": String(active) }, sign && icon(sign), words && el("span", {}, words));
      button.addEventListener("click", () => action(button));
      return button;
    };
    const shown = table.columns.shown.length;
    const all = table.columns.all.length;
    const choice = (name, label) => el("button", { type: "button", title: label, "aria-label": label, "aria-pressed": String(table.columns.heightName === name), onclick: () => { address.set({ height: name }); table.measured = false; table.refresh(); } }, name.toUpperCase());
    const tools = [
      tool("Columns", "", (button) => table.menus.columns(button), { words: shown === all ? "Columns" : `${shown} of ${count(all)}` }),
      tool("Group by a column", "", (button) => table.menus.groups(button), { words: address.get("by") ? `by ${address.get("by")}` : "Group", active: mode === "groups" }),
      table.labels.columns.length && tool("Rows by the classes and scores of their pictures", "mask", (button) => table.labels.open(button), { words: table.labels.words || "Labels", active: Boolean(address.get("labels")) }),
      tool("Export what is shown", "download", (button) => table.menus.exports(button)),
    ].filter(Boolean);
    const heights = el("span", { class: "choice", role: "group", "aria-label": "Row height" }, choice("s", "Rows of one line"), choice("m", "Rows of three lines"), choice("l", "Rows with pictures"), choice("xl", "Rows with large pictures"));
    const views = el("span", { class: "choice", role: "group", "aria-label": "View" },
      el("button", { type: "button", title: "Rows", "aria-label": "Rows", "aria-pressed": String(mode === "table"), onclick: () => { address.set({ view: table.data.view ? "rows" : "", by: "", order: "" }); table.refresh(); } }, icon("table")),
      el("button", { type: "button", title: "Cards", "aria-label": "Cards", "aria-pressed": String(mode === "cards"), onclick: () => { address.set({ view: "cards", by: "", order: "" }); table.refresh(); } }, icon("boxes")));
    if (!this.toolbar.contains(table.filter.root)) this.toolbar.replaceChildren(table.filter.root, el("span", { class: "tools" }));
    this.toolbar.lastElementChild.replaceChildren(...tools, views, mode === "table" ? heights : "");
  }

  drawJoin() {
    const { table } = this;
    const { join } = table.data;
    this.join.hidden = !join;
    if (!join) return;
    const total = join.both + join.left + join.right;
    const part = (side, number, label) => {
      const condition = `${join.written} = '${label}'`;
      const button = el("button", { type: "button", class: `side-count ${side}`, disabled: !number, title: `Filter: ${condition}`, "aria-pressed": String(table.address.get("q").includes(condition)) }, el("b", {}, count(number)), ` ${label}`);
      button.addEventListener("click", () => (table.address.get("q") === condition ? table.setFilter("") : table.setFilter(condition)));
      return button;
    };
    const keys = join.keys[0] === join.keys[1] ? join.keys[0] : `${join.keys[0]} = ${join.keys[1]}`;
    const bar = ["both", "left", "right"].map((side) => el("i", { class: side, style: { "flex-grow": String(join[side]) } }));
    this.join.replaceChildren(el("span", { class: "muted" }, "joined by"), el("span", { class: "mono" }, keys), part("both", join.both, "both"), part("left", join.left, "left only"), part("right", join.right, "right only"), el("span", { class: "side-bar", title: `${count(total)} rows` }, bar));
  }

  drawFoot() {
    const { table } = this;
    const { first, count: end, total } = table.range;
    const known = table.total !== null;
    const filtered = table.isFiltered && known ? `${count(total)} of ${count(table.data.rows)} rows, because of the filter` : `${count(total)} ${total === 1 ? "row" : "rows"}`;
    const lines = [el("b", {}, known ? filtered : "counting …")];
    if (table.copying && !table.copying.error) {
      const share = table.copying.total ? ` (${Math.floor((100 * table.copying.done) / table.copying.total)} %)` : "";
      lines.push(el("span", {}, `the first ${count(table.reachable)} of ${count(total)}, because the table is being copied for filters and orders${share}`));
    } else if (table.copying) lines.push(el("span", { class: "bad-text" }, `the first ${count(table.reachable)} of ${count(total)}, because the copy failed: ${table.copying.error}`));
    else if (known && end - first < total) {
      const whole = el("button", { class: "link", type: "button", onclick: () => { table.address.set({ size: "all", page: "" }); table.refresh(); } }, "scroll all");
      lines.push(el("span", { class: "muted" }, `${count(first + 1)}–${count(end)}, because the page size is ${count(table.size)} · `, whole));
    }
    const ignored = [...table.source.ignored, ...(table.columns.unknown.length ? [`The columns ${table.columns.unknown.map((name) => `“${name}”`).join(", ")} of the address were ignored, because they are not in the table.`] : [])];
    lines.push(...ignored.map((text) => el("span", { class: "bad-text" }, text)));
    const step = (page, label, sign) => el("button", { class: "tool", type: "button", title: label, "aria-label": label, disabled: page < 1 || page > table.pages, onclick: () => table.turn(page) }, icon(sign));
    const field = el("input", { class: "page-field", type: "text", inputMode: "numeric", value: String(table.page), "aria-label": "Page" });
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && /^\d+$/.test(field.value)) table.turn(Math.min(table.pages, Math.max(1, Number(field.value))));
    });
    const sizes = el("select", { "aria-label": "Rows of a page" }, PAGE_SIZES.map((size) => el("option", { value: String(size), selected: table.size === size }, `${count(size)} a page`)), el("option", { value: "all", selected: table.size === Infinity }, "scroll all"));
    sizes.addEventListener("change", () => {
      table.address.set({ size: sizes.value === "100" ? "" : sizes.value, page: "" });
      table.refresh();
    });
    const paging = table.pages > 1 && [step(table.page - 1, "Previous page", "back"), field, el("span", { class: "muted" }, `of ${count(table.pages)}`), step(table.page + 1, "Next page", "forward")];
    this.foot.replaceChildren(el("span", { class: "lines" }, lines), ...(paging || []), total > 25 ? sizes : "");
  }
}
