// Markdown as elements, made one by one: no HTML of the document is ever parsed, links and pictures are text.
// Headings, paragraphs, lists, quotes, code, tables, rules, emphasis; everything else stays as it is written.

const INLINE = /(`+)([\s\S]*?[^`])\1(?!`)|\*\*([\s\S]+?)\*\*|__([\s\S]+?)__|\*([^\s*][\s\S]*?)\*|\b_([^_]+?)_\b|~~([\s\S]+?)~~|!\[([^\]]*)\]\(([^)\s]*)[^)]*\)|\[([^\]]+)\]\(([^)\s]*)[^)]*\)|\\([\\`*_{}[\]()#+\-.!~|>])/;

const inline = (text, depth = 0) => {
  const parts = [];
  let rest = text;
  while (rest) {
    const found = depth < 8 ? INLINE.exec(rest) : null;
    if (!found) {
      parts.push(rest);
      break;
    }
    if (found.index) parts.push(rest.slice(0, found.index));
    const [whole, , code, strong, strong2, em, em2, struck, alt, picture, label, link, escaped] = found;
    if (code !== undefined) parts.push(el("code", {}, code.trim()));
    else if (strong ?? strong2) parts.push(el("strong", {}, inline(strong ?? strong2, depth + 1)));
    else if (em ?? em2) parts.push(el("em", {}, inline(em ?? em2, depth + 1)));
    else if (struck) parts.push(el("s", {}, inline(struck, depth + 1)));
    else if (picture !== undefined) parts.push(el("span", { class: "outside", title: picture }, icon("image"), alt || picture));
    else if (link !== undefined) parts.push(el("span", { class: "outside", title: link }, inline(label, depth + 1), icon("link")));
    else if (escaped) parts.push(escaped);
    rest = rest.slice(found.index + whole.length);
  }
  return parts;
};

const BULLET = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;

class MarkdownReader {
  constructor(text) {
    this.lines = text.replace(/\r\n?/g, "\n").split("\n");
    this.at = 0;
  }

  static read(text) {
    return new MarkdownReader(text).blocks();
  }

  blocks() {
    const found = [];
    while (this.at < this.lines.length) {
      const block = this.block();
      if (block) found.push(block);
    }
    return found;
  }

  block() {
    const line = this.lines[this.at];
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (!line.trim()) return this.skip();
    if (heading) return this.take(el(`h${heading[1].length}`, {}, inline(heading[2])));
    if (/^\s*(```|~~~)/.test(line)) return this.fence();
    if (/^\s{0,3}([-*_])(\s*\1){2,}\s*$/.test(line)) return this.take(el("hr"));
    if (/^\s{0,3}>/.test(line)) return this.quote();
    if (BULLET.test(line)) return this.list();
    if (line.includes("|") && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(this.lines[this.at + 1] ?? "")) return this.table();
    return this.paragraph();
  }

  skip() {
    this.at += 1;
    return null;
  }

  take(element) {
    this.at += 1;
    return element;
  }

  fence() {
    const mark = this.lines[this.at].trim().slice(0, 3);
    const body = [];
    for (this.at += 1; this.at < this.lines.length && !this.lines[this.at].trim().startsWith(mark); this.at += 1) body.push(this.lines[this.at]);
    return this.take(el("pre", { class: "code" }, body.join("\n")));
  }

  quote() {
    const body = [];
    for (; this.at < this.lines.length && /^\s{0,3}>/.test(this.lines[this.at]); this.at += 1) body.push(this.lines[this.at].replace(/^\s{0,3}>\s?/, ""));
    return el("blockquote", {}, body.join("\n").startsWith(">") ? body.join("\n") : MarkdownReader.read(body.join("\n")));
  }

  list() {
    const [, indent, mark] = BULLET.exec(this.lines[this.at]);
    const isOrdered = /\d/.test(mark);
    const box = el(isOrdered ? "ol" : "ul", isOrdered ? { start: parseInt(mark, 10) } : {});
    while (this.at < this.lines.length) {
      const found = BULLET.exec(this.lines[this.at]);
      if (!found || found[1].length < indent.length || (found[1].length === indent.length && /\d/.test(found[2]) !== isOrdered)) break;
      if (found[1].length > indent.length) {
        (box.lastElementChild ?? box).append(this.list());
        continue;
      }
      const body = [found[3]];
      for (this.at += 1; this.at < this.lines.length && /^\s{2,}\S/.test(this.lines[this.at]) && !BULLET.test(this.lines[this.at]); this.at += 1) body.push(this.lines[this.at].trim());
      box.append(el("li", {}, inline(body.join(" "))));
    }
    return box;
  }

  table() {
    const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim());
    const head = cells(this.lines[this.at]);
    const right = cells(this.lines[this.at + 1]).map((cell) => /-:$/.test(cell));
    const rows = [];
    for (this.at += 2; this.at < this.lines.length && this.lines[this.at].includes("|"); this.at += 1) rows.push(cells(this.lines[this.at]));
    const row = (tag, texts) => el("tr", {}, texts.map((text, i) => el(tag, { class: right[i] ? "number" : null }, inline(text))));
    return el("table", {}, el("thead", {}, row("th", head)), el("tbody", {}, rows.map((texts) => row("td", texts))));
  }

  paragraph() {
    const body = [];
    for (; this.at < this.lines.length; this.at += 1) {
      const line = this.lines[this.at];
      if (!line.trim() || (body.length && (/^(#{1,6}\s|\s*(```|~~~)|\s{0,3}>)/.test(line) || BULLET.test(line)))) break;
      body.push(line.trim());
    }
    return el("p", {}, inline(body.join(" ")));
  }
}
