// A table for many thousands of rows: only the rows in view are elements. All rows have the same height.
// It is one tab stop: the arrow keys move between cells, Enter opens the row.

const OVERSCAN = 8;

class Grid {
  // columns: { key, title, width, wide, cell(row), compare(a, b) }; the first one is the heading of the row, a link to
  // href(row). onSort(key) is called with "key" or "-key".
  constructor({ label, columns, href, isOpen, onSort }) {
    Object.assign(this, { columns, href, isOpen, onSort });
    this.rows = [];
    this.active = { row: 0, column: 0 };
    this.body = make("tbody");
    this.spacers = [make("tr"), make("tr")];
    this.head = make("tr", { "aria-rowindex": 1 });
    this.cols = make("colgroup");
    this.table = make(
      "table",
      { role: "grid", "aria-label": label },
      this.cols,
      make("thead", {}, this.head),
      make("tbody", { "aria-hidden": "true" }, this.spacers[0]),
      this.body,
      make("tbody", { "aria-hidden": "true" }, this.spacers[1]),
    );
    this.box = make(
      "div",
      { class: "grid", tabindex: -1, keydown: (event) => this.key(event), focusin: (event) => this.focused(event) },
      this.table,
    );
    let asked = false;
    this.box.addEventListener(
      "scroll",
      () => {
        if (asked) return;
        asked = true;
        requestAnimationFrame(() => {
          asked = false;
          this.draw();
        });
      },
      { passive: true },
    );
    new ResizeObserver(() => this.fit()).observe(this.box);
  }

  // Shows rows in their order; `columns` are those of this.columns that are shown, `sort` is their order.
  show(rows, columns, sort) {
    this.rows = rows;
    this.given = { columns, sort };
    this.small = this.isSmall();
    this.shown = columns.filter((each) => !(this.small && each.wide));
    this.heading(sort);
    this.active = {
      row: Math.min(this.active.row, Math.max(0, rows.length - 1)),
      column: Math.min(this.active.column, this.shown.length - 1),
    };
    this.table.setAttribute("aria-rowcount", rows.length + 1);
    this.table.setAttribute("aria-colcount", this.shown.length);
    if (this.box.scrollTop > rows.length * this.height()) this.box.scrollTop = 0;
    this.draw(true);
  }

  heading(sort) {
    const focused = this.head.contains(document.activeElement) && document.activeElement.dataset.key;
    this.cols.replaceChildren(...this.shown.map((column) => make("col", { class: "w-" + column.width })));
    this.head.replaceChildren(
      ...this.shown.map((column) => {
        const order = sort === column.key ? "ascending" : sort === "-" + column.key ? "descending" : "none";
        const next = order === "ascending" ? "-" + column.key : column.key;
        return make(
          "th",
          { scope: "col", "aria-sort": order, class: "h-" + column.width },
          button(
            column.title.split(/(?<=_)/).flatMap((part, at) => (at ? [make("wbr"), part] : [part])),
            () => this.onSort(next),
            { "data-key": column.key, title: column.note || "Sort by " + column.title },
          ),
        );
      }),
    );
    if (focused) this.head.querySelector("[data-key=" + CSS.escape(focused) + "]")?.focus();
  }

  // Where there is little room, columns that are `wide` are left out, and rows have two heights of text.
  isSmall() {
    return this.box.clientWidth < 560;
  }

  height() {
    return this.small ? 44 : 26;
  }

  fit() {
    if (!this.given || !this.box.clientWidth) return;
    if (this.isSmall() === this.small) this.draw(true);
    else this.show(this.rows, this.given.columns, this.given.sort);
  }

  draw(again) {
    const height = this.height();
    const first = Math.max(0, Math.floor(this.box.scrollTop / height) - OVERSCAN);
    const last = Math.min(this.rows.length, first + Math.ceil((this.box.clientHeight || 800) / height) + 2 * OVERSCAN);
    if (!again && first === this.first && last === this.last) return;
    const held = this.body.contains(document.activeElement);
    Object.assign(this, { first, last });
    this.body.replaceChildren(...this.rows.slice(first, last).map((row, at) => this.line(row, first + at)));
    this.spacers[0].style.height = first * height + "px";
    this.spacers[1].style.height = (this.rows.length - last) * height + "px";
    this.stop();
    if (held) this.focus(true);
  }

  line(row, at) {
    const open = this.isOpen(row);
    const link = make(
      "a",
      { href: this.href(row), tabindex: -1, "aria-current": open && "true" },
      this.shown[0].cell(row),
    );
    return make(
      "tr",
      { "aria-rowindex": at + 2, class: open && "opened", "data-row": at },
      make("th", { scope: "row", "data-column": 0 }, link),
      this.shown.slice(1).map((column, index) => {
        const content = column.cell(row);
        return make(
          "td",
          {
            tabindex: -1,
            "data-column": index + 1,
            class: content.className ? "holds-" + content.className.split(" ")[0] : "",
          },
          content,
        );
      }),
    );
  }

  // The element of the active cell: where Tab stops. If it is out of view, Tab stops at the first row.
  stop() {
    this.box.querySelector("tbody [tabindex='0']")?.setAttribute("tabindex", -1);
    const line = this.body.querySelector(`[data-row="${this.active.row}"]`) || this.body.firstElementChild;
    const cell = line && line.children[this.active.column];
    const found = cell && (cell.querySelector("a") || cell);
    if (found) found.setAttribute("tabindex", 0);
    return found;
  }

  focus(quietly) {
    const found = this.stop();
    const there = this.body.querySelector(`[data-row="${this.active.row}"]`);
    if (quietly && !there) this.box.focus({ preventScroll: true });
    else if (found) found.focus({ preventScroll: Boolean(quietly) });
  }

  focused(event) {
    const cell = event.target.closest("[data-column]");
    if (!cell || !this.body.contains(cell)) return;
    this.active = { row: Number(cell.parentElement.dataset.row), column: Number(cell.dataset.column) };
    this.stop();
  }

  key(event) {
    if (this.head.contains(event.target) || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && event.target.tagName === "TD") {
      event.target.parentElement.querySelector("a").click();
      return;
    }
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.height()) - 2);
    const last = this.rows.length - 1;
    const move = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
    }[event.key];
    let { row, column } = this.active;
    if (move) [row, column] = [row + move[0], column + move[1]];
    else if (event.key === "Home") [row, column] = event.ctrlKey ? [0, column] : [row, 0];
    else if (event.key === "End") [row, column] = event.ctrlKey ? [last, column] : [row, this.shown.length - 1];
    else return;
    event.preventDefault();
    this.active = {
      row: Math.max(0, Math.min(last, row)),
      column: Math.max(0, Math.min(this.shown.length - 1, column)),
    };
    this.reveal();
    this.focus(false);
  }

  // Scrolls so that the active row is in view, below the heading.
  reveal() {
    const height = this.height();
    const top = this.active.row * height;
    const room = this.box.clientHeight - this.head.offsetHeight - height;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top > this.box.scrollTop + room) this.box.scrollTop = top - room;
    this.draw();
  }
}

function byText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
