// Plays frames that the server decodes: GIF, of which browsers tell no frame, and what this browser does not play. Frames
// come in runs, are kept while they fit, and are shown at their own times; without sound.

const RUN = 16; // frames of one request
const GIF_RUN = 64; // a GIF is decoded from its start for every request
const MAX_KEPT_PIXELS = 120_000_000; // as much as 480 MB of bitmaps

class FrameEngine {
  constructor(measured, times, { side, still, pixels, onChange, onFail }) {
    const fitting = Math.max(1, Math.floor(MAX_KEPT_PIXELS / 3 / Math.max(1, pixels))); // one run is seen, one is ahead
    Object.assign(this, { measured, times, side, onChange, onFail, run: Math.min(fitting, still ? GIF_RUN : RUN) });
    this.element = el("canvas", { class: "frames" });
    this.bitmaps = new Map();
    this.asked = new Map();
    this.abort = new AbortController();
    this.muted = true;
    this.rate = 1;
    this.now = 0;
    this.number = -1;
    this.playing = false;
    this.show(0);
  }

  get time() {
    return this.now;
  }

  get duration() {
    return this.times.end;
  }

  get size() {
    return [this.element.width, this.element.height];
  }

  set speed(speed) {
    this.begin();
    this.rate = speed;
  }

  set loops(loops) {
    this.repeats = loops;
  }

  async play() {
    if (this.now >= this.times.end - 1e-6) this.now = this.times.first;
    this.playing = true;
    this.begin();
    this.onChange("play");
    this.tick();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.onChange("pause");
  }

  seek(secs) {
    this.now = Math.min(this.times.end, Math.max(this.times.first, secs));
    this.begin();
    this.show(this.times.at(this.now));
    this.onChange("timeupdate");
  }

  // The clock runs from here.
  begin() {
    this.clock = { at: performance.now(), from: this.now };
  }

  tick() {
    if (!this.playing || this.abort.signal.aborted) return;
    const due = this.clock.from + ((performance.now() - this.clock.at) / 1000) * this.rate;
    const number = this.times.at(Math.min(due, this.times.end));
    if (this.bitmaps.has(number)) this.now = due;
    else this.begin(); // a frame that is still on its way stops the clock; none is left out
    if (this.now >= this.times.end) {
      if (this.repeats) {
        this.now = this.times.first;
        this.begin();
      } else {
        this.now = this.times.end;
        this.playing = false;
        this.onChange("ended");
      }
    }
    this.show(this.times.at(this.now));
    if (this.playing && !this.bitmaps.has(number)) this.fetch(number);
    this.onChange("timeupdate");
    requestAnimationFrame(() => this.tick());
  }

  show(number) {
    const bitmap = this.bitmaps.get(number);
    this.wanted = number;
    if (bitmap) {
      if (number !== this.number) this.paint(number, bitmap);
      this.fetch(Math.min(this.times.count - 1, (Math.floor(number / this.run) + 1) * this.run)); // the next run, ahead of time
    } else this.fetch(number);
  }

  paint(number, bitmap) {
    const { element } = this;
    if (element.width !== bitmap.width || element.height !== bitmap.height) Object.assign(element, { width: bitmap.width, height: bitmap.height });
    const context = element.getContext("2d");
    context.clearRect(0, 0, element.width, element.height);
    context.drawImage(bitmap, 0, 0);
    this.number = number;
    this.onChange("frame");
  }

  async fetch(number) {
    const run = Math.floor(number / this.run);
    if (this.bitmaps.has(number) || this.asked.has(run)) return;
    this.asked.set(run, true);
    try {
      const stop = Math.min((run + 1) * this.run, this.times.count);
      if (this.number < 0) await this.take(number, 1); // something is seen before the rest is here
      for (let from = run * this.run; from < stop; ) from = await this.take(from, stop - from);
    } catch (error) {
      if (!this.abort.signal.aborted) this.onFail(error.message);
    } finally {
      this.asked.delete(run);
    }
  }

  async take(from, wanted) {
    const found = await this.measured.ask("frames", { from, count: wanted, side: this.side }, this.abort.signal);
    if (!found.lengths.length) throw new Error(`frame ${count(from)} cannot be decoded; the file ends before it says`);
    let at = 0;
    for (const [index, length] of found.lengths.entries()) {
      const file = new Blob([found.files.values.subarray(at, at + length)], { type: "image/png" });
      at += length;
      const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" });
      if (this.abort.signal.aborted) return Infinity;
      this.keep(from + index, bitmap);
      if (this.wanted === from + index && this.number !== this.wanted) this.paint(this.wanted, bitmap);
    }
    return from + found.lengths.length;
  }

  keep(number, bitmap) {
    this.bitmaps.get(number)?.close();
    this.bitmaps.delete(number); // the last one in is the last one out
    this.bitmaps.set(number, bitmap);
    const pixels = bitmap.width * bitmap.height;
    while (this.bitmaps.size > this.run && this.bitmaps.size * pixels > MAX_KEPT_PIXELS) {
      const oldest = this.bitmaps.keys().next().value;
      this.bitmaps.get(oldest).close();
      this.bitmaps.delete(oldest);
    }
  }

  close() {
    this.abort.abort();
    this.playing = false;
    for (const bitmap of this.bitmaps.values()) bitmap.close();
    this.bitmaps.clear();
  }
}

// The times of frames, measured or reckoned from a rate: number from seconds, and the middle of a frame from its number.
class FrameTimes {
  constructor(secs, end, isMeasured) {
    Object.assign(this, { secs, end, isMeasured });
  }

  static reckoned(rate, duration) {
    const total = Math.max(1, Math.round(rate * duration));
    return new FrameTimes(Float64Array.from({ length: total }, (_, i) => i / rate), duration, false);
  }

  get count() {
    return this.secs.length;
  }

  get first() {
    return this.secs[0] ?? 0;
  }

  at(secs) {
    // Browsers cut times to whole microseconds.
    let [low, high] = [0, this.secs.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.secs[middle] <= secs + 5e-6) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  middle(number) {
    const next = this.secs[number + 1] ?? this.end;
    return (this.secs[number] + Math.max(next, this.secs[number])) / 2;
  }
}
