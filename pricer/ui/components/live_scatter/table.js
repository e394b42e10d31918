// The error table: one row an item as in the course's printout. Only the rows in view are in the document, so that ten
// thousand items scroll like ten. Titles are set as text, never as markup.

const ROW_HEIGHT = 33; // pixels, as in style.css
const TITLE_LENGTH = 40; // the course's cut

function openTable(root, filter, onSelect, onView) {
  const { dollars } = window.pricer;
  const scroller = root.querySelector(".scroller");
  const body = root.querySelector("tbody");
  const phone = matchMedia("(max-width: 640px)");
  const cut = (title) => (title.length > TITLE_LENGTH ? `${title.slice(0, TITLE_LENGTH)}…` : title);
  const kindOf = (row) => filter.kinds[row.color];
  // `value` is what is sorted by, null for none; those that say `falls` begin with the largest.
  const columns = {
    title: { head: "Title", text: (row) => cut(row.title), value: (row) => row.title.toLowerCase() },
    index: { head: "#", text: (row) => (row.index + 1).toLocaleString("en-US"), value: (row) => row.index },
    estimate: { head: "Estimate", text: (row) => dollars(row.estimate), value: (row) => row.estimate },
    truth: { head: "Actual", text: (row) => dollars(row.truth), value: (row) => row.truth },
    error: { head: "Error", text: (row) => dollars(row.error), value: (row) => row.error, falls: true },
    sle: { head: "SLE", text: (row) => row.sle?.toFixed(2) ?? "–", value: (row) => row.sle, falls: true },
    verdict: { head: "Verdict", text: (row) => `${kindOf(row).sign} ${kindOf(row).label}`, value: (row) => kindOf(row).rank },
  };
  const top = spacer(), bottom = spacer();
  let rows = [], view = [], sort = { key: "index", way: 1 };
  let active = 0; // the row of `view` that the keyboard is on: the one stop of the Tab key
  let marked = null; // the index of the item that is looked at

  for (const [key, { head, falls }] of Object.entries(columns)) {
    const cell = document.createElement("th"), button = document.createElement("button");
    cell.scope = "col";
    cell.className = key;
    button.type = "button";
    button.textContent = head;
    if (key === "sle") button.title = "Squared log error, (ln(estimate + 1) − ln(actual + 1))²";
    button.addEventListener("click", () => {
      sort = { key, way: sort.key === key ? -sort.way : falls ? -1 : 1 };
      scroller.scrollTop = 0;
      tellSort();
      refresh();
    });
    cell.append(button);
    root.querySelector("thead tr").append(cell);
  }
  tellSort();

  function tellSort() {
    root.querySelectorAll("thead th").forEach((cell) => {
      const way = sort.way > 0 ? "ascending" : "descending";
      cell.setAttribute("aria-sort", cell.className === sort.key ? way : "none");
    });
  }

  function spacer() {
    const row = document.createElement("tr");
    row.className = "spacer";
    row.append(document.createElement("td"));
    row.firstChild.colSpan = 7;
    return row;
  }

  function refresh() {
    view = rows.filter(filter.passes);
    filter.tell(view.length, rows.length);
    const { value } = columns[sort.key];
    const known = (row) => value(row) ?? null;
    const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    if (sort.key !== "index" || sort.way < 0) {
      view.sort((a, b) => {
        const [first, second] = [known(a), known(b)];
        if (first === null || second === null) return (first === null) - (second === null); // what has none comes last
        return sort.way * order(first, second) || a.index - b.index;
      });
    }
    paint();
    onView();
  }

  function paint() {
    const { scrollTop } = scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - 8);
    const last = Math.min(view.length, first + Math.ceil(scroller.clientHeight / ROW_HEIGHT) + 16);
    top.firstChild.style.height = `${first * ROW_HEIGHT}px`;
    bottom.firstChild.style.height = `${(view.length - last) * ROW_HEIGHT}px`;
    const isFocused = body.contains(document.activeElement);
    const painted = view.slice(first, last).map(rowElement);
    body.replaceChildren(top, ...painted, bottom);
    if (isFocused) scroller.scrollTop = scrollTop; // a browser may scroll while the row that has the focus is away
    const stop = painted[active - first] || painted[0];
    if (stop) stop.tabIndex = 0;
    if (isFocused && stop) stop.focus({ preventScroll: true });
  }

  function rowElement(row) {
    const element = document.createElement("tr");
    element.dataset.index = row.index;
    element.tabIndex = -1;
    element.title = row.title;
    element.style.setProperty("--mark", kindOf(row).text);
    if (row.index === marked) element.setAttribute("aria-current", "true");
    for (const [key, { text }] of Object.entries(columns)) {
      const cell = document.createElement(key === "title" ? "th" : "td");
      if (key === "title") [cell.scope, cell.dir] = ["row", "auto"];
      cell.className = key;
      cell.textContent = text(row);
      element.append(cell);
    }
    if (phone.matches) { // where there is room for the sign alone
      element.lastChild.textContent = kindOf(row).sign;
      element.lastChild.ariaLabel = kindOf(row).label;
    }
    return element;
  }

  const rowOfEvent = (event) => event.target.closest?.("tr[data-index]");
  const placeOf = (index) => view.findIndex((row) => row.index === index);
  const positionOf = (row) => placeOf(Number(row.dataset.index));

  function goTo(position) {
    active = Math.min(Math.max(position, 0), view.length - 1);
    const above = active * ROW_HEIGHT, below = above + 2 * ROW_HEIGHT - scroller.clientHeight; // two: the head covers one
    scroller.scrollTop = Math.min(above, Math.max(below, scroller.scrollTop));
    paint();
  }
  const focus = () => body.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });

  const page = () => Math.floor(scroller.clientHeight / ROW_HEIGHT) - 1;
  const MOVES = {
    ArrowDown: () => active + 1, ArrowUp: () => active - 1, PageDown: () => active + page(),
    PageUp: () => active - page(), Home: () => 0, End: () => view.length - 1,
  };
  body.addEventListener("click", (event) => {
    const row = rowOfEvent(event);
    if (row) onSelect(Number(row.dataset.index));
  });
  body.addEventListener("keydown", (event) => {
    const row = rowOfEvent(event);
    if (!row) return;
    if (event.key === "Enter") onSelect(Number(row.dataset.index));
    if (!MOVES[event.key]) return;
    event.preventDefault();
    active = positionOf(row);
    goTo(MOVES[event.key]());
    focus();
  });
  body.addEventListener("focusin", (event) => { active = positionOf(rowOfEvent(event)); });
  scroller.addEventListener("scroll", paint, { passive: true });

  return {
    refresh,
    focus,
    draw(feed, isNew) {
      const follows = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 2 * ROW_HEIGHT;
      rows = feed.rows;
      filter.count(rows);
      refresh();
      // Like a terminal: the newest row stays in view unless one has scrolled away from it.
      const isRunning = feed.now.state === "running";
      if (isNew && !isRunning) scroller.scrollTop = 0;
      else if ((follows || isNew) && sort.key === "index" && sort.way > 0 && scroller.scrollHeight > scroller.clientHeight) {
        scroller.scrollTop = scroller.scrollHeight;
      }
    },
    // The item that is looked at, or null, stands out and is in view.
    mark(index) {
      marked = index;
      const place = placeOf(index);
      if (place >= 0) goTo(place);
      else paint();
    },
    // The index of the item so many rows further in the list as it is sorted and filtered; null beyond its ends.
    beside(index, step) {
      const place = placeOf(index);
      return view[place < 0 ? 0 : place + step]?.index ?? null;
    },
    place: (index) => [placeOf(index) + 1, view.length],
  };
}
