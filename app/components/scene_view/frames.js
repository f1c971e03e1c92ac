// When what is drawn: a quick frame while the scene moves, all of it in portions when it stands still.

const STILL_AFTER = 180; // ms without a movement until all points are drawn
const FAST_FRAME = 33; // ms that a frame may take while the scene moves
const PORTION = 60; // ms that a portion may take while the rest is drawn

class Frames {
  constructor(view) {
    Object.assign(this, { view, drawn: 0, fast: Infinity, portion: Infinity, filling: false, isSlow: false, coarse: false, ratio: 1 });
  }

  theme() {
    this.themeNow ??= this.readTheme();
    return this.themeNow;
  }

  readTheme() {
    const read = (value) => {
      this.view.probe.style.color = value;
      const pen = (this.sample ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }));
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = getComputedStyle(this.view.probe).color;
      pen.fillRect(0, 0, 1, 1);
      return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    };
    const family = getComputedStyle(this.view.stage).fontFamily;
    const css = (bytes) => `rgb(${bytes.join(" ")})`;
    return {
      line: read("color-mix(in srgb, var(--text) 30%, var(--stage))"),
      ink: read("var(--text)"),
      muted: css(read("var(--muted)")),
      stage: css(read("var(--stage)")),
      stageBytes: read("var(--stage)"),
      font: `12px ${family}`,
      boldFont: `600 12px ${family}`,
    };
  }

  frame() {
    const { camera, state } = this.view;
    const { right, above, back } = camera.axes();
    const theme = this.theme();
    return {
      matrix: camera.matrix(), eye: camera.eye(), back, light: V.unit(V.add(back, V.add(V.scale(above, 0.55), V.scale(right, -0.4)))), ortho: camera.ortho,
      shade: state.shade, edges: state.edges, sides: state.sides, grid: state.grid, pointSize: state.point, ratio: this.ratio,
      textured: state.colour === "stored", ink: [...theme.ink.map((byte) => (byte / 255) * 0.8), 0.8], theme,
    };
  }

  // One frame: all but the points, and the first `most` of them; a large mesh may be coarse.
  paint(most = Infinity, coarse = false) {
    if (!this.view.gpu || !this.view.camera.width) return;
    this.resize();
    this.view.refreshGrid();
    const frame = { ...this.frame(), coarse };
    this.coarse = coarse && frame.edges !== "only";
    this.view.gpu.begin(frame);
    this.drawn = Math.min(this.view.scene.points?.n ?? 0, most);
    this.view.gpu.drawPoints(0, this.drawn);
    this.paintText(frame.theme);
  }

  paintText(theme = this.theme()) {
    const { camera, scene, state, grid, measured } = this.view;
    this.view.labelled = this.view.overlay.paint({ camera, scene, state, axes: grid, measured, hovered: this.view.pointing.hovered, theme });
    this.view.panel?.showAmount();
  }

  resize() {
    const { width, height } = this.view.camera;
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    const [w, h] = [Math.round(width * this.ratio), Math.round(height * this.ratio)];
    if (this.view.canvas.width === w && this.view.canvas.height === h) return;
    Object.assign(this.view.canvas, { width: w, height: h });
    this.view.overlay.resize(width, height, this.ratio);
  }

  // How many points a millisecond takes, and whether a large mesh is quick enough: measured once, because waiting for a
  // frame costs one.
  calibrate() {
    const { points, mesh } = this.view.scene;
    const n = points?.n ?? 0;
    this.fast = this.portion = n;
    this.isSlow = false;
    if (n < 20000 && !mesh?.coarse) return;
    const time = (most) => {
      const start = performance.now();
      this.paint(most);
      this.view.gpu.finish();
      return performance.now() - start;
    };
    time(1000);
    if (mesh?.coarse) {
      this.isSlow = time(1000) > 2 * FAST_FRAME;
      this.view.stage.dataset.slow = String(this.isSlow);
    }
    if (n < 20000) return;
    const [few, some] = [time(1000), time(20000)];
    const rate = 19000 / Math.max(0.2, some - few);
    this.fast = Math.round(Math.min(n, Math.max(20000, rate * FAST_FRAME)));
    this.portion = Math.round(Math.min(n, Math.max(20000, rate * PORTION)));
    this.view.stage.dataset.rate = rate.toFixed(0);
  }

  stop() {
    cancelAnimationFrame(this.frameId);
    clearTimeout(this.stillTimer);
    this.frameId = null;
  }

  // The scene moved: a quick frame now, all points when it stands still.
  draw() {
    if (!this.view.gpu) return;
    clearTimeout(this.stillTimer);
    delete this.view.stage.dataset.still;
    this.stillTimer = setTimeout(() => this.drawAll(), STILL_AFTER);
    if (this.frameId && !this.filling) return;
    cancelAnimationFrame(this.frameId);
    this.filling = false;
    this.frameId = requestAnimationFrame(() => {
      this.frameId = null;
      const start = performance.now();
      this.paint(this.fast, this.isSlow);
      this.view.gpu.gl.flush();
      this.view.stage.dataset.frame = (performance.now() - start).toFixed(1);
      this.view.showStatus();
    });
  }

  // Everything, from the start, in portions of some frames.
  drawAll() {
    if (!this.view.gpu) return;
    this.stop();
    const { camera, cameraChanged } = this.view;
    if (cameraChanged) camera.fromText(camera.toText()); // what stands still is exactly what the address says
    this.paint(this.portion);
    this.fill();
  }

  fill() {
    const n = this.view.scene.points?.n ?? 0;
    this.filling = this.drawn < n;
    this.view.showStatus();
    if (!this.filling) return this.still();
    this.frameId = requestAnimationFrame(() => {
      const end = Math.min(n, this.drawn + this.portion);
      this.view.gpu.drawPoints(this.drawn, end);
      this.drawn = end;
      this.fill();
    });
    return undefined;
  }

  still() {
    this.frameId = null;
    this.view.stage.dataset.still = "true";
    this.view.canvas.dataset.matrix = this.view.camera.matrix().map((value) => value.toPrecision(9)).join(" ");
    this.view.canvas.dataset.camera = this.view.camera.toText();
    this.view.panel?.showAmount();
  }
}
