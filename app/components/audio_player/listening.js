// What the player hears from pointer, wheel, keys and the audio element; a part of AudioPlayer.

const audioListening = {
  listen() {
    const on = (target, type, action, options = {}) => target.addEventListener(type, action, { signal: this.signal, ...options });
    const { canvas } = this.cursor;
    on(canvas, "pointerdown", (event) => this.press(event));
    on(canvas, "pointermove", (event) => this.drag(event));
    on(canvas, "pointerup", (event) => this.release(event));
    on(canvas, "pointercancel", () => (this.grip = null));
    on(canvas, "pointerleave", () => {
      this.pointer = null;
      this.paintCursor();
    });
    on(canvas, "wheel", (event) => this.wheel(event), { passive: false });
    on(canvas, "dblclick", () => this.fit());
    on(document, "keydown", (event) => this.key(event));
    on(document, "vitrina:panel-wanted", () => this.panel && this.showPanel());
    for (const name of ["play", "pause", "ended"]) on(this.audio, name, () => this.changed(name));
    on(this.audio, "timeupdate", () => this.follow());
    on(this.audio, "seeked", () => {
      this.draw();
      if (this.audio.paused) this.remember();
    });
    on(this.audio, "loadedmetadata", () => this.known());
    on(this.audio, "error", () => this.refused());
    this.listenToScroll(on);
    this.sizes = new ResizeObserver(() => {
      this.paint();
      this.refine();
    });
    this.sizes.observe(this.stage);
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    on(scheme, "change", () => setTimeout(() => this.draw(), 50));
  },

  listenToScroll(on) {
    const move = (event) => {
      const box = this.scroll.getBoundingClientRect();
      const middle = ((event.clientX - box.left) / box.width) * this.time.frames;
      this.time.set(middle - this.time.span / 2, middle + this.time.span / 2);
      this.moved();
    };
    on(this.scroll, "pointerdown", (event) => {
      this.scroll.setPointerCapture(event.pointerId);
      move(event);
    });
    on(this.scroll, "pointermove", (event) => this.scroll.hasPointerCapture(event.pointerId) && move(event));
  },

  // -- the audio element ---------------------------------------------------------------------------------------------

  known() {
    this.stage.dataset.player = "ready";
    if (!this.measured) this.begin(1000, Math.round(this.audio.duration * 1000)); // all that is known of it: its length
    if (this.wanted !== undefined && this.wanted !== null) {
      const at = this.wanted;
      this.wanted = null;
      this.seek(at);
    }
    this.audio.playbackRate = this.state.speed;
  },

  refused() {
    if (!this.data || !this.audio.getAttribute("src")) return;
    if (this.data.transcode && !this.audio.src.endsWith(this.data.transcode)) {
      this.say("player", "played as WAV that is made of it, because the browser refused the file");
      this.audio.src = this.data.transcode;
      return;
    }
    this.stage.dataset.player = "refused";
    this.say("player", "not played, because the browser does not know the format: download the file");
    if (!this.measured) this.tellMessage("This browser does not play the file, and it is not decoded here. Download it to hear it.");
  },

  changed(name) {
    this.show();
    if (name === "play") this.run();
    else this.remember();
    this.draw();
  },

  // While it plays: the cursor moves with every picture of the screen, and the selection is repeated.
  run() {
    if (this.audio.paused || this.signal.aborted) return;
    this.follow();
    this.paintCursor();
    requestAnimationFrame(() => this.run());
  },

  follow() {
    const { selection, repeat } = this.state;
    if (this.audio.paused) return;
    if (selection && !this.grip && this.heard >= selection.to) {
      if (repeat) this.seek(selection.from);
      else {
        this.audio.pause();
        this.seek(selection.to);
      }
    }
    if (!this.time.isWhole && !this.grip && (this.heard > this.time.to || this.heard < this.time.from)) {
      this.time.set(this.heard, this.heard + this.time.span); // the page turns
      this.refine();
      this.draw();
    }
  },

  // -- the pointer ---------------------------------------------------------------------------------------------------

  place(event) {
    const box = this.cursor.canvas.getBoundingClientRect();
    return { x: Math.min(box.width - 0.01, Math.max(0, event.clientX - box.left)), y: event.clientY - box.top };
  },

  press(event) {
    if (event.button > 1 || !this.data) return;
    const { x } = this.place(event);
    const { selection } = this.state;
    const edges = selection ? [this.time.toX(selection.from), this.time.toX(selection.to)] : [];
    const near = edges.findIndex((edge) => Math.abs(edge - x) <= 5);
    const anchor = near < 0 ? this.time.toFrame(x) : near === 0 ? selection.to : selection.from;
    const pan = event.button === 1 || event.shiftKey;
    this.grip = { x, anchor, pan, moved: near >= 0, from: this.time.from };
    this.cursor.canvas.setPointerCapture(event.pointerId);
  },

  drag(event) {
    const at = this.place(event);
    this.pointer = at;
    const { grip } = this;
    if (grip) {
      grip.moved ||= Math.abs(at.x - grip.x) > 3;
      if (grip.pan) {
        const from = grip.from - ((at.x - grip.x) / this.time.width) * this.time.span;
        this.time.set(from, from + this.time.span);
        return this.moved();
      }
      if (grip.moved) this.select(this.between(grip.anchor, this.time.toFrame(at.x)), false);
    }
    return this.paintCursor();
  },

  between(one, two) {
    const [from, to] = [Math.min(one, two), Math.max(one, two)].map((frame) => Math.min(this.time.frames, Math.max(0, Math.round(frame))));
    return to > from ? { from, to } : null;
  },

  release(event) {
    const { grip } = this;
    this.grip = null;
    if (!grip || grip.pan) return;
    const frame = this.time.toFrame(this.place(event).x);
    if (grip.moved) {
      const selection = this.between(grip.anchor, frame);
      this.select(selection, true);
      if (selection && (this.heard < selection.from || this.heard >= selection.to)) this.seek(selection.from);
    } else {
      const { selection } = this.state;
      if (selection && (frame < selection.from || frame > selection.to)) this.select(null, true);
      this.seek(frame);
    }
    this.remember();
  },

  wheel(event) {
    event.preventDefault();
    const { x } = this.place(event);
    const pan = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (pan && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) {
      this.time.pan((pan / this.time.width) * this.time.span);
      return this.moved();
    }
    return this.zoom(1.0015 ** -event.deltaY, this.time.toFrame(x));
  },

  // -- keys ----------------------------------------------------------------------------------------------------------

  key(event) {
    if (isTyping(event) || hasModifier(event) || !this.data) return;
    const onButton = event.composedPath()[0] instanceof HTMLButtonElement;
    const { rate, span, width } = this.time;
    const column = Math.max(1, span / width);
    const speed = (by) => this.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(this.state.speed) + by))]);
    const actions = {
      " ": onButton ? null : () => this.toggle(),
      k: () => this.toggle(),
      j: () => this.seek(this.heard - 5 * rate),
      l: () => this.seek(this.heard + 5 * rate),
      ",": () => this.step(-column),
      ".": () => this.step(column),
      i: () => this.mark("from"),
      o: () => this.mark("to"),
      r: () => this.setRepeat(!this.state.repeat),
      Escape: this.state.selection ? () => this.select(null, true) : null,
      "<": () => speed(-1),
      ">": () => speed(1),
      "+": () => this.zoom(2),
      "=": () => this.zoom(2),
      "-": () => this.zoom(0.5),
      f: () => this.fit(),
      z: this.state.selection ? () => this.zoomToSelection() : null,
      s: () => this.setPicture({ frequency: this.state.frequency === "log" ? "lin" : "log" }),
      m: () => this.mute(),
      g: () => this.save(), // P presents the page
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  },

  step(frames) {
    this.audio.pause();
    this.seek(Math.round(this.heard + frames));
    this.remember();
  },

  mark(edge) {
    const at = Math.round(this.heard);
    const { from, to } = this.state.selection ?? { from: 0, to: this.time.frames };
    const [one, two] = edge === "from" ? [at, Math.max(to, at + 1)] : [Math.min(from, at - 1), at];
    this.select(this.between(one, two), true);
  },

  zoomToSelection() {
    const { from, to } = this.state.selection;
    const margin = (to - from) * 0.05;
    this.time.set(from - margin, to + margin);
    this.moved();
  },

  destroy() {
    this.loading?.abort();
    this.detailing?.abort();
    this.address.cancel();
    clearTimeout(this.waiting);
    this.sizes.disconnect();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.mixer?.close();
    document.dispatchEvent(new CustomEvent("vitrina:panel", { detail: { host: null } }));
  },
};

Object.defineProperties(AudioPlayer.prototype, Object.getOwnPropertyDescriptors(audioListening));
