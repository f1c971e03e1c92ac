// What the player hears from pointer, keys and the size of the page; a part of VideoPlayer.

const videoListening = {
  listen() {
    const on = (target, type, action, options = {}) => target.addEventListener(type, action, { signal: this.signal, ...options });
    const { track } = this.bar;
    on(this.screen, "click", () => this.toggle());
    on(track, "pointerdown", (event) => this.press(event));
    on(track, "pointermove", (event) => this.drag(event));
    on(track, "pointerup", () => this.release());
    on(track, "pointercancel", () => this.release());
    on(track, "pointerleave", () => this.bar.tell(0, ""));
    on(document, "keydown", (event) => this.key(event));
    this.sizes = new ResizeObserver(() => this.engine && this.sizeScreen());
    this.sizes.observe(this.stage);
  },

  secsAt(event) {
    const box = this.bar.track.getBoundingClientRect();
    const x = Math.min(box.width, Math.max(0, event.clientX - box.left));
    return { x, secs: (x / box.width) * this.duration };
  },

  // Dragging scrubs; with Shift it marks the part that is repeated.
  press(event) {
    if (event.button || !this.engine) return;
    const { secs } = this.secsAt(event);
    this.grip = { from: secs, marks: event.shiftKey, wasPlaying: this.engine.playing };
    this.bar.track.setPointerCapture(event.pointerId);
    if (this.grip.marks) return;
    this.engine.pause();
    this.scrub(secs);
  },

  drag(event) {
    const { x, secs } = this.secsAt(event);
    const number = this.times ? ` · frame ${count(this.times.at(secs))}` : "";
    this.bar.tell(x, this.duration ? `${timeText(secs)}${number}` : "");
    if (!this.grip) return;
    if (!this.grip.marks) return this.scrub(secs);
    const [from, to] = [Math.min(this.grip.from, secs), Math.max(this.grip.from, secs)];
    this.state.part = to > from ? { from, to } : null;
    return this.place();
  },

  scrub(secs) {
    this.aim = null;
    if (this.times) this.engine.seek(this.times.middle(this.times.at(secs)));
    else this.seek(secs);
    this.place();
  },

  release() {
    const { grip } = this;
    this.grip = null;
    if (!grip) return;
    if (grip.marks) this.setPart(this.state.part);
    else if (grip.wasPlaying) this.toggle();
    this.remember();
  },

  key(event) {
    if (isTyping(event) || hasModifier(event) || !this.engine) return;
    const onButton = event.composedPath()[0] instanceof HTMLButtonElement;
    const speed = (by) => this.setSpeed(VIDEO_SPEEDS[Math.min(VIDEO_SPEEDS.length - 1, Math.max(0, VIDEO_SPEEDS.indexOf(this.state.speed) + by))]);
    const actions = {
      " ": onButton ? null : () => this.toggle(),
      k: () => this.toggle(),
      j: () => this.seek(this.engine.time - 5),
      l: () => this.seek(this.engine.time + 5),
      ",": () => this.step(-1),
      ".": () => this.step(1),
      Home: () => this.goTo(0),
      End: () => this.goTo(Infinity),
      i: () => this.mark("from"),
      o: () => this.mark("to"),
      r: () => this.setRepeat(!this.state.repeat),
      Escape: this.state.part ? () => this.setPart(null) : null,
      "<": () => speed(-1),
      ">": () => speed(1),
      m: () => this.mute(),
      f: () => this.setActual(false),
      1: () => this.setActual(true),
      g: () => this.save(), // P presents the page
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  },

  // The frame that is seen, pixel for pixel.
  async save() {
    const [width, height] = this.engine?.size ?? [0, 0];
    if (!width) return;
    const out = el("canvas", { width, height });
    out.getContext("2d").drawImage(this.engine.element, 0, 0);
    const picture = await new Promise((done) => out.toBlob(done, "image/png"));
    saveFile([picture], "image/png", pictureName(this.data.label, this.number === null ? "" : `-frame-${this.number}`));
  },

  destroy() {
    this.loading?.abort();
    clearTimeout(this.checking);
    this.address.cancel();
    this.engine?.close();
    this.sizes.disconnect();
  },
};

Object.defineProperties(VideoPlayer.prototype, Object.getOwnPropertyDescriptors(videoListening));
