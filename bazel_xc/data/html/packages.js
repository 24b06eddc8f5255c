// The packages that import "C", that are missing on a platform, or that could not be loaded.

const packagesView = (function () {
  const section = document.getElementById("packages-view");
  const count = (test) => packages.filter(test).length;
  const open = (row) => row.needs.filter((each) => each.certain && OPEN_NEEDS.includes(each.status)).length;
  const lacking = count((each) => open(each) > 0);
  const parts = [
    search("Search packages and modules", "packages-search"),
    chips("Module", "own", [
      { value: "yes", text: "Own", count: count((each) => each.own) },
      { value: "no", text: "Other modules", count: count((each) => !each.own) },
    ]),
    chips(
      "State",
      "state",
      STATES.map((kind) => ({
        value: kind.id,
        text: kind.name,
        kind,
        count: count((each) => each.states.includes(kind.id)),
      })).filter((each) => each.count),
    ),
    chips("C needs", "needs", lacking ? [{ value: "open", text: "without a provider", count: lacking }] : []),
    platformChips(),
  ];
  const status = make("p", { class: "status", role: "status" });
  const empty = make("div");
  const columns = [
    {
      key: "package",
      title: "Package",
      width: "name",
      cell: (row) => make("code", {}, short(row.path)),
      compare: (a, b) => byText(a.path, b.path),
    },
    {
      key: "needs",
      title: "C needs",
      width: "kind",
      wide: true,
      note: "Libraries, headers and other C that the package needs",
      compare: (a, b) => b.needs.length - a.needs.length,
      cell: (row) =>
        make("span", {}, row.needs.length ? row.needs.length + (open(row) ? ", " + open(row) + " open" : "") : "none"),
    },
    ...platforms.map((name, at) => ({
      key: "p" + at,
      title: name,
      width: "platform",
      platform: at,
      note: name + ", cgo " + (run.platforms[at].cgo ? "on" : "off"),
      cell: (row) => tinted(stateOf.get(row.states[at])),
      compare: (a, b) => stateOf.get(b.states[at]).rank - stateOf.get(a.states[at]).rank,
    })),
  ];
  const grid = new Grid({
    label: "Packages and platforms",
    columns,
    href: (row) => entryAddress("package", row.path),
    isOpen: (row) => state.opened && state.opened[0] === "package" && state.opened[1] === row.path,
    onSort: (sort) => setFilters({ sort }),
  });
  section.append(
    make(
      "p",
      { class: "note" },
      'Packages that import "C", that could not be loaded, or that are missing on a platform.',
    ),
    make(
      "div",
      { class: "filters" },
      parts.map((each) => each.element),
    ),
    make("div", { class: "above" }, status, legend(STATES)),
    grid.box,
    empty,
  );

  function usual(a, b) {
    return b.needs.length - a.needs.length || b.own - a.own || byText(a.path, b.path);
  }

  function show() {
    parts.forEach((each) => each.update());
    const on = chosenPlatforms();
    const wanted = words(state.filters.q);
    const own = chosen("own");
    const states = chosen("state");
    const sort = state.filters.sort || "";
    const column = columns.find((each) => each.key === sort.replace(/^-/, ""));
    const way = sort.startsWith("-") ? -1 : 1;
    const rows = packages.filter(
      (row) =>
        (!chosen("needs").length || open(row) > 0) &&
        (!own.length || own.includes(row.own ? "yes" : "no")) &&
        wanted.every((each) => row.search.includes(each)) &&
        (!states.length || on.some((each) => states.includes(row.states[each]))),
    );
    rows.sort((a, b) => (column ? way * column.compare(a, b) : 0) || usual(a, b));
    status.textContent = plural(rows.length, "package") + " of " + packages.length.toLocaleString("en");
    grid.box.hidden = !rows.length;
    empty.replaceChildren(
      ...(rows.length
        ? []
        : [
            packages.length
              ? emptyState(
                  "No package matches",
                  "No package has all of these filters.",
                  button("Remove all filters", () => go({ filters: {} })),
                )
              : emptyState("No packages", 'No package imports "C", and none is missing on a platform.'),
          ]),
    );
    grid.show(
      rows,
      columns.filter((each) => each.platform === undefined || on.includes(each.platform)),
      sort,
    );
  }

  return { show, focus: () => grid.focus(true) };
})();
