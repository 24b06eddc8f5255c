"use strict";
(function () {
  const report = JSON.parse(document.getElementById("data").textContent);
  const platforms = report.run.platforms.map((each) => each.name);
  const places = new Map(report.imports.map((each) => [each.importer + "\n" + each.imported, each]));
  const details = document.getElementById("details");

  function element(tag, text, name) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  function cell(prefix) {
    return (value) => element("span", value.getValue() || "", prefix ? prefix + value.getValue() : "mono");
  }

  function table(id, data, columns, onOpen) {
    const made = new Tabulator("#" + id, {
      data, columns, layout: "fitDataFill", height: Math.min(34 * data.length + 60, 480), placeholder: "nothing here",
      renderHorizontal: "basic",
    });
    made.on("rowClick", (event, row) => onOpen && onOpen(row.getData().entry));
    const search = document.getElementById(id + "-search");
    search.addEventListener("input", () => {
      const wanted = search.value.toLowerCase();
      made.setFilter((row) => Object.values(row).some((each) => typeof each === "string" && each.toLowerCase().includes(wanted)));
    });
    return made;
  }

  function open(entry) {
    const button = element("button", "details", "open");
    button.type = "button";
    return button;
  }

  function chainList(chain) {
    const list = element("ol");
    chain.forEach((node, at) => {
      const item = element("li");
      item.append(element("code", node));
      const place = at + 1 < chain.length && places.get(node + "\n" + chain[at + 1]);
      if (place) item.append(element("span", " imports the next one in ", ""), element("code", place.path + ":" + place.line));
      list.append(item);
    });
    return list;
  }

  function more(owner, key) {
    const length = owner.lengths && owner.lengths[key];
    return length ? length - owner[key].length : 0;
  }

  function listed(owner, key) {
    return owner[key].join(", ") + (more(owner, key) ? " and " + more(owner, key) + " more" : "");
  }

  function show(title, parts) {
    details.replaceChildren(element("h3", title), ...parts);
    details.hidden = false;
    details.focus();
  }

  function showTarget(target) {
    const parts = [];
    const told = new Map();
    for (const name of platforms) {
      const on = target.platforms[name];
      const key = JSON.stringify([on.verdict, on.chain, on.why, on.without_cgo]);
      if (!told.has(key)) told.set(key, { on, names: [] });
      told.get(key).names.push(name);
    }
    for (const { on, names } of told.values()) {
      const line = element("p");
      line.append(element("strong", on.verdict, "v-" + on.verdict), element("span", " on " + names.join(", ")));
      parts.push(line);
      if (on.chain.length) {
        parts.push(chainList(on.chain));
        const draw = element("button", "draw this chain");
        draw.type = "button";
        draw.addEventListener("click", () => { drawOnly(on.chain); document.getElementById("graph-title").scrollIntoView(); });
        parts.push(draw);
      } else if (on.why) {
        parts.push(element("p", on.why));
      }
      if (on.fallbacks.length) parts.push(element("p", "assuming that this still compiles without its cgo files: " + listed(on, "fallbacks")));
      if (on.needs.length) parts.push(element("p", "needs " + listed(on, "needs")));
      const without = on.without_cgo;
      if (without) {
        const list = element("ul");
        list.append(element("li", "without cgo: " + without.verdict + (without.vanished.length ? ", because this is missing: " + listed(without, "vanished") : "")));
        without.fallbacks.forEach((each) => list.append(element("li", "Go instead of C in " + each)));
        if (more(without, "fallbacks")) list.append(element("li", "Go instead of C in " + more(without, "fallbacks") + " more packages"));
        without.effects.forEach((each) => list.append(element("li", each.package + ": " + each.effect)));
        parts.push(list);
      }
    }
    show(target.label, parts);
  }

  function showPackage(each) {
    const parts = [element("p", each.first_party ? "own package" : "of module " + each.module)];
    const states = element("ul");
    for (const [name, state] of Object.entries(each.states)) states.append(element("li", name + ": " + state));
    const needs = element("ul");
    for (const need of each.needs) {
      const item = element("li", need.kind + " ");
      const end = need.labels.join(", ") || need.status;
      item.append(element("code", need.name), element("span", " on " + need.platforms.join(", ") + ": " + end + (need.how ? ", " + need.how : "") + " "),
        element("code", need.path + ":" + need.line));
      if (need.remedy) item.append(element("span", " (" + need.remedy + ")"));
      needs.append(item);
    }
    parts.push(states, needs);
    const draw = element("button", "draw its neighbours");
    draw.type = "button";
    draw.addEventListener("click", () => { drawOnly([each.import_path]); expand(each.import_path); });
    parts.push(draw);
    show(each.import_path, parts);
  }

  function opener(onOpen) {
    return { title: "", field: "open", headerSort: false, width: 90, formatter: (value) => {
      const button = element("button", "details");
      button.type = "button";
      button.setAttribute("aria-label", "details of " + value.getRow().getData().name);
      button.addEventListener("click", (event) => { event.stopPropagation(); onOpen(value.getRow().getData().entry); });
      return button;
    } };
  }

  table("targets", report.targets.map((each) => Object.assign(
    { name: each.label, kind: each.kind, entry: each },
    Object.fromEntries(platforms.map((name) => [name, each.platforms[name].verdict])))),
    [opener(showTarget), { title: "target", field: "name", formatter: cell() }, { title: "kind", field: "kind", formatter: cell() },
      ...platforms.map((name) => ({ title: name, field: name, formatter: cell("v-") }))], showTarget);
  table("packages", report.packages.map((each) => Object.assign(
    { name: each.import_path, module: each.first_party ? "own" : each.module, needs: String(each.needs.length), entry: each }, each.states)),
    [opener(showPackage), { title: "package", field: "name", formatter: cell() }, { title: "module", field: "module", formatter: cell() },
      { title: "needs", field: "needs", sorter: "number", formatter: cell() },
      ...platforms.map((name) => ({ title: name, field: name, formatter: cell() }))], showPackage);
  table("findings", report.findings.map((each) => ({ severity: each.severity, name: each.path + (each.line ? ":" + each.line : ""),
    message: each.message + (each.remedy ? " (" + each.remedy + ")" : "") })),
    [{ title: "severity", field: "severity", formatter: cell("s-") }, { title: "place", field: "name", formatter: cell() },
      { title: "message", field: "message", formatter: "textarea" }]);

  const known = new Map(report.graph.nodes.map((each) => [each.name, each]));
  const around = new Map();
  for (const edge of report.graph.edges) {
    for (const end of [edge.source, edge.target]) {
      if (!around.has(end)) around.set(end, []);
      around.get(end).push(edge);
    }
  }
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const ink = dark ? "#e6e6ea" : "#1b1b1f";
  const cy = cytoscape({
    container: document.getElementById("graph"),
    style: [
      { selector: "node", style: { label: "data(short)", color: ink, "font-size": 11, "text-valign": "bottom", "background-color": "#8a8a98", width: 18, height: 18 } },
      { selector: "node[kind = 'target']", style: { shape: "rectangle", "background-color": "#0b57d0" } },
      { selector: "node[kind = 'need']", style: { shape: "diamond", "background-color": "#7a5900" } },
      { selector: "node[?cgo]", style: { "background-color": "#f2a33a" } },
      { selector: "node[?blocked]", style: { "border-width": 3, "border-color": "#d0342c" } },
      { selector: "edge", style: { width: 1.2, "curve-style": "bezier", "target-arrow-shape": "triangle", "line-color": "#8a8a98", "target-arrow-color": "#8a8a98" } },
    ],
  });

  function add(name) {
    const node = known.get(name);
    if (!node || cy.getElementById(name).nonempty()) return;
    const short = name.length > 40 ? "…" + name.slice(-38) : name;
    cy.add({ data: { id: name, short, kind: node.kind, cgo: node.cgo.length > 0, blocked: node.blocked.length > 0 && node.kind !== "target" } });
    for (const edge of around.get(name) || []) {
      const other = edge.source === name ? edge.target : edge.source;
      if (cy.getElementById(other).nonempty()) cy.add({ data: { source: edge.source, target: edge.target } });
    }
  }

  function arrange() {
    cy.layout({ name: "dagre", rankDir: "LR", nodeSep: 24, rankSep: 200 }).run();
    document.getElementById("drawn").textContent = cy.nodes().length + " of " + known.size + " nodes are drawn";
  }

  function expand(name) {
    add(name);
    for (const edge of (around.get(name) || []).slice(0, 60)) { add(edge.source); add(edge.target); }
    arrange();
  }

  function drawOnly(names) {
    cy.elements().remove();
    names.forEach(add);
    arrange();
  }

  function start() {
    const cgo = report.graph.nodes.filter((each) => each.cgo.length);
    const blocked = report.graph.nodes.filter((each) => each.blocked.length && each.kind === "package");
    const first = cgo.length ? cgo : blocked;
    drawOnly(first.slice(0, 40).map((each) => each.name));
    if (first.length <= 8) first.forEach((each) => expand(each.name));
  }

  cy.on("tap", "node", (event) => {
    const name = event.target.id();
    expand(name);
    const target = report.targets.find((each) => each.label === name);
    const found = report.packages.find((each) => each.import_path === name);
    if (target) showTarget(target);
    else if (found) showPackage(found);
  });
  document.getElementById("graph-search").addEventListener("change", (event) => {
    const wanted = event.target.value;
    const found = known.has(wanted) ? wanted : [...known.keys()].find((each) => each.includes(wanted));
    if (found) { drawOnly([found]); expand(found); }
  });
  document.getElementById("graph-reset").addEventListener("click", start);
  start();
  document.documentElement.dataset.ready = "yes";
})();
