// A bar that fills; one that runs to and fro where nobody knows how much there is.

class ProgressLine {
  constructor(root) {
    this.text = el("span", {});
    this.bar = el("progress", {});
    this.box = el("div", { class: "progress", role: "status" }, this.text, this.bar);
    root.append(this.box);
  }

  update({ text, done, total, unit }) {
    this.text.textContent = total ? `${text}: ${count(done)} of ${count(total)} ${unit}` : `${text} …`;
    if (total) {
      this.bar.max = total;
      this.bar.value = done;
    } else this.bar.removeAttribute("value");
    this.box.dataset.ready = `${done}/${total}`;
  }
}

export default mountView(ProgressLine);
