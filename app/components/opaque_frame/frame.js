// A frame of its own origin: no cookie, no storage, no way to this page. `allow-same-origin` is never among its rights.

const opaqueFrame = (title, address, { scripts = false } = {}) => {
  const frame = el("iframe", { title, referrerPolicy: "no-referrer" });
  frame.setAttribute("sandbox", scripts ? "allow-scripts" : "");
  frame.setAttribute("allow", "");
  frame.src = address;
  return frame;
};

// Talks to a page of ours in such a frame. Its origin is "null", as that of every opaque frame: the window says who it
// is. What it says is taken for text of a stranger, because data of one lies beside the script that says it.
class FrameLine {
  constructor(frame, signal, onMessage) {
    this.frame = frame;
    window.addEventListener(
      "message",
      (event) => {
        if (event.source !== frame.contentWindow || event.origin !== "null") return;
        const { data } = event;
        if (data === null || typeof data !== "object" || typeof data.kind !== "string") return;
        onMessage(data);
      },
      { signal },
    );
  }

  // An opaque origin cannot be named, so "*"; the frame shows one page, and can go nowhere else.
  say(message, transfer = []) {
    this.frame.contentWindow?.postMessage(message, "*", transfer);
  }
}

const messageText = (value, most = 300) => String(value ?? "").slice(0, most);

// The address of the page holds the state of a view; widgets replace it, so Back is never the previous widget.
const addressState = {
  get: (key) => new URLSearchParams(location.search).get(key),
  set(key, value) {
    const query = new URLSearchParams(location.search);
    if (value === null || value === undefined || value === "") query.delete(key);
    else query.set(key, value);
    const text = query.toString().replace(/%(3A|2F|40|2C)/gi, (code) => decodeURIComponent(code));
    const href = `${location.pathname}${text ? `?${text}` : ""}`;
    if (href !== location.pathname + location.search) history.replaceState(history.state, "", href);
  },
};
