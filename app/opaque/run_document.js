// Stands before the scripts of a stranger's document and puts the document together, scripts and all, in this frame.
//
// The policy of the frame lets no request out, but knows no word for WebRTC, whose STUN packets carry data to any host.
// So the ways to it are taken away before the first script of the document runs: here the constructors, in frames inside
// this one every script, because these inherit the policy and do not have the nonce. For that the nonce must stay a
// secret: it is in this closure and in slots of elements, whose getters go as well.
"use strict";
(() => {
  const own = document.currentScript;
  const data = own.previousElementSibling;
  const source = JSON.parse(data.textContent);
  const nonceSlot = Object.getOwnPropertyDescriptor(HTMLElement.prototype, "nonce");
  const nonce = Reflect.apply(nonceSlot.get, own, []);
  const { apply } = Reflect;
  const create = document.createElement.bind(document);
  const parser = new DOMParser();
  const parse = parser.parseFromString.bind(parser);
  const setAttribute = Element.prototype.setAttribute;
  const started = new WeakSet();
  const isStarted = WeakSet.prototype.has.bind(started);
  const remember = WeakSet.prototype.add.bind(started);
  const compile = Function;

  for (const name of Object.getOwnPropertyNames(window)) {
    if (/^(webkit|moz)?RTC|^WebTransport|^ReportingObserver$/.test(name)) delete window[name];
  }
  for (const kind of [HTMLElement, SVGElement, window.MathMLElement]) if (kind) delete kind.prototype.nonce;
  delete SecurityPolicyViolationEvent.prototype.originalPolicy; // holds the nonce

  // A script that a parser or a clone made is not run by the browser; a new one with its text is.
  const again = (script) => {
    const fresh = create("script");
    for (const { name, value } of [...script.attributes]) apply(setAttribute, fresh, [name, value]);
    fresh.text = script.textContent;
    apply(nonceSlot.set, fresh, [nonce]);
    remember(fresh);
    return fresh;
  };

  // The policy stops handlers that stand in attributes; as properties they are functions like any other.
  const handlers = (element) => {
    for (const { name, value } of [...element.attributes]) {
      if (!name.startsWith("on")) continue;
      const target = element === document.body && window[name] !== undefined && /^on(load|resize|hashchange|unload|beforeunload)$/.test(name) ? window : element;
      try {
        target[name] = new compile("event", value);
      } catch (error) {
        console.warn(`${name}: ${error.message}`);
      }
    }
  };

  const all = (root) => [...(root instanceof Element ? [root] : []), ...root.querySelectorAll("*")];

  const revive = (root) => {
    const pairs = [];
    for (const element of all(root)) {
      if (element.localName === "script" && !isStarted(element)) pairs.push([element, again(element)]);
      else handlers(element);
    }
    for (const [old, fresh] of pairs) {
      if (!old.isConnected) continue; // an earlier script took it away
      writing = fresh;
      old.replaceWith(fresh);
    }
    writing = null;
  };

  // The parser that `document.write` would feed is that of this page, not of the document.
  let writing = null;
  document.open = () => document;
  document.close = () => {};
  document.write = (...parts) => {
    const holder = parse(parts.join(""), "text/html");
    const nodes = [...holder.head.childNodes, ...holder.body.childNodes];
    const place = writing ?? document.body?.lastChild;
    if (place) place.after(...nodes);
    else (document.body ?? document.documentElement).append(...nodes);
    for (const node of nodes) if (node instanceof Element && node.isConnected) revive(node);
  };
  document.writeln = (...parts) => document.write(...parts, "\n");

  own.remove();
  data.remove();
  const made = parse(source, "text/html");
  for (const link of made.querySelectorAll("link[rel]")) if (/preconnect|dns-prefetch/i.test(link.rel)) link.remove();
  for (const meta of made.querySelectorAll("meta[http-equiv]")) meta.remove(); // a policy of its own could report to a host
  for (const frame of made.querySelectorAll("iframe[src], frame[src]")) if (!/^\s*(about|data):/i.test(frame.getAttribute("src"))) frame.removeAttribute("src");
  document.documentElement.replaceWith(document.adoptNode(made.documentElement));
  new MutationObserver((records) => {
    for (const record of records) for (const node of record.addedNodes) if (node instanceof Element && node.isConnected) revive(node);
  }).observe(document, { childList: true, subtree: true });
  revive(document.documentElement);
})();
