// The film on its stage. The browser plays the stored bytes; what it refuses, and GIF, comes frame by frame from the
// server and says so. Frame numbers go by the times of the frames in the file.

const MAX_TRIES = 6;
const SETTLE_MS = 40; // after a seek the new frame is told within two pictures of the screen

const VIDEO_KEYS = ["t", "rate", "loop", "zoom"];
const MAX_SIDE = 1280; // of frames that the server decodes for a film: larger ones would not arrive in time

class VideoPlayer {
  constructor(root, signal) {
    this.root = root;
    this.signal = signal;
    this.address = new ViewAddress(VIDEO_KEYS);
    this.state = { speed: 1, part: null, repeat: false, actual: false };
    this.build();
    this.listen();
  }

  build() {
    this.bar = new FilmBar({
      play: () => this.toggle(),
      repeat: () => this.setRepeat(!this.state.repeat),
      mute: () => this.mute(),
      step: (by) => this.step(by),
      mark: (edge) => this.mark(edge),
      speed: (speed) => this.setSpeed(speed),
      fit: () => this.setActual(false),
      actual: () => this.setActual(true),
      save: () => this.save(),
    });
    this.screen = el("div", { class: "screen", tabIndex: 0, role: "img" });
    this.message = el("div", { class: "message", hidden: true });
    this.remark = el("div", { class: "line muted", hidden: true });
    this.stage = el("div", { class: "stage" }, el("div", { class: "theatre" }, this.screen, this.message), this.remark, this.bar.track, this.bar.buttons);
    this.root.append(this.stage);
  }

  // -- data --------------------------------------------------------------------------------------------------------

  update(data) {
    this.loading?.abort();
    this.address.cancel();
    this.engine?.close();
    const loading = (this.loading = new AbortController());
    this.alive = AbortSignal.any([loading.signal, this.signal]);
    for (const mark of ["ready", "error", "engine", "frame", "times", "settled"]) delete this.stage.dataset[mark];
    Object.assign(this, { data, engine: null, times: null, refusal: null, aim: null, remarks: new Map(), started: false });
    this.message.hidden = true;
    this.bar.setStrip(null);
    this.screen.setAttribute("aria-label", data.label);
    this.measured = data.measured ? new Measured(data.measured) : null;
    this.readAddress();
    if (!data.still) this.playBySelf();
    this.loadTimes();
  }

  readAddress() {
    const given = this.address.read();
    const state = { speed: 1, part: null, repeat: false, actual: false, at: 0 };
    const readers = {
      t: (text) => /^\d+(\.\d+)?$/.test(text) && ((state.at = Number(text)), true),
      rate: (text) => VIDEO_SPEEDS.includes(Number(text)) && ((state.speed = Number(text)), true),
      zoom: (text) => text === "1" && (state.actual = true),
      loop: (text) => {
        const found = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)(,once)?$/.exec(text);
        if (found && Number(found[2]) > Number(found[1])) state.part = { from: Number(found[1]), to: Number(found[2]) };
        state.repeat = text === "all" || Boolean(state.part && !found[3]);
        return text === "all" || Boolean(state.part);
      },
    };
    const ignored = Object.entries(given).filter(([name, text]) => !readers[name](text)).map(([name, text]) => `${name}=${text}`);
    this.state = state;
    this.say("address", ignored.length ? `ignored in the address: ${ignored.join(", ")}` : "");
  }

  use(engine, name) {
    this.engine?.close();
    this.engine = engine;
    this.screen.replaceChildren(engine.element);
    this.stage.dataset.engine = name;
    engine.speed = this.state.speed;
    engine.loops = this.state.repeat && !this.state.part;
    this.show();
  }

  playBySelf() {
    this.use(new ElementEngine(this.data.source, { onChange: (what) => this.changed(what), onFail: (reason) => this.refused(reason) }), "browser");
  }

  async loadTimes() {
    if (!this.measured) return;
    const stopped = new AbortController();
    this.measured.follow((done) => this.say("counting", `counting frames: ${Math.round(done * 100)} %`), AbortSignal.any([stopped.signal, this.alive]));
    try {
      const found = await this.measured.ask("times", {}, this.alive);
      this.takeTimes(found);
    } catch (error) {
      if (!this.alive.aborted) this.withoutTimes(error);
    } finally {
      stopped.abort();
      this.say("counting", "");
    }
  }

  takeTimes(found) {
    if (!found.secs.shape[0]) return this.fail("This film has no frames.");
    this.times = new FrameTimes(found.secs.values, found.end, true);
    this.stage.dataset.times = String(this.times.count);
    const timeless = found.timeless === this.times.count ? "no frame has a time" : `${count(found.timeless)} of ${count(this.times.count)} frames have no time`;
    this.say("timeless", found.timeless ? `${timeless}: they are shown for 0.1 s, as browsers do` : "");
    this.bar.setStrip(`${this.data.measured}?what=strip&count=${Math.min(20, this.times.count)}&side=96`);
    if (this.data.still || this.refusal) this.playFrames();
    this.goToAddress();
    this.place();
    return undefined;
  }

  withoutTimes(error) {
    this.measured = null;
    if (this.data.still) return this.fail(error.message);
    if (this.refusal) return this.failBoth();
    this.say("times", `no exact frame numbers: ${error.message}`);
    return undefined;
  }

  // The browser does not play it: the server decodes frame by frame, if it can.
  refused(reason) {
    if (this.refusal || this.alive.aborted) return;
    this.refusal = reason;
    if (this.times) this.playFrames();
    else if (!this.measured) this.failBoth();
  }

  failBoth() {
    this.fail(`This browser does not play the file (${this.data.codec}): ${this.refusal}. It is not decoded here either.`);
  }

  playFrames() {
    const reduced = !this.data.still && Math.max(this.data.width, this.data.height) > MAX_SIDE;
    const options = { side: this.data.still ? undefined : MAX_SIDE, still: this.data.still, pixels: this.shownPixels(), onChange: (what) => this.changed(what), onFail: (reason) => this.fail(reason) };
    this.use(new FrameEngine(this.measured, this.times, options), "frames");
    if (this.refusal) {
      const sized = reduced ? `, reduced to ${MAX_SIDE} pixels` : "";
      this.say("refused", `a preview, decoded frame by frame on the server${sized}${this.data.sound ? ", without sound" : ""}, because this browser does not play ${this.data.codec}`);
    }
  }

  // Pixels of a frame as the server sends it.
  shownPixels() {
    const { width, height, still } = this.data;
    const share = still ? 1 : Math.min(1, MAX_SIDE / Math.max(1, width, height));
    return width * height * share * share;
  }

  fail(reason) {
    this.message.replaceChildren(el("p", {}, reason), el("a", { href: this.data.source, download: "" }, icon("download"), "Download the file as stored"));
    this.message.hidden = false;
    this.stage.dataset.error = reason;
  }

  say(kind, text) {
    if (text) this.remarks.set(kind, text);
    else this.remarks.delete(kind);
    this.remark.hidden = !this.remarks.size;
    const parts = [...this.remarks.values()].join(" · ");
    const link = this.remarks.has("refused") ? [" · ", el("a", { class: "link", href: this.data.source, download: "" }, "download the file")] : [];
    this.remark.replaceChildren(parts, ...link);
  }

  // -- what happens ----------------------------------------------------------------------------------------------------

  changed(what) {
    if (!this.engine || this.alive.aborted) return;
    if (what === "known") this.known();
    if (what === "play") this.aim = null;
    if (what === "loadeddata" || what === "frame") this.start();
    if (what === "play" || what === "pause" || what === "ended") {
      this.show();
      if (what !== "play") this.remember();
    }
    if (what === "seeked" || what === "frame") this.check();
    this.repeatPart();
    this.place();
  }

  // Browsers guess how long a frame of varying length lasts, and show its neighbour at the edge. What they say that they
  // show decides: a wrong frame is asked for again a little later or earlier.
  check() {
    clearTimeout(this.checking);
    if (this.aim === null || !(this.engine instanceof ElementEngine)) return;
    this.checking = setTimeout(() => {
      const { engine, aim, times } = this;
      if (aim === null || !(engine instanceof ElementEngine) || engine.isSeeking || engine.shown === null) return;
      const off = aim - this.number;
      this.stage.dataset.settled = off ? "" : String(aim);
      if (!off) return this.say("frame", "");
      if (this.tries >= MAX_TRIES) return this.say("frame", `the browser shows frame ${count(this.number)} where frame ${count(aim)} should be`);
      this.tries += 1;
      const gap = (times.secs[aim + 1] ?? times.end) - times.secs[aim];
      return engine.seek(engine.element.currentTime - engine.offset + Math.sign(off) * Math.max(gap, 1e-3));
    }, SETTLE_MS);
  }

  known() {
    const [width, height] = this.engine.size;
    const { data } = this;
    if (data.width && (width !== data.width || height !== data.height)) this.say("shape", `seen as ${width}×${height}, because the file says how to turn or stretch its ${data.width}×${data.height} pixels`);
  }

  // The first frame is here: the address may ask for another.
  start() {
    this.sizeScreen();
    if (this.started) return;
    this.started = true;
    if (this.engine instanceof ElementEngine && this.times) this.engine.align(this.times.first);
    this.goToAddress();
    this.stage.dataset.ready = this.data.label;
  }

  // The place of the address: at once, and again as a frame once the times are known.
  goToAddress() {
    const { at } = this.state;
    if (!at || !this.started) return;
    if (!this.times) return this.seek(at);
    this.state.at = 0;
    return this.goTo(this.times.at(at));
  }

  repeatPart() {
    const { part, repeat } = this.state;
    if (!part || !this.engine.playing || this.engine.time < part.to) return;
    if (repeat) this.engine.seek(part.from);
    else this.engine.pause();
  }

  get duration() {
    return this.times?.end ?? (this.engine?.duration || this.data.duration || 0);
  }

  get number() {
    if (this.times) return this.times.at(this.engine.time);
    return null;
  }

  place() {
    const { engine } = this;
    if (!engine) return;
    if (this.times && engine instanceof ElementEngine) engine.align(this.times.first);
    const secs = Math.max(0, engine.time);
    const number = this.number;
    const frame = number === null ? "" : `frame ${count(number)} of 0–${count(this.times.count - 1)}`;
    this.bar.place({ secs, duration: this.duration, part: this.state.part, text: `${timeText(secs)} / ${timeText(this.duration)}`, frame });
    this.stage.dataset.time = secs.toFixed(6);
    if (number !== null) this.stage.dataset.frame = String(engine instanceof FrameEngine ? engine.number : number);
  }

  sizeScreen() {
    const [width, height] = this.engine.size;
    const box = this.screen.parentElement.getBoundingClientRect();
    if (!width || !box.width) return;
    const ratio = window.devicePixelRatio || 1;
    const fit = Math.min((box.width - 16) / width, (box.height - 16) / height, 32);
    const zoom = this.state.actual ? 1 / ratio : fit;
    Object.assign(this.engine.element.style, { width: `${width * zoom}px`, height: `${height * zoom}px` });
    this.engine.element.toggleAttribute("data-pixels", zoom * ratio >= 3); // pixels that are seen one by one stay square
    this.engine.element.dataset.zoom = String(zoom);
  }

  // -- state -----------------------------------------------------------------------------------------------------------

  async toggle() {
    if (!this.engine) return undefined;
    if (this.engine.playing) return this.engine.pause();
    const { part } = this.state;
    if (part && (this.engine.time < part.from || this.engine.time >= part.to - 1e-3)) this.engine.seek(part.from);
    try {
      await this.engine.play();
    } catch (error) {
      if (error.name !== "AbortError" && !this.refusal) this.say("player", `the browser did not play: ${error.message}`);
    }
    return undefined;
  }

  seek(secs) {
    this.aim = null;
    this.engine?.seek(Math.min(Math.max(0, secs), Math.max(0, this.duration - 1e-3)));
    this.place();
  }

  goTo(number) {
    if (!this.engine || !this.times) return;
    this.engine.pause();
    this.aim = Math.min(this.times.count - 1, Math.max(0, number)); // keys are quicker than frames
    this.tries = 0;
    this.engine.seek(this.times.middle(this.aim));
    this.place();
    this.remember();
  }

  step(by) {
    if (!this.engine) return undefined;
    if (this.times) return this.goTo((this.aim ?? this.number) + by);
    this.engine.pause();
    return this.seek(this.engine.time + by / (this.data.rate || 25));
  }

  mark(edge) {
    if (!this.engine) return;
    const number = this.number;
    const { from, to } = this.state.part ?? { from: 0, to: this.duration };
    const start = number === null ? this.engine.time : this.times.secs[number];
    const stop = number === null ? this.engine.time : (this.times.secs[number + 1] ?? this.times.end);
    const part = edge === "from" ? { from: start, to: to > start ? to : this.duration } : { from: from < stop ? from : 0, to: stop };
    this.setPart(part.to > part.from ? part : null);
  }

  setPart(part) {
    this.state.part = part;
    this.setRepeat(part ? true : this.state.repeat);
  }

  setRepeat(repeat) {
    this.state.repeat = repeat;
    if (this.engine) this.engine.loops = repeat && !this.state.part;
    this.remember();
    this.show();
    this.place();
  }

  setSpeed(speed) {
    this.state.speed = speed;
    if (this.engine) this.engine.speed = speed;
    this.remember();
    this.show();
  }

  setActual(actual) {
    this.state.actual = actual;
    this.stage.toggleAttribute("data-actual", actual);
    if (this.engine) this.sizeScreen();
    this.remember();
    this.show();
  }

  mute() {
    if (!this.engine) return;
    this.engine.muted = !this.engine.muted;
    this.show();
  }

  remember() {
    const { state } = this;
    const secs = (value) => String(Number(value.toFixed(6)));
    const loop = state.part ? `${secs(state.part.from)}-${secs(state.part.to)}${state.repeat ? "" : ",once"}` : state.repeat ? "all" : "";
    const time = this.aim !== null && this.times ? this.times.secs[this.aim] : this.engine?.isSeeking ? this.engine.element.currentTime - this.engine.offset : (this.engine?.time ?? 0);
    this.address.write({ t: time > 0 ? secs(time) : "", rate: state.speed === 1 ? "" : state.speed, loop, zoom: state.actual ? "1" : "" });
  }

  show() {
    const { engine, state, data } = this;
    if (!engine) return;
    this.bar.show({ playing: engine.playing, muted: engine.muted, sound: data.sound && engine instanceof ElementEngine, ...state });
  }
}
