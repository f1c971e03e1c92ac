// Channels: what was measured of each, and which are heard. The list lives in the inspector where the page has one.
// Sound goes through the mixer only once a channel was silenced: until then the browser plays the file as it is.

class Mixer {
  constructor(audio, channels) {
    this.audio = audio;
    this.channels = channels;
  }

  // Browsers give sound to a script after a click only, so this is made by the first one.
  silence(muted) {
    if (!this.context && !muted.size) return;
    if (!this.context) {
      this.context = new AudioContext();
      const source = this.context.createMediaElementSource(this.audio);
      const splitter = this.context.createChannelSplitter(Math.max(1, this.channels));
      const merger = this.context.createChannelMerger(Math.max(1, this.channels));
      this.gains = Array.from({ length: this.channels }, (_, channel) => {
        const gain = this.context.createGain();
        splitter.connect(gain, channel);
        gain.connect(merger, 0, channel);
        return gain;
      });
      source.connect(splitter);
      merger.connect(this.context.destination);
    }
    this.gains.forEach((gain, channel) => (gain.gain.value = muted.has(channel) ? 0 : 1));
    if (this.context.state === "suspended") this.context.resume();
  }

  close() {
    this.context?.close();
  }
}

const signed = (level) => `${level > 0 ? "+" : ""}${decibelText(level).replace(" dB", "")}`;

class ChannelPanel {
  constructor(names, onChange) {
    this.names = names;
    this.onChange = onChange;
    this.root = el("div", { class: "channels" });
  }

  show(levels, muted, subtypeIsFloat) {
    const head = el("tr", {}, ["", "peak dB", "RMS dB", subtypeIsFloat ? "over ±1" : "clipped", ""].map((text) => el("th", {}, text)));
    const rows = this.names.map((name, channel) => this.row(name, channel, levels, muted));
    this.root.replaceChildren(el("table", {}, head, rows));
    if (levels?.notFinite) this.root.append(el("p", { class: "muted" }, `${count(levels.notFinite)} samples are NaN or infinite, drawn as silence`));
  }

  row(name, channel, levels, muted) {
    const told = levels ? [signed(decibels(levels.peak[channel])), signed(decibels(Math.sqrt(levels.meanSquare[channel]))), count(levels.clipped[channel])] : ["…", "…", "…"];
    const button = (sign, title, pressed, action) => el("button", { class: "tool small", type: "button", title, "aria-label": title, "aria-pressed": String(pressed), onclick: action }, sign);
    const alone = this.names.length > 1 && muted.size === this.names.length - 1 && !muted.has(channel);
    const buttons = this.names.length > 1 ? [button("M", `Mute ${name}`, muted.has(channel), () => this.toggle(channel, muted)), button("S", `Only ${name}`, alone, () => this.solo(channel, alone))] : [];
    const cells = told.map((text, i) => el("td", { class: i === 2 && levels?.clipped[channel] ? "bad" : "", title: text }, text));
    return el("tr", { "data-channel": String(channel + 1) }, el("th", { scope: "row" }, name), cells, el("td", { class: "buttons" }, buttons));
  }

  toggle(channel, muted) {
    const next = new Set(muted);
    if (!next.delete(channel)) next.add(channel);
    this.onChange(next);
  }

  solo(channel, alone) {
    this.onChange(alone ? new Set() : new Set(this.names.map((_, other) => other).filter((other) => other !== channel)));
  }

  // Offers the list to the page's inspector; true if it was taken.
  offer(style) {
    const host = el("div");
    const shadow = host.attachShadow({ mode: "open" });
    shadow.append(style.cloneNode(true), this.root);
    return !document.dispatchEvent(new CustomEvent("vitrina:panel", { detail: { host, title: "Levels" }, cancelable: true }));
  }
}

const channelNames = (channels) => {
  const known = { 1: ["mono"], 2: ["left", "right"], 6: ["left", "right", "centre", "LFE", "back left", "back right"] };
  return known[channels] ?? Array.from({ length: channels }, (_, channel) => `ch ${channel + 1}`);
};
