// Elements of the page. Names from the report get into the page here, and only as text.

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

// Text with each control character, and each mark that reorders text, as its code point.
function plain(text) {
  return String(text).replace(HIDDEN, (each) => "\\u" + each.codePointAt(0).toString(16).padStart(4, "0"));
}

// An element with attributes and children; false, null and "" as children are left out.
function make(tag, attributes, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? "" : plain(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child instanceof Node) made.append(child);
    else if (child || child === 0) made.append(plain(child));
  }
  return made;
}

// Code that may break after a slash, dot, colon or underscore behind a word, but not within a word unless it must.
function code(text) {
  const parts = plain(text).split(/(?<=[\w)\]][/._:])/);
  return make(
    "code",
    {},
    parts.flatMap((part, at) => (at ? [document.createElement("wbr"), part] : [part])),
  );
}

function button(text, onClick, attributes) {
  return make("button", { type: "button", click: onClick, ...attributes }, text);
}

// A verdict or state as a tinted label: its mark and its name.
function tinted(kind, text) {
  return make(
    "span",
    { class: "tint t-" + (kind.tint || kind.id), title: kind.meaning },
    make("span", { class: "mark", "aria-hidden": "true" }, kind.mark),
    make("span", { class: "word" }, text || kind.name),
  );
}

// The legend of a matrix: every verdict or state that occurs, with its meaning.
function legend(kinds) {
  return make(
    "details",
    { class: "legend" },
    make("summary", {}, "Legend"),
    make(
      "dl",
      {},
      kinds.map((kind) => make("div", {}, make("dt", {}, tinted(kind)), make("dd", {}, kind.meaning))),
    ),
  );
}

// A message in place of an empty list, with what to do about it.
function emptyState(title, text, ...actions) {
  return make(
    "div",
    { class: "empty" },
    make("p", { class: "empty-title" }, title),
    text && make("p", {}, text),
    actions.length > 0 && make("p", {}, actions),
  );
}
