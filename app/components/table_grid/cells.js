// One cell as an element. Text of artifacts goes in as textContent, pictures by address.

const formatNumber = (value) => {
  if (Object.is(value, -0)) return "-0";
  if (Number.isInteger(value)) return Math.abs(value) < 1e15 ? String(value) : value.toExponential(6);
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(4);
  return String(Number(value.toPrecision(6)));
};

const svgNode = (name, attributes) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};

const barsPicture = (bars, label) => {
  const svg = svgNode("svg", { viewBox: `0 0 ${bars.length} 1`, preserveAspectRatio: "none", class: "bars", role: "img", "aria-label": label });
  bars.forEach((height, at) => svg.append(svgNode("rect", { x: at + 0.08, y: 1 - height, width: 0.84, height: Math.max(height, height > 0 ? 0.02 : 0) })));
  return svg;
};

const linePicture = (points, label) => {
  const svg = svgNode("svg", { viewBox: `0 -0.06 ${Math.max(points.length - 1, 1)} 1.12`, preserveAspectRatio: "none", class: "line", role: "img", "aria-label": label });
  let pen = "M";
  let d = "";
  points.forEach((point, at) => {
    if (point === null) pen = "M";
    else {
      d += `${pen}${at} ${1 - point}`;
      pen = "L";
    }
  });
  svg.append(svgNode("path", { d, "vector-effect": "non-scaling-stroke" }));
  return svg;
};

const typeChip = (cell) => el("span", { class: "type-chip" }, icon(cell.icon), el("span", {}, cell.type));

const pictureOf = (cell, failed) => {
  const picture = el("img", { alt: cell.t ?? "", decoding: "async", draggable: false });
  picture.addEventListener("load", () => {
    if ((cell.w ?? picture.naturalWidth) <= 96 && (cell.h ?? picture.naturalHeight) <= 96) picture.dataset.small = "true";
  });
  picture.addEventListener("error", () => picture.replaceWith(failed()));
  picture.src = cell.src;
  return picture;
};

// What stands for a value: its picture, its bars, or its type and a line about it.
const mediaPreview = (cell, tall) => {
  const words = () => el("span", { class: "media-words" }, typeChip(cell), el("span", { class: "muted clip" }, cell.t));
  if (!tall) return words();
  if (cell.src) return pictureOf(cell, words);
  if (cell.bars) return barsPicture(cell.bars, `histogram of ${cell.bars.length} bins`);
  return words();
};

const mediaLink = (cell, tall, href) => el("a", { class: "media", href, tabIndex: -1, title: [cell.type, cell.t].filter(Boolean).join(": ") }, mediaPreview(cell, tall));

// Where the row lies that a key names: in the other table the rows with that key, or the row of that number.
const linkedHref = (column, cell, ref) => {
  const { link } = column;
  if (!link || !["string", "number"].includes(typeof cell)) return null;
  const query = new URLSearchParams({ ref: link.ref || ref, path: link.path });
  if (link.written) query.set("q", `${link.written} = ${typeof cell === "number" ? cell : `'${cell.replaceAll("'", "''")}'`}`);
  else query.set("row", String(cell));
  return `/entry?${query}`;
};

const keyLink = (column, cell, href, children) => el("a", { class: "key-link", href, tabIndex: -1, title: column.link.column ? `${column.link.path}: ${column.link.column} = ${cell}` : `${column.link.path}: row ${cell}` }, children, icon("link"));

// Returns [class names, children] of a cell.
const cellContent = (cell, column, tall, href) => {
  if (cell === undefined) return ["wait", []];
  if (cell === null) return ["none", ["–"]];
  if (typeof cell === "number") return ["number", [formatNumber(cell)]];
  if (typeof cell === "boolean") return ["boolean", [cell ? "true" : "false"]];
  if (typeof cell === "string") return [column.kind === "number" || column.kind === "time" ? column.kind : cell === "" ? "none" : "text", [cell === "" ? "empty" : cell]];
  switch (cell.k) {
    case "num":
      return ["number", [cell.t]];
    case "cut":
      return ["text", [`${cell.t}…`]];
    case "json":
      return [cell.line ? "json drawn" : "json", [cell.line && tall ? linePicture(cell.line, cell.t) : null, el("span", { class: "clip-lines" }, cell.t)]];
    case "array":
      if (cell.src && tall) return ["array", [pictureOf(cell, () => el("span", {}, cell.t))]];
      return ["array drawn", [cell.line && tall ? linePicture(cell.line, cell.t) : null, el("span", { class: "muted" }, cell.t)]];
    case "media":
      return ["value", [mediaLink(cell, tall, href)]];
    case "list":
      return ["value several", [cell.items.map((item) => mediaLink(item, tall, href && `${href}&item=${item.at}`)), cell.n > cell.items.length && el("span", { class: "muted" }, `+${count(cell.n - cell.items.length)}`)]];
    case "bad":
      return ["bad", [icon("warning"), el("span", { class: "clip-lines" }, cell.t)]];
    default:
      return ["bytes", [cell.t ?? ""]];
  }
};

const cellText = (cell) => {
  if (cell === null || cell === undefined) return "";
  return typeof cell === "object" ? String(cell.t ?? "") : String(cell);
};

// A condition that the cells of a column with this value fulfil; nothing for what cannot be compared.
const conditionFor = (column, cell, sign = "=") => {
  const name = column.written;
  if (cell === null) return `${name} is ${sign === "=" ? "" : "not "}null`;
  const text = (value) => `'${value.replaceAll("'", "''")}'`;
  if (typeof cell === "number" && column.kind !== "mixed") return `${name} ${sign} ${cell}`;
  if (typeof cell === "boolean" && column.kind !== "mixed") return sign === "=" ? (cell ? name : `not ${name}`) : cell ? `not ${name}` : name;
  if (typeof cell === "string" || typeof cell === "number" || typeof cell === "boolean") return `${name} ${sign} ${text(String(cell))}`;
  if (cell.k === "cut") return `${sign === "=" ? "" : "not "}starts_with(${name}, ${text(cell.t)})`;
  if (cell.k === "num" && cell.t === "NaN") return `${sign === "=" ? "" : "not "}isnan(${name})`;
  if (cell.k === "num" && /^-?[0-9.]+$/.test(cell.t)) return `${name} ${sign} ${cell.t}`;
  return null;
};
