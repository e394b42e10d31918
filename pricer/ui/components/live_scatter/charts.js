// The two charts of a run: points for the figures that pricer/views/run_figures.py describes. One Plotly div each for the
// life of the page. Plotly.react would take a zoom away whenever the axes grow, and a redraw takes a hover away: both are
// put back.

const AVERAGE_POINTS = 400; // what a line on a screen can show
const DOUBLE_CLICK = 300; // milliseconds in which a second click makes the first a part of a double one

// Plotly reads hover text as markup, so a title must not be able to write any.
const escapeText = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function openCharts(scatter, average, { marks, truth, average: averageFigure, webgl_from: webglFrom }, reset, onSelect) {
  const phone = matchMedia("(max-width: 640px)").matches;
  const draw = { truth: window.pricer.plot(scatter), average: window.pricer.plot(average) };
  let state = emptyState();
  let hovered = null, zoomed = null;

  function emptyState() {
    const points = Object.fromEntries(marks.map((mark) => [mark.key, { x: [], y: [], text: [], customdata: [] }]));
    return { run: null, drawn: 0, revision: 0, largest: 1, points, n: 0, mean: 0, squares: 0, average: [] };
  }

  function add(row) {
    if (row.estimate === null) return;
    const points = state.points[row.colour];
    points.x.push(row.truth);
    points.y.push(row.estimate);
    points.text.push(escapeText(row.title));
    points.customdata.push([row.error, row.index]);
    state.largest = Math.max(state.largest, row.truth, row.estimate);
    // Welford: the mean and its standard error after each item.
    state.n += 1;
    const delta = row.error - state.mean;
    state.mean += delta / state.n;
    state.squares += delta * (row.error - state.mean);
    const band = state.n > 1 ? 1.96 * Math.sqrt(state.squares / (state.n - 1) / state.n) : 0;
    state.average.push([state.n, state.mean, band]);
  }

  async function drawTruth(feed) {
    if (feed.run !== state.run) {
      state = Object.assign(emptyState(), { run: feed.run, revision: state.revision });
      hovered = null;
      zoom(null);
    }
    for (const row of feed.rows.slice(state.drawn)) add(row);
    state.drawn = feed.rows.length;
    if (!await draw.truth(scatterFigure())) return;
    if (hovered) Plotly.Fx.hover(scatter, [hovered]);
    listen();
  }

  const drawAverage = () => draw.average(averageLines());

  const wholeRange = () => [0, state.largest * 1.04];
  // The layout of a figure with what a growing run changes of it; `uirevision` keeps what the visitor did to it.
  const grown = ({ layout }, changes) => ({
    ...layout, datarevision: (state.revision += 1), uirevision: state.run || "none", ...changes,
  });

  function scatterFigure() {
    const type = state.n > webglFrom ? "scattergl" : "scatter";
    const size = (state.n > webglFrom ? 5 : state.n > 600 ? 7 : 9) - (phone ? 2 : 0);
    const [diagonal, ...traces] = truth.data;
    const filled = traces.map((trace) => (
      { ...trace, ...state.points[trace.name], type, marker: { ...trace.marker, size } }
    ));
    const axis = (name, range) => ({ ...truth.layout[name], range: range || wholeRange(), ...(phone && { nticks: 5 }) });
    const layout = grown(truth, { xaxis: axis("xaxis", zoomed?.x), yaxis: axis("yaxis", zoomed?.y) });
    return { ...truth, data: [{ ...diagonal, x: wholeRange(), y: wholeRange() }, ...filled], layout };
  }

  function averageLines() {
    const step = Math.ceil(state.average.length / AVERAGE_POINTS);
    const last = state.average.length - 1;
    const kept = state.average.filter((_, index) => index % step === 0 || index === last);
    const x = kept.map(([n]) => n);
    const [upper, lower, line] = averageFigure.data;
    const data = [
      { ...upper, x, y: kept.map(([, mean, band]) => mean + band) },
      { ...lower, x, y: kept.map(([, mean, band]) => Math.max(0, mean - band)) },
      { ...line, x, y: kept.map(([, mean]) => mean), customdata: kept.map(([, , band]) => band) },
    ];
    const { xaxis, yaxis } = averageFigure.layout;
    return { data, layout: grown(averageFigure, { xaxis: { ...xaxis }, yaxis: { ...yaxis } }) };
  }

  function zoom(ranges) {
    zoomed = ranges;
    reset.hidden = !ranges;
  }

  function showWhole() {
    zoom(null);
    Plotly.relayout(scatter, { "xaxis.range": wholeRange(), "yaxis.range": wholeRange() });
  }
  reset.addEventListener("click", showWhole);

  let opening = null, doubleClicked = 0;
  let listening = false;
  function listen() {
    if (listening) return;
    listening = true;
    scatter.on("plotly_hover", ({ points: [point] }) => {
      hovered = { curveNumber: point.curveNumber, pointNumber: point.pointNumber };
    });
    scatter.on("plotly_unhover", () => { hovered = null; });
    scatter.on("plotly_relayout", (change) => {
      if ("xaxis.range[0]" in change || "yaxis.range[0]" in change) {
        zoom({ x: [...scatter.layout.xaxis.range], y: [...scatter.layout.yaxis.range] });
      }
    });
    scatter.on("plotly_doubleclick", () => {
      clearTimeout(opening);
      doubleClicked = performance.now();
      showWhole();
    });
    // Plotly tells of both clicks of a double one as well: the first waits, the second is too soon after.
    scatter.on("plotly_click", ({ points: [point] }) => {
      clearTimeout(opening);
      if (!point.customdata || performance.now() - doubleClicked < DOUBLE_CLICK) return;
      opening = setTimeout(() => onSelect(point.customdata[1]), DOUBLE_CLICK);
    });
  }

  return { drawTruth, drawAverage };
}
