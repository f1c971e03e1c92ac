// A hundred thousand files are a few megabytes of JSON, read once; only open folders have rows. The search keeps the tree
// and opens what leads to a hit. What is open and sought stands in the address.

const MAX_ROWS = 500;
const UNITS = ["B", "kB", "MB", "GB", "TB"];

const sizeText = (bytes) => {
  let unit = 0;
  let size = bytes;
  while (size >= 1000 && unit < UNITS.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${unit === 0 ? size : size.toPrecision(3)} ${UNITS[unit]}`;
};

const newFolder = (name, path) => ({ name, path, folders: new Map(), files: [], size: 0, count: 0 });

const treeOf = (files) => {
  const root = newFolder("", "");
  for (const file of files) {
    const parts = file[0].split("/");
    let folder = root;
    for (let i = 0; ; i++) {
      folder.size += file[1];
      folder.count += 1;
      if (i === parts.length - 1) break;
      if (!folder.folders.has(parts[i])) folder.folders.set(parts[i], newFolder(parts[i], parts.slice(0, i + 1).join("/")));
      folder = folder.folders.get(parts[i]);
    }
    folder.files.push(file);
  }
  return root;
};

class FileTree {
  constructor(root, signal) {
    this.address = new ViewAddress(["fq"]);
    this.opened = new Set();
    this.search = el("input", { type: "search", placeholder: "Search files", "aria-label": "Search files", spellcheck: false });
    this.said = el("span", { class: "muted said" });
    this.list = el("div", { class: "list", role: "tree", "aria-label": "Files" });
    this.box = el("div", {}, el("div", { class: "head" }, this.search, this.said), this.list);
    root.append(this.box);
    root.addEventListener("click", followInPage, { signal });
    this.search.value = this.address.read().fq ?? "";
    this.search.addEventListener("input", () => {
      this.address.write({ fq: this.search.value });
      this.draw();
    });
    this.list.addEventListener("keydown", (event) => this.key(event));
  }

  async update({ source, page, total }) {
    this.page = page;
    this.said.textContent = `Reading ${count(total)} names …`;
    try {
      const answer = await fetch(source);
      if (!answer.ok) throw new Error(await answer.text());
      this.files = await answer.json();
    } catch (error) {
      this.said.textContent = `The files could not be listed. Load the page again. ${error.message}`;
      this.box.dataset.error = "true";
      return;
    }
    this.draw();
  }

  draw() {
    if (!this.files) return;
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = words.length ? this.files.filter(([name]) => words.every((word) => name.toLowerCase().includes(word))) : this.files;
    this.tree = treeOf(found);
    this.rows = [];
    this.left = 0;
    this.walk(this.tree, 0, words.length > 0);
    this.list.replaceChildren(...this.rows);
    const shown = words.length ? `${count(found.length)} of ${count(this.files.length)} files` : `${count(this.files.length)} files`;
    this.said.textContent = `${shown}, ${sizeText(this.tree.size)}${this.left ? `; ${count(this.left)} rows are not drawn, because a list this long is searched` : ""}`;
    this.box.dataset.ready = String(found.length);
  }

  walk(folder, depth, all) {
    const alone = folder.folders.size === 1 && folder.files.length === 0;
    for (const inner of folder.folders.values()) {
      const open = all || alone || this.opened.has(inner.path);
      this.add(() => this.folderRow(inner, depth, open));
      if (open) this.walk(inner, depth + 1, all);
    }
    for (const file of folder.files) this.add(() => this.fileRow(file, depth));
  }

  add(make) {
    if (this.rows.length < MAX_ROWS) this.rows.push(make());
    else this.left += 1;
  }

  folderRow(folder, depth, open) {
    const toggle = () => {
      if (this.opened.has(folder.path)) this.opened.delete(folder.path);
      else this.opened.add(folder.path);
      this.draw();
      [...this.list.children].find((row) => row.dataset.path === folder.path)?.focus();
    };
    return el(
      "button",
      { class: "row", type: "button", role: "treeitem", "aria-expanded": String(open), "aria-level": String(depth + 1), "data-path": folder.path, onclick: toggle, style: { "--depth": String(depth) } },
      el("span", { class: "turn", "aria-hidden": "true" }, "›"), icon("folder"), el("span", { class: "clip name" }, folder.name),
      el("span", { class: "muted digest" }, `${count(folder.count)} file${folder.count === 1 ? "" : "s"}`), el("span", { class: "muted size" }, sizeText(folder.size)),
    );
  }

  fileRow([name, size, digest, ref, sign], depth) {
    const short = ref ? "reference" : digest.length > 12 ? `${digest.slice(0, 10)}…` : digest;
    return el(
      "a",
      { class: "row", href: this.page + encodeURIComponent(name).replace(/%(3A|2F|40|2C)/gi, decodeURIComponent), role: "treeitem", "aria-level": String(depth + 1), title: ref || name, style: { "--depth": String(depth) } },
      el("span", { class: "turn" }), icon(sign), el("span", { class: "clip name" }, name.split("/").at(-1)),
      el("span", { class: "muted digest mono", title: ref || digest }, short), el("span", { class: "muted size" }, sizeText(size)),
    );
  }

  key(event) {
    const rows = [...this.list.children];
    const at = rows.indexOf(event.composedPath().find((node) => rows.includes(node)));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = rows[at];
    if (at < 0) return;
    if (step) rows[Math.min(rows.length - 1, Math.max(0, at + step))].focus();
    else if (event.key === "ArrowRight" && row.getAttribute("aria-expanded") === "false") row.click();
    else if (event.key === "ArrowLeft" && row.getAttribute("aria-expanded") === "true") row.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

export default mountView(FileTree);
