// How charts of runs look, whatever they show.

const WEBGL_FROM = 3000; // points; below this, SVG looks better and costs little

function frame(look) {
  return { autosize: true, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: look.font };
}

// Plotly does not follow the page's theme: take the colours that the page uses.
function lookOf(element) {
  const style = getComputedStyle(element);
  return {
    font: { family: style.fontFamily, size: 12, color: style.color },
    grid: style.getPropertyValue("--border-color-primary").trim() || "rgba(128,128,128,.3)",
  };
}

// Hover text is read as markup by Plotly, so a title must not be able to write any.
function escapeText(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
