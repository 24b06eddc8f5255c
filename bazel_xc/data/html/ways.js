// The dependency graph of the report, and the ways in it from a target to C: the packages on a way, the shortest
// chain to each end, and the fewest own imports to remove. It is the answer of `bazel-xc why`, worked out when it is
// asked for, so that it costs nothing for the targets that nobody opens.

const UNLIMITED = 1 << 30;
const DECIDING = ["cgo_packages", "blockers", "unknown"];

class Graph {
  constructor({ nodes, edges }) {
    this.nodes = nodes.map(([name, kind, own, cgo, blocked, unknown]) => ({
      name: names[name],
      kind,
      own: own === 1,
      cgo,
      blocked,
      unknown,
    }));
    this.at = new Map(this.nodes.map((each, at) => [each.name, at]));
    this.edges = edges;
    this.above = new Map();
    this.partial = new Set();
  }

  // Adds a chain of imports to a node that the graph lacks: those of other modules that cannot be built are not in it.
  // Other ways to such a node are not known.
  add(chain, platform, key) {
    const numbers = chain.map((name) => {
      if (!this.at.has(name)) {
        this.at.set(name, this.nodes.length);
        this.partial.add(this.nodes.length);
        this.nodes.push({
          name,
          kind: targetOf.has(name) ? "target" : "package",
          own: false,
          cgo: 0,
          blocked: 0,
          unknown: 0,
        });
      }
      return this.at.get(name);
    });
    this.nodes[numbers.at(-1)][key] |= 1 << platform;
    numbers.slice(1).forEach((to, at) => this.edges.push(numbers[at], to, 1 << platform));
  }

  // For each node the numbers of its edges, those that leave it and those that arrive; made when first needed.
  get ends() {
    if (!this.sides) {
      const out = this.nodes.map(() => []);
      const into = this.nodes.map(() => []);
      for (let edge = 0; edge < this.edges.length; edge += 3) {
        out[this.edges[edge]].push(edge);
        into[this.edges[edge + 1]].push(edge);
      }
      this.sides = { out, into };
    }
    return this.sides;
  }

  next(node, platform) {
    return this.ends.out[node]
      .filter((edge) => (this.edges[edge + 2] >> platform) & 1)
      .map((edge) => this.edges[edge + 1]);
  }

  // The nodes that are reached from some nodes, themselves included; with `back`, those that reach them.
  reached(starts, platform, back) {
    const { out, into } = this.ends;
    const found = new Set(starts);
    for (const node of found) {
      for (const edge of (back ? into : out)[node]) {
        if ((this.edges[edge + 2] >> platform) & 1) found.add(this.edges[edge + (back ? 0 : 1)]);
      }
    }
    return found;
  }

  // The labels of the targets above a package on a platform: those of the graph, and those that name it themselves, as
  // the graph lacks packages of other modules that cannot be built.
  targetsAbove(name, platform) {
    const key = name + "\n" + platform;
    if (!this.above.has(key)) {
      const start = this.at.get(name);
      const found =
        start === undefined ? [] : [...this.reached([start], platform, true)].map((each) => this.nodes[each]);
      const labels = new Set(found.filter((each) => each.kind === "target").map((each) => each.name));
      const number = names.indexOf(name);
      for (const each of targets) {
        const on = each.states[each.used[platform]];
        if (on && DECIDING.some((list) => on[list] && on[list].includes(number))) labels.add(each.label);
      }
      this.above.set(key, labels);
    }
    return this.above.get(key);
  }

  // The part of the graph on any way from a node to C, or to the packages that cannot be built or loaded if there
  // are any. `ends` are the last nodes, the nearest first, `chains` the shortest way to each. Null if there is none.
  // `cut` are the imports to remove, null if the own imports alone cannot end it, undefined if it is not known.
  ways(name, platform) {
    const start = this.at.get(name);
    if (start === undefined) return null;
    const below = this.reached([start], platform);
    const marked = (key) =>
      [...below].filter((each) => (this.nodes[each][key] >> platform) & 1 && this.nodes[each].kind !== "standard");
    const blocked = marked("blocked");
    const unknown = marked("unknown").filter((each) => !((this.nodes[each].blocked >> platform) & 1));
    const all = blocked.length ? blocked : unknown.length ? unknown : marked("cgo");
    const ends = all.filter((each) => each !== start);
    if (!ends.length)
      return all.length
        ? { start, ends: all, itself: true, kept: new Set([start]), chains: [[start]], cut: null }
        : null;
    const origins = this.reached(ends, platform, true);
    const kept = new Set([...below].filter((each) => origins.has(each)));
    const chains = this.chains(start, new Set(ends), platform);
    const cut = this.isWhole(name, platform) ? this.cut(start, ends, kept, platform) : undefined;
    return { start, ends: chains.map((each) => each.at(-1)), itself: false, kept, chains, cut };
  }

  // Whether the graph has every package that decides the verdict of a target, with all ways to it.
  isWhole(name, platform) {
    const target = targetOf.get(name);
    const found = target && target.states[target.used[platform]];
    if (!found) return false;
    const key = { blocked: "blockers", unknown: "unknown" }[found.verdict] || "cgo_packages";
    return listIn(found, key).shown.every((each) => this.at.has(each) && !this.partial.has(this.at.get(each)));
  }

  // The shortest chain to each end, the nearest first; ties are broken by name, which is the order of the nodes.
  chains(start, ends, platform) {
    const from = new Map([[start, -1]]);
    const found = [];
    for (const node of from.keys()) {
      if (ends.has(node)) {
        const chain = [];
        for (let each = node; each >= 0; each = from.get(each)) chain.unshift(each);
        found.push(chain);
      }
      for (const each of this.next(node, platform)) if (!from.has(each)) from.set(each, node);
    }
    return found;
  }

  // The fewest imports by own packages whose removal leaves no way, nearest to the ends, as [importer, imported]; null
  // if the own imports alone cannot end it. This is a minimum cut: an own import has the capacity one, all else none.
  cut(start, ends, kept, platform) {
    const sink = -1;
    const room = new Map([...kept, sink].map((each) => [each, new Map()]));
    const add = (a, b, capacity) => {
      room.get(a).set(b, capacity);
      if (!room.get(b).has(a)) room.get(b).set(a, 0);
    };
    const imports = [];
    for (const a of kept) {
      const own = this.nodes[a].kind === "package" && this.nodes[a].own;
      for (const b of this.next(a, platform)) {
        if (!kept.has(b)) continue;
        imports.push([a, b]);
        add(a, b, own ? 1 : UNLIMITED);
      }
    }
    for (const end of ends) add(end, sink, UNLIMITED);
    for (;;) {
      const from = new Map([[start, null]]);
      for (const node of from.keys()) {
        if (from.has(sink)) break;
        for (const [each, left] of room.get(node)) if (left > 0 && !from.has(each)) from.set(each, node);
      }
      if (!from.has(sink)) break;
      const path = [];
      for (let node = sink; node !== start; node = from.get(node)) path.push([from.get(node), node]);
      const least = Math.min(...path.map(([a, b]) => room.get(a).get(b)));
      if (least > UNLIMITED / 2) return null;
      for (const [a, b] of path) {
        room.get(a).set(b, room.get(a).get(b) - least);
        room.get(b).set(a, room.get(b).get(a) + least);
      }
    }
    const far = new Set([sink]);
    for (const node of far) {
      for (const each of room.get(node).keys()) if (room.get(each).get(node) > 0) far.add(each);
    }
    return imports.filter(([a, b]) => !far.has(a) && far.has(b)).sort(([a, b], [c, d]) => a - c || b - d);
  }
}

const graph = new Graph(raw.graph);

for (const target of targets) {
  for (const at of allPlatforms) {
    const { verdict, chain = [] } = target.states[target.used[at]] || {};
    if (chain.length > 1 && (verdict === "blocked" || verdict === "unknown") && !graph.at.has(names[chain.at(-1)])) {
      graph.add(
        chain.map((each) => names[each]),
        at,
        verdict,
      );
    }
  }
}
