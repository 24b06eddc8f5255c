// The contents of an entry in the drawer: all that the report has on one target or package.

const entry = (function () {
  function title(kind, name, facts, ...actions) {
    return [
      make(
        "div",
        { class: "drawer-head" },
        make("p", { class: "drawer-kind" }, kind),
        button("Close", () => go({ opened: null }), { class: "close", title: "Close (Esc)" }),
      ),
      make("h2", { id: "drawer-title", tabindex: -1 }, code(name)),
      make("p", { class: "note" }, facts),
      make("p", { class: "actions" }, actions),
    ];
  }

  function packageLink(name, text) {
    const shown = code(text || short(name));
    return packageOf.has(name) || graph.at.has(name)
      ? make("a", { href: entryAddress("package", name) }, shown)
      : shown;
  }

  function listed(found) {
    return [
      make(
        "ul",
        { class: "names" },
        found.shown.map((each) => make("li", {}, packageLink(each))),
      ),
      found.more > 0 && make("p", { class: "note" }, "and " + found.more + " more"),
    ];
  }

  function place(importer, imported) {
    const found = places.get(importer + "\n" + imported);
    return found && make("span", { class: "place" }, code(found));
  }

  function chain(nodes) {
    return make(
      "ol",
      { class: "chain" },
      nodes.map((each, at) =>
        make("li", {}, at ? packageLink(each) : code(short(each)), at + 1 < nodes.length && place(each, nodes[at + 1])),
      ),
    );
  }

  function need(key) {
    const found = needsOf.get(key) || [];
    const [kind, ...rest] = key.split(":");
    return make(
      "li",
      {},
      make("span", {}, kind.replace("_", "-") + " "),
      code(rest.join(":")),
      found.length
        ? make(
            "ul",
            {},
            found.map((each) =>
              make(
                "li",
                {},
                provider(each),
                make(
                  "p",
                  { class: "note" },
                  "for ",
                  packageLink(each.package),
                  ", ",
                  code(each.path + ":" + each.line),
                ),
              ),
            ),
          )
        : null,
    );
  }

  // Who provides a need, or what to do if nobody does.
  function provider(each) {
    const on = " on " + onPlatforms(inMask(each.platforms));
    if (each.labels.length)
      return make(
        "p",
        {},
        "provided by ",
        each.labels.map((label, at) => [at ? ", " : "", code(label)]),
        on,
        each.how && make("span", { class: "note" }, " (" + each.how + ")"),
      );
    const open = OPEN_NEEDS.includes(each.status);
    return make(
      "div",
      {},
      make(
        "p",
        {},
        open ? tinted(verdictOf.get("blocked"), each.status) : make("span", {}, each.how || each.status),
        on,
        each.tried.length > 0 && make("span", { class: "note" }, ": " + each.tried.join("; ")),
      ),
      each.candidates.length > 0 && make("p", { class: "note" }, "candidates: " + each.candidates.join(", ")),
      each.remedy && make("p", { class: "remedy" }, make("strong", {}, "To do: "), each.remedy),
    );
  }

  function cutOf(label, numbers) {
    const answers = new Map();
    for (const at of numbers) {
      const found = graph.ways(label, at);
      const cut =
        found && !found.itself
          ? found.cut && found.cut.map((pair) => pair.map((each) => graph.nodes[each].name))
          : undefined;
      const key = JSON.stringify(cut === undefined ? "" : cut);
      if (!answers.has(key)) answers.set(key, { cut, on: [] });
      answers.get(key).on.push(at);
    }
    return [...answers.values()].filter((each) => each.cut !== undefined);
  }

  // The fewest imports to remove, on platforms with one answer.
  function removal(label, numbers, verdict) {
    const wish =
      { blocked: "make it buildable", unknown: "leave only what could be loaded" }[verdict] || "make it pure";
    const found = cutOf(label, numbers);
    return found.map(({ cut, on }) => {
      const where = found.length > 1 ? " on " + onPlatforms(on) : "";
      if (!cut)
        return [
          make("h4", {}, "Imports to remove" + where),
          make("p", {}, "None of the imports of your own code can be removed to " + wish + "."),
        ];
      return [
        make(
          "h4",
          {},
          (cut.length === 1 ? "Remove this import to " : "Remove these " + cut.length + " imports to ") + wish + where,
        ),
        make(
          "ul",
          { class: "cut" },
          cut.slice(0, 50).map(([a, b]) => make("li", {}, packageLink(a), " imports ", packageLink(b), place(a, b))),
        ),
        cut.length > 50 && make("p", { class: "note" }, "and " + (cut.length - 50) + " more"),
      ];
    });
  }

  function withoutCgo(without) {
    const [vanished, fallbacks] = ["vanished", "fallbacks"].map((key) => listIn(without, key));
    return [
      make("h4", {}, "With cgo off"),
      make("p", {}, tinted(verdictOf.get(without.verdict))),
      vanished.shown.length > 0 && [make("p", {}, "These packages cannot be built then:"), listed(vanished)],
      fallbacks.shown.length > 0 && [make("p", {}, "Go code is used instead of C in:"), listed(fallbacks)],
      without.effects.length > 0 &&
        make(
          "ul",
          {},
          without.effects.map(([path, effect]) => make("li", {}, code(names[path]), ": " + names[effect])),
        ),
    ];
  }

  function answer(target, found, numbers) {
    const kind = verdictOf.get(found.verdict);
    const own = found.why || (found.verdict === "blocked" && !found.chain ? "It has no files for this platform." : "");
    const needs = listIn(found, "needs");
    const blockers = listIn(found, "blockers");
    const unknown = listIn(found, "unknown");
    const cgo = listIn(found, "cgo_packages");
    const left = listIn(found, "fallbacks");
    const chainNames = (found.chain || []).map((each) => names[each]);
    return make(
      "section",
      { class: "answer s-" + kind.id },
      make("h3", {}, tinted(kind), " on " + onPlatforms(numbers)),
      found.verdict === "pure" && make("p", {}, 'No package below it, outside the standard library, imports "C".'),
      own && make("p", {}, own[0].toUpperCase() + own.slice(1)),
      chainNames.length > 1 && [
        make(
          "h4",
          {},
          {
            blocked: "The nearest package that cannot be built",
            unknown: "The nearest package that could not be loaded",
          }[found.verdict] || "The nearest package with C",
        ),
        chain(chainNames),
      ],
      found.verdict !== "pure" && removal(target.label, numbers, found.verdict),
      blockers.shown.length > 1 && [make("h4", {}, "Cannot be built here"), listed(blockers)],
      unknown.shown.length > 1 && [make("h4", {}, "Could not be loaded"), listed(unknown)],
      cgo.shown.length > (found.verdict === "blocked" ? 0 : 1) && [make("h4", {}, "Packages with C"), listed(cgo)],
      needs.shown.length > 0 && [
        make("h4", {}, "C needs and who provides them"),
        make("ul", { class: "needs" }, needs.shown.map(need)),
        needs.more > 0 && make("p", { class: "note" }, "and " + needs.more + " more"),
      ],
      left.shown.length > 0 && [make("h4", {}, "Assumed to compile without their cgo files"), listed(left)],
      found.without_cgo && withoutCgo(found.without_cgo),
    );
  }

  function strip(entry, kindOf) {
    return make(
      "ul",
      { class: "strip" },
      platforms.map((name, at) => make("li", {}, make("span", {}, name), tinted(kindOf(at)))),
    );
  }

  function showTarget(target) {
    const order = target.states
      .map((each, at) => [verdictOf.get(each.verdict).rank, at])
      .sort(([a, x], [b, y]) => b - a || x - y);
    const drawn = target.worst > 0 && graph.at.has(target.label);
    return [
      ...title(
        target.isTest ? "Test" : "Binary",
        target.label,
        [target.kind + " of ", code(short(target.package))],
        drawn &&
          make(
            "a",
            { class: "button", href: address("graph", { from: target.label }, ["target", target.label]) },
            "Show in the graph",
          ),
      ),
      strip(target, (at) => verdictAt(target, at)),
      order.map(([, at]) =>
        answer(
          target,
          target.states[at],
          allPlatforms.filter((each) => target.used[each] === at),
        ),
      ),
    ];
  }

  function importers(name) {
    const start = graph.at.get(name);
    if (start === undefined) return null;
    const all = [...new Set(graph.ends.into[start].map((edge) => graph.edges[edge]))].map((each) => graph.nodes[each]);
    const found = all.filter((each) => each.kind === "package").sort((a, b) => b.own - a.own || byText(a.name, b.name));
    return (
      found.length > 0 && [
        make("h3", {}, "Imported by ", make("span", { class: "count" }, found.length)),
        make(
          "ul",
          { class: "names" },
          found.slice(0, 20).map((each) => make("li", {}, packageLink(each.name), place(each.name, name))),
        ),
        found.length > 20 && make("p", { class: "note" }, "and " + (found.length - 20) + " more"),
      ]
    );
  }

  function above(name) {
    const found = new Set(allPlatforms.flatMap((at) => [...graph.targetsAbove(name, at)]));
    const shown = [...found]
      .map((each) => targetOf.get(each))
      .filter(Boolean)
      .sort((a, b) => a.isTest - b.isTest || byText(a.label, b.label));
    return (
      shown.length > 0 && [
        make("h3", {}, "Targets above it ", make("span", { class: "count" }, shown.length)),
        make(
          "ul",
          { class: "names" },
          shown
            .slice(0, 10)
            .map((each) => make("li", {}, make("a", { href: entryAddress("target", each.label) }, code(each.label)))),
        ),
        make(
          "p",
          {},
          make("a", { href: address("targets", { via: name, all: "1" }, ["package", name]) }, "All in the matrix"),
        ),
      ]
    );
  }

  function showPackage(name) {
    const found = packageOf.get(name);
    const node = graph.nodes[graph.at.get(name)];
    const own = found ? found.own : node.own;
    const reasons = summary.blockers.filter((each) => each.package === name && each.reason);
    return [
      ...title(
        "Package",
        short(name),
        own
          ? ["of this workspace: ", code(name)]
          : found && found.module
            ? ["of module ", code(found.module)]
            : [code(name)],
      ),
      found
        ? strip(found, (at) => stateOf.get(found.states[at]))
        : make(
            "p",
            {},
            "It uses no C itself. It is on the way from a target to C, or to a package that cannot be built.",
          ),
      reasons.map((each) => make("p", {}, each.reason, " ", code(each.path + ":" + each.line))),
      found &&
        found.needs.length > 0 && [
          make("h3", {}, "C needs and who provides them"),
          make(
            "ul",
            { class: "needs" },
            found.needs.map((each) =>
              make(
                "li",
                {},
                make("span", {}, each.kind.replace("_", "-") + " "),
                code(each.name),
                provider(each),
                make(
                  "p",
                  { class: "note" },
                  code(each.path + ":" + each.line),
                  !each.certain && ", in a file that may never be compiled",
                ),
              ),
            ),
          ),
        ],
      above(name),
      importers(name),
    ];
  }

  function content([kind, name]) {
    if (kind === "target" && targetOf.has(name)) return showTarget(targetOf.get(name));
    if (kind === "package" && (packageOf.has(name) || graph.at.has(name))) return showPackage(name);
    return [...title(kind, name, "The report has no such " + kind + ".")];
  }

  return content;
})();
