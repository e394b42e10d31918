// The average error so far with its band, and what the course reports on the same items as lines across it.

const AVERAGE_POINTS = 400; // what a line on a screen can show
const ROOM = 14; // pixels between two lines with their names; what lies closer is left to the table
const MARGINS = 50; // pixels of the chart that are no plot
const FAR = 2.5; // times the average: lines above would press the curve flat, and are left to the table

function openAverage(holder, { average: figure }) {
  const draw = window.pricer.plot(holder);
  let state = null, revision = 0;
  const nothing = (head) => ({ head, drawn: 0, n: 0, mean: 0, squares: 0, points: [] });

  function add(row) {
    if (row.estimate === null) return;
    // Welford: the mean and its standard error after each item.
    state.n += 1;
    const delta = row.error - state.mean;
    state.mean += delta / state.n;
    state.squares += delta * (row.error - state.mean);
    const band = state.n > 1 ? 1.96 * Math.sqrt(state.squares / (state.n - 1) / state.n) : 0;
    state.points.push([state.n, state.mean, band]);
  }

  function references(reported) {
    const near = reported.filter(([, mae]) => mae <= FAR * Math.max(state.mean, 1));
    const top = 1.08 * Math.max(1, ...state.points.map(([, mean, band]) => mean + band), ...near.map(([, mae]) => mae));
    const pixels = (holder.clientHeight - MARGINS) / top;
    const color = getComputedStyle(holder).getPropertyValue("--body-text-color-subdued").trim();
    let above = Infinity; // the lowest so far; they are in the order of their dollars
    const shown = [...near].reverse().filter(([, mae]) => {
      if ((above - mae) * pixels < ROOM) return false;
      above = mae;
      return true;
    });
    const across = { xref: "paper", x0: 0, x1: 1, type: "line", line: { color, width: 1, dash: "dash" } };
    return {
      top,
      shapes: shown.map(([, mae]) => ({ ...across, y0: mae, y1: mae })),
      annotations: shown.map(([who, mae]) => (
        {
          xref: "paper", x: 1, xanchor: "right", y: mae, yanchor: "bottom", showarrow: false,
          text: escapeText(`${who} ${window.pricer.dollars(mae)}`), font: { size: 11, color },
        }
      )),
    };
  }

  return {
    draw(feed) {
      if (state?.head !== feed.head) state = nothing(feed.head);
      for (const row of feed.rows.slice(state.drawn)) add(row);
      state.drawn = feed.rows.length;
      const step = Math.ceil(state.points.length / AVERAGE_POINTS), last = state.points.length - 1;
      const kept = state.points.filter((_, index) => index % step === 0 || index === last);
      const x = kept.map(([n]) => n);
      const [upper, lower, line] = figure.data;
      const { top, ...lines } = feed.references.length ? references(feed.references) : {};
      const data = [
        { ...upper, x, y: kept.map(([, mean, band]) => mean + band) },
        { ...lower, x, y: kept.map(([, mean, band]) => Math.max(0, mean - band)) },
        { ...line, x, y: kept.map(([, mean]) => mean), customdata: kept.map(([, , band]) => band) },
      ];
      const { xaxis, yaxis } = figure.layout;
      const layout = {
        ...figure.layout, ...lines, datarevision: (revision += 1), uirevision: feed.head,
        xaxis: { ...xaxis }, yaxis: { ...yaxis, ...(top && { range: [0, top] }) },
      };
      return draw({ data, layout });
    },
  };
}
