// The scatter as a picture for slides: on white whatever the theme, with what was run and found above it.

const PICTURE = { format: "png", width: 1000, height: 1000, scale: 2 };
const INK = "#1a1d21", PAPER = "#ffffff", TITLE = 90; // characters

async function savePicture(feed, marks, { data, layout }) {
  await window.pricer.plot.load();
  const figures = (feed.now.figures || []).slice(1, 4).map(([name, value]) => `${name} ${value}`);
  const found = [`${feed.rows.length.toLocaleString("en-US")} items`, `${feed.reading.toLowerCase()} price`, ...figures];
  const title = feed.title.length > TITLE ? `${feed.title.slice(0, TITLE)}…` : feed.title;
  const meanings = Object.fromEntries(marks.map(({ key, meaning }) => [key, `${key}: ${meaning}`]));
  const named = data.filter(({ meta }) => meta?.role !== "chosen").map((trace) => ({ ...trace, name: meanings[trace.name] || trace.name }));
  const light = {
    ...layout, legend: { ...layout.legend, traceorder: "normal" }, paper_bgcolor: PAPER, plot_bgcolor: PAPER, showlegend: true, font: { ...layout.font, size: 15, color: INK },
    margin: { ...layout.margin, t: 130, r: 30 },
    title: { text: `${escapeText(title)}<br><sup>${escapeText(found.join(" · "))}</sup>`, x: 0.5, y: 0.955, font: { size: 20 } },
  };
  const name = `${feed.slug}-${feed.title}`.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 80).replace(/-$/, "");
  await window.Plotly.downloadImage({ data: named, layout: light }, { ...PICTURE, filename: name });
}
