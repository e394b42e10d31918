// Draws the feed of a list. A heading sorts by its column: up, down, and back to the order of the list. Titles are set as
// text, never as markup.

const { dollars, estimate, kept, bringIntoView } = window.pricer;
const root = element.querySelector(".priced");
const part = (name) => root.querySelector(name);
const body = part("tbody");
const headings = [...root.querySelectorAll("th")];
const feed = window.pricer.feed(([title, price, low, high, sure, cut, error], index) => ({
  index, title, price, low, high, sure, cut, error, width: low === null ? null : high / Math.max(low, 1),
}));
// A list of before the page was loaded again: it can be read, and no more.
const earlier = kept.read().list || "";
const elements = []; // a row of the table for each row of the feed
const sorted = { key: null, sign: 1 };

function take() {
  const begins = feed.take(props.value || earlier);
  if (begins) { elements.length = 0; body.replaceChildren(); }
  root.dataset.state = feed.run ? feed.now.state || "running" : "idle";
  for (const row of feed.rows.slice(elements.length)) {
    elements.push(rowElement(row));
    body.append(elements.at(-1));
  }
  if (sorted.key) order();
  part(".progress i").style.width = feed.size ? `${(100 * feed.rows.length) / feed.size}%` : "0";
  part(".done").textContent = feed.now.state === "running" ? feed.now.progress : "";
  const fromBefore = feed.run && !props.value ? " This is from before the page was loaded again: price it again to download it." : "";
  part(".sentence").textContent = `${feed.now.sentence || ""}${fromBefore}`;
  if (begins && props.value) requestAnimationFrame(() => bringIntoView(root));
  if (props.value && feed.now.state !== "running") kept.list(props.value);
}

function rowElement(row) {
  const line = document.createElement("tr");
  const cells = row.error ? [row.title, row.error] : [
    row.title, estimate(row.price), `${dollars(row.low)} – ${dollars(row.high)}`, row.sure, row.cut ? row.cut.toLocaleString("en-US") : "–",
  ];
  cells.forEach((text, column) => {
    const cell = document.createElement(column ? "td" : "th");
    cell.textContent = text;
    line.append(cell);
  });
  line.firstChild.scope = "row";
  line.firstChild.dir = "auto";
  line.firstChild.title = row.title;
  if (row.error) {
    line.lastChild.colSpan = headings.length - 1;
    line.lastChild.className = "error";
  } else if (row.sure) {
    line.children[3].className = row.sure.replace(" ", "-");
  }
  return line;
}

// Rows without a value come last either way.
function compare(a, b) {
  const [left, right] = [a[sorted.key], b[sorted.key]];
  if (left === null || right === null) return (left === null) - (right === null) || a.index - b.index;
  const difference = typeof left === "string" ? left.localeCompare(right) : left - right;
  return sorted.sign * difference || a.index - b.index;
}

function order() {
  const rows = sorted.key ? feed.rows.slice().sort(compare) : feed.rows;
  body.append(...rows.map((row) => elements[row.index]));
}

part("thead").addEventListener("click", (event) => {
  const key = event.target.closest("button")?.dataset.key;
  if (!key) return;
  if (sorted.key !== key) Object.assign(sorted, { key, sign: 1 });
  else if (sorted.sign === 1) sorted.sign = -1;
  else sorted.key = null;
  for (const heading of headings) {
    const isSorted = sorted.key && heading.firstChild.dataset.key === sorted.key;
    if (isSorted) heading.setAttribute("aria-sort", sorted.sign === 1 ? "ascending" : "descending");
    else heading.removeAttribute("aria-sort");
  }
  order();
  part(".rows").scrollTop = 0;
});

watch("value", take);
take();
