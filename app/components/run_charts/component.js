// Charts of all keys that hold numbers. Which keys, how smooth, which axis and which steps stands in the address.

const CHARTS_A_PAGE = 24;
const LIVE_MS = 4000;

const groupOf = (key) => (key.includes("/") ? key.slice(0, key.lastIndexOf("/")) : "");

class RunCharts {
  constructor(root, signal) {
    this.address = new ViewAddress(["kq", "kp", "sm", "log", "from", "to"]);
    const given = this.address.read();
    const step = (text) => (text !== undefined && text !== "" && Number.isFinite(Number(text)) ? Number(text) : null);
    this.range = { from: step(given.from), to: step(given.to) };
    this.smoothing = Math.min(0.99, Math.max(0, Number(given.sm) || 0));
    this.log = given.log === "1";
    this.page = Math.max(1, Number.parseInt(given.kp, 10) || 1);
    this.pointed = this.chosen = null;
    this.build(given.kq ?? "");
    root.append(this.box);
    signal.addEventListener("abort", () => clearTimeout(this.timer));
    const sizes = new ResizeObserver(() => this.later());
    sizes.observe(this.box);
    signal.addEventListener("abort", () => sizes.disconnect());
  }

  build(sought) {
    this.search = el("input", { type: "search", placeholder: "Search charts", "aria-label": "Search charts", value: sought, spellcheck: false });
    this.search.addEventListener("input", () => this.change({ kq: this.search.value, kp: "" }, () => (this.page = 1)));
    this.slider = el("input", { type: "range", min: 0, max: 0.99, step: 0.01, value: this.smoothing, "aria-label": "Smoothing" });
    this.slider.addEventListener("input", () => this.smooth(Number(this.slider.value)));
    this.weight = el("output", {}, this.smoothing.toFixed(2));
    this.axis = el("input", { type: "checkbox", checked: this.log });
    this.axis.addEventListener("change", () => {
      this.log = this.axis.checked;
      this.address.write({ log: this.log ? "1" : "" });
      this.charts.forEach((chart) => chart.draw());
    });
    this.steps = el("button", { class: "tool steps", type: "button", title: "Show all steps", onclick: () => this.setRange(null, null) });
    this.said = el("span", { class: "muted" });
    const bar = el("div", { class: "bar" }, this.search, el("label", {}, "Smoothing", this.slider, this.weight), el("label", {}, this.axis, "log y"), this.steps, this.said);
    this.list = el("div", { class: "list" });
    this.pages = el("nav", { class: "pages", "aria-label": "Pages of charts" });
    this.box = el("div", {}, bar, this.list, this.pages);
    this.charts = [];
  }

  async update({ id }) {
    this.id = id;
    this.said.textContent = "Reading the history …";
    await this.refresh();
  }

  async refresh() {
    const answer = await fetch(`/api/run/keys?${new URLSearchParams({ id: this.id })}`);
    const data = await answer.json();
    if (data.error) {
      this.said.textContent = `${data.error.subject}: ${data.error.problem}. ${data.error.remedy}`;
      this.box.dataset.error = "true";
      return;
    }
    const news = data.stamp !== this.stamp;
    Object.assign(this, { stamp: data.stamp, facts: data.numbers, rows: data.rows });
    if (news) this.show();
    if (data.live) this.timer = setTimeout(() => this.refresh().catch(() => {}), LIVE_MS);
  }

  change(state, apply) {
    apply();
    this.address.write(state);
    this.show();
  }

  smooth(weight) {
    this.smoothing = weight;
    this.weight.textContent = weight.toFixed(2);
    this.address.write({ sm: weight || "" });
    this.charts.forEach((chart) => chart.draw());
  }

  setRange(from, to) {
    this.range = { from, to };
    this.address.write({ from: from ?? "", to: to ?? "" });
    this.showRange();
    this.charts.filter((chart) => chart.data).forEach((chart) => chart.load());
  }

  showRange() {
    const { from, to } = this.range;
    this.steps.hidden = from === null && to === null;
    this.steps.replaceChildren(`steps ${from === null ? "…" : count(from)} to ${to === null ? "…" : count(to)}`, icon("cross"));
  }

  point(step) {
    this.pointed = step;
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.charts.forEach((chart) => chart.draw());
    });
  }

  later() {
    clearTimeout(this.sized);
    this.sized = setTimeout(() => this.charts.filter((chart) => chart.data).forEach((chart) => chart.load()), 150);
  }

  show() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.facts.filter(({ key }) => words.every((word) => key.toLowerCase().includes(word)));
    const pages = Math.max(1, Math.ceil(found.length / CHARTS_A_PAGE));
    this.page = Math.min(this.page, pages);
    const shown = found.slice((this.page - 1) * CHARTS_A_PAGE, this.page * CHARTS_A_PAGE);
    const before = new Map(this.charts.map((chart) => [chart.fact.key, chart]));
    this.charts = shown.map((fact) => {
      const chart = before.get(fact.key) ?? new RunChart(this, fact);
      chart.fact = fact;
      return chart;
    });
    const groups = Map.groupBy ? Map.groupBy(this.charts, (chart) => groupOf(chart.fact.key)) : new Map([["", this.charts]]);
    this.list.replaceChildren(...[...groups].flatMap(([name, charts]) => [name && el("h3", {}, name), el("div", { class: "charts" }, charts.map((chart) => chart.box))]).filter(Boolean));
    this.said.textContent = `${count(found.length)} of ${count(this.facts.length)} charts, ${count(this.rows)} rows`;
    this.showPages(pages);
    this.showRange();
    this.watch();
    this.box.dataset.ready = String(this.charts.length);
  }

  // A chart asks for its points when it comes near the window.
  watch() {
    this.seen?.disconnect();
    this.seen = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          this.seen.unobserve(entry.target);
          this.charts.find((chart) => chart.box === entry.target)?.load().catch((error) => (entry.target.dataset.error = error.message));
        }
      },
      { rootMargin: "200px" },
    );
    this.charts.forEach((chart) => this.seen.observe(chart.box));
  }

  showPages(pages) {
    const step = (name, to) => el("button", { class: "tool", type: "button", disabled: to < 1 || to > pages, onclick: () => this.change({ kp: to > 1 ? to : "" }, () => (this.page = to)) }, name);
    this.pages.hidden = pages < 2;
    this.pages.replaceChildren(step("Previous", this.page - 1), el("span", { class: "muted" }, `page ${count(this.page)} of ${count(pages)}`), step("Next", this.page + 1));
  }
}

export default mountView(RunCharts);
