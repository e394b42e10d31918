// The one way to draw with Plotly: fetched when the first chart comes into view, drawn in the theme's colors and again
// when the theme changes, into one div that lives through all updates.
window.pricer.plot = (() => {
  let library = null;
  const load = () => {
    library ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = PLOTLY;
      script.onload = done;
      script.onerror = () => failed(new Error(`${PLOTLY} could not be loaded`));
      document.head.append(script);
    });
    return library;
  };

  const canDrawWebgl = Boolean(document.createElement("canvas").getContext("webgl"));
  const drawable = (trace) => (canDrawWebgl || trace.type !== "scattergl" ? trace : { ...trace, type: "scatter" });
  const themed = (holder, layout) => ({
    ...layout,
    font: { ...layout.font, color: getComputedStyle(holder).color },
    // A finger that scrolls past must not zoom.
    dragmode: matchMedia("(pointer: coarse)").matches ? false : layout.dragmode,
  });

  // Returns draw(figure), which waits until `holder` is in view. What it returns resolves to whether the figure is on
  // the screen. `figure` holds data and layout as `pricer.views` makes them, and what else it wants of Plotly's config.
  const plot = (holder) => {
    let wanted = null;
    holder.style.color = "var(--body-text-color-subdued)"; // or what forced colors make of it
    const draw = async () => {
      if (!wanted || !holder.offsetWidth) return false;
      try {
        await load();
      } catch {
        holder.textContent = "The chart could not be loaded; its numbers stand in the text beside it.";
        return false;
      }
      const { data, layout, config } = wanted;
      const setup = { displayModeBar: false, responsive: true, ...config };
      await window.Plotly.react(holder, data.map(drawable), themed(holder, layout), setup);
      return true;
    };
    let width = 0;
    new ResizeObserver(() => {
      if (holder.offsetWidth === width) return;
      const hidden = width === 0;
      width = holder.offsetWidth;
      if (hidden) draw();
      else if (width && holder.data) window.Plotly.Plots.resize(holder);
    }).observe(holder);
    new MutationObserver(draw).observe(document.body, { attributeFilter: ["class"] });
    return (figure) => {
      wanted = figure;
      return draw();
    };
  };
  return Object.assign(plot, { load });
})();
