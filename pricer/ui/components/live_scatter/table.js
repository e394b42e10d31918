// The error table: one row an item as in the course's printout. Only the rows in view are in the document, so that ten
// thousand items scroll like ten. Titles are set as text, never as markup.

const ROW_HEIGHT = 33; // pixels, as in style.css
const TITLE_LENGTH = 40; // the course's cut

function openTable(root, marks, onSelect, onHide) {
  const { dollars } = window.pricer;
  const scroller = root.querySelector(".scroller");
  const body = root.querySelector("tbody");
  const words = root.querySelector(".words");
  const order = root.querySelector(".order");
  const colours = root.querySelector(".colours");
  const shown = root.querySelector(".shown");
  const kinds = [...marks, { key: "none", colour: "currentColor", sign: "–" }];
  const byKey = Object.fromEntries(kinds.map((kind) => [kind.key, kind]));
  const hidden = new Set();
  const top = spacer(), bottom = spacer();
  let rows = [], view = [], counted = 0, counts = {};
  let active = 0; // the row of `view` that the keyboard is on: the one stop of the Tab key

  for (const kind of kinds) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "true");
    button.style.setProperty("--mark", textColor(kind));
    button.append(kind.sign, " ", kind.key === "none" ? "no price" : kind.key, " ", document.createElement("b"));
    button.addEventListener("click", () => {
      if (!hidden.delete(kind.key)) hidden.add(kind.key);
      button.setAttribute("aria-pressed", String(!hidden.has(kind.key)));
      refresh();
      onHide(hidden);
    });
    kind.button = button;
    colours.append(button);
  }

  // Words need more contrast than marks; a color of either theme.
  function textColor({ key }) {
    return key === "none" ? "currentColor" : `var(--${key}-text)`;
  }

  function spacer() {
    const row = document.createElement("tr");
    row.className = "spacer";
    row.append(document.createElement("td"));
    row.firstChild.colSpan = 7;
    return row;
  }

  function count(feedRows) {
    if (feedRows !== rows) [rows, counted, counts] = [feedRows, 0, {}];
    for (; counted < rows.length; counted += 1) counts[rows[counted].colour] = (counts[rows[counted].colour] || 0) + 1;
    for (const kind of kinds) {
      kind.button.querySelector("b").textContent = (counts[kind.key] || 0).toLocaleString("en-US");
      kind.button.hidden = kind.key === "none" && !counts.none;
    }
  }

  function refresh() {
    const wanted = words.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const isPlain = !wanted.length && !hidden.size;
    view = isPlain ? rows.slice() : rows.filter((row) => !hidden.has(row.colour) &&
      wanted.every((word) => row.title.toLowerCase().includes(word)));
    if (order.value === "worst") view.sort((a, b) => (b.error ?? -1) - (a.error ?? -1));
    shown.textContent = isPlain || !rows.length ? "" : `${view.length.toLocaleString("en-US")} of ${rows.length.toLocaleString("en-US")} items shown.`;
    paint();
  }

  function paint() {
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW_HEIGHT) - 8);
    const last = Math.min(view.length, first + Math.ceil(scroller.clientHeight / ROW_HEIGHT) + 16);
    top.firstChild.style.height = `${first * ROW_HEIGHT}px`;
    bottom.firstChild.style.height = `${(view.length - last) * ROW_HEIGHT}px`;
    const isFocused = body.contains(document.activeElement);
    const painted = view.slice(first, last).map(rowElement);
    body.replaceChildren(top, ...painted, bottom);
    const stop = painted[active - first] || painted[0];
    if (stop) stop.tabIndex = 0;
    if (isFocused && stop) stop.focus({ preventScroll: true });
  }

  function rowElement(row) {
    const mark = byKey[row.colour];
    const element = document.createElement("tr");
    element.dataset.index = row.index;
    element.tabIndex = -1;
    element.title = row.title;
    element.style.setProperty("--mark", textColor(mark));
    const priced = row.estimate !== null;
    const title = row.title.length > TITLE_LENGTH ? `${row.title.slice(0, TITLE_LENGTH)}…` : row.title;
    for (const text of [
      row.index + 1, dollars(row.estimate), dollars(row.truth), dollars(row.error),
      priced ? row.sle.toFixed(2) : "–", `${mark.sign} ${mark.key === "none" ? "no price" : mark.key}`, title,
    ]) {
      const cell = document.createElement("td");
      cell.textContent = text;
      element.append(cell);
    }
    return element;
  }

  const rowOfEvent = (event) => event.target.closest?.("tr[data-index]");
  const positionOf = (row) => view.findIndex(({ index }) => index === Number(row.dataset.index));

  function goTo(position) {
    active = Math.min(Math.max(position, 0), view.length - 1);
    const above = active * ROW_HEIGHT, below = above + 2 * ROW_HEIGHT - scroller.clientHeight; // two: the head covers one
    scroller.scrollTop = Math.min(above, Math.max(below, scroller.scrollTop));
    paint();
    body.querySelector('[tabindex="0"]').focus({ preventScroll: true });
  }

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
  });
  body.addEventListener("focusin", (event) => { active = positionOf(rowOfEvent(event)); });
  scroller.addEventListener("scroll", paint, { passive: true });
  words.addEventListener("input", refresh);
  order.addEventListener("change", () => { scroller.scrollTop = 0; refresh(); });

  return {
    draw(feed, isNew) {
      const follows = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 2 * ROW_HEIGHT;
      count(feed.rows);
      refresh();
      // Like a terminal: the newest row stays in view unless one has scrolled away from it.
      if (isNew) scroller.scrollTop = 0;
      else if (follows && order.value === "index" && scroller.scrollHeight > scroller.clientHeight) {
        scroller.scrollTop = scroller.scrollHeight;
      }
    },
  };
}
