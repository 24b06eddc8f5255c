// The address: the view, its filters and the open drawer are all in the part of the URL after "#", so that every
// state is a link. "#/targets?verdict=blocked&target=//cmd/app:app" is a view, a filter, and the entry in the drawer;
// "#target=//cmd/app:app" is the entry alone.

const VIEWS = ["overview", "targets", "packages", "findings", "graph"];
const OPENED = ["target", "package"];
const state = { view: "overview", filters: {}, opened: null };
const onState = [];

function encode(text) {
  return encodeURIComponent(wellFormed(text))
    .replaceAll("%2F", "/")
    .replaceAll("%3A", ":")
    .replaceAll("%40", "@")
    .replaceAll("%2C", ",");
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// The address of a state: `view` with `filters`, and [kind, name] of the entry in the drawer.
function address(view, filters, opened) {
  const parts = [];
  for (const [key, value] of Object.entries(filters || {})) if (value) parts.push(key + "=" + encode(value));
  if (opened) parts.push(opened[0] + "=" + encode(opened[1]));
  return "#" + (view ? "/" + view + (parts.length ? "?" : "") : "") + parts.join("&");
}

// The link to an entry, which leaves the view as it is.
function entryAddress(kind, name) {
  return address("", {}, [kind, name]);
}

function parsed(hash) {
  const found = { view: "", filters: {}, opened: null };
  const [, view, rest] = /^#(?:\/(\w*)\??)?(.*)$/su.exec(hash) || ["", "", ""];
  if (VIEWS.includes(view)) found.view = view;
  for (const part of rest.split("&")) {
    const at = part.indexOf("=");
    const key = part.slice(0, Math.max(0, at));
    if (at > 0 && OPENED.includes(key)) found.opened = [key, decode(part.slice(at + 1))];
    else if (at > 0) found.filters[key] = decode(part.slice(at + 1));
  }
  return found;
}

// Reads the address. Without a view, as in "#target=//cmd/app:app", view and filters stay as they are.
function readAddress(first) {
  clearTimeout(writing);
  const found = parsed(location.hash);
  if (found.view) {
    state.view = found.view;
    state.filters = found.filters;
  } else if (first && found.opened) {
    state.view = "targets";
  } else if (!found.opened && !first) {
    state.view = "overview";
    state.filters = {};
  }
  state.opened = found.opened;
  if (!found.view && found.opened) writeAddress();
  onState.forEach((each) => each(first));
}

// Goes to a state; it is a new entry in the history of the browser, unless `quietly`.
function go(changes, quietly) {
  const next = { ...state, ...changes };
  if (quietly) {
    Object.assign(state, next);
    clearTimeout(writing);
    writing = setTimeout(writeAddress, 200);
    onState.forEach((each) => each(false));
  } else {
    writeAddress();
    location.hash = address(next.view, next.filters, next.opened);
  }
}

// Browsers refuse too many changes of the address, so those of a search are written when it pauses.
let writing = 0;

function writeAddress() {
  clearTimeout(writing);
  history.replaceState(null, "", address(state.view, state.filters, state.opened));
}

// Sets filters of the view; null or "" removes one.
function setFilters(changes) {
  const filters = { ...state.filters, ...changes };
  for (const key of Object.keys(filters)) if (!filters[key]) delete filters[key];
  go({ filters }, true);
}

function chosen(key) {
  return state.filters[key] ? state.filters[key].split(",") : [];
}
