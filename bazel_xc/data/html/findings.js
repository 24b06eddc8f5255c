// Findings as cards: severity, place, cause and remedy in full.

const findingsView = (function () {
  const STEP = 100;
  const SEVERITIES = [
    { id: "error", name: "error", mark: "✕", tint: "blocked" },
    { id: "warning", name: "warning", mark: "!", tint: "c-toolchain" },
    { id: "note", name: "note", mark: "i", tint: "unknown" },
  ];
  const section = document.getElementById("findings-view");
  const severityOf = (id) => SEVERITIES.find((each) => each.id === id) || { id, name: id, mark: "i", tint: "unknown" };
  const rank = (each) => SEVERITIES.findIndex((kind) => kind.id === each.severity);
  const ordered = findings
    .map((each) => ({ ...each, search: [each.path, each.message, each.remedy, each.code].join(" ").toLowerCase() }))
    .sort((a, b) => rank(a) - rank(b));
  const codes = [...new Set(findings.map((each) => each.code))].sort();
  const parts = [
    search("Search findings", "findings-search"),
    chips(
      "Severity",
      "severity",
      SEVERITIES.map((kind) => ({
        value: kind.id,
        text: kind.name,
        kind,
        count: findings.filter((each) => each.severity === kind.id).length,
      })).filter((each) => each.count),
    ),
    chips(
      "Rule",
      "rule",
      codes.map((each) => ({ value: each, text: each, count: findings.filter((one) => one.code === each).length })),
    ),
  ];
  const status = make("p", { class: "status", role: "status" });
  const list = make("ul", { class: "cards" });
  const more = make("div");
  const filters = make(
    "div",
    { class: "filters" },
    parts.map((each) => each.element),
  );
  section.append(filters, status, list, more);
  let limit = STEP;

  function card(each) {
    const place = each.path
      ? each.path + (each.line ? ":" + each.line : "") + (each.column ? ":" + each.column : "")
      : run.module;
    return make(
      "li",
      { class: "card s-" + severityOf(each.severity).tint },
      make(
        "p",
        { class: "card-title" },
        tinted(severityOf(each.severity)),
        " ",
        code(place),
        " ",
        make("span", { class: "rule" }, each.code),
      ),
      make("p", {}, each.message),
      each.remedy && make("p", { class: "remedy" }, make("strong", {}, "To do: "), each.remedy),
    );
  }

  function show() {
    parts.forEach((each) => each.update());
    filters.hidden = !findings.length;
    status.hidden = !findings.length;
    const wanted = words(state.filters.q);
    const severity = chosen("severity");
    const rule = chosen("rule");
    const found = ordered.filter(
      (each) =>
        (!severity.length || severity.includes(each.severity)) &&
        (!rule.length || rule.includes(each.code)) &&
        wanted.every((one) => each.search.includes(one)),
    );
    status.textContent = plural(found.length, "finding") + " of " + findings.length.toLocaleString("en");
    list.replaceChildren(...found.slice(0, limit).map(card));
    list.hidden = !found.length;
    const rest = found.length - limit;
    more.replaceChildren(
      ...(rest > 0
        ? [
            button("Show " + Math.min(STEP, rest) + " more", () => {
              limit += STEP;
              show();
            }),
          ]
        : []),
      ...(found.length
        ? []
        : [
            findings.length
              ? emptyState(
                  "No finding matches",
                  "No finding has all of these filters.",
                  button("Remove all filters", () => go({ filters: {} })),
                )
              : emptyState("No findings", "Nothing is missing, undefined or without a provider."),
          ]),
    );
  }

  return { show };
})();
