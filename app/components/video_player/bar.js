// The bars below the film: the strip of frames with the place that is seen and the part that is repeated, and the buttons.

const VIDEO_SPEEDS = [0.1, 0.25, 0.5, 1, 1.5, 2, 4];

class FilmBar {
  constructor(actions) {
    const tool = (label, key, sign, action) =>
      el("button", { class: "tool", type: "button", title: key ? `${label} (${key})` : label, "aria-label": label, onclick: action }, ICONS[sign] ? icon(sign) : sign);
    this.strip = el("div", { class: "strip" });
    this.part = el("i", { class: "part" });
    this.head = el("i", { class: "head" });
    this.hint = el("span", { class: "hint", hidden: true });
    this.track = el("div", { class: "track", role: "slider", tabIndex: 0, "aria-label": "Place in the film" }, this.strip, this.part, this.head, this.hint);
    this.play = tool("Play", "Space", "play", actions.play);
    this.repeat = tool("Repeat", "R", "repeat", actions.repeat);
    this.mute = tool("Mute", "M", "sound", actions.mute);
    this.now = el("output", { class: "now", "aria-label": "Time" });
    this.frame = el("span", { class: "frame" });
    this.speed = el("select", { title: "Speed", "aria-label": "Speed" }, VIDEO_SPEEDS.map((speed) => el("option", { value: String(speed) }, `${speed}×`)));
    this.speed.addEventListener("change", () => actions.speed(Number(this.speed.value)));
    this.fit = tool("Fit", "F", "Fit", actions.fit);
    this.actual = tool("One to one", "1", "1:1", actions.actual);
    this.buttons = el(
      "div",
      { class: "transport" },
      tool("Frame before", ",", "stepBack", () => actions.step(-1)),
      this.play,
      tool("Next frame", ".", "stepOn", () => actions.step(1)),
      this.now,
      this.frame,
      el("i", { class: "gap" }),
      tool("The part begins here", "I", "[", () => actions.mark("from")),
      tool("The part ends here", "O", "]", () => actions.mark("to")),
      this.repeat,
      this.speed,
      this.mute,
      this.fit,
      this.actual,
      tool("Save this frame", "G", "image", actions.save),
    );
  }

  show({ playing, repeat, muted, speed, sound, actual }) {
    this.play.replaceChildren(icon(playing ? "pause" : "play"));
    this.play.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.repeat.setAttribute("aria-pressed", String(repeat));
    this.mute.replaceChildren(icon(muted ? "mute" : "sound"));
    this.mute.setAttribute("aria-pressed", String(muted));
    this.mute.hidden = !sound;
    this.speed.value = String(speed);
    this.actual.setAttribute("aria-pressed", String(actual));
  }

  place({ secs, duration, part, text, frame }) {
    const share = (at) => `${duration ? Math.min(100, Math.max(0, (at / duration) * 100)) : 0}%`;
    this.head.style.left = share(secs);
    this.part.hidden = !part;
    if (part) Object.assign(this.part.style, { left: share(part.from), right: `calc(100% - ${share(part.to)})` });
    this.now.textContent = text;
    this.frame.textContent = frame;
    for (const [name, value] of [["aria-valuemin", 0], ["aria-valuemax", duration], ["aria-valuenow", secs], ["aria-valuetext", text]]) this.track.setAttribute(name, String(value));
  }

  tell(x, text) {
    this.hint.hidden = !text;
    this.hint.textContent = text;
    this.hint.style.left = `${x}px`;
  }

  setStrip(picture) {
    this.strip.style.backgroundImage = picture ? `url("${picture}")` : "none";
  }
}
