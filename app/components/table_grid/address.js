// The state of a table is its address: what is copied shows the same rows, columns and order elsewhere. Widgets replace
// the address; a row and a cell are objects, so they are pushed: Back is the table.

const TABLE_KEYS = ["q", "sort", "labels", "page", "size", "cols", "pin", "height", "view", "by", "order", "row"];

const escapeName = (name) => {
  const text = name.replace(/[\\,]/g, "\\$&");
  return /^[-+]/.test(text) ? `+${text}` : text;
};

const splitNames = (text) => (text.match(/(?:\\[\s\S]|[^\\,])+/g) ?? []).map((part) => part.replace(/\\([\s\S])/g, "$1"));

const plainName = (part) => part.replace(/^\+/, "");

class TableAddress {
  constructor() {
    this.read();
  }

  read() {
    const given = new URLSearchParams(location.search);
    this.state = Object.fromEntries(TABLE_KEYS.filter((key) => given.has(key)).map((key) => [key, given.get(key)]));
  }

  get(key) {
    return this.state[key] ?? "";
  }

  names(key) {
    return splitNames(this.get(key)).map(plainName);
  }

  orders() {
    return splitNames(this.get("sort")).map((part) => ({ key: plainName(part.replace(/^-/, "")), descending: part.startsWith("-") }));
  }

  // Writes what changed; an empty text takes the key out.
  set(changes, { push = false } = {}) {
    Object.assign(this.state, changes);
    for (const key of TABLE_KEYS) if (this.state[key] === "" || this.state[key] === undefined) delete this.state[key];
    const href = this.href(this.state);
    if (href === location.pathname + location.search) return;
    if (push) history.pushState(null, "", href);
    else history.replaceState(history.state, "", href);
  }

  href(state, more = {}) {
    const query = new URLSearchParams(location.search);
    for (const key of [...TABLE_KEYS, "cell", "item"]) query.delete(key);
    const text = (value) => encodeURIComponent(value).replace(/%(3A|2F|40|2C|20)/gi, (code) => (code === "%20" ? "+" : decodeURIComponent(code)));
    const own = { ...state, ...more };
    const parts = [...query.entries(), ...TABLE_KEYS.concat("cell").filter((key) => own[key] !== undefined && own[key] !== "").map((key) => [key, String(own[key])])];
    return `${location.pathname}?${parts.map(([key, value]) => `${key}=${text(value)}`).join("&")}`;
  }
}
