// Filters above a list: chips that are pressed or not, a switch, and a search. Their values are in the address.
// Nothing pressed in a group means that the group does not filter.

// A group of chips for the filter `key`; options are { value, text, count, kind }, `also` are filters to set with one.
function chips(title, key, options) {
  const made = options.map((option) =>
    button(
      "",
      () => {
        const pressed = chosen(key);
        const next = pressed.includes(option.value)
          ? pressed.filter((each) => each !== option.value)
          : [...pressed, option.value];
        setFilters({ [key]: next.join(","), ...(next.length > pressed.length ? option.also : {}) });
      },
      {
        class: "chip" + (option.kind ? " t-" + (option.kind.tint || option.kind.id) : ""),
        title: option.kind && option.kind.meaning,
      },
    ),
  );
  options.forEach((option, at) => {
    made[at].replaceChildren(
      ...[
        option.kind && make("span", { class: "mark", "aria-hidden": "true" }, option.kind.mark + " "),
        make("span", {}, option.text),
        option.count !== undefined && make("span", { class: "count" }, " " + option.count.toLocaleString("en")),
      ].filter(Boolean),
    );
  });
  const update = () =>
    options.forEach((option, at) => made[at].setAttribute("aria-pressed", chosen(key).includes(option.value)));
  return {
    element: make(
      "div",
      { class: "chips", role: "group", "aria-label": title, hidden: !options.length },
      make("span", { class: "chips-title", "aria-hidden": "true" }, title),
      made,
    ),
    update,
  };
}

// A search field for the filter "q".
function search(label, id) {
  const input = make("input", {
    type: "search",
    id,
    placeholder: label,
    "aria-label": label,
    autocomplete: "off",
    spellcheck: "false",
    input: () => setFilters({ q: input.value }),
  });
  const update = () => {
    if (input.value !== (state.filters.q || "")) input.value = state.filters.q || "";
  };
  return { element: input, update };
}

// A switch for a filter that is on unless the address says otherwise.
function onSwitch(text, key) {
  const input = make("input", {
    type: "checkbox",
    id: "switch-" + key,
    change: () => setFilters({ [key]: input.checked ? "" : "1" }),
  });
  return {
    element: make("label", { class: "switch" }, input, make("span", {}, text)),
    update: () => {
      input.checked = state.filters[key] !== "1";
    },
  };
}

// Whether all words of a search are in a text.
function words(text) {
  return (text || "").toLowerCase().split(/\s+/).filter(Boolean);
}

function chosenPlatforms() {
  const picked = chosen("on")
    .map((each) => platforms.indexOf(each))
    .filter((each) => each >= 0);
  return picked.length ? picked.sort((a, b) => a - b) : allPlatforms;
}

function platformChips() {
  return chips(
    "Platform",
    "on",
    run.platforms.map((each) => ({ value: each.name, text: each.name })),
  );
}
