// The first screen: totals, the binaries that are not pure everywhere, and the causes; every number is a link.

const overviewView = (function () {
  const MOST = 8;
  const section = document.getElementById("overview-view");
  const somewhere = (test) => targets.filter((each) => allPlatforms.some((at) => test(verdictAt(each, at).id))).length;
  const usesC = (verdict) => verdict === "c-toolchain" || verdict === "c-libraries";
  const is = (id) => (verdict) => verdict === id;

  function tile(number, text, href, tint) {
    const inside = [make("strong", {}, number.toLocaleString("en")), make("span", {}, text)];
    return make(
      "li",
      {},
      href ? make("a", { href, class: "tile t-" + tint }, inside) : make("div", { class: "tile" }, inside),
    );
  }

  function tiles() {
    const unknown = somewhere(is("unknown"));
    const blocked = somewhere(is("blocked"));
    const needing = somewhere(usesC);
    const open = summary.open_needs.length;
    return make(
      "ul",
      { class: "tiles" },
      unknown > 0 && tile(unknown, "unknown on some platform", address("targets", { verdict: "unknown" }), "unknown"),
      tile(
        summary.not_pure.length + " of " + summary.binaries,
        "binaries are not pure everywhere",
        address("targets", { kind: "binary" }),
        summary.not_pure.length ? "accent" : "pure",
      ),
      tile(
        needing,
        plural(needing, "target needs C", "targets need C").replace(/^\S+ /, "") + " on some platform",
        address("targets", { verdict: "c-toolchain,c-libraries" }),
        needing ? "c-toolchain" : "pure",
      ),
      tile(
        blocked,
        plural(blocked, "target", "targets").replace(/^\S+ /, "") + " cannot be built on some platform",
        address("targets", { verdict: "blocked" }),
        blocked ? "blocked" : "pure",
      ),
      tile(open, "C needs without a provider", open ? address("packages", { needs: "open" }) : "", "c-libraries"),
    );
  }

  // Totals per platform, for the kinds of targets that are chosen.
  const kindChips = chips("Count", "kind", [
    { value: "binary", text: "Binaries", count: summary.binaries },
    { value: "test", text: "Tests", count: summary.tests },
  ]);
  const totals = make("div", { class: "totals" });

  function drawTotals() {
    const kind = chosen("kind");
    const counted = (on, id) =>
      (kind.includes("test") && !kind.includes("binary") ? 0 : on.binaries[id]) +
      (kind.includes("binary") && !kind.includes("test") ? 0 : on.tests[id]);
    const used = VERDICTS.filter(
      (each) => each.id !== "unknown" || summary.platforms.some((on) => counted(on, each.id)),
    );
    const link = (on, verdict) =>
      address("targets", {
        kind: kind.length === 1 ? kind[0] : "",
        verdict: verdict.id,
        on: on.name,
        all: verdict.id === "pure" ? "1" : "",
      });
    totals.replaceChildren(
      make(
        "table",
        {},
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            make("th", { scope: "col" }, "Platform"),
            make("td", { class: "bars" }),
            used.map((each) => make("th", { scope: "col", class: "number" }, tinted(each))),
          ),
        ),
        make(
          "tbody",
          {},
          summary.platforms.map((on) => {
            const bar = make("div", { class: "bar", "aria-hidden": "true" });
            for (const each of used) {
              const count = counted(on, each.id);
              if (!count) continue;
              const piece = make("a", {
                class: "b-" + each.id,
                href: link(on, each),
                tabindex: -1,
                title: each.name + ": " + count,
              });
              piece.style.flexGrow = count;
              bar.append(piece);
            }
            return make(
              "tr",
              {},
              make(
                "th",
                { scope: "row" },
                make("span", {}, on.name),
                " ",
                make("small", {}, on.cgo ? "cgo on" : "cgo off"),
              ),
              make("td", { class: "bars" }, bar),
              used.map((each) =>
                make(
                  "td",
                  { class: "number" },
                  counted(on, each.id)
                    ? make(
                        "a",
                        {
                          href: link(on, each),
                          "aria-label": counted(on, each.id).toLocaleString("en") + " " + each.name + " on " + on.name,
                        },
                        counted(on, each.id).toLocaleString("en"),
                      )
                    : make("span", { class: "zero" }, "0"),
                ),
              ),
            );
          }),
        ),
      ),
    );
  }

  function causeNames(causes) {
    const shown = causes
      .slice(0, 4)
      .map((each, at) => [at ? ", " : "", make("a", { href: entryAddress("package", each) }, code(short(each)))]);
    return [shown, causes.length > 4 && " and " + (causes.length - 4) + " more"];
  }

  function binary(each) {
    return make(
      "li",
      {},
      make("a", { class: "name", href: entryAddress("target", each.label) }, code(each.label)),
      make(
        "ul",
        { class: "answers" },
        each.on.map((on) => {
          const own = on.causes.length === 0;
          const said = own ? on.why || (on.verdict === "blocked" ? "it has no files for it" : "") : "";
          return make(
            "li",
            {},
            tinted(verdictOf.get(on.verdict)),
            make("span", {}, " on " + onNames(on.platforms) + (own && said ? ": " : own ? "" : " through ")),
            said,
            own ? null : causeNames(on.causes),
            on.fallback &&
              make(
                "span",
                { class: "note" },
                on.causes.length === 1 ? " (has a Go fallback)" : " (all have Go fallbacks)",
              ),
          );
        }),
      ),
    );
  }

  function binaries() {
    const found = summary.not_pure;
    const title = make(
      "h3",
      {},
      "Binaries that are not pure everywhere ",
      make("span", { class: "count" }, found.length + " of " + summary.binaries),
    );
    if (!summary.binaries) return [title, emptyState("No binaries", "Only tests were found.")];
    if (!found.length)
      return [
        title,
        emptyState("Every binary is pure on every platform", "None of them needs C outside of the standard library."),
      ];
    return [
      title,
      make("ul", { class: "binaries" }, found.slice(0, 12).map(binary)),
      found.length > 12 &&
        make(
          "p",
          {},
          make(
            "a",
            { href: address("targets", { kind: "binary" }) },
            "All " + found.length + " binaries in the matrix",
          ),
        ),
    ];
  }

  function causes(title, found, nothing, tint) {
    const most = Math.max(1, ...found.map((each) => each.targets));
    const item = (each) => {
      const bar = make("div", { class: "share b-" + tint, "aria-hidden": "true" });
      bar.style.width = (100 * each.targets) / most + "%";
      const on = Object.keys(each.platforms).filter((name) => platforms.includes(name));
      return make(
        "li",
        {},
        make(
          "div",
          { class: "cause" },
          make("a", { class: "name", href: entryAddress("package", each.package) }, code(short(each.package))),
          make(
            "a",
            {
              class: "number",
              href: address("targets", { via: each.package, on: on.join(","), all: "1" }),
              "aria-label": plural(each.targets, "target") + " through " + short(each.package),
            },
            plural(each.targets, "target"),
          ),
        ),
        bar,
        make(
          "p",
          { class: "note" },
          onNames(on),
          each.fallbacks.length > 0 && "; has a Go fallback",
          each.reason && [": ", each.reason],
          each.path && [" ", code(each.path + ":" + each.line)],
        ),
      );
    };
    return make(
      "section",
      { "aria-label": title },
      make("h3", {}, title, " ", make("span", { class: "count" }, found.length)),
      found.length
        ? make("ol", { class: "causes" }, found.slice(0, MOST).map(item))
        : make("p", { class: "note" }, nothing),
      found.length > MOST &&
        make(
          "details",
          {},
          make("summary", {}, found.length - MOST + " more"),
          make("ol", { class: "causes" }, found.slice(MOST, 200).map(item)),
        ),
    );
  }

  function ownFiles() {
    const found = Object.entries(summary.own_files);
    return (
      found.length > 0 &&
      make(
        "p",
        { class: "note" },
        "Targets whose own files are the reason: ",
        found.map(([name, count], at) => [
          at ? ", " : "",
          make("a", { href: address("targets", { verdict: "blocked", on: name }) }, count + " on " + name),
        ]),
        ".",
      )
    );
  }

  function openNeeds() {
    const found = summary.open_needs;
    return (
      found.length > 0 &&
      make(
        "section",
        { "aria-label": "C needs without a provider" },
        make("h3", {}, "C needs without a provider ", make("span", { class: "count" }, found.length)),
        make(
          "ul",
          { class: "cards" },
          found
            .slice(0, 20)
            .map((each) =>
              make(
                "li",
                { class: "card" },
                make(
                  "p",
                  { class: "card-title" },
                  each.kind.replace("_", "-") + " ",
                  code(each.name),
                  " on " + inWords(each.platforms),
                ),
                make(
                  "p",
                  {},
                  "for ",
                  make("a", { href: entryAddress("package", each.package) }, code(short(each.package))),
                ),
                make("p", { class: "note" }, code(each.path + ":" + each.line)),
                each.remedy && make("p", { class: "remedy" }, make("strong", {}, "To do: "), each.remedy),
              ),
            ),
        ),
      )
    );
  }

  function whole() {
    return [
      tiles(),
      make(
        "section",
        { "aria-label": "Totals per platform" },
        make("div", { class: "row" }, make("h3", {}, "Targets per platform"), kindChips.element),
        totals,
      ),
      make(
        "div",
        { class: "columns" },
        make("section", { "aria-label": "Binaries that are not pure everywhere" }, binaries()),
        make(
          "div",
          {},
          summary.unknown.length > 0 && causes("What could not be loaded", summary.unknown, "", "unknown"),
          causes("What brings C in", summary.causes, "No target needs C.", "c-toolchain"),
          causes("What cannot be built", summary.blockers, "No package keeps a target from being built.", "blocked"),
          ownFiles(),
          openNeeds(),
        ),
      ),
    ];
  }

  section.append(
    ...(targets.length ? whole() : [emptyState("No targets", "There are no binaries or tests in this report.")]),
  );

  function show() {
    kindChips.update();
    drawTotals();
  }

  return { show };
})();
