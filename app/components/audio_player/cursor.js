// What lies over both pictures: the selection, the place that is heard, the pointer with its two lines.

class Cursor {
  constructor(canvas) {
    this.canvas = canvas;
  }

  paint({ time, selection, heard, pointer, spectrumTop, colours, ratio }) {
    const { width, height } = this.canvas;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    const toX = (frame) => ((frame - time.from) / time.span) * width;
    if (selection) {
      const [left, right] = [toX(selection.from), toX(selection.to)];
      context.globalAlpha = 0.55; // what is not repeated steps back
      context.fillStyle = colours.bg;
      context.fillRect(0, 0, Math.max(0, left), height);
      context.fillRect(right, 0, Math.max(0, width - right), height);
      context.globalAlpha = 1;
      context.fillStyle = colours.accent;
      for (const x of [left, right]) context.fillRect(Math.round(x) - ratio, 0, 2 * ratio, height);
    }
    if (pointer) {
      context.fillStyle = colours.text;
      context.globalAlpha = 0.5;
      context.fillRect(Math.round(pointer.x * ratio), 0, ratio, height);
      if (pointer.y >= spectrumTop) context.fillRect(0, Math.round(pointer.y * ratio), width, ratio);
      context.globalAlpha = 1;
    }
    const x = Math.round(toX(heard));
    context.fillStyle = colours.bg; // a rim keeps the line visible on every colour
    context.fillRect(x - 2 * ratio, 0, 4 * ratio, height);
    context.fillStyle = colours.head;
    context.fillRect(x - ratio, 0, 2 * ratio, height);
  }
}
