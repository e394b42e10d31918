// Truth against estimate: points for the figure that pricer/views/run_figures.py describes, in one Plotly div for the life
// of the page. Plotly.react would take a zoom away whenever the axes grow, and a redraw takes a hover away: both are put
// back.

const DOUBLE_CLICK = 300; // milliseconds in which a second click makes the first a part of a double one
const LOWEST = 0.5; // dollars: where a logarithmic axis begins at the least
const STEPS = 60; // of a line that is curved on logarithmic axes

function openScatter(holder, { marks, truth, webgl_from: webglFrom }, { reset, scales }, filter, onSelect) {
  const phone = matchMedia("(max-width: 640px)").matches;
  const draw = window.pricer.plot(holder);
  const margins = Object.fromEntries(marks.map(({ key, margin }) => [key, margin]));
  let rows = [], head = null, revision = 0, isLog = false;
  let hovered = null, zoomed = null, chosen = null;

  const ends = () => {
    let smallest = Infinity, largest = 1;
    for (const { truth: x, estimate: y } of rows) {
      if (y === null) continue;
      smallest = Math.min(smallest, x || Infinity, y || Infinity);
      largest = Math.max(largest, x, y);
    }
    return isLog ? [Math.max(LOWEST, Math.min(smallest, largest / 10)) / 1.25, largest * 1.25] : [0, largest * 1.04];
  };
  const wholeRange = () => (isLog ? ends().map(Math.log10) : ends());

  // No logarithm of nothing: what costs nothing lies on the edge.
  const placed = (dollars) => (isLog ? Math.max(LOWEST, dollars) : dollars);

  // The lines to draw from one end of the axis to the other: the diagonal, and the edges of a band around it.
  function line({ meta }, [low, high]) {
    const margin = meta && margins[meta.verdict];
    const between = isLog
      ? Array.from({ length: STEPS }, (_, step) => low * (high / low) ** (step / (STEPS - 1)))
      : [low, ...(margin ? [margin[0], margin[0] / margin[1]].filter((x) => x < high) : []), high];
    const y = between.map((x) => (margin ? x + meta.side * Math.max(margin[0], margin[1] * x) : x));
    return { x: between, y: y.map((value) => Math.max(isLog ? low / 10 : 0, value)) };
  }

  function points() {
    const found = Object.fromEntries(marks.map((mark) => [mark.key, { x: [], y: [], text: [], customdata: [] }]));
    for (const row of rows) {
      if (row.estimate === null || !filter.passes(row)) continue;
      const { x, y, text, customdata } = found[row.color];
      x.push(placed(row.truth));
      y.push(placed(row.estimate));
      text.push(row.label);
      customdata.push([row.error, row.index, row.truth, row.estimate]);
    }
    return found;
  }

  function figure() {
    const [found, whole] = [points(), ends()];
    const type = rows.length > webglFrom ? "scattergl" : "scatter";
    const size = (rows.length > webglFrom ? 5 : rows.length > 600 ? 7 : 9) - (phone ? 2 : 0);
    const data = truth.data.map((trace) => {
      if (found[trace.name]) return { ...trace, ...found[trace.name], type, marker: { ...trace.marker, size } };
      return { ...trace, ...(trace.mode === "lines" ? line(trace, whole) : ring()) };
    });
    const axis = (name, range) => (
      {
        ...truth.layout[name], type: isLog ? "log" : "linear", range: range || wholeRange(),
        ...(isLog && ticks(whole)), ...(phone && { nticks: 5 }),
      }
    );
    const layout = {
      ...truth.layout, datarevision: (revision += 1), uirevision: head || "none",
      xaxis: axis("xaxis", zoomed?.x), yaxis: axis("yaxis", zoomed?.y),
    };
    return { ...truth, data, layout };
  }

  function ticks([low, high]) {
    const all = [0, 1, 2, 3, 4, 5].flatMap((power) => (phone ? [1] : [1, 2, 5]).map((digit) => digit * 10 ** power));
    const tickvals = all.filter((tick) => tick >= low && tick <= high);
    return { tickvals, ticktext: tickvals.map(window.pricer.dollars) };
  }

  // Around the dot of the item that is looked at.
  function ring() {
    const row = rows[chosen];
    return row && row.estimate !== null ? { x: [placed(row.truth)], y: [placed(row.estimate)] } : { x: [], y: [] };
  }

  async function redraw() {
    if (!await draw(figure())) return;
    if (hovered) Plotly.Fx.hover(holder, [hovered]);
    listen();
  }

  // After the next frame: what was pressed is seen to be pressed before ten thousand dots are drawn anew.
  let isDue = false;
  function refresh() {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => setTimeout(() => {
      isDue = false;
      redraw();
    }));
  }

  function zoom(ranges) {
    zoomed = ranges;
    reset.hidden = !ranges;
  }
  function showWhole() {
    zoom(null);
    Plotly.relayout(holder, { "xaxis.range": wholeRange(), "yaxis.range": wholeRange() });
  }
  reset.addEventListener("click", showWhole);
  for (const button of scales) {
    button.addEventListener("click", () => {
      isLog = button.dataset.scale === "log";
      scales.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      zoom(null);
      refresh();
    });
  }

  let opening = null, doubleClicked = 0;
  let listening = false;
  function listen() {
    if (listening) return;
    listening = true;
    holder.on("plotly_hover", ({ points: [point] }) => {
      hovered = { curveNumber: point.curveNumber, pointNumber: point.pointNumber };
    });
    holder.on("plotly_unhover", () => { hovered = null; });
    holder.on("plotly_relayout", (change) => {
      if ("xaxis.range[0]" in change || "yaxis.range[0]" in change) {
        zoom({ x: [...holder.layout.xaxis.range], y: [...holder.layout.yaxis.range] });
      }
    });
    holder.on("plotly_doubleclick", () => {
      clearTimeout(opening);
      doubleClicked = performance.now();
      showWhole();
    });
    // Plotly tells of both clicks of a double one as well: the first waits, the second is too soon after.
    holder.on("plotly_click", ({ points: [point] }) => {
      clearTimeout(opening);
      if (!point.customdata || performance.now() - doubleClicked < DOUBLE_CLICK) return;
      opening = setTimeout(() => onSelect(point.customdata[1]), DOUBLE_CLICK);
    });
  }

  return {
    figure,
    refresh,
    async draw(feed) {
      if (feed.head !== head) {
        hovered = null;
        zoom(null);
      }
      [head, rows] = [feed.head, feed.rows];
      await redraw();
    },
    choose(index) {
      chosen = index;
      if (rows.length) refresh();
    },
  };
}
