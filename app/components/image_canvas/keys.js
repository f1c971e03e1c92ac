// Keys of a page with pictures; what H and Alt do lasts as long as they are held.

// Needs of the view: `signal`, `key(event)`, `hide(hidden)`, `showLoupe(on)`, and `loupe`, whether that is on without Alt.
function listenForKeys(view) {
  const on = (target, name, action) => target.addEventListener(name, action, { signal: view.signal });
  const release = () => view.showLoupe(view.loupe);
  on(document, "keydown", (event) => view.key(event));
  on(document, "keyup", (event) => {
    if (event.key.toLowerCase() === "h") view.hide(false);
    if (event.key === "Alt") release();
  });
  on(window, "blur", () => {
    view.hide(false);
    release();
  });
}
