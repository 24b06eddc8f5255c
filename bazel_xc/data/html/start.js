// Puts the page together: navigation with counts, the view of the address, the drawer.

const views = {
  overview: overviewView,
  targets: targetsView,
  packages: packagesView,
  findings: findingsView,
  graph: graphView,
};
const main = document.getElementById("main");

const navigation = (function () {
  const counts = { targets: targets.length, packages: packages.length, findings: findings.length };
  const links = VIEWS.map((name) =>
    make(
      "a",
      { href: address(name) },
      name[0].toUpperCase() + name.slice(1),
      name in counts && make("span", { class: "count" }, " " + counts[name].toLocaleString("en")),
    ),
  );
  document.getElementById("views").append(
    make(
      "ul",
      {},
      links.map((each) => make("li", {}, each)),
    ),
  );
  return {
    show() {
      VIEWS.forEach((name, at) => {
        if (name === state.view) links[at].setAttribute("aria-current", "page");
        else links[at].removeAttribute("aria-current");
      });
    },
  };
})();

let shownView = "";

onState.push((first) => {
  const focused = document.activeElement;
  for (const name of VIEWS) document.getElementById(name + "-view").hidden = name !== state.view;
  navigation.show();
  drawer.show(first);
  views[state.view].show();
  if (shownView && shownView !== state.view) scrollTo(0, 0);
  shownView = state.view;
  // A button that is gone, as one in an empty list, leaves the focus nowhere.
  const lost = document.activeElement === document.body || !document.activeElement.getClientRects().length;
  if (!first && lost && focused !== document.body) main.focus({ preventScroll: true });
});

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

addEventListener("hashchange", () => readAddress(false));
readAddress(true);
performance.mark("ready");
document.documentElement.dataset.ready = "yes";
