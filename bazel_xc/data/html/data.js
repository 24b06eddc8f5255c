// The data of the report: reads the embedded JSON and gives each part its names back.
// The other files use `run`, `summary`, `targets`, `packages`, `findings` and `graph`; nothing here touches the page.

const raw = JSON.parse(document.getElementById("data").textContent);
const { run, summary, findings } = raw;

// Names of files need not be text; what is none cannot be in an address, so it is replaced at once.
function wellFormed(text) {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}

const names = raw.names.map(wellFormed);
const platforms = run.platforms.map((each) => each.name);
const allPlatforms = platforms.map((_, at) => at);

// Verdicts of targets, the harmless ones first. `mark` stands for the verdict where there is no room for its name.
const VERDICTS = [
  { id: "pure", name: "pure", mark: "✓", meaning: "Needs no C outside the standard library." },
  { id: "c-toolchain", name: "C toolchain", mark: "●", meaning: "Needs a C compiler and the system's libraries." },
  { id: "c-libraries", name: "C libraries", mark: "◆", meaning: "Also needs a C library, header or archive." },
  { id: "unknown", name: "unknown", mark: "?", meaning: "A package below it could not be loaded." },
  { id: "blocked", name: "cannot build", mark: "✕", meaning: "No file of a package below it applies there, or one does not compile." },
];
// Instead of a verdict, on a platform for which the rule of a target never builds it.
const ELSEWHERE = { id: "elsewhere", name: "not built", mark: "–", meaning: "The rule sets another platform." };
const verdictOf = new Map(VERDICTS.map((each, rank) => [each.id, { ...each, rank }]));

// States of packages; `tint` is the verdict whose colour they have.
const STATES = [
  { id: "pure", name: "pure", mark: "✓", tint: "pure", meaning: "Compiled without C." },
  {
    id: "cgo-with-fallback",
    name: "cgo, or Go",
    mark: "◐",
    tint: "c-toolchain",
    meaning: "Compiled with C if cgo is on; with cgo off it has other files.",
  },
  { id: "cgo", name: "cgo", mark: "●", tint: "c-libraries", meaning: "Compiled with C; without cgo it has no files." },
  { id: "absent", name: "absent", mark: "–", tint: "absent", meaning: "Has no file for this platform." },
  { id: "unknown", name: "unknown", mark: "?", tint: "unknown", meaning: "Could not be loaded." },
  {
    id: "broken-without-cgo",
    name: "needs cgo",
    mark: "✕",
    tint: "blocked",
    meaning: "Cgo is off here, and the package cannot be built without it.",
  },
];
const stateOf = new Map(STATES.map((each, rank) => [each.id, { ...each, rank }]));

const targets = raw.targets.map(([label, kind, path, test, states, used], at) => {
  const verdicts = used.map((state) => (state < 0 ? -1 : verdictOf.get(states[state].verdict).rank));
  return {
    at,
    label: names[label],
    search: names[label].toLowerCase(),
    kind,
    package: names[path],
    isTest: test === 1,
    states,
    used,
    verdicts,
    worst: Math.max(0, ...verdicts),
  };
});
const targetOf = new Map(targets.map((each) => [each.label, each]));

// The verdict of a target on a platform.
function verdictAt(target, platform) {
  return VERDICTS[target.verdicts[platform]] || ELSEWHERE;
}

const packages = raw.packages.map(([path, module, own, states, needs]) => ({
  path: names[path],
  search: (names[path] + " " + names[module]).toLowerCase(),
  module: names[module],
  own: own === 1,
  states,
  needs,
  worst: Math.max(0, ...states.map((each) => stateOf.get(each).rank)),
}));
const packageOf = new Map(packages.map((each) => [each.path, each]));

const places = new Map(
  raw.imports.map(([importer, imported, path, line]) => [
    names[importer] + "\n" + names[imported],
    names[path] + ":" + line,
  ]),
);

// A list of names in a state of a target, and how many there are besides.
function listIn(owner, key) {
  const shown = (owner[key] || []).map((each) => names[each]);
  const length = (owner.lengths && owner.lengths[key]) || shown.length;
  return { shown, more: length - shown.length };
}

// An import path for people: packages below the root of this module begin with "./".
function short(name) {
  return name.startsWith(run.module + "/") ? "." + name.slice(run.module.length) : name;
}

// "linux_amd64 and linux_arm64"; all platforms are "every platform".
function onPlatforms(numbers) {
  if (numbers.length === platforms.length && numbers.length > 1) return "every platform";
  return inWords(numbers.map((each) => platforms[each]));
}

function onNames(wanted) {
  return onPlatforms(wanted.map((each) => platforms.indexOf(each)).filter((each) => each >= 0));
}

function inWords(words) {
  return words.length < 2 ? words.join("") : words.slice(0, -1).join(", ") + " and " + words.at(-1);
}

function inMask(mask) {
  return allPlatforms.filter((each) => (mask >> each) & 1);
}

function plural(count, one, many) {
  return count.toLocaleString("en") + " " + (count === 1 ? one : many || one + "s");
}

const OPEN_NEEDS = ["ambiguous", "unresolved"];

// The C needs of packages by the name that targets have for them, "kind:name".
const needsOf = new Map();
for (const each of packages) {
  for (const need of each.needs) {
    const key = need.kind + ":" + need.name;
    if (!needsOf.has(key)) needsOf.set(key, []);
    needsOf.get(key).push({ ...need, package: each.path });
  }
}
