// The two charts: truth against estimate, and the running average error. One Plotly div each for the life of the page.
// Plotly.react would take a zoom away whenever the axes grow, and a redraw takes a hover away: both are put back.

const AVERAGE_POINTS = 400; // what a line on a screen can show

function openCharts(scatter, average, { marks, accent, accent_soft: accentSoft }, onSelect) {
  const phone = matchMedia("(max-width: 640px)").matches;
  const touch = matchMedia("(pointer: coarse)").matches;
  const config = { displaylogo: false, responsive: true, displayModeBar: false, doubleClick: false };
  const canDrawWebgl = Boolean(document.createElement("canvas").getContext("webgl"));
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

  function drawTruth(feed) {
    if (feed.run !== state.run) {
      state = Object.assign(emptyState(), { run: feed.run, revision: state.revision });
      hovered = zoomed = null;
    }
    for (const row of feed.rows.slice(state.drawn)) add(row);
    state.drawn = feed.rows.length;
    state.revision += 1;
    Plotly.react(scatter, scatterData(), scatterLayout(lookOf(scatter)), config);
    if (hovered) Plotly.Fx.hover(scatter, [hovered]);
    listen();
  }

  function drawAverage() {
    Plotly.react(average, averageData(), averageLayout(lookOf(average)), config);
  }

  function scatterData() {
    const type = canDrawWebgl && state.n > WEBGL_FROM ? "scattergl" : "scatter";
    const size = (state.n > WEBGL_FROM ? 5 : state.n > 600 ? 7 : 9) - (phone ? 2 : 0);
    const end = state.largest * 1.04;
    const line = {
      type: "scatter", mode: "lines", showlegend: false, x: [0, end], y: [0, end], hoverinfo: "skip",
      line: { color: "deepskyblue", width: 2 }, // as in the course
    };
    return [line].concat(marks.map((mark) => ({
      type, mode: "markers", name: mark.key, ...state.points[mark.key],
      marker: { color: mark.colour, symbol: mark.symbol, size, opacity: 0.8 },
      hovertemplate: "%{text}<br>truth %{x:$,.2f}<br>estimate %{y:$,.2f}<br>error %{customdata[0]:$,.2f}" +
        `<extra>${mark.key}</extra>`,
    })));
  }

  function scatterLayout(look) {
    const axis = (text, range) => ({
      title: { text, standoff: 8 }, range: range || [0, state.largest * 1.04], tickprefix: "$", separatethousands: true,
      gridcolor: look.grid, zerolinecolor: look.grid, linecolor: look.grid, nticks: phone ? 5 : 8,
    });
    return {
      ...frame(look), datarevision: state.revision, uirevision: state.run || "none", dragmode: touch ? false : "zoom",
      margin: { l: 72, r: 12, t: 34, b: 46 }, xaxis: axis("truth", zoomed?.x), yaxis: axis("estimate", zoomed?.y), hovermode: "closest",
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", itemsizing: "constant", font: { size: 12 } },
    };
  }

  function averageData() {
    const step = Math.ceil(state.average.length / AVERAGE_POINTS);
    const last = state.average.length - 1;
    const kept = state.average.filter((_, index) => index % step === 0 || index === last);
    const x = kept.map(([n]) => n);
    const edge = { type: "scatter", mode: "lines", x, line: { width: 0 }, hoverinfo: "skip" };
    return [
      { ...edge, y: kept.map(([, mean, band]) => mean + band) },
      { ...edge, y: kept.map(([, mean, band]) => Math.max(0, mean - band)), fill: "tonexty", fillcolor: accentSoft },
      {
        type: "scatter", mode: "lines", x, y: kept.map(([, mean]) => mean), customdata: kept.map(([, , band]) => band),
        line: { color: accent, width: 2 }, hovertemplate: "%{y:$,.2f} ± %{customdata:,.2f} after %{x}<extra></extra>",
      },
    ];
  }

  function averageLayout(look) {
    const axis = { gridcolor: look.grid, zerolinecolor: look.grid, linecolor: look.grid, nticks: 5 };
    return {
      ...frame(look), datarevision: state.revision, uirevision: state.run || "none", dragmode: false, showlegend: false,
      margin: { l: 72, r: 12, t: 8, b: 40 },
      xaxis: { ...axis, title: { text: "items", standoff: 6 }, rangemode: "tozero" },
      yaxis: { ...axis, tickprefix: "$", rangemode: "tozero" },
    };
  }

  let listening = false;
  function listen() {
    if (listening) return;
    listening = true;
    scatter.on("plotly_hover", ({ points: [point] }) => {
      hovered = { curveNumber: point.curveNumber, pointNumber: point.pointNumber };
    });
    scatter.on("plotly_relayout", (change) => {
      if ("xaxis.range[0]" in change || "yaxis.range[0]" in change) {
        zoomed = { x: [...scatter.layout.xaxis.range], y: [...scatter.layout.yaxis.range] };
      }
    });
    scatter.on("plotly_doubleclick", () => {
      zoomed = null;
      Plotly.relayout(scatter, { "xaxis.range": [0, state.largest * 1.04], "yaxis.range": [0, state.largest * 1.04] });
    });
    scatter.on("plotly_unhover", () => { hovered = null; });
    scatter.on("plotly_click", ({ points: [point] }) => {
      if (point.customdata) onSelect(point.customdata[1]);
    });
  }

  return { drawTruth, drawAverage };
}
