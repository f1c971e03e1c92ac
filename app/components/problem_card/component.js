// One card: what it is about, what is wrong, what to do; below it what is stored.

class ProblemCard {
  constructor(root) {
    this.box = el("div", { class: "sheet" });
    root.append(this.box);
  }

  update({ subject, problem, remedy, stored, download }) {
    const file = download && el("a", { class: "tool", href: download, download: "" }, icon("download"), "Download the file as stored");
    this.box.replaceChildren(
      el(
        "section",
        { class: "card", role: "alert" },
        icon("warning"),
        el("div", {}, el("h2", {}, subject), el("p", { class: "problem" }, `${problem[0]?.toUpperCase() ?? ""}${problem.slice(1).replace(/\.$/, "")}.`), remedy && el("p", { class: "muted remedy" }, remedy), file),
      ),
      ...(stored ? [el("h3", {}, "Stored JSON"), el("pre", {}, stored)] : []),
    );
    this.box.dataset.error = problem;
  }
}

export default mountView(ProblemCard);
