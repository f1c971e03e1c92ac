// The switch that lets a document's own scripts run, and the sentence that says what either state allows.

class ScriptSwitch {
  constructor(onChange) {
    this.onChange = onChange;
    this.says = el("span", { class: "clip says" });
    this.button = el("button", { class: "switch", type: "button", role: "switch", onclick: () => this.set(!this.isOn) }, el("i", { class: "knob", "aria-hidden": "true" }), (this.name = el("span", {})));
    this.root = el("div", { class: "rights" }, (this.mark = el("span", { class: "mark" })), this.says, this.button);
  }

  update({ off, on, details, running, switch: name }) {
    this.texts = { off, on, details };
    this.name.textContent = name ?? "";
    this.button.hidden = !running;
    this.show(false);
  }

  set(isOn) {
    this.show(isOn);
    this.onChange(isOn);
  }

  show(isOn) {
    this.isOn = isOn;
    this.button.setAttribute("aria-checked", String(isOn));
    const text = isOn ? this.texts.on : this.texts.off;
    this.says.textContent = text;
    this.says.title = isOn ? this.texts.details : text;
    this.button.title = this.texts.details ?? "";
    this.mark.replaceChildren(icon(isOn ? "warning" : "check"));
    this.root.toggleAttribute("data-on", isOn);
  }
}
