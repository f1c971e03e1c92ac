// One entry a row. What costs something (pictures, lines) is asked for when the row comes near the window.

const SHOWN_LINES = 3;

class CompareList {
  constructor(root, signal) {
    this.list = el("ol", { class: "list" });
    root.append(this.list);
    root.addEventListener("click", followInPage, { signal });
    this.watch = new IntersectionObserver((seen) => seen.filter((one) => one.isIntersecting).forEach((one) => this.load(one.target)), { rootMargin: "300px" });
    this.wanted = new WeakMap();
  }

  destroy() {
    this.watch.disconnect();
  }

  update({ rows }) {
    this.watch.disconnect();
    this.list.replaceChildren(...rows.map((row) => this.row(row)));
    this.list.dataset.ready = String(rows.length);
  }

  row({ kind, title, whole, type, icon: sign, href, severity, phrases, pictures, lines, places }) {
    const share = Math.max(0.02, Math.min(1, 1 + Math.log10(Math.max(severity, 1e-9)) / 6));
    const bar = el("span", { class: "severity", title: `severity ${Number(severity.toPrecision(3))}: 0 is equal, 1 has nothing in common` }, el("i", { style: { width: `${share * 100}%` } }));
    const name = el(href ? "a" : "span", { class: "name clip", href: href || null, title: whole }, title);
    const words = el("div", { class: "words" }, phrases.map((phrase) => el("span", { class: "phrase" }, phrase)));
    const more = el("div", { class: "lines", hidden: true });
    const item = el(
      "li",
      { class: `row ${kind}`, "data-entry": whole, "data-kind": kind },
      el("span", { class: "sign", "aria-label": kind, title: kind }, { changed: "~", added: "+", removed: "−" }[kind]),
      el("div", { class: "text" }, el("div", { class: "first" }, icon(sign), name, el("span", { class: "chip" }, type), bar), kind === "changed" ? words : el("span", { class: "muted" }, kind === "added" ? "only in the new one" : "only in the old one"), more),
      pictures.length > 0 && el("div", { class: "pictures" }, pictures.map((picture) => this.picture(picture, href))),
    );
    if (places.length) {
      more.replaceChildren(...places.map(([what, place, old, now]) => diffLine(what, place, old, now)));
      more.hidden = false;
    }
    if (lines) {
      this.wanted.set(item, { lines, more });
      this.watch.observe(item);
    }
    return item;
  }

  picture({ label, src }, href) {
    const image = el("img", { loading: "lazy", decoding: "async", alt: label, draggable: false });
    const figure = el(href ? "a" : "span", { class: "picture", href: href || null, tabIndex: -1 }, image, el("span", { class: "muted label" }, label));
    image.addEventListener("error", () => figure.remove());
    image.addEventListener("load", () => {
      if (image.naturalWidth <= 96 && image.naturalHeight <= 96) image.dataset.small = "true";
      figure.dataset.loaded = "true";
    });
    image.src = src;
    return figure;
  }

  async load(item) {
    this.watch.unobserve(item);
    const { lines, more } = this.wanted.get(item);
    try {
      const found = await (await fetch(`${lines}&limit=${SHOWN_LINES}`)).json();
      if (!found.lines?.length) {
        item.dataset.lines = "0";
        return;
      }
      more.replaceChildren(...found.lines.map(([kind, place, old, now]) => diffLine(kind, place, old, now)));
      if (found.count > found.lines.length) more.append(el("span", { class: "muted rest" }, `${found.lines.length} of ${count(found.count)} places`));
      more.hidden = false;
      item.dataset.lines = String(found.count);
    } catch {
      item.dataset.lines = "0"; // the measures stand there already; the pair's own page says what is wrong
    }
  }
}

const diffLine = (kind, place, old, now) =>
  el("div", { class: `line ${kind}` }, el("span", { class: "mono muted place", title: place }, place), old !== "" && el("del", { class: "mono clip", title: old }, old), old !== "" && now !== "" && el("span", { class: "muted", "aria-hidden": "true" }, "→"), now !== "" && el("ins", { class: "mono clip", title: now }, now));

export default mountView(CompareList);
