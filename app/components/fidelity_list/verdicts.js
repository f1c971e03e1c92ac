// Verdicts, worst first: colour, mark, and the word that always stands beside them.

const VERDICTS = [
  ["lossy", "warn", "!"],
  ["unknown", "none", "?"],
  ["bounded", "fair", "≈"],
  ["lossless", "good", "✓"],
];

const verdictMark = (verdict, label, title) => {
  const [, kind, mark] = VERDICTS.find(([name]) => name === verdict) ?? VERDICTS[1];
  return el("span", { class: `badge ${kind}`, title: title || null }, el("i", { "aria-hidden": "true" }, mark), label ? `${verdict} ${label}` : verdict);
};

// How many values there are of each verdict: a bar of shares that are buttons; a pressed one filters.
class VerdictBar {
  constructor(onPick) {
    this.onPick = onPick;
    this.box = el("div", { class: "verdicts", role: "group", "aria-label": "Verdicts" });
  }

  update(rows, picked) {
    const counts = Object.fromEntries(VERDICTS.map(([name]) => [name, rows.filter((row) => row.verdict === name).length]));
    this.box.replaceChildren(...VERDICTS.map(([name, kind, mark]) => el(
      "button",
      {
        type: "button",
        class: `share ${kind}`,
        disabled: !counts[name] && picked !== name,
        "aria-pressed": String(picked === name),
        style: { "flex-grow": String(Math.max(counts[name], rows.length / 12, 1)) },
        onclick: () => this.onPick(picked === name ? "" : name),
      },
      el("span", { class: "word" }, el("i", { "aria-hidden": "true" }, mark), name),
      el("b", {}, count(counts[name])),
    )));
  }
}
