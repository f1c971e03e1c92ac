// Several pictures under one key: a strip of all of them, of which one is on the stage.

class Strip {
  // onWalk(index)
  constructor(onWalk) {
    this.onWalk = onWalk;
    this.place = el("span", { class: "muted place" });
    this.list = el("div", { class: "thumbs", role: "listbox", "aria-label": "Pictures of the list", "aria-orientation": "horizontal" });
    this.root = el("div", { class: "strip", hidden: true }, this.place, this.list);
    this.list.addEventListener("keydown", (event) => this.key(event));
  }

  fill(items, total) {
    this.items = items;
    this.total = total;
    this.root.hidden = items.length < 2;
    this.buttons = items.map((item, i) =>
      el(
        "button",
        { class: "thumb", type: "button", role: "option", title: item.label, "aria-label": `${i + 1}: ${item.label}`, onclick: () => this.onWalk(i) },
        item.thumb ? el("img", { src: item.thumb, alt: "", loading: "lazy" }) : icon("image"),
      ));
    this.list.replaceChildren(...this.buttons);
  }

  mark(index) {
    this.index = index;
    this.place.textContent = `${count(index + 1)} of ${count(this.total)}`;
    this.buttons.forEach((button, i) => {
      button.setAttribute("aria-selected", String(i === index));
      button.tabIndex = i === index ? 0 : -1;
    });
    this.buttons[index]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (this.list.contains(this.list.getRootNode().activeElement)) this.buttons[index].focus();
  }

  step(by) {
    const next = Math.min(this.items.length - 1, Math.max(0, this.index + by));
    if (next !== this.index) this.onWalk(next);
  }

  key(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -this.items.length, End: this.items.length };
    if (!(event.key in steps) || hasModifier(event) || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation(); // the page's own arrows go to another object
    this.step(steps[event.key]);
  }
}
