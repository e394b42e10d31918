// Ties feed, charts and table to the component: redraws after an update, but never so often that the page has no time
// left for clicks.

const root = element.querySelector(".run");
// An item: [title, truth, estimate, error, SLE, colour], dollars, null where the model named no price.
const feed = window.pricer.feed(([title, truth, estimate, error, sle, colour], index) => (
  { index, title, truth, estimate, error, sle, colour: colour || "none" }
));
// A run of before the page was loaded again: the server has forgotten it, so it can be looked at and no more.
const earlier = window.pricer.kept.read().run || "";
const select = (index) => props.value && trigger("click", { run: feed.run, index });
const part = (name) => root.querySelector(name);
const charts = openCharts(part(".truth-plot"), part(".average-plot"), props, part(".reset"), select);
const table = openTable(root, props.marks, select, (hidden) => charts.hide(hidden));
const SHORTEST_PAUSE = 150; // milliseconds between two redraws
let timer = null, pause = SHORTEST_PAUSE, drawnAt = 0, isFresh = true, isDrawing = false;

root.querySelector(".caption").textContent = props.legend;

function take() {
  const begins = feed.take(props.value || earlier) && Boolean(props.value);
  isFresh ||= begins;
  if (begins) requestAnimationFrame(() => window.pricer.bringIntoView(root));
  showFigures();
  if (props.value && feed.now.state !== "running") window.pricer.kept.run(props.value);
  if (timer === null) timer = setTimeout(draw, Math.max(0, drawnAt + pause - performance.now()));
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
  for (const part of [() => charts.drawTruth(feed), () => charts.drawAverage(), () => table.draw(feed, wasFresh)]) {
    const start = performance.now();
    await part();
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
  const figures = root.querySelector(".figures");
  figures.replaceChildren(...(feed.now.figures || []).map(([name, value]) => {
    const pair = document.createElement("div");
    const term = document.createElement("dt"), text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value;
    pair.append(term, text);
    return pair;
  }));
  const fromBefore = feed.run && !props.value ? " This is from before the page was loaded again: run it again to open items, compare or download." : "";
  root.querySelector(".sentence").textContent = `${feed.now.sentence || ""}${fromBefore}`;
  root.querySelector(".progress i").style.width = feed.size ? `${(100 * feed.rows.length) / feed.size}%` : "0";
}

watch("value", take);
take();
// A chart that was filled while its tab was hidden has no size yet: draw it when it comes into view.
new ResizeObserver(() => { if (feed.run && Number(root.dataset.drawn) !== feed.rows.length) take(); }).observe(element);
