// The drawer: an entry has an address of its own, stays open while the lists are searched, and gives the focus back when
// it is closed. entry.js makes the contents.

const drawer = (function () {
  const aside = document.getElementById("drawer");
  let shown = "";
  let before = null;

  function close() {
    go({ opened: null });
  }

  function show(first) {
    const wanted = state.opened ? state.opened.join("\n") : "";
    if (wanted === shown) return;
    if (!shown) before = document.activeElement;
    shown = wanted;
    cover();
    const had = aside.contains(document.activeElement);
    aside.hidden = !wanted;
    document.body.classList.toggle("with-drawer", Boolean(wanted));
    if (wanted) {
      aside.replaceChildren(...[entry(state.opened)].flat(Infinity).filter(Boolean));
      aside.scrollTop = 0;
      if (!first) document.getElementById("drawer-title").focus();
    } else {
      aside.replaceChildren();
      if (had) giveBack();
    }
  }

  // Where the drawer covers the page, nothing behind it is reached.
  function cover() {
    const covered = Boolean(shown) && matchMedia("(max-width: 900px)").matches;
    for (const each of document.querySelectorAll("body > .skip, body > header, body > main, body > footer"))
      each.inert = covered;
  }

  addEventListener("resize", cover);

  function giveBack() {
    const view = { targets: targetsView, packages: packagesView }[state.view];
    if (before && before.isConnected && before !== document.body) before.focus();
    else if (view) view.focus();
    else document.getElementById("main").focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.opened && !(event.target.tagName === "INPUT" && event.target.value)) close();
  });

  return { show };
})();
