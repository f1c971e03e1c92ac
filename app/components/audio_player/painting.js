// How the player draws itself; a part of AudioPlayer, apart so that each file is read at one sitting.

const audioPainting = {
  get ratio() {
    return window.devicePixelRatio || 1;
  },

  plotWidth() {
    return Math.max(1, this.cursor.canvas.clientWidth);
  },

  colours() {
    const style = getComputedStyle(this.stage);
    const [accent, bg, text, line, bad] = ["--accent", "--bg", "--text", "--line", "--bad"].map((name) => style.getPropertyValue(name).trim());
    return { accent, bg, text, line, bad, head: bad, inner: accent, outer: `color-mix(in srgb, ${accent} 45%, ${bg})` };
  },

  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  },

  fitCanvases() {
    for (const { canvas } of [this.wave, this.spectrum, this.cursor]) {
      const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.max(1, Math.round(side * this.ratio)));
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
    }
    this.time.width = this.plotWidth();
  },

  paint() {
    if (!this.data) return;
    this.fitCanvases();
    const { time, state, ratio } = this;
    const colours = this.colours();
    const top = Math.max(1, ...(this.overview?.peak ?? []));
    const levels = this.overview && this.wave.choose(time, this.overview, this.detail);
    this.wave.paint({ time, levels, top, limit: this.limit, muted: state.silent, colours, ratio });
    const picture = this.pictureNow();
    this.spectrum.paint({ time, data: picture, rate: time.rate, logarithmic: state.frequency === "log", floor: state.floor, ceiling: 0 });
    this.paintScales(picture);
    this.paintCursor(colours);
    this.showRemark();
    const drawn = { from: Math.round(time.from), to: Math.round(time.to) };
    Object.assign(this.cursor.canvas.dataset, drawn);
    this.thumb.style.left = `${(time.from / time.frames) * 100}%`;
    this.thumb.style.width = `${(time.span / time.frames) * 100}%`;
    this.scroll.toggleAttribute("data-whole", time.isWhole);
  },

  paintCursor(colours = this.colours()) {
    const { time, state, pointer, ratio } = this;
    const spectrumTop = this.spectrum.canvas.offsetTop - this.cursor.canvas.offsetTop;
    this.cursor.paint({ time, selection: state.selection, heard: this.heard, pointer, spectrumTop, colours, ratio });
    const secs = this.heard / time.rate;
    this.transport.now.textContent = `${timeText(secs)} / ${timeText(time.frames / time.rate)}`;
    this.transport.sample.textContent = this.measured ? `sample ${count(Math.min(time.frames - 1, Math.floor(this.heard + 1e-6)))}` : "";
    this.stage.dataset.time = secs.toFixed(6);
    this.tell();
  },

  paintScales(picture) {
    const { time } = this;
    const step = tickStep(time.span / time.rate / time.width, 90);
    const first = Math.ceil(time.from / time.rate / step - 1e-9);
    const marks = [];
    for (let i = first; i * step * time.rate <= time.to + 1e-6 && marks.length < 40; i += 1) {
      const x = time.toX(i * step * time.rate);
      if (x > time.width - 24) break; // a label that would be cut
      marks.push(el("span", { style: { left: `${x}px` } }, timeText(i * step, digitsOf(step))));
    }
    this.axis.replaceChildren(...marks);
    const lane = 100 / this.channelNames.length;
    const roomy = this.wave.canvas.clientHeight / this.channelNames.length >= 14;
    this.names.replaceChildren(...(roomy ? this.channelNames.map((name, i) => el("span", { style: { top: `${lane * (i + 0.5)}%` } }, name)) : []));
    if (picture) this.paintHertz(picture);
  },

  paintHertz(picture) {
    const logarithmic = this.state.frequency === "log";
    const scale = this.spectrum.scale(picture, this.time.rate, logarithmic);
    const height = this.spectrum.canvas.clientHeight;
    const step = tickStep(scale.top / Math.max(1, height), 28);
    const octaves = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];
    const wanted = logarithmic ? octaves.filter((hertz) => hertz >= scale.least && hertz <= scale.top) : Array.from({ length: Math.floor(scale.top / step) + 1 }, (_, i) => i * step);
    const labels = [];
    let last = Infinity;
    for (const hertz of wanted) {
      const y = (1 - scale.toShare(hertz)) * height;
      if (last - y < 16 || y < 8 || y > height - 6) continue;
      labels.push(el("span", { style: { top: `${y}px` } }, hertzText(hertz)));
      last = y;
    }
    this.hertz.replaceChildren(...labels);
    const { floor } = this.state;
    const stops = VIRIDIS.map((colour, i) => `rgb(${colour.join(" ")}) ${(i / (VIRIDIS.length - 1)) * 100}%`).join(", ");
    const ticks = [0, -20, -40, -60, -80, -100, -120].filter((level) => level >= floor);
    const spans = ticks.map((level) => el("span", { style: { top: `${(level / floor) * 100}%` } }, `${level}`.replace("-", "−")));
    this.legend.replaceChildren(el("i", { style: { background: `linear-gradient(to top, ${stops})` } }), ...spans, el("b", {}, "dB"));
  },

  async save() {
    this.paint();
    const colours = this.colours();
    const stage = getComputedStyle(this.wave.canvas).backgroundColor;
    const canvases = [{ canvas: this.wave.canvas, ground: stage }, { canvas: this.spectrum.canvas, ground: "#440154" }, { canvas: this.cursor.canvas, ground: "" }];
    const words = this.plots.querySelectorAll(".gutter span, .axis span");
    const font = getComputedStyle(this.stage).fontFamily;
    const picture = await soundPicture({ plots: this.plots, canvases, words, colours, ratio: this.ratio, font });
    saveFile([picture], "image/png", pictureName(this.data.label));
  },

  // What is under the pointer: time, sample, the level of each channel; in the spectrogram frequency and level.
  tell() {
    const { pointer, time } = this;
    if (!pointer || !this.overview) {
      this.told.textContent = "";
      delete this.cursor.canvas.dataset.sample;
      return;
    }
    const frame = Math.min(time.frames - 1, Math.max(0, Math.floor(time.toFrame(pointer.x))));
    const step = time.span / time.width;
    const parts = [`${timeText(frame / time.rate, Math.min(6, Math.max(3, digitsOf(step / time.rate))))}`, `sample ${count(frame)}`];
    const { offsetTop } = this.spectrum.canvas;
    const inSpectrum = pointer.y >= offsetTop;
    const picture = this.pictureNow();
    if (inSpectrum && picture) {
      const share = 1 - (pointer.y - offsetTop) / this.spectrum.canvas.clientHeight;
      const scale = this.spectrum.scale(picture, time.rate, this.state.frequency === "log");
      const found = Spectrum.at(picture, time.rate, time.toFrame(pointer.x), scale.toHertz(Math.min(1, Math.max(0, share))));
      if (found) {
        parts.push(hertzText(found.hertz), found.least ? "at most −120 dB" : decibelText(found.decibels));
        Object.assign(this.cursor.canvas.dataset, { hertz: found.hertz.toFixed(3), decibels: found.decibels.toFixed(1) });
      }
    } else {
      const levels = this.wave.choose(time, this.overview, this.detail);
      this.channelNames.slice(0, 8).forEach((name, channel) => {
        const { least, greatest, exact } = Waveform.at(levels, channel, frame, frame + Math.max(1, step));
        const level = decibelText(decibels(Math.max(greatest, -least)));
        parts.push(exact ? `${name} ${greatest.toFixed(6).replace("-", "−")} (${level})` : `${name} ${level}`);
      });
    }
    this.cursor.canvas.dataset.sample = String(frame);
    this.told.textContent = parts.join(" · ");
  },
};

Object.defineProperties(AudioPlayer.prototype, Object.getOwnPropertyDescriptors(audioPainting));
