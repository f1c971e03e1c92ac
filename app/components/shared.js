// Stands before every component's own script, so that none needs a build step or a request of its own.
// Text of artifacts reaches the page through textContent only; nothing here or in a component writes innerHTML.

const el = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === "class") element.className = value;
    else if (name === "style") for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "role") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
};

const ICONS = {
  artifact: ["M8 1.5l5.5 3v7L8 14.5l-5.5-3v-7z", "M2.5 4.5 8 7.5l5.5-3M8 7.5v7"],
  audio: ["M2 8h1M5 5v6M8 2.5v11M11 5v6M14 8h-1"],
  chart: ["M2.5 2.5v11h11M5.5 11V8M8.5 11V4.5M11.5 11V6.5"],
  molecule: ["M4 4.5a2 2 0 1 0 0 .01M12 6.5a1.5 1.5 0 1 0 0 .01M7.5 12.5a2 2 0 1 0 0 .01M5.5 5.500l5 .8M4.7 6.300l1.5 4.600M10.7 7.5 8 11"],
  video: ["M2 3.5h12v9H2z", "M6.5 6v4l3.5-2z"],
  back: ["M10 3 5 8l5 5"],
  forward: ["M6 3l5 5-5 5"],
  boxes: ["M2.5 2.5h5v5h-5zM8.5 8.5h5v5h-5z"],
  code: ["M5.5 4 1.5 8l4 4M10.5 4l4 4-4 4"],
  compare: ["M2 5.5h11M10 2.5l3 3-3 3M14 10.5H3M6 7.500l-3 3 3 3"],
  copy: ["M5.5 5.5h8v8h-8z", "M10.5 5.5v-3h-8v8h3"],
  check: ["M3 8.5 6.5 12 13 4.5"],
  cross: ["M4 4l8 8M12 4l-8 8"],
  download: ["M8 2v8.5M4.5 7 8 10.5 11.5 7M2.5 13.5h11"],
  eye: ["M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z", "M8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z"],
  eyeOff: ["M2 2l12 12", "M6.2 3.8A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a12 12 0 0 1-1.9 2.4M4 4.9C2.4 6.1 1.5 8 1.5 8S4 12.5 8 12.5c1 0 2-.3 2.9-.8"],
  file: ["M3.5 1.5h5.5l3.5 3.5v9.5h-9z", "M9 1.5V5h3.5"],
  find: ["M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z", "M10.5 10.5 14 14"],
  folder: ["M1.500 3.500h4.500l1.500 2h7v7.500h-13z"],
  fit: ["M2.5 6v-3.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10"],
  graph: ["M6 2h4v3H6zM2 11h4v3H2zM10 11h4v3h-4z", "M8 5v3M4 11V8h8v3"],
  image: ["M2 3h12v10H2z", "M2 11l3.5-3.5L9 11l2-2 3 3", "M10.5 5.5h.01"],
  link: ["M6.5 9.5 9.5 6.5M7 4.5l1.3-1.300a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5l-1.3 1.300a3 3 0 0 1-4.5-4.5L4.5 7"],
  mask: ["M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z", "M8 1.5v13M8 4.5h4.5M8 8h6.300M8 11.5h4.5"],
  minus: ["M3 8h10"],
  page: ["M3.500 1.500h6l3 3v10h-9z", "M6 8.500l1.500 1.500L6 11.500M8.500 11.500h2"],
  pause: ["M5 3v10M11 3v10"],
  pin: ["M5.500 2h5M6.500 2v5L4.500 9.500h7L9.500 7V2M8 9.500V14"],
  play: ["M4.5 2.5v11l9-5.500z"],
  plus: ["M3 8h10M8 3v10"],
  present: ["M1.500 2.500h13M2.500 2.500v8h11v-8M8 10.500v3M5.500 13.500h5"],
  repeat: ["M3 7.500V6.500a2 2 0 0 1 2-2h8.500M11 2l2.500 2.500L11 7M13 8.500v1a2 2 0 0 1-2 2H2.500M5 9l-2.500 2.500L5 14"],
  run: ["M2 13 6 7.500 9 10l5-7M10.500 3H14v3.500"],
  sound: ["M2 6v4h2.500L8 13V3L4.500 6zM10.500 5.500a3.500 3.500 0 0 1 0 5M12.500 3.500a6.300 6.300 0 0 1 0 9"],
  mute: ["M2 6v4h2.500L8 13V3L4.500 6zM10.500 6l4 4M14.500 6l-4 4"],
  stepBack: ["M4 3v10M12.500 3 6.500 8l6 5z"],
  stepOn: ["M12 3v10M3.500 3l6 5-6 5z"],
  store: ["M2 2.5h12v3.5H2zM3 6v7.5h10V6M6.5 8.5h3"],
  table: ["M2 3h12v10H2zM2 6.5h12M2 10h12M6 3v10"],
  text: ["M3 3.5h10M3 6.5h10M3 9.5h10M3 12.5h6"],
  unknown: ["M5.5 6a2.5 2.5 0 1 1 3.7 2.200C8.3 8.7 8 9.2 8 10", "M8 12.5h.01"],
  warning: ["M8 2 14.5 13.5h-13z", "M8 6.5v3.5M8 12h.01"],
};

const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of ICONS[name] ?? ICONS.file) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
};

// A page of ours is reached by its address: one history entry, and Streamlit draws what the address says, as it does on
// Back. One round trip; a trigger to Python that then sets the address would cost two.
const go = (address) => {
  const presents = document.documentElement.hasAttribute("data-present") && !/[?&]present=/.test(address);
  const href = presents ? `${address}${address.includes("?") ? "&" : "?"}present=1` : address;
  if (href === location.pathname + location.search) return;
  history.pushState(null, "", href);
  window.dispatchEvent(new PopStateEvent("popstate", { state: null }));
};

// Saves what the page has made as a file.
const saveFile = (parts, type, name) => {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};

// Real links, for "open in a new tab" and "copy address"; a plain click stays in the page.
const followInPage = (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (link.pathname.startsWith("/api/")) return;
  event.preventDefault();
  go(link.pathname + link.search);
};

const isTyping = (event) => {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type);
};

const hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;

const copyText = async (text, button) => {
  await navigator.clipboard.writeText(text);
  if (!button) return;
  const before = [...button.childNodes];
  button.replaceChildren(icon("check"));
  button.dataset.copied = "true";
  setTimeout(() => {
    button.replaceChildren(...before);
    delete button.dataset.copied;
  }, 1200);
};

const copyButton = (text, label) => {
  const button = el("button", { class: "tool", type: "button", title: label, "aria-label": label }, icon("copy"));
  button.addEventListener("click", () => copyText(text, button));
  return button;
};

const count = (number) => number.toLocaleString("en-US");

// The state of an object's own view in the address: a short query parameter each, replaced and never pushed, so that Back
// is the object before and not the slider before. A value that is its default is left out.
class ViewAddress {
  constructor(names) {
    this.names = names;
  }

  read() {
    const given = new URLSearchParams(location.search);
    return Object.fromEntries(this.names.filter((name) => given.has(name)).map((name) => [name, given.get(name)]));
  }

  // Writes what changed a moment after the last change: browsers refuse more than some hundred changes in half a minute.
  write(changes) {
    this.pending = { ...this.pending, ...changes };
    clearTimeout(this.timer);
    const place = location.pathname + (new URLSearchParams(location.search).get("path") ?? "");
    this.timer = setTimeout(() => {
      const given = new URLSearchParams(location.search);
      if (place !== location.pathname + (given.get("path") ?? "")) return; // another object came meanwhile
      for (const [name, text] of Object.entries(this.pending)) {
        if (text === "" || text === null || text === undefined) given.delete(name);
        else given.set(name, String(text));
      }
      this.pending = {};
      const query = given.toString().replace(/%(3A|2F|40|2C)/gi, decodeURIComponent);
      history.replaceState(history.state, "", `${location.pathname}${query ? `?${query}` : ""}`);
    }, 250);
  }

  cancel() {
    clearTimeout(this.timer);
    this.pending = {};
  }
}

// Streamlit calls a component again when its data changed, with the same parent and without cleanup. So one view lives
// as long as its parent, and `update` brings it to new data; equal data is no news.
const mountView = (View) => {
  const live = new WeakMap();
  return (component) => {
    const { data: [data], parentElement } = component; // `mount` sends a list of one
    const signature = JSON.stringify(data);
    let entry = live.get(parentElement);
    if (!entry) {
      const abort = new AbortController();
      entry = { view: new View(parentElement, abort.signal), abort, signature: undefined };
      live.set(parentElement, entry);
    }
    entry.view.component = component;
    if (entry.signature !== signature) {
      entry.signature = signature;
      entry.view.update(data);
    }
    return () => {
      entry.abort.abort();
      entry.view.destroy?.();
      live.delete(parentElement);
    };
  };
};
