// Reads JSON as it is written: numbers keep their digits (a browser's own reader rounds long ones), and NaN and
// Infinity, which Python writes, are numbers too. A node is {kind, value}, of objects and lists {kind, items: [key, node]}.

const MAX_JSON_DEPTH = 400;

class JsonReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  static read(text) {
    const reader = new JsonReader(text);
    const node = reader.value(0);
    reader.space();
    if (reader.at < text.length) reader.fail("more text after the end");
    return node;
  }

  fail(what) {
    throw new SyntaxError(`${what} at character ${count(this.at)}`);
  }

  space() {
    while (this.at < this.text.length && " \t\r\n\ufeff".includes(this.text[this.at])) this.at += 1;
  }

  value(depth) {
    if (depth > MAX_JSON_DEPTH) this.fail(`more than ${MAX_JSON_DEPTH} levels`);
    this.space();
    const letter = this.text[this.at];
    if (letter === "{") return this.object(depth);
    if (letter === "[") return this.list(depth);
    if (letter === '"') return { kind: "text", value: this.string() };
    const found = /(?:true|false|null|NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)/y;
    found.lastIndex = this.at;
    const match = found.exec(this.text);
    if (!match) this.fail("no value");
    this.at += match[0].length;
    const word = match[0];
    return { kind: word === "true" || word === "false" ? "truth" : word === "null" ? "null" : "number", value: word };
  }

  string() {
    const start = this.at;
    this.at += 1;
    for (; this.at < this.text.length; this.at += 1) {
      if (this.text[this.at] === "\\") this.at += 1;
      else if (this.text[this.at] === '"') {
        this.at += 1;
        return JSON.parse(this.text.slice(start, this.at).replace(/[\u0000-\u001f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`));
      }
    }
    return this.fail("a text without an end");
  }

  object(depth) {
    const items = [];
    this.at += 1;
    for (this.space(); this.text[this.at] !== "}"; this.space()) {
      if (items.length) this.take(",");
      this.space();
      if (this.text[this.at] !== '"') this.fail("no name");
      const key = this.string();
      this.space();
      this.take(":");
      items.push([key, this.value(depth + 1)]);
    }
    this.at += 1;
    return { kind: "object", items };
  }

  list(depth) {
    const items = [];
    this.at += 1;
    for (this.space(); this.text[this.at] !== "]"; this.space()) {
      if (items.length) this.take(",");
      items.push([items.length, this.value(depth + 1)]);
    }
    this.at += 1;
    return { kind: "list", items };
  }

  take(letter) {
    if (this.text[this.at] !== letter) this.fail(`no ${letter}`);
    this.at += 1;
  }
}

// Each line a document; one that is none is told by its text.
const readJsonLines = (text) => {
  const items = [];
  text.split("\n").forEach((line, i) => {
    if (!line.trim()) return;
    let node;
    try {
      node = JsonReader.read(line);
    } catch (error) {
      node = { kind: "broken", value: `${error.message}: ${line.slice(0, 200)}` };
    }
    items.push([i + 1, node]);
  });
  return { kind: "list", items, lines: true };
};
