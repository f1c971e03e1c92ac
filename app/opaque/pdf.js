// Drives pdf.js in an opaque frame: pages as they come into view, found words marked. The bytes came by message. No
// script, form, link, attachment or action of a document is asked for: pages are painted, and text is searched.

const MOST_PAGES = 20_000; // that have a place in the column; a document can claim any number
const MOST_SIZED = 300; // whose sizes are asked for before the first is drawn
const MOST_CANVASES = 8;
const MOST_PIXELS = 12_000_000; // of a canvas: 48 MB
const MOST_FOUND = 10_000;
const GAP = 12; // pixels around a page
const CSS_UNITS = 96 / 72; // pixels of a point at 100 %

const say = (kind, rest = {}) => parent.postMessage({ kind, ...rest }, "*");
const stage = document.getElementById("stage");
stage.tabIndex = 0;

let pdf = null;
let sheets = []; // of each page: box, size at 100 %, canvas, task
let zoom = "width";
let scale = 1;
let current = 1;
let marks = { text: "", hits: [], at: -1 };

addEventListener("error", (event) => say("failed", { text: event.message }));
addEventListener("unhandledrejection", (event) => say("note", { text: `A part cannot be drawn (${event.reason?.message ?? event.reason}).` }));
addEventListener("message", (event) => {
  if (event.source !== parent || event.data === null || typeof event.data !== "object") return;
  const { kind } = event.data;
  if (kind === "data") open(event.data);
  else if (pdf && Object.hasOwn(commands, kind)) commands[kind](event.data);
});

// What pdf.js cannot decode without files that are not here it leaves blank, and says so on the console alone.
const warn = console.warn;
console.warn = (...texts) => {
  const text = texts.join(" ");
  if (/jpx|jpeg ?2000|openjpeg/i.test(text)) say("note", { text: "A picture in JPEG 2000 is left blank, because its decoder is not part of Vitrina; save the file." });
  else if (/jbig2/i.test(text)) say("note", { text: "A picture in JBIG2 is left blank, because its decoder is not part of Vitrina; save the file." });
  else if (/cmap/i.test(text)) say("note", { text: "Some letters are left blank, because their font is not in the file; save it." });
  else warn(...texts);
};

// -- reading -------------------------------------------------------------------------------------------------------

const reasons = {
  PasswordException: "The PDF is protected by a password. Save it and open it with a program that asks for one.",
  InvalidPDFException: "The PDF is damaged: its structure cannot be read. Compare its digest, or save it and try a program that repairs.",
};

const open = async ({ payload, state }) => {
  const options = {
    data: new Uint8Array(payload),
    isEvalSupported: false,
    enableXfa: false,
    useWasm: false,
    useWorkerFetch: false,
    disableAutoFetch: true,
    stopAtErrors: false,
    maxImageSize: 100_000_000,
    canvasMaxAreaInBytes: MOST_PIXELS * 4,
    verbosity: 1,
  };
  try {
    pdf = await globalThis.pdfjsLib.getDocument(options).promise;
    await lay();
  } catch (error) {
    say("failed", { text: reasons[error?.name] ?? `The PDF cannot be drawn (${error?.message ?? error}).` });
    return;
  }
  const ignored = state.page > sheets.length ? [`page=${state.page}`] : [];
  current = ignored.length ? 1 : state.page;
  zoom = state.zoom;
  resize();
  say("drawn", { pages: pdf.numPages, ignored, text: `${pdf.numPages} pages` });
  if (sheets.length < pdf.numPages) say("note", { text: `${sheets.length} of ${pdf.numPages} pages, because a column has a limit; save the file for the rest` });
  new ResizeObserver(resize).observe(stage);
  stage.addEventListener("scroll", scrolled, { passive: true });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
};

const sizeOf = async (number) => {
  const { width, height } = (await pdf.getPage(number)).getViewport({ scale: CSS_UNITS });
  return { width, height };
};

const lay = async () => {
  const amount = Math.min(pdf.numPages, MOST_PAGES);
  const first = await sizeOf(1);
  const sizes = await Promise.all(Array.from({ length: Math.min(amount, MOST_SIZED) }, (_, i) => sizeOf(i + 1).catch(() => first)));
  sheets = Array.from({ length: amount }, (_, i) => ({ number: i + 1, size: sizes[i] ?? first, box: document.createElement("div"), canvas: null, task: null }));
  for (const { box, number } of sheets) {
    box.className = "page";
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", `Page ${number}`);
  }
  stage.replaceChildren(...sheets.map(({ box }) => box));
};

// -- placing -------------------------------------------------------------------------------------------------------

const scaleFor = ({ width, height }) => {
  if (typeof zoom === "number") return zoom;
  const across = (stage.clientWidth - 2 * GAP) / width;
  return Math.max(0.05, zoom === "page" ? Math.min(across, (stage.clientHeight - 2 * GAP) / height) : across);
};

let placed = "";
const resize = () => {
  const sheet = sheets[current - 1];
  const inside = sheet.box.offsetHeight ? (stage.scrollTop - sheet.box.offsetTop) / sheet.box.offsetHeight : 0;
  scale = scaleFor(sheet.size);
  for (const each of sheets) fitBox(each);
  const hasMoved = placed !== "";
  stage.scrollTop = hasMoved ? sheet.box.offsetTop + inside * sheet.box.offsetHeight : sheet.box.offsetTop - GAP;
  tell();
  paint();
};

const fitBox = ({ box, size }) => {
  box.style.width = `${size.width * scale}px`;
  box.style.height = `${size.height * scale}px`;
};

const tell = () => {
  const text = `${current} ${zoom} ${scale}`;
  if (text === placed) return;
  placed = text;
  say("place", { page: current, zoom: typeof zoom === "number" ? Number(zoom.toFixed(3)) : zoom, scale });
};

const scrolled = () => {
  const middle = stage.scrollTop + stage.clientHeight / 3;
  const sheet = sheets.find(({ box }) => box.offsetTop + box.offsetHeight + GAP > middle) ?? sheets.at(-1);
  current = sheet.number;
  tell();
  paint();
};

const goTo = (number) => {
  current = Math.min(Math.max(1, Math.round(number)), sheets.length);
  stage.scrollTop = sheets[current - 1].box.offsetTop - GAP;
  tell();
  paint();
};

const setZoom = (wanted) => {
  zoom = typeof wanted === "number" ? Math.min(8, Math.max(0.1, wanted)) : wanted;
  resize();
};

const keys = {
  PageUp: () => goTo(current - 1),
  PageDown: () => goTo(current + 1),
  Home: () => goTo(1),
  End: () => goTo(sheets.length),
  "+": () => setZoom(scale * 1.25),
  "-": () => setZoom(scale / 1.25),
  w: () => setZoom("width"),
  f: () => setZoom("page"),
};

const commands = {
  key: ({ key }) => Object.hasOwn(keys, key) && keys[key](),
  page: ({ page }) => goTo(Number(page)),
  find: ({ text, back }) => find(String(text), Boolean(back)),
};

// -- painting ------------------------------------------------------------------------------------------------------

const paint = () => {
  const [top, bottom] = [stage.scrollTop - 200, stage.scrollTop + stage.clientHeight + 200];
  const seen = sheets.filter(({ box }) => box.offsetTop < bottom && box.offsetTop + box.offsetHeight > top).slice(0, MOST_CANVASES);
  const others = sheets.filter((sheet) => (sheet.canvas || sheet.task) && !seen.includes(sheet));
  others.sort((a, b) => Math.abs(a.number - current) - Math.abs(b.number - current));
  for (const sheet of others.slice(Math.max(0, MOST_CANVASES - seen.length))) drop(sheet);
  for (const sheet of seen) if (sheet.scale !== scale) draw(sheet);
};

const drop = (sheet) => {
  sheet.task?.cancel?.();
  if (sheet.canvas) sheet.canvas.width = sheet.canvas.height = 0; // gives the memory back at once
  sheet.box.replaceChildren();
  sheet.canvas = sheet.task = null;
  sheet.scale = 0;
};

const draw = async (sheet) => {
  sheet.task?.cancel?.();
  const wanted = (sheet.scale = scale);
  const mine = (sheet.task = {});
  const page = await pdf.getPage(sheet.number);
  if (sheet.task !== mine) return;
  const { width, height } = page.getViewport({ scale: CSS_UNITS });
  if (width !== sheet.size.width || height !== sheet.size.height) {
    sheet.size = { width, height };
    fitBox(sheet);
  }
  const most = Math.sqrt(MOST_PIXELS / (width * height));
  const viewport = page.getViewport({ scale: CSS_UNITS * Math.min(wanted * devicePixelRatio, most) });
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(viewport.width));
  canvas.height = Math.max(1, Math.round(viewport.height));
  sheet.task = page.render({ canvas, viewport, annotationMode: globalThis.pdfjsLib.AnnotationMode.ENABLE });
  const task = sheet.task;
  try {
    await task.promise;
  } catch (error) {
    if (error?.name !== "RenderingCancelledException") say("note", { text: `Page ${sheet.number} cannot be drawn (${error?.message ?? error}).` });
    return;
  }
  if (sheet.task !== task) return;
  sheet.canvas = canvas;
  sheet.task = null;
  sheet.box.replaceChildren(canvas, ...(await boxesOf(sheet, page)));
  say("painted", { text: sheets.filter((each) => each.canvas && !each.task).map((each) => each.number).join(" ") });
};

// -- finding -------------------------------------------------------------------------------------------------------

const find = async (text, back) => {
  if (text !== marks.text) {
    const here = (marks = { text, hits: [], at: -1 });
    for (const { number } of sheets) {
      const { items } = await (await pdf.getPage(number)).getTextContent();
      if (marks !== here) return;
      for (const item of items) here.hits.push(...hitsIn(item, text.toLowerCase(), number));
      if (here.hits.length >= MOST_FOUND) break;
    }
    const from = here.hits.findIndex((hit) => hit.number >= current);
    here.at = from < 0 ? 0 : from;
  } else if (marks.hits.length) marks.at = (marks.at + (back ? -1 : 1) + marks.hits.length) % marks.hits.length;
  for (const sheet of sheets) if (sheet.canvas) sheet.scale = 0; // painted again, with marks
  if (marks.hits.length) goTo(marks.hits[marks.at].number);
  paint();
  say("found", { at: marks.hits.length ? marks.at + 1 : 0, total: marks.hits.length });
};

const hitsIn = (item, wanted, number) => {
  const text = (item.str ?? "").toLowerCase();
  const found = [];
  for (let start = text.indexOf(wanted); start >= 0 && found.length < 200; start = text.indexOf(wanted, start + wanted.length)) found.push({ number, item, from: start / text.length, to: (start + wanted.length) / text.length });
  return found;
};

// Boxes over the hits of a page, in parts of its sides: a word's place within its run of text is by its letters' share.
const boxesOf = async ({ number }, page) => {
  const viewport = page.getViewport({ scale: 1 });
  return marks.hits.flatMap(({ number: other, item, from, to }, index) => {
    if (other !== number) return [];
    const [a, b, c, d, e, f] = item.transform;
    const [along, up] = [Math.hypot(a, b) || 1, Math.hypot(c, d) || 1];
    const corner = (part, high) => viewport.convertToViewportPoint(e + (a / along) * item.width * part + (c / up) * item.height * high, f + (b / along) * item.width * part + (d / up) * item.height * high);
    const corners = [corner(from, -0.2), corner(to, -0.2), corner(from, 1), corner(to, 1)];
    const [xs, ys] = [0, 1].map((axis) => corners.map((point) => point[axis]));
    const box = document.createElement("div");
    box.className = index === marks.at ? "found here" : "found";
    const share = (value, whole) => `${(100 * value) / whole}%`;
    box.style.left = share(Math.min(...xs), viewport.width);
    box.style.top = share(Math.min(...ys), viewport.height);
    box.style.width = share(Math.max(...xs) - Math.min(...xs), viewport.width);
    box.style.height = share(Math.max(...ys) - Math.min(...ys), viewport.height);
    return [box];
  });
};

say("hello");
