// Small controls of the panel: a choice, a slider, a check box; each calls back with its new value.

const choice = (label, options, value, onChange) => {
  const select = el("select", { "aria-label": label }, options.map(([id, name]) => el("option", { value: id, selected: id === value }, name)));
  select.addEventListener("change", () => onChange(select.value));
  const row = el("label", { class: "row" }, el("span", { class: "muted" }, label), select);
  row.set = (next) => (select.value = next);
  return row;
};

const slider = (label, { low, high, step, value, tell = String }, onChange) => {
  const number = el("span", { class: "muted number" });
  const input = el("input", { type: "range", min: low, max: high, step, value, "aria-label": label });
  const show = () => {
    number.textContent = tell(Number(input.value));
    input.style.setProperty("--share", `${((input.value - low) / (high - low || 1)) * 100}%`);
  };
  input.addEventListener("input", () => {
    show();
    onChange(Number(input.value));
  });
  const row = el("label", { class: "row" }, el("span", { class: "muted" }, label), input, number);
  row.set = (next) => {
    input.value = next;
    show();
  };
  show();
  return row;
};

const check = (label, value, onChange) => {
  const box = el("input", { type: "checkbox", checked: value });
  const text = el("span", {}, label);
  box.addEventListener("change", () => onChange(box.checked));
  const row = el("label", { class: "check" }, box, text);
  row.set = (next) => (box.checked = next);
  row.say = (next) => (text.textContent = next);
  return row;
};

// A row that is on or off: a colour, a name, how many. A double click leaves it alone.
const toggleRow = ({ colour, name, amount, mark }, isOn, onToggle, onAlone) => {
  const row = el(
    "button",
    { class: "class", type: "button", title: "Click: show or hide. Double click: only this.", ...mark, style: { "--colour": colour } },
    el("i", { class: "swatch" }),
    el("span", { class: "clip" }, name),
    el("span", { class: "muted number" }, amount),
  );
  row.refresh = () => row.setAttribute("aria-pressed", String(isOn()));
  row.addEventListener("click", (event) => event.detail < 2 && onToggle());
  row.addEventListener("dblclick", onAlone);
  row.refresh();
  return row;
};

// Turns one name of a list on or off; alone: all others off, and on again the second time.
const toggled = (off, name) => (off.includes(name) ? off.filter((item) => item !== name) : [...off, name]);
const leftAlone = (off, names, name) => {
  const others = names.filter((item) => item !== name);
  return others.length && others.every((item) => off.includes(item)) && !off.includes(name) ? [] : others;
};
