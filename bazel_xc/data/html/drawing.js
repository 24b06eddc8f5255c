// The picture of a part of the graph: nodes in layers from the target on, as SVG that can be focused and highlighted.
// dagre places the nodes. The number at a node is of the packages that it imports and that are folded.

const FONT = 14;

const narrow = () => matchMedia("(max-width: 640px)").matches;

const measure = document.createElement("canvas").getContext("2d");
measure.font = FONT + "px ui-monospace, monospace";

// A name in lines of at most `most` characters, broken after slashes.
function lines(name, most) {
  const found = [""];
  for (const part of name.split(/(?<=[/:])/)) {
    if (found.at(-1) && found.at(-1).length + part.length > most) found.push("");
    found[found.length - 1] += part;
  }
  return found.flatMap((each) => each.match(new RegExp(`.{1,${most}}`, "gsu")) || [""]);
}

// A smooth line through points.
function curve(points) {
  const text = ({ x, y }) => x.toFixed(1) + " " + y.toFixed(1);
  const between = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  if (points.length < 3) return "M" + points.map(text).join("L");
  const bends = points.slice(1, -1).map((each, at) => {
    const last = at + 3 === points.length;
    return "Q" + text(each) + " " + text(last ? points.at(-1) : between(each, points[at + 2]));
  });
  return "M" + text(points[0]) + bends.join("");
}

class Drawing {
  // `drawn` has the ways from a target on a platform, and the nodes to show; onOpen(node) is called to unfold at a node.
  constructor(drawn, down, onOpen) {
    Object.assign(this, drawn, { down, onOpen });
    const ends = this.ways.ends.filter((each) => this.shown.has(each));
    const needs = ends
      .flatMap((end) => this.next(end).filter((each) => graph.nodes[each].kind === "need"))
      .slice(0, 12);
    this.nodes = new Map([...this.shown, ...needs].map((at) => [at, this.node(at)]));
    this.edges = this.drawnEdges();
    this.place();
    this.paint();
  }

  next(node) {
    return graph.next(node, this.platform);
  }

  folded(node) {
    return this.next(node).filter((each) => this.ways.kept.has(each) && !this.shown.has(each));
  }

  // What a node is on the platform: the class of its colours, and its mark.
  look(at) {
    const { kind, cgo, blocked, unknown, name } = graph.nodes[at];
    const is = (mask) => (mask >> this.platform) & 1;
    if (kind === "target") {
      const verdict = verdictAt(targetOf.get(name), this.platform);
      return { tint: verdict.id, mark: "", said: verdict.name };
    }
    if (kind === "need") return { tint: "c-libraries", mark: "◆ ", said: "C need" };
    if (is(blocked)) return { tint: "blocked", mark: "✕ ", said: "cannot be built" };
    if (is(unknown)) return { tint: "unknown", mark: "? ", said: "could not be loaded" };
    if (is(cgo)) return { tint: "c-toolchain", mark: "● ", said: "imports C" };
    return { tint: "plain", mark: "", said: "" };
  }

  node(at) {
    const { name, kind, own } = graph.nodes[at];
    const { tint, mark, said } = this.look(at);
    const title = kind === "need" ? name.replace("need:", "").replace("_", "-").replace(":", " ") : short(name);
    const text = lines(plain(mark + title), this.down ? 19 : 24);
    const more = this.folded(at).length;
    const width = Math.ceil(Math.max(...text.map((each) => measure.measureText(each).width))) + 24 + (more ? 40 : 0);
    const height = text.length * (FONT + 4) + 16;
    return { at, tint, said, text, more, kind, own: own || kind === "target", width, height };
  }

  drawnEdges() {
    const removed = new Set((this.ways.cut || []).map((pair) => pair.join(" ")));
    return [...this.nodes.keys()].flatMap((from) =>
      this.next(from)
        .filter((to) => this.nodes.has(to))
        .map((to) => ({ from, to, cut: removed.has(from + " " + to) })),
    );
  }

  // Gives each node its place, each edge its path, and the drawing its size.
  place() {
    const layout = new dagre.graphlib.Graph();
    layout.setGraph({ rankdir: this.down ? "TB" : "LR", nodesep: 14, ranksep: 36, marginx: 8, marginy: 8 });
    layout.setDefaultEdgeLabel(() => ({}));
    for (const { at, width, height } of this.nodes.values()) layout.setNode(String(at), { width, height });
    for (const { from, to } of this.edges) layout.setEdge(String(from), String(to));
    dagre.layout(layout);
    for (const each of this.nodes.values()) Object.assign(each, layout.node(String(each.at)));
    for (const each of this.edges) each.path = curve(layout.edge(String(each.from), String(each.to)).points);
    const { width, height } = layout.graph();
    Object.assign(this, { width, height });
  }

  paint() {
    for (const each of this.edges) {
      const end = each.cut ? "arrow-cut" : "arrow";
      each.element = svg("path", { d: each.path, class: each.cut ? "edge cut" : "edge", "marker-end": `url(#${end})` });
    }
    for (const each of this.nodes.values()) each.element = this.shape(each);
    const said = {
      viewBox: `0 0 ${this.width} ${this.height}`,
      role: "group",
      "aria-label": "Imports from " + this.label + " on " + platforms[this.platform],
      "aria-describedby": "graph-help",
    };
    const elements = [...this.edges, ...this.nodes.values()].map((each) => each.element);
    this.svg = svg("svg", said, svg("defs", {}, arrow("arrow"), arrow("arrow-cut")), elements);
  }

  shape(each) {
    const { name } = graph.nodes[each.at];
    const said = [name, each.said, each.more ? plural(each.more, "folded import") : ""].filter(Boolean).join(", ");
    const [left, top] = [each.x - each.width / 2, each.y - each.height / 2];
    const rows = each.text.map((line, at) =>
      svg("tspan", { x: left + 12, y: top + 8 + (at + 0.8) * (FONT + 4) }, line),
    );
    const inside = [
      svg("title", {}, said),
      svg("rect", { x: left, y: top, width: each.width, height: each.height, rx: each.kind === "target" ? 2 : 8 }),
      svg("text", { "font-size": FONT }, rows),
    ];
    const href = entryAddress(each.kind === "target" ? "target" : "package", name);
    const shown =
      each.kind === "need"
        ? svg("g", { class: "inside" }, inside)
        : svg("a", { class: "inside", href, "aria-label": said, tabindex: -1 }, inside);
    const [x, y] = [left + each.width - 20, each.y];
    const more =
      each.more > 0 &&
      svg(
        "g",
        { class: "more", "aria-hidden": "true", click: () => this.onOpen(each.at) },
        svg("circle", { cx: x, cy: y, r: 13 }),
        svg("text", { x, y: y + 4, "font-size": 12, "text-anchor": "middle" }, "+" + Math.min(each.more, 99)),
      );
    const owner = each.own ? "own" : "other";
    return svg("g", { class: `node t-${each.tint} ${owner}`, "data-node": each.at }, shown, more);
  }

  size(scale) {
    this.svg.setAttribute("width", this.width * scale);
    this.svg.setAttribute("height", this.height * scale);
  }

  // Highlights the ways through a node: everything that leads to it, and everything that it leads to.
  trace(at) {
    const on = this.nodes.has(at) && at !== this.ways.start;
    const walk = (from, to) => {
      const found = new Set(on ? [at] : []);
      for (const node of found) for (const each of this.edges) if (each[from] === node) found.add(each[to]);
      return found;
    };
    const sides = [walk("to", "from"), walk("from", "to")];
    this.svg.classList.toggle("tracing", on);
    for (const each of this.nodes.values())
      each.element.classList.toggle(
        "lit",
        sides.some((side) => side.has(each.at)),
      );
    for (const { from, to, element } of this.edges) {
      element.classList.toggle(
        "lit",
        sides.some((side) => side.has(from) && side.has(to)),
      );
    }
  }
}

function arrow(id) {
  const size = { refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse" };
  return svg("marker", { id, viewBox: "0 0 8 8", orient: "auto", ...size }, svg("path", { d: "M0 0L8 4L0 8z" }));
}
