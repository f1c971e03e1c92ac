// What is open. A long list is searched, not scrolled: the box opens the dialog of the top bar.

class Navigation {
  constructor(root, signal) {
    this.box = el("nav", { "aria-label": "What is open" });
    root.append(this.box);
    root.addEventListener("click", followInPage, { signal });
  }

  update({ title, kind, current, heading, artifacts, values, rest, runs, runs_rest: runsRest, tour, pages, foot }) {
    const parts = [
      el("a", { class: "brand", href: "/" }, el("i", { class: "mark", "aria-hidden": "true" }), "Vitrina"),
      el("a", { class: "title", href: "/", title, "aria-current": current ? "true" : null }, icon("store"), el("span", { class: "clip" }, title), el("span", { class: "muted kind" }, kind)),
      el("button", { class: "search", type: "button", onclick: () => document.dispatchEvent(new CustomEvent("vitrina:find")) }, icon("find"), el("span", {}, "Find"), el("kbd", {}, "/")),
      el("h2", {}, heading),
      el("div", { class: "list" }, artifacts.map((artifact) => this.artifact(artifact)), values.map((value) => this.value(value))),
      rest && el("p", { class: "muted rest" }, rest),
      (runs ?? []).length > 0 && el("div", { class: "runs" }, el("h2", {}, "Runs"), runs.map((run) => this.page(run)), runsRest && el("p", { class: "muted rest" }, runsRest)),
      (tour ?? []).length > 0 && el("div", { class: "tour" }, el("h2", {}, "Five clicks"), tour.map(([name, , href], i) => this.step(name, href, i))),
      (pages ?? []).length > 0 && el("div", { class: "pages" }, pages.map((page) => this.page(page))),
      el("footer", { class: "muted" }, foot),
    ];
    this.box.replaceChildren(...parts.filter(Boolean)); // a part that is not there would be the word "false"
    this.box.dataset.ready = title;
    this.box.querySelector('.value[aria-current="page"]')?.scrollIntoView({ block: "nearest" });
  }

  // The step whose address is shown is the current one; parameters of the view itself may come on top.
  step(name, href, i) {
    const here = new URL(href, location.origin);
    const given = new URLSearchParams(location.search);
    const current = here.pathname === location.pathname && [...here.searchParams].every(([key, text]) => given.get(key) === text) && ["q", "cell"].every((key) => given.has(key) === here.searchParams.has(key));
    return el("a", { class: "page", href, download: href.startsWith("/api/") ? "" : null, "aria-current": current ? "step" : null }, el("span", { class: "number", "aria-hidden": "true" }, String(i + 1)), el("span", { class: "clip" }, name));
  }

  page({ name, icon: sign, href, current }) {
    return el("a", { class: "page", href, "aria-current": current ? "page" : null }, icon(sign), el("span", { class: "clip" }, name));
  }

  artifact({ name, version, href, current, values, rest }) {
    const row = el("a", { class: "artifact", href, "aria-current": current ? "true" : null, title: name }, el("span", { class: "clip" }, name), version && el("span", { class: "chip" }, version));
    return [row, ...(values ?? []).map((value) => this.value(value)), rest && el("p", { class: "muted rest inner" }, rest)];
  }

  value({ name, icon: sign, href, current }) {
    return el("a", { class: "value", href, "aria-current": current ? "page" : null, title: name }, icon(sign), el("span", { class: "clip" }, name));
  }
}

export default mountView(Navigation);
