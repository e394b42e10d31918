// Plotly on demand: the library is fetched when the first chart comes into view, and one div lives through all updates.
window.pricer.plot = (() => {
  let library = null;
  const load = () => {
    library ??= window.Plotly ? Promise.resolve() : new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = PLOTLY;
      script.onload = done;
      script.onerror = () => failed(new Error(`${PLOTLY} could not be loaded`));
      document.head.append(script);
    });
    return library;
  };

  const themed = (layout) => ({
    ...layout,
    font: { ...layout.font, color: window.pricer.colour("--body-text-color-subdued") || layout.font.color },
    // A finger that scrolls past must not zoom.
    dragmode: matchMedia("(pointer: coarse)").matches ? false : layout.dragmode,
  });

  // Returns draw(figure), which waits until `holder` is in view; resolves once the figure is on the screen.
  return (holder) => {
    let wanted = null;
    const draw = async () => {
      if (!wanted || !holder.offsetWidth) return;
      try {
        await load();
      } catch {
        holder.textContent = "The chart could not be loaded; its numbers stand in the text beside it.";
        return;
      }
      const { data, layout } = wanted;
      await window.Plotly.react(holder, data, themed(layout), { displayModeBar: false, responsive: true });
    };
    let width = 0;
    new ResizeObserver(() => {
      if (holder.offsetWidth === width) return;
      const hidden = width === 0;
      width = holder.offsetWidth;
      if (hidden) draw();
      else if (width && holder.data) window.Plotly.Plots.resize(holder);
    }).observe(holder);
    return (figure) => {
      wanted = figure;
      return draw();
    };
  };
})();
