// A list that the server sends a page at a time. Kind and place stand in the address, so that a copied one shows the same.

const PAGE = 100;
const SIGNS = { changed: "~", added: "+", removed: "−" };
const KINDS = ["changed", "removed", "added"];

class Paging {
  constructor(what, box, changed) {
    this.what = what;
    this.box = box;
    this.changed = changed;
    this.state = {};
    this.problem = el("p", { class: "problem", role: "alert", hidden: true });
    box.prepend(this.problem);
  }

  // Reads the address; what is unknown or damaged is left out.
  read() {
    const given = new URLSearchParams(location.search);
    if (location.pathname !== "/compare") return false;
    const show = given.get("show");
    const at = given.get("at");
    this.state = {
      show: KINDS.includes(show) ? show : "",
      at: /^\d{1,12}$/.test(at ?? "") ? Math.max(0, Number(at) - 1) : 0,
      column: given.get("column") ?? "",
    };
    return true;
  }

  set(changes) {
    Object.assign(this.state, changes);
    const query = new URLSearchParams(location.search);
    const own = { show: this.state.show, at: this.state.at ? String(this.state.at + 1) : "", column: this.state.column };
    for (const [key, value] of Object.entries(own)) {
      if (value) query.set(key, value);
      else query.delete(key);
    }
    const text = query.toString().replace(/%(3A|2F|40|2C)/gi, decodeURIComponent);
    history.replaceState(history.state, "", `${location.pathname}?${text}`);
    this.changed();
  }

  // Returns what the server says, or nothing after saying what is wrong; of two questions the later one counts.
  async ask(sides) {
    const turn = (this.turn = Symbol("turn"));
    delete this.box.dataset.error;
    const { show, at, column } = this.state;
    const query = new URLSearchParams({ ...sides, show, column, offset: at, limit: PAGE });
    this.box.dataset.loading = "true";
    let found;
    try {
      found = await (await fetch(`/api/compare/${this.what}?${query}`)).json();
      while (found.comparing && this.turn === turn) {
        this.box.dataset.comparing = "true";
        found = await (await fetch(`/api/compare/${this.what}?${query}`)).json();
      }
    } catch {
      found = { error: { subject: "viewer", problem: "did not answer", remedy: "Load the page again." } };
    }
    if (this.turn !== turn) return null;
    delete this.box.dataset.loading;
    delete this.box.dataset.comparing;
    const { error } = found;
    this.problem.hidden = !error;
    if (error) {
      this.problem.replaceChildren(icon("warning"), `${error.subject}: ${error.problem}. ${error.remedy}`);
      this.box.dataset.error = error.problem;
      return null;
    }
    if (this.state.at && this.state.at >= found.count) {
      this.set({ at: 0 });
      return null;
    }
    return found;
  }

  tools(counts, total, shown, note) {
    const { show, at } = this.state;
    const kinds = KINDS.map((kind) => el("button", { class: "kind", type: "button", disabled: !counts[kind], "aria-pressed": String(show === kind), onclick: () => this.set({ show: show === kind ? "" : kind, at: 0, column: kind === "changed" ? this.state.column : "" }) }, `${SIGNS[kind]} ${count(counts[kind])} ${kind}`));
    const step = (label, sign, to, allowed) => el("button", { class: "tool", type: "button", disabled: !allowed, title: label, "aria-label": label, onclick: () => this.set({ at: to }) }, icon(sign));
    const range = total > shown ? `${count(at + 1)}–${count(at + shown)} of ${count(total)}, because a page has ${PAGE}` : `${count(total)} in all`;
    return [...kinds, el("span", { class: "muted range" }, note ? `${range}; ${note}` : range), ...(total > shown ? [step("Page before", "back", Math.max(0, at - PAGE), at > 0), step("Next page", "forward", at + PAGE, at + shown < total)] : [])];
  }
}
