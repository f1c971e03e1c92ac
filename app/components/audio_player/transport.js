// The bar below the pictures: play, time, repeat, speed, sound, and how the spectrogram is drawn. Knows buttons only.

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4];
const FLOORS = [-40, -60, -80, -100, -120];

class Transport {
  constructor(actions) {
    this.actions = actions;
    const tool = (label, key, sign, action) =>
      el("button", { class: "tool", type: "button", title: key ? `${label} (${key})` : label, "aria-label": label, onclick: action }, ICONS[sign] ? icon(sign) : sign);
    this.play = tool("Play", "Space", "play", actions.play);
    this.repeat = tool("Repeat", "R", "repeat", actions.repeat);
    this.mute = tool("Mute", "M", "sound", actions.mute);
    this.now = el("output", { class: "now", "aria-label": "Time" });
    this.sample = el("span", { class: "muted sample" });
    this.speed = this.choice("Speed", SPEEDS.map((speed) => [String(speed), `${speed}×`]), actions.speed);
    this.channel = this.choice("Channel of the spectrogram", [], actions.channel);
    this.frequency = this.choice("Frequencies (S)", [["log", "log Hz"], ["lin", "linear Hz"]], actions.frequency);
    this.floor = this.choice("Level that is drawn darkest", FLOORS.map((floor) => [String(floor), `${floor} dB`.replace("-", "−")]), actions.floor);
    this.zoom = el("div", { class: "zoom" }, tool("Zoom out", "−", "minus", actions.zoomOut), tool("Zoom in", "+", "plus", actions.zoomIn), tool("All of it", "F", "Fit", actions.fit), tool("Save picture", "G", "image", actions.save));
    this.picture = el("div", { class: "group" }, this.channel, this.frequency, this.floor);
    this.root = el("div", { class: "transport" }, this.play, this.now, this.sample, this.repeat, this.speed, this.mute, el("i", { class: "gap" }), this.picture, this.zoom);
  }

  choice(label, options, action) {
    const select = el("select", { title: label, "aria-label": label }, options.map(([value, text]) => el("option", { value }, text)));
    select.addEventListener("change", () => action(select.value));
    return select;
  }

  setChannels(names) {
    const options = [["all", names.length > 1 ? "all channels" : names[0]], ...names.map((name, i) => [String(i + 1), name])];
    this.channel.replaceChildren(...(names.length > 1 ? options : options.slice(0, 1)).map(([value, text]) => el("option", { value }, text)));
    this.channel.hidden = names.length < 2;
  }

  show({ playing, repeat, muted, speed, channel, frequency, floor }) {
    this.play.replaceChildren(icon(playing ? "pause" : "play"));
    this.play.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.repeat.setAttribute("aria-pressed", String(repeat));
    this.mute.replaceChildren(icon(muted ? "mute" : "sound"));
    this.mute.setAttribute("aria-pressed", String(muted));
    this.speed.value = String(speed);
    this.channel.value = channel === null ? "all" : String(channel + 1);
    this.frequency.value = frequency;
    this.floor.value = String(floor);
  }
}
