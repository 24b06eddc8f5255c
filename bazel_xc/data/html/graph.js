// The view of the graph of one target on one platform: which nodes are shown, size, keyboard and highlight. At first the
// shortest chains and the imports to remove are drawn, and the other packages are folded. drawing.js makes the picture.

const graphView = (function () {
  const FIRST = 26; // nodes that are drawn at first, about
  const LARGEST = 150; // nodes that are drawn at all
  const SMALLEST = 0.75; // of the size: below it labels are hard to read
  const USUAL = 0.85; // the smallest size to begin with
  const section = document.getElementById("graph-view");
  const drawable = targets
    .filter((each) => graph.at.has(each.label))
    .sort((a, b) => a.isTest - b.isTest || b.worst - a.worst || byText(a.label, b.label));
  // The target to begin with: rather one that needs C than one that is only blocked, rather by others than by its own files.
  const worth = (each) =>
    allPlatforms.some((at) => verdictAt(each, at).id.startsWith("c-"))
      ? 2
      : each.states.some((found) => (found.chain || []).length > 1)
        ? 1
        : 0;
  const usual = drawable.slice().sort((a, b) => worth(b) - worth(a) || a.isTest - b.isTest)[0];
  let drawn = null; // the ways, the names of the target and platform, and the nodes that are shown
  let picture = null; // the Drawing
  let scale = 1;
  let active = -1;

  const input = make("input", {
    id: "graph-target",
    list: "graph-targets",
    autocomplete: "off",
    spellcheck: "false",
    change: pick,
    input: suggest,
  });
  const options = make("datalist", { id: "graph-targets" });
  const switches = make("div", { class: "chips", role: "group", "aria-label": "Platform" });
  const zoomed = make("span", { class: "note", "aria-live": "polite" });
  const unfold = button("Unfold all", () => setFold(drawn.shown.size < drawn.ways.kept.size));
  const tools = make(
    "div",
    { class: "chips", role: "group", "aria-label": "Size" },
    button("−", () => zoom(scale / 1.25), { "aria-label": "Zoom out", title: "Zoom out" }),
    button("+", () => zoom(scale * 1.25), { "aria-label": "Zoom in", title: "Zoom in" }),
    button("Fit", () => fit(SMALLEST), { title: "The whole drawing, as far as it stays readable" }),
    zoomed,
    unfold,
  );
  const status = make("p", { class: "status", role: "status" });
  const box = make("div", {
    class: "drawing",
    keydown: key,
    focusin: focused,
    mouseover: hovered,
    mouseleave: () => trace(active),
  });
  const key_ = make(
    "ul",
    { class: "key", "aria-label": "Legend" },
    [
      ["t-c-toolchain", '● imports "C"'],
      ["t-c-libraries", "◆ C library"],
      ["t-blocked", "✕ cannot be built"],
      ["t-unknown", "? not loaded"],
      ["own", "own package"],
      ["other", "other module"],
      ["line-cut", "import to remove"],
    ].map(([name, text]) => make("li", {}, make("span", { class: "swatch " + name, "aria-hidden": "true" }), text)),
  );
  const help = make(
    "p",
    { class: "note", id: "graph-help" },
    "Arrow keys follow imports, Enter opens an entry, + unfolds at a node. Drag or scroll to move.",
  );
  section.append(
    make(
      "div",
      { class: "filters" },
      make("label", { for: "graph-target", class: "field" }, make("span", {}, "Target"), input),
      options,
      switches,
      tools,
    ),
    status,
    box,
    key_,
    help,
  );

  // Which target: that of the address, the one in the drawer, or the usual one. Which platform: that of the address, or the
  // first one where something is to be seen.
  function choice() {
    const opened = state.opened && state.opened[0] === "target" && graph.at.has(state.opened[1]) ? state.opened[1] : "";
    const label = state.filters.from || opened || (usual ? usual.label : "");
    const target = targetOf.get(label);
    const asked = platforms.indexOf(state.filters.on);
    if (!target) return { label, target, platform: Math.max(0, asked) };
    const first = ["c-libraries", "c-toolchain", "blocked", "unknown"]
      .map((id) => target.verdicts.indexOf(verdictOf.get(id).rank))
      .find((at) => at >= 0);
    return { label, target, platform: asked >= 0 ? asked : first === undefined ? 0 : first };
  }

  function show() {
    const { label, target, platform } = choice();
    if (document.activeElement !== input) input.value = label;
    const focused = [...switches.children].indexOf(document.activeElement);
    const same = drawn && drawn.label === label && drawn.platform === platform;
    switches.replaceChildren(
      ...(target
        ? platforms.map((name, at) => {
            const kind = verdictAt(target, at);
            return button(
              [make("span", { class: "mark", "aria-hidden": "true" }, kind.mark + " "), name],
              () => go({ filters: { from: label, on: name } }),
              { class: "chip t-" + kind.id, "aria-pressed": String(at === platform), title: kind.name + " on " + name },
            );
          })
        : []),
    );
    if (focused >= 0) switches.children[focused]?.focus();
    if (same) return trace(active);
    const ways = target ? graph.ways(label, platform) : null;
    drawn = ways && { ways, label, platform, shown: new Set(ways.kept) };
    active = -1;
    for (const each of [key_, tools, help, status]) each.hidden = !drawn;
    if (!drawn) return box.replaceChildren(nothing(label, target, platform));
    // All of it if that is readable as a whole, else its outline with the imports to remove, else its outline.
    const outline = firstShown(ways, platform, false);
    for (const shown of [new Set(ways.kept), firstShown(ways, platform, true), outline]) {
      if (shown.size > FIRST && shown !== outline) continue;
      drawn.shown = shown;
      draw();
      if (picture.width * USUAL <= box.clientWidth) break;
    }
    fit(picture.width * SMALLEST < box.clientWidth ? SMALLEST : USUAL);
  }

  function nothing(label, target, platform) {
    if (!drawable.length)
      return emptyState("Nothing to draw", "No target needs C, and every target can be built on every platform.");
    if (!target) return emptyState("No such target", "The report has no target " + label + ".");
    const others = allPlatforms.filter((at) => target.verdicts[at] > 0);
    return emptyState(
      label + " is " + verdictAt(target, platform).name + " on " + platforms[platform],
      others.length ? "There is no way to C to draw." : "It needs no C on any platform.",
      ...others.map((at) =>
        button(platforms[at], () => go({ filters: { from: label, on: platforms[at] } }), { class: "chip" }),
      ),
    );
  }

  // The outline: the shortest chains to the nearest ends, and the ways through the imports to remove.
  function firstShown(ways, platform, withCut) {
    const shown = new Set([ways.start]);
    const add = (nodes) => nodes.forEach((each) => shown.add(each));
    const [firstCut, ...cuts] = (withCut && ways.cut) || [];
    const through = ([a, b]) => [
      ...(graph.chains(ways.start, new Set([a]), platform)[0] || []),
      ...(graph.chains(b, new Set(ways.ends), platform)[0] || []),
    ];
    if (firstCut) add(through(firstCut));
    add(ways.chains[0]);
    for (const chain of ways.chains.slice(1))
      if (shown.size + chain.filter((each) => !shown.has(each)).length <= FIRST) add(chain);
    for (const cut of cuts) {
      const more = through(cut).filter((each) => !shown.has(each));
      if (shown.size + more.length <= FIRST) add(more);
    }
    return shown;
  }

  function setFold(open) {
    drawn.shown = open ? new Set([...drawn.shown, ...drawn.ways.kept]) : firstShown(drawn.ways, drawn.platform, true);
    draw();
    fit(open ? SMALLEST : USUAL);
  }

  function open(node) {
    picture
      .folded(node)
      .slice(0, 20)
      .forEach((each) => drawn.shown.add(each));
    draw();
    zoom(scale);
    focusNode(node);
  }

  function draw() {
    picture = new Drawing(drawn, narrow(), open);
    box.replaceChildren(picture.svg);
    stop();
    trace(active);
    say();
  }

  function trace(at) {
    if (picture) picture.trace(at);
  }

  function say() {
    const { ways, shown } = drawn;
    const ends = ways.ends.filter((each) => shown.has(each)).length;
    const rest = ways.kept.size - [...shown].filter((each) => ways.kept.has(each)).length;
    const what =
      { blocked: "packages that cannot be built", unknown: "packages that could not be loaded" }[
        verdictAt(targetOf.get(drawn.label), drawn.platform).id
      ] || "packages with C";
    if (ways.itself) {
      status.textContent = "The reason is in the files of this target itself: no import leads to it.";
      return;
    }
    status.textContent =
      plural(shown.size, "node is", "nodes are") +
      " drawn" +
      (rest ? ", " + rest.toLocaleString("en") + " on longer ways are folded" : "") +
      (ends < ways.ends.length ? "; " + ends + " of " + ways.ends.length + " " + what : "") +
      ".";
    unfold.hidden = ways.kept.size > LARGEST || (rest === 0 && ways.kept.size <= FIRST);
    unfold.textContent = rest ? "Unfold all " + rest : "Fold";
  }

  function zoom(to) {
    scale = Math.min(2.5, Math.max(SMALLEST, to));
    picture.size(scale);
    zoomed.textContent = Math.round(scale * 100) + " %";
  }

  // The whole drawing, but never smaller than `least`; what does not fit then is reached by scrolling.
  function fit(least) {
    const room = box.clientWidth - 4;
    const high = Math.max(320, innerHeight - 300);
    const size = Math.max(least, Math.min(1.1, room / picture.width, high / picture.height));
    box.style.height = Math.min(high, Math.max(320, picture.height * size + 80)) + "px";
    zoom(size);
    const start = picture.nodes.get(drawn.ways.start);
    box.scrollTo(narrow() ? start.x * scale - room / 2 : 0, narrow() ? 0 : start.y * scale - box.clientHeight / 2);
  }

  // The target of the tab key, and the arrow keys.
  function stop() {
    box.querySelector("a[tabindex='0']")?.setAttribute("tabindex", -1);
    const each = picture.nodes.get(active) || picture.nodes.get(drawn.ways.start);
    each.element.querySelector("a")?.setAttribute("tabindex", 0);
  }

  function focusNode(at) {
    active = at;
    stop();
    const element = picture.nodes.get(at).element;
    element.querySelector("a")?.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function focused(event) {
    const node = event.target.closest("[data-node]");
    if (!node) return;
    active = Number(node.dataset.node);
    stop();
    trace(active);
  }

  function key(event) {
    const at = picture && picture.nodes.get(active);
    if (!at || event.ctrlKey || event.altKey || event.metaKey) return;
    const links = [...picture.nodes.values()].filter((each) => each.kind !== "need");
    const down = narrow();
    const along = (each) => (down ? each.y : each.x);
    const across = (each) => (down ? each.x : each.y);
    const nearest = (found) =>
      found.sort((a, b) => Math.abs(across(a) - across(at)) - Math.abs(across(b) - across(at)))[0];
    const ends = (from, to) =>
      picture.edges
        .filter((each) => each[from] === at.at)
        .map((each) => picture.nodes.get(each[to]))
        .filter((each) => each.kind !== "need");
    const beside = (way) =>
      links.filter(
        (each) =>
          each !== at && Math.abs(along(each) - along(at)) < (down ? 40 : 160) && (across(each) - across(at)) * way > 0,
      );
    const moves = {
      next: () => nearest(ends("from", "to")),
      back: () => nearest(ends("to", "from")),
      later: () => nearest(beside(1)),
      earlier: () => nearest(beside(-1)),
    };
    const names = down
      ? { ArrowDown: "next", ArrowUp: "back", ArrowRight: "later", ArrowLeft: "earlier" }
      : { ArrowRight: "next", ArrowLeft: "back", ArrowDown: "later", ArrowUp: "earlier" };
    let to = null;
    if (event.key in names) to = moves[names[event.key]]();
    else if (event.key === "Home") to = picture.nodes.get(drawn.ways.start);
    else if (event.key === "+" && at.more) {
      event.preventDefault();
      return open(at.at);
    } else return;
    event.preventDefault();
    if (to) focusNode(to.at);
  }

  function hovered(event) {
    const node = event.target.closest("[data-node]");
    trace(node ? Number(node.dataset.node) : active);
  }

  // Dragging the paper moves it.
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.target.closest("[data-node]")) return;
    const start = { x: event.clientX + box.scrollLeft, y: event.clientY + box.scrollTop };
    const move = (to) => box.scrollTo(start.x - to.clientX, start.y - to.clientY);
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
  });

  function matching(text) {
    const wanted = words(text);
    return drawable.filter((each) => wanted.every((one) => each.search.includes(one)));
  }

  function suggest() {
    options.replaceChildren(
      ...matching(input.value)
        .slice(0, 30)
        .map((each) => make("option", { value: each.label })),
    );
  }

  function pick() {
    const found = targetOf.get(input.value) || matching(input.value)[0];
    go({ filters: { from: found ? found.label : input.value } });
  }

  suggest();
  return { show };
})();
