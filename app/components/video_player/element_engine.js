// Plays by the browser's own decoder. What frame is seen is told by the browser with each frame that it shows, so that a
// number is never guessed from a clock.

class ElementEngine {
  constructor(source, { onChange, onFail }) {
    this.onChange = onChange;
    this.offset = 0; // the browser's clock less that of the file, which may not begin at 0
    this.shown = null;
    this.element = el("video", { preload: "auto", playsInline: true, src: source });
    this.abort = new AbortController();
    const on = (type, action) => this.element.addEventListener(type, action, { signal: this.abort.signal });
    for (const type of ["play", "pause", "ended", "seeked", "timeupdate", "volumechange", "loadeddata"]) on(type, () => onChange(type));
    on("loadedmetadata", () => (this.element.videoWidth ? onChange("known") : onFail("there is sound, but no picture that the browser decodes")));
    on("error", () => onFail(this.element.error?.message || "the browser does not know the format"));
    on("seeked", () => {
      this.isSeeking = false;
      const next = this.next;
      this.next = null;
      if (next !== null && next !== undefined) this.seek(next);
    });
    this.watch();
  }

  watch() {
    if (!this.element.requestVideoFrameCallback) return;
    this.element.requestVideoFrameCallback((_now, { mediaTime }) => {
      this.shown = mediaTime;
      if (!this.abort.signal.aborted) {
        this.onChange("frame");
        this.watch();
      }
    });
  }

  // The first frame says by how much the two clocks differ.
  align(first) {
    if (this.shown === null || this.aligned) return;
    this.aligned = true;
    if (this.element.currentTime === 0 && this.shown < 1) this.offset = this.shown - first;
  }

  get time() {
    return (this.element.seeking || this.shown === null ? this.element.currentTime : this.shown) - this.offset;
  }

  get duration() {
    return Number.isFinite(this.element.duration) ? this.element.duration : 0;
  }

  get playing() {
    return !this.element.paused;
  }

  get size() {
    return [this.element.videoWidth, this.element.videoHeight];
  }

  play() {
    return this.element.play();
  }

  pause() {
    this.element.pause();
  }

  // A seek while one is under way would start it over, again and again: only the last place is kept.
  seek(secs) {
    if (this.isSeeking) {
      this.next = secs;
      return;
    }
    this.isSeeking = true;
    this.element.currentTime = Math.max(0, secs + this.offset);
  }

  set speed(speed) {
    this.element.playbackRate = speed;
  }

  set loops(loops) {
    this.element.loop = loops;
  }

  get muted() {
    return this.element.muted;
  }

  set muted(muted) {
    this.element.muted = muted;
  }

  close() {
    this.abort.abort();
    this.element.pause();
    this.element.removeAttribute("src");
    this.element.load();
  }
}
