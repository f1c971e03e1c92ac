// Presenter mode: the object alone. It is an attribute of the document, which the page's style sheet reads, and a
// parameter of the address, so that a copied address presents too.

const setPresenting = (on) => {
  document.documentElement.toggleAttribute("data-present", on);
  window.dispatchEvent(new Event("resize"));
};

const togglePresenting = () => {
  const on = !document.documentElement.hasAttribute("data-present");
  const query = new URLSearchParams(location.search);
  if (on) query.set("present", "1");
  else query.delete("present");
  const text = query.toString().replace(/%(3A|2F|40|2C)/gi, decodeURIComponent);
  history.replaceState(history.state, "", `${location.pathname}${text ? `?${text}` : ""}`);
  setPresenting(on);
};
