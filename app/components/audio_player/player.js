// The sound on its stage. Levels and spectrogram are measured by the server, for all of it and again for the range that
// is seen; everything that moves under the pointer happens here.

const MAX_DETAIL_FRAMES = 40_000_000; // beyond, the levels of the whole are as fine as the screen

class AudioPlayer {
  constructor(root, signal) {
    this.root = root;
    this.signal = signal;
    this.address = new ViewAddress(SOUND_KEYS);
    this.audio = el("audio", { preload: "metadata" });
    this.time = new TimeView(1, 1);
    this.state = readSoundState({}, { rate: 1, frames: 1, channels: 1 }).state;
    this.build();
    this.listen();
  }

  // -- the page ----------------------------------------------------------------------------------------------------

  build() {
    const canvas = (name) => el("canvas", { class: name });
    this.wave = new Waveform(canvas("wave"));
    this.spectrum = new Spectrum(canvas("spectrum"));
    this.cursor = new Cursor(canvas("cursor"));
    this.cursor.canvas.tabIndex = 0;
    this.names = el("div", { class: "gutter names" });
    this.hertz = el("div", { class: "gutter hertz" });
    this.axis = el("div", { class: "axis" });
    this.legend = el("div", { class: "legend", title: "Decibels below a sine of full scale" });
    this.thumb = el("i");
    this.scroll = el("div", { class: "scroll", title: "Drag to move through time" }, this.thumb);
    this.message = el("div", { class: "message", hidden: true });
    this.plots = el("div", { class: "plots" }, this.names, this.wave.canvas, this.axis, this.hertz, this.spectrum.canvas, this.legend, this.cursor.canvas, this.scroll, this.message);
    this.told = el("span", { class: "clip readout" });
    this.remark = el("span", { class: "clip muted remark" });
    this.transport = new Transport({
      play: () => this.toggle(),
      repeat: () => this.setRepeat(!this.state.repeat),
      mute: () => this.mute(),
      speed: (text) => this.setSpeed(Number(text)),
      channel: (text) => this.setChannel(text === "all" ? null : Number(text) - 1),
      frequency: (text) => this.setPicture({ frequency: text }),
      floor: (text) => this.setPicture({ floor: Number(text) }),
      zoomIn: () => this.zoom(2),
      zoomOut: () => this.zoom(0.5),
      fit: () => this.fit(),
      save: () => this.save(),
    });
    this.side = el("div", { class: "side", hidden: true });
    this.stage = el("div", { class: "stage" }, this.plots, el("div", { class: "line" }, this.told, this.remark), this.transport.root, this.side, this.audio);
    this.root.append(this.stage);
  }

  // -- data --------------------------------------------------------------------------------------------------------

  update(data) {
    this.loading?.abort();
    this.address.cancel();
    const loading = (this.loading = new AbortController());
    this.alive = AbortSignal.any([loading.signal, this.signal]);
    for (const mark of ["ready", "error", "levels", "spectrum", "player"]) delete this.stage.dataset[mark];
    Object.assign(this, { data, overview: null, detail: null, picture: null, pictureDetail: null, remarks: new Map() });
    this.message.hidden = true;
    this.cursor.canvas.setAttribute("aria-label", `${data.label}: levels and spectrogram`);
    this.audio.src = data.source;
    this.measured = data.measured ? new Measured(data.measured) : null;
    this.channelNames = channelNames(data.channels || 1);
    this.transport.setChannels(this.channelNames);
    this.plots.toggleAttribute("data-blind", !this.measured);
    if (!this.measured) return this.showBlind();
    this.begin(data.rate, data.frames);
    if (data.frames) return this.load();
    this.tellMessage("This sound has no samples.");
    return (this.stage.dataset.ready = data.label);
  }

  begin(rate, frames) {
    this.time = new TimeView(frames, rate);
    this.time.width = this.plotWidth();
    const { state, ignored } = readSoundState(this.address.read(), { rate, frames, channels: this.data.channels || 1 });
    this.state = state;
    this.say("address", ignored.length ? `ignored in the address: ${ignored.join(", ")}` : "");
    if (state.win) this.time.set(state.win.from, state.win.to);
    this.audio.playbackRate = state.speed;
    this.audio.loop = state.repeat && !state.selection;
    if (state.at) this.seek(state.at);
    this.panel = new ChannelPanel(this.channelNames, (silent) => this.silence(silent));
    this.showPanel();
    this.show();
    this.draw();
  }

  async load() {
    const stopped = new AbortController();
    const tell = (done) => this.tellMessage(`Measuring ${count(this.data.frames)} samples: ${Math.round(done * 100)} %`);
    this.measured.follow(tell, AbortSignal.any([stopped.signal, this.alive]));
    try {
      const levels = this.measured.ask("levels", {}, this.alive).then((found) => this.takeLevels(found));
      await Promise.all([levels, this.loadSpectrum()]);
    } catch (error) {
      if (!this.alive.aborted) this.fail(error);
      return;
    } finally {
      stopped.abort();
    }
    this.message.hidden = true;
    this.refine();
    this.draw();
    this.stage.dataset.ready = this.data.label;
  }

  takeLevels(found) {
    this.overview = found;
    this.message.hidden = true;
    this.panel.show(found, this.state.silent, this.isFloat);
    const early = found.stop < found.wanted;
    this.say("end", early ? `${count(found.stop)} of ${count(found.wanted)} samples, because the file ends there` : "");
    const loud = found.peak.some((peak) => peak > 1);
    this.say("loud", loud ? `beyond ±1 the player clips; the levels are drawn as they are stored, up to ${Math.max(...found.peak).toPrecision(4)}` : "");
    this.stage.dataset.levels = "ready";
    this.draw();
  }

  async loadSpectrum() {
    const channel = this.state.channel;
    const found = await this.measured.ask("spectrogram", { channel: channel ?? undefined }, this.alive);
    if (channel !== this.state.channel) return;
    found.serial = this.serial = (this.serial ?? 0) + 1;
    this.picture = found;
    this.pictureDetail = null;
    this.stage.dataset.spectrum = "ready";
    this.draw();
  }

  get isFloat() {
    return !/^PCM_/.test(this.data.subtype);
  }

  get limit() {
    const bits = Number(/^PCM_[A-Z]?(\d+)$/.exec(this.data.subtype)?.[1] ?? 0);
    return bits ? { high: 1 - 2 ** (1 - bits), low: -1 } : { high: 1 + 1e-6, low: -1 - 1e-6 };
  }

  // Finer levels and picture of what is seen, asked for when the view has come to rest.
  refine() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.loadDetail().catch((error) => this.alive.aborted || this.say("detail", error.message)), 120);
  }

  async loadDetail() {
    const { time } = this;
    if (!this.measured || !this.overview || time.isWhole || time.span > MAX_DETAIL_FRAMES) return;
    const width = Math.ceil(this.plotWidth() * this.ratio);
    const margin = Math.ceil(time.span / 2);
    const [from, to] = [Math.max(0, Math.floor(time.from) - margin), Math.min(time.frames, Math.ceil(time.to) + margin)];
    this.detailing?.abort();
    const detailing = (this.detailing = new AbortController());
    const signal = AbortSignal.any([detailing.signal, this.alive]);
    const columns = Math.min(8192, Math.ceil((width * (to - from)) / time.span));
    try {
      const wanted = [];
      if (this.overview.step > (to - from) / columns) wanted.push(this.measured.ask("levels", { from, to, columns }, signal).then((found) => (this.detail = found)));
      const channel = this.state.channel ?? undefined;
      const ask = this.measured.ask("spectrogram", { from, to, columns: Math.min(4096, columns), channel }, signal);
      wanted.push(ask.then((found) => (this.pictureDetail = Object.assign(found, { serial: (this.serial += 1) }))));
      await Promise.all(wanted);
    } catch (error) {
      if (!signal.aborted) throw error;
      return;
    }
    this.stage.dataset.detail = `${from}-${to}`;
    this.draw();
  }

  fail(error) {
    this.stage.dataset.error = error.message;
    this.tellMessage(error.message);
  }

  showBlind() {
    this.tellMessage("No picture of this sound: it is not decoded here.");
    this.stage.dataset.ready = this.data.label;
  }

  tellMessage(text) {
    this.message.textContent = text;
    this.message.hidden = false;
  }

  showPanel() {
    const style = this.root.querySelector("style");
    this.panel.show(this.overview, this.state.silent, this.isFloat);
    this.side.hidden = true;
    if (style && this.panel.offer(style)) return;
    this.side.replaceChildren(this.panel.root);
    this.side.hidden = false;
  }

  // One line for each remark, the first that matters in sight and all of them on the line's title.
  say(kind, text) {
    if (text) this.remarks.set(kind, text);
    else this.remarks.delete(kind);
    this.showRemark();
  }

  showRemark() {
    const lines = [...this.remarks.values()];
    const levels = this.overview && this.wave.choose(this.time, this.overview, this.detail);
    const picture = this.pictureNow();
    if (levels && levels.step > 1) lines.push(`a level is least and greatest of ${count(levels.step)} samples`);
    if (picture) {
      const gaps = picture.covered < 1 ? `, ${Math.round(picture.covered * 100)} % of the samples, because this is a long sound: zoom in for all` : "";
      const mean = picture.perColumn > 1 ? `, mean of ${picture.perColumn} windows` : "";
      lines.push(`Hann window ${count(picture.window)}${mean}${gaps}`);
    }
    this.remark.textContent = lines.join(" · ");
    this.remark.title = lines.join("\n");
  }

  pictureNow() {
    const { pictureDetail: detail, time } = this;
    return detail && detail.start <= time.from && detail.stop >= Math.min(time.to, time.frames) && detail.step <= (this.picture?.step ?? Infinity) ? detail : this.picture;
  }

  // -- state ---------------------------------------------------------------------------------------------------------

  get heard() {
    return this.wanted ?? this.audio.currentTime * this.time.rate;
  }

  seek(frame) {
    const at = Math.min(this.time.frames, Math.max(0, frame));
    const secs = at / this.time.rate;
    if (this.audio.readyState > 0) this.audio.currentTime = secs;
    else this.wanted = at; // before the file is known a place would be forgotten
    this.draw();
  }

  async toggle() {
    if (!this.audio.paused) return this.audio.pause();
    const { selection } = this.state;
    if (selection && (this.heard < selection.from || this.heard >= selection.to - 1)) this.seek(selection.from);
    this.mixer?.silence(this.state.silent);
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name !== "AbortError" && !this.audio.error) this.say("player", `The browser did not play: ${error.message}`);
    }
    return undefined;
  }

  select(selection, done) {
    this.state.selection = selection;
    this.audio.loop = this.state.repeat && !selection;
    if (done) {
      if (selection && !this.state.repeat) this.setRepeat(true);
      this.remember();
    }
    this.draw();
  }

  setRepeat(repeat) {
    this.state.repeat = repeat;
    this.audio.loop = repeat && !this.state.selection;
    this.remember();
    this.show();
  }

  setSpeed(speed) {
    this.state.speed = speed;
    this.audio.playbackRate = speed;
    this.remember();
    this.show();
  }

  setChannel(channel) {
    this.state.channel = channel;
    delete this.stage.dataset.spectrum;
    this.loadSpectrum().then(() => this.refine()).catch((error) => this.alive.aborted || this.fail(error));
    this.remember();
    this.show();
  }

  setPicture(change) {
    Object.assign(this.state, change);
    this.remember();
    this.show();
    this.draw();
  }

  mute() {
    this.audio.muted = !this.audio.muted;
    this.show();
  }

  silence(silent) {
    this.state.silent = silent;
    this.mixer ??= new Mixer(this.audio, this.data.channels);
    this.mixer.silence(silent);
    this.panel.show(this.overview, silent, this.isFloat);
    this.remember();
    this.draw();
  }

  zoom(factor, frame) {
    const { selection } = this.state;
    const heard = this.heard >= this.time.from && this.heard <= this.time.to ? this.heard : (this.time.from + this.time.to) / 2;
    this.time.zoomAbout(factor, frame ?? (selection ? (selection.from + selection.to) / 2 : heard));
    this.moved();
  }

  fit() {
    this.time.set(0, this.time.frames);
    this.moved();
  }

  moved() {
    this.refine();
    this.remember();
    this.draw();
  }

  remember() {
    const { state, time } = this;
    const secs = (frame) => secondsText(frame / time.rate);
    const loop = state.selection ? `${secs(state.selection.from)}-${secs(state.selection.to)}${state.repeat ? "" : ",once"}` : state.repeat ? "all" : "";
    this.address.write({
      t: this.heard >= 0.5 ? secs(Math.round(this.heard)) : "",
      rate: state.speed === 1 ? "" : state.speed,
      loop,
      win: time.isWhole ? "" : `${secs(time.from)}-${secs(time.to)}`,
      ch: state.channel === null ? "" : state.channel + 1,
      freq: state.frequency === "log" ? "" : state.frequency,
      floor: state.floor === -100 ? "" : state.floor,
      mute: [...state.silent].sort((a, b) => a - b).map((channel) => channel + 1).join(","),
    });
  }

  show() {
    this.transport.show({ playing: !this.audio.paused, muted: this.audio.muted, ...this.state });
  }
}
