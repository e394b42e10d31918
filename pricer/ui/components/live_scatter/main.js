// Ties feed, filter, charts, table and the item beside them to the component: redraws after an update, but never so often
// that the page has no time left for clicks.

const root = element.querySelector(".run");
const part = (name) => root.querySelector(name);
const { kept, address } = window.pricer;
// Plotly reads text as markup, so a title must not be able to write any.
const escapeText = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/%/g, "&#37;");
// An item: [title, truth, estimate, error, SLE, color], dollars, null where the model named no price.
const feed = window.pricer.feed(([title, truth, estimate, error, sle, color], index) => (
  { index, title, truth, estimate, error, sle, color: color || "none", label: escapeText(title) }
), { name: "", slug: "", title: "", reading: "", references: [] });
// A run of before the page was loaded again: looked at and no more, where the server has forgotten it.
const earlier = kept.read().run || "";
const SHORTEST_PAUSE = 150; // milliseconds between two redraws
let timer = null, pause = SHORTEST_PAUSE, drawnAt = 0, isFresh = true, isDrawing = false;
let isLive = false; // whether the server has the run that is shown
let chosen = null; // the index of the item that is looked at
let linked = Number(address.read("item")) - 1; // the item that the page's address named, until it was opened

const filter = openFilter(root, props.marks, () => {
  table.refresh();
  scatter.refresh();
});
const controls = { reset: part(".reset"), scales: [...root.querySelectorAll("[data-scale]")] };
const scatter = openScatter(part(".truth-plot"), props, controls, filter, select);
const average = openAverage(part(".average-plot"), props);
const table = openTable(root, filter, select, tellPlace);
const item = openItem(part(".item"), {
  onStep(step) {
    const index = table.beside(chosen, step);
    if (index !== null) select(index);
  },
  onOpen: () => trigger("open_in_price", { run: feed.run, index: chosen }),
  onClose() {
    choose(null);
    table.focus();
  },
});
part(".save").addEventListener("click", () => savePicture(feed, props.marks, scatter.figure()));
part(".legend").textContent = props.legend;

function select(index) {
  if (!props.value) return;
  choose(index);
  trigger("click", { run: feed.run, index });
  showItem(); // at once where it is the one that was looked at last
}

function choose(index) {
  chosen = index;
  root.toggleAttribute("data-item", index !== null);
  address.write({ run: index === null ? null : feed.slug, item: index === null ? null : index + 1 });
  scatter.choose(index);
  table.mark(index);
  if (index === null) item.hide();
}

function showItem() {
  const found = props.item;
  if (!found || found.run !== feed.run || found.index !== chosen) return;
  item.show(found);
  tellPlace();
}

function tellPlace() {
  if (chosen === null) return;
  const [place, all] = table.place(chosen);
  const number = (count) => count.toLocaleString("en-US");
  const isPlain = place === chosen + 1 && all === feed.rows.length;
  const where = isPlain ? `of ${number(all)}` : `· ${number(place)} of ${number(all)} shown`;
  item.tellPlace(`Item ${number(chosen + 1)} ${where}`, place === 1, place === all);
}

function take() {
  const before = feed.run;
  const isNew = feed.take(props.value || earlier);
  const begins = Boolean(props.value) && (isNew || !isLive);
  isLive = Boolean(props.value);
  isFresh ||= isNew;
  if (begins) {
    if (feed.run !== before) requestAnimationFrame(() => window.pricer.bringIntoView(root));
    kept.began(feed.run);
  }
  showFigures();
  const isOver = feed.now.state !== "running";
  if (props.value && isOver) kept.run(props.value);
  if (isOver) {
    clearTimeout(timer);
    timer = null;
  }
  if (timer === null) timer = setTimeout(draw, isOver ? 0 : Math.max(0, drawnAt + pause - performance.now()));
  if (begins) reopenItem(feed.run === before);
}

// The same item when the run is read in another way, the one in the address when the page was loaded again, else none.
function reopenItem(isSameRun) {
  const named = address.read("run") === feed.slug ? linked : NaN;
  const index = isSameRun && chosen !== null ? chosen : named;
  if (index >= 0 && index < feed.rows.length) requestAnimationFrame(() => select(index));
  else choose(null);
  linked = NaN;
}

async function draw() {
  timer = null;
  root.dataset.state = feed.run ? feed.now.state || "running" : "idle";
  if (!feed.run || root.offsetParent === null || isDrawing) return;
  isDrawing = true;
  await window.pricer.plot.load().catch(() => {}); // said where the charts would be
  const began = performance.now(), rows = feed.rows.length, wasFresh = isFresh;
  isFresh = false;
  // One part at a time, so that a click in between need not wait for all three.
  for (const part of [() => scatter.draw(feed), () => average.draw(feed), () => table.draw(feed, wasFresh)]) {
    const start = performance.now();
    await part();
    root.toggleAttribute("data-dots", rows > 0);
    root.dataset.longestDraw = Math.round(Math.max(root.dataset.longestDraw || 0, performance.now() - start));
    await new Promise((next) => setTimeout(next));
  }
  drawnAt = performance.now();
  pause = Math.max(SHORTEST_PAUSE, 6 * (drawnAt - began)); // at most a seventh of the time goes into drawing
  root.dataset.drawn = rows;
  isDrawing = false;
  if (rows !== feed.rows.length || isFresh) take();
}

function showFigures() {
  part(".figures").replaceChildren(...(feed.now.figures || []).map(pairOf));
  const fromBefore = feed.run && !props.value ? " This is from before the page was loaded again: run it again to open items, compare or download." : "";
  part(".name").textContent = `${feed.name}: ${feed.title}`;
  part(".sentence").textContent = `${feed.now.sentence || ""}${fromBefore}`;
  part(".progress i").style.width = feed.size ? `${(100 * feed.rows.length) / feed.size}%` : "0";
}

watch("value", take);
watch("item", showItem);
take();
if (!props.value && kept.read().last) trigger("reopen", { run: kept.read().last, name: address.read("run") });
// A chart that was filled while its tab was hidden has no size yet: draw it when it comes into view.
new ResizeObserver(() => { if (feed.run && Number(root.dataset.drawn) !== feed.rows.length) take(); }).observe(element);
