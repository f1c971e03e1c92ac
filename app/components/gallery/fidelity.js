// How much of an artifact is what was logged: a bar of four shares, which comes when the records have been counted.

const VERDICTS = [["lossless", "good", "\u2713"], ["bounded", "fair", "\u2248"], ["lossy", "warn", "!"], ["unknown", "none", "?"]];

const fidelityBar = (address) => {
  const bar = el("span", { class: "bar", role: "img", "aria-label": "Fidelity" });
  const fill = async () => {
    const counts = await (await fetch(address)).json();
    const total = VERDICTS.reduce((sum, [name]) => sum + (counts[name] ?? 0), 0);
    if (!total) return;
    const said = VERDICTS.filter(([name]) => counts[name]).map(([name, , mark]) => `${mark} ${count(counts[name])} ${name}`);
    bar.title = `${counts.counted < counts.of ? `${count(counts.counted)} of ${count(counts.of)} values: ` : ""}${said.join(" · ")}`;
    bar.setAttribute("aria-label", `Fidelity: ${bar.title}`);
    bar.replaceChildren(...VERDICTS.filter(([name]) => counts[name]).map(([name, kind]) => el("i", { class: kind, style: { flex: String(counts[name]) } })));
    bar.dataset.ready = String(total);
  };
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    fill().catch(() => bar.remove());
  });
  seen.observe(bar);
  return bar;
};

const fidelityMark = ({ kind, mark, text, title }) => el("span", { class: `fidelity ${kind}`, title: `${text}. ${title}`, role: "img", "aria-label": text }, mark);
