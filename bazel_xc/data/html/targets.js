// The matrix of targets and platforms: filters, columns and the order of rows.

const targetsView = (function () {
  const section = document.getElementById("targets-view");
  const count = (test) => targets.filter(test).length;
  const kinds = [
    { value: "binary", text: "Binaries", count: count((each) => !each.isTest) },
    { value: "test", text: "Tests", count: count((each) => each.isTest) },
  ];
  const verdicts = VERDICTS.map((kind, rank) => ({
    value: kind.id,
    text: kind.name,
    kind,
    count: count((each) => each.verdicts.includes(rank)),
    also: kind.id === "pure" ? { all: "1" } : {},
  }));
  const parts = [
    search("Search targets", "targets-search"),
    chips("Kind", "kind", kinds),
    chips(
      "Verdict",
      "verdict",
      verdicts.filter((each) => each.count),
    ),
    platformChips(),
    onSwitch("Hide pure everywhere", "all"),
  ];
  const through = make("p", { class: "through" });
  const status = make("p", { class: "status", role: "status" });
  const empty = make("div");
  const columns = [
    {
      key: "target",
      title: "Target",
      width: "name",
      cell: (row) => make("code", {}, row.label),
      compare: (a, b) => byText(a.label, b.label),
    },
    {
      key: "kind",
      title: "Kind",
      width: "kind",
      wide: true,
      cell: (row) => make("span", {}, row.isTest ? "test" : "binary"),
      compare: (a, b) => byText(a.kind, b.kind),
    },
    ...platforms.map((name, at) => ({
      key: "p" + at,
      title: name,
      width: "platform",
      platform: at,
      note: name + ", cgo " + (run.platforms[at].cgo ? "on" : "off"),
      cell: (row) => tinted(verdictAt(row, at)),
      compare: (a, b) => b.verdicts[at] - a.verdicts[at],
    })),
  ];
  const grid = new Grid({
    label: "Targets and platforms",
    columns,
    href: (row) => entryAddress("target", row.label),
    isOpen: (row) => state.opened && state.opened[0] === "target" && state.opened[1] === row.label,
    onSort: (sort) => setFilters({ sort }),
  });
  section.append(
    make(
      "div",
      { class: "filters" },
      parts.map((each) => each.element),
    ),
    through,
    make("div", { class: "above" }, status, legend(targets.some((each) => each.used.includes(-1)) ? [...VERDICTS, ELSEWHERE] : VERDICTS)),
    grid.box,
    empty,
  );

  // The usual order; rows that are alike in a column keep it.
  const usual = targets.slice().sort((a, b) => a.isTest - b.isTest || b.worst - a.worst || byText(a.label, b.label));

  function ordered(rows) {
    const sort = state.filters.sort || "";
    const column = columns.find((each) => each.key === sort.replace(/^-/, ""));
    const way = sort.startsWith("-") ? -1 : 1;
    return column ? rows.sort((a, b) => way * column.compare(a, b)) : rows;
  }

  function filtered() {
    const on = chosenPlatforms();
    const wanted = words(state.filters.q);
    const kind = chosen("kind");
    const ranks = chosen("verdict").map((each) => verdictOf.get(each)?.rank);
    const above = state.filters.via ? on.map((each) => graph.targetsAbove(state.filters.via, each)) : null;
    let hidden = 0;
    const rows = usual.filter((row) => {
      if (kind.length && !kind.includes(row.isTest ? "test" : "binary")) return false;
      if (wanted.length && !wanted.every((each) => row.search.includes(each))) return false;
      // A verdict and a package that is reached are asked of the same platform.
      if (
        !on.some(
          (each, at) => (!ranks.length || ranks.includes(row.verdicts[each])) && (!above || above[at].has(row.label)),
        )
      )
        return false;
      if (state.filters.all !== "1" && on.every((each) => row.verdicts[each] <= 0)) {
        hidden += 1;
        return false;
      }
      return true;
    });
    return { rows: ordered(rows), hidden, on };
  }

  function nothing(hidden) {
    if (!targets.length) return emptyState("No targets", "There are no binaries or tests in this report.");
    if (hidden) {
      const said =
        hidden === targets.length
          ? "Every target is pure on every platform"
          : "Only targets that are pure everywhere match";
      return emptyState(
        said,
        plural(hidden, "target needs", "targets need") + " no C.",
        button("Show them", () => setFilters({ all: "1" })),
      );
    }
    return emptyState(
      "No target matches",
      "No target has all of these filters.",
      button("Remove all filters", () => go({ filters: {} })),
    );
  }

  function show() {
    parts.forEach((each) => each.update());
    const { rows, hidden, on } = filtered();
    status.textContent =
      plural(rows.length, "target") +
      " of " +
      targets.length.toLocaleString("en") +
      (hidden ? ", " + hidden.toLocaleString("en") + " hidden that need no C" : "");
    through.hidden = !state.filters.via;
    if (state.filters.via) {
      through.replaceChildren(
        "Above ",
        make("a", { href: entryAddress("package", state.filters.via) }, code(short(state.filters.via))),
        " ",
        button("Show all targets", () => setFilters({ via: "" }), { class: "chip" }),
      );
    }
    grid.box.hidden = !rows.length;
    empty.hidden = rows.length > 0;
    if (!rows.length) empty.replaceChildren(nothing(hidden));
    grid.show(
      rows,
      columns.filter((each) => each.platform === undefined || on.includes(each.platform)),
      state.filters.sort || "",
    );
  }

  return { show, focus: () => grid.focus(true) };
})();
