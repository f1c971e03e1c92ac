// A verify of all that is open: started, watched, stopped. It goes on when the page is left, and is found again.

const WATCH_MS = 500;

class VerifyControl {
  constructor(onDone, signal) {
    this.onDone = onDone;
    this.signal = signal;
    this.deep = el("input", { type: "checkbox" });
    this.button = el("button", { type: "button", class: "primary", onclick: () => this.press() }, "Verify");
    this.meter = el("progress", { max: 1, value: 0, hidden: true, "aria-label": "Verify" });
    this.line = el("span", { class: "muted", "aria-live": "polite" });
    this.box = el(
      "div",
      { class: "job" },
      this.button,
      el("label", { title: "Measure every record of fidelity again from what is stored" }, this.deep, "deep"),
      this.meter,
      this.line,
    );
    this.watch();
  }

  async ask(action = "") {
    const answer = await fetch(`/api/verify${action}`, { method: action ? "POST" : "GET", signal: this.signal });
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
    return answer.json();
  }

  async press() {
    const action = this.running ? "?do=stop" : `?do=start${this.deep.checked ? "&deep=1" : ""}`;
    try {
      await this.ask(action);
    } catch (error) {
      this.line.textContent = `It cannot be ${this.running ? "stopped" : "started"}: ${error.message}.`;
      return;
    }
    this.watch();
  }

  async watch() {
    clearTimeout(this.timer);
    let status;
    try {
      status = await this.ask();
    } catch {
      return; // the page is left, or the server is gone, which the page says itself
    }
    const was = this.running;
    this.running = status.state === "running";
    this.show(status);
    if (this.running) this.timer = setTimeout(() => this.watch(), WATCH_MS);
    else if (was) this.onDone();
  }

  show({ state, done, total, problems, findings, values, deep, problem }) {
    this.button.textContent = this.running ? "Stop" : "Verify";
    this.deep.disabled = this.running;
    if (this.running) this.deep.checked = deep;
    this.meter.hidden = !this.running;
    this.meter.max = Math.max(total, 1);
    this.meter.value = done;
    const found = `${problems === 1 ? "1 problem" : `${count(problems)} problems`}, ${findings === 1 ? "1 finding" : `${count(findings)} findings`}`;
    this.line.textContent = {
      idle: "",
      running: `${count(done)} of ${count(total)} files and values · ${found}`,
      done: `${count(values)} values checked · ${found}`,
      stopped: `stopped · ${found} until then; nothing of it is kept`,
      failed: `ended: ${problem}`,
    }[state];
    this.box.dataset.state = state;
  }

  destroy() {
    clearTimeout(this.timer);
  }
}
