// Two runs over each other: the value is JSON of columns title, truth, first and second, in dollars, or an empty text.

const holder = element.querySelector(".overlay");
const plot = element.querySelector(".overlay-plot");

function draw() {
  holder.hidden = !props.value;
  if (!props.value || !element.offsetWidth) return;
  const { title, truth, first, second } = JSON.parse(props.value);
  const end = 1.04 * [...truth, ...first, ...second].reduce((a, b) => Math.max(a, b), 1);
  const look = lookOf(plot);
  const text = title.map(escapeText);
  const type = truth.length > WEBGL_FROM ? "scattergl" : "scatter";
  const run = (name, y, marker) => ({
    type, mode: "markers", name, x: truth, y, text, marker: { size: 8, opacity: 0.75, ...marker },
    hovertemplate: `%{text}<br>truth %{x:$,.2f}<br>estimate %{y:$,.2f}<extra>${name}</extra>`,
  });
  const axis = (label) => ({
    title: { text: label, standoff: 8 }, range: [0, end], tickprefix: "$", separatethousands: true,
    gridcolor: look.grid, zerolinecolor: look.grid,
  });
  const line = { type: "scatter", mode: "lines", x: [0, end], y: [0, end], hoverinfo: "skip", showlegend: false,
    line: { color: "deepskyblue", width: 2 } };
  Plotly.react(plot, [
    line,
    run("first run", first, { color: props.accent, symbol: "circle-open", line: { width: 2 } }),
    run("second run", second, { color: props.second, symbol: "triangle-up" }),
  ], {
    ...frame(look), margin: { l: 72, r: 12, t: 34, b: 46 }, xaxis: axis("truth"), yaxis: axis("estimate"),
    hovermode: "closest", dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
  }, { displayModeBar: false, responsive: true });
}

watch("value", draw);
new ResizeObserver(draw).observe(element);
new MutationObserver(draw).observe(document.body, { attributeFilter: ["class"] });
