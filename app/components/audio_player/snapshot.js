// Both pictures with their scales as one PNG, as they are seen: the words of the page are drawn where they stand.

const soundPicture = async ({ plots, canvases, words, colours, ratio, font }) => {
  const origin = plots.getBoundingClientRect();
  const out = el("canvas", { width: Math.round(origin.width * ratio), height: Math.round(origin.height * ratio) });
  const pen = out.getContext("2d");
  pen.fillStyle = colours.bg;
  pen.fillRect(0, 0, out.width, out.height);
  for (const { canvas, ground } of canvases) {
    const box = canvas.getBoundingClientRect();
    const place = [(box.left - origin.left) * ratio, (box.top - origin.top) * ratio];
    pen.fillStyle = ground;
    if (ground) pen.fillRect(...place, canvas.width, canvas.height);
    pen.drawImage(canvas, ...place);
  }
  pen.fillStyle = colours.text;
  pen.font = `${11 * ratio}px ${font}`;
  pen.textBaseline = "middle";
  for (const word of words) {
    const box = word.getBoundingClientRect();
    const left = Number.parseFloat(getComputedStyle(word).paddingLeft) || 0;
    pen.fillText(word.textContent, (box.left + left - origin.left) * ratio, (box.top + box.height / 2 - origin.top) * ratio);
  }
  return new Promise((done) => out.toBlob(done, "image/png"));
};

const pictureName = (label, more = "") => `${label.split("/").at(-1).replace(/[^\w.-]+/g, "_").slice(0, 80) || "picture"}${more}.png`;
