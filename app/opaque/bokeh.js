// Shows a document of Bokeh in an opaque frame. The policy of the page lets no text become a function, so the document's
// own code (CustomJS and its kin) does not run, except on the page that a person asked for; there as here nothing leaves.
"use strict";

// WebRTC is the one way out that no policy governs. Frames inside this one can run no script but those of this page, and
// this one is among them: whatever takes data here has taken the constructors away before.
for (const name of Object.getOwnPropertyNames(window)) {
  if (/^(webkit|moz)?RTC|^WebTransport/.test(name)) delete window[name];
}

// Markup in a document may hold frames: Chromium connects to their host before it asks the policy. So there are none.
const withoutFrames = (text) => String(text).replace(/<(\/?)(iframe|frame|fencedframe|portal)(?=[\s/>])/gi, "<$1x-frame");
for (const [kind, name] of [[Element, "innerHTML"], [Element, "outerHTML"], [ShadowRoot, "innerHTML"]]) {
  const { get, set } = Object.getOwnPropertyDescriptor(kind.prototype, name);
  Object.defineProperty(kind.prototype, name, { get, set(text) { set.call(this, withoutFrames(text)); }, configurable: false });
}
for (const [kind, name, place] of [[Element, "insertAdjacentHTML", 1], [DOMParser, "parseFromString", 0], [Range, "createContextualFragment", 0]]) {
  const original = kind.prototype[name];
  const clean = function (...values) {
    values[place] = withoutFrames(values[place]);
    return original.apply(this, values);
  };
  Object.defineProperty(kind.prototype, name, { value: clean, configurable: false, writable: false });
}

const say = (kind, text = "") => parent.postMessage({ kind, text: String(text).slice(0, 300) }, "*");
const stage = document.getElementById("stage");

// Code of the document that the policy stopped is no failure of the plot.
let isDrawn = false;
addEventListener("unhandledrejection", (event) => {
  if (!isDrawn && !(event.reason instanceof EvalError)) say("failed", event.reason?.message ?? event.reason);
});

const show = async (payload) => {
  const document_json = JSON.parse(payload);
  const ids = document_json.roots.map((root) => root.id);
  const hosts = ids.map((_, index) => Object.assign(document.createElement("div"), { id: `root-${index}`, className: "root" }));
  stage.replaceChildren(...hosts);
  stage.toggleAttribute("data-single", hosts.length === 1);
  Bokeh.set_log_level("error");
  const places = Object.fromEntries(ids.map((id, index) => [id, `root-${index}`]));
  await Bokeh.embed.embed_items({ document: document_json }, [{ docid: "document", roots: places, root_ids: ids }]);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  isDrawn = true;
  say("drawn", `${ids.length} ${ids.length === 1 ? "root" : "roots"}`);
};

addEventListener("message", (event) => {
  if (event.source !== parent || event.data === null || typeof event.data !== "object" || event.data.kind !== "data") return;
  show(event.data.payload).catch((error) => say("failed", `Bokeh cannot show it: ${error.message ?? error}`));
});

say("hello");
