// Drives plotly.js in an opaque frame. The figure came by message and is a stranger's; what this says goes to the one
// window that holds the frame.
"use strict";

const say = (kind, rest = {}) => parent.postMessage({ kind, ...rest }, "*");
const stage = document.getElementById("stage");
const RANGE = /^([xy]axis\d*)\.range(?:\[([01])\])?$/;

addEventListener("error", (event) => say("failed", { text: event.message }));
addEventListener("unhandledrejection", (event) => say("failed", { text: String(event.reason?.message ?? event.reason) }));

// A link that is not followed: the frame could go nowhere, and a browser would say so on its console.
addEventListener("click", (event) => event.target.closest?.("a[href], a") && event.preventDefault(), true);

addEventListener("message", (event) => {
  if (event.source !== parent || event.data === null || typeof event.data !== "object") return;
  if (event.data.kind === "data") draw(event.data);
  else if (event.data.kind === "picture") savePicture(event.data.format);
  else if (event.data.kind === "whole") Plotly.relayout(stage, whole()).catch(() => {});
});

const config = {
  responsive: true,
  displaylogo: false,
  displayModeBar: true,
  scrollZoom: true,
  showLink: false,
  showSendToCloud: false,
  plotlyServerURL: "",
  topojsonURL: "data:,",
  modeBarButtonsToRemove: ["toImage"], // a frame saves no file: the page does, from what it is given
  modeBarButtonsToAdd: [{ name: "save", title: "Save as PNG", icon: Plotly.Icons.camera, click: () => savePicture("png") }],
};

const draw = async ({ payload, view }) => {
  let figure;
  try {
    figure = JSON.parse(payload);
  } catch (error) {
    return say("failed", { text: `The figure is no JSON (${error.message}).` });
  }
  const { data, frames } = figure;
  const layout = { ...figure.layout, autosize: true };
  for (const side of ["width", "height"]) delete layout[side]; // it fills the page
  const wide = Number(figure.layout.width) || 0;
  try {
    await Plotly.newPlot(stage, data, layout, config);
    if (frames.length) await Plotly.addFrames(stage, frames);
    if (view && Object.keys(view).length) await Plotly.relayout(stage, view).catch(() => {});
  } catch (error) {
    return say("failed", { text: `plotly.js cannot draw it (${String(error?.message ?? error)}).` });
  }
  stage.on("plotly_relayout", tellView);
  const shown = stage._fullData.filter((trace) => trace.visible === true);
  return requestAnimationFrame(() => say("drawn", { text: `${shown.length} of ${data.length} traces`, traces: data.length, shown: shown.length, points: drawnPoints(), wide, bad: stage._fullLayout._glCanvasFailed === true }));
};

// Points that have a place on the page, for tests and for people who ask: those of marks and bars.
const drawnPoints = () => stage.querySelectorAll(".points path.point, .points .point, path.trace").length;

// Ranges of axes that a person chose, as a flat object of numbers and texts.
const tellView = (changes) => {
  const view = {};
  for (const [key, value] of Object.entries(changes)) {
    const found = RANGE.exec(key);
    if (!found) {
      if (/^[xy]axis\d*\.autorange$/.test(key)) return say("view", { view: null });
      continue;
    }
    if (found[2] === undefined && Array.isArray(value)) value.slice(0, 2).forEach((end, at) => (view[`${found[1]}.range[${at}]`] = end));
    else view[`${found[1]}.range[${found[2]}]`] = value;
  }
  return Object.keys(view).length ? say("view", { view }) : undefined;
};

const whole = () => Object.fromEntries(Object.keys(stage._fullLayout).filter((key) => /^[xy]axis\d*$/.test(key)).map((key) => [`${key}.autorange`, true]));

const savePicture = async (format) => {
  const kind = format === "svg" ? "svg" : "png";
  const { width, height } = stage.getBoundingClientRect();
  const url = await Plotly.toImage(stage, { format: kind, width, height, scale: kind === "png" ? 2 : 1 });
  say("saved", { format: kind, url });
};

say("hello");
