// Lists of products: when a text in the single box looks like one, and how a file of prices is saved.
window.pricer.list = (() => {
  const FEWEST_LINES = 3;
  const LONGEST_LINE = 120; // characters: a product's name, and not a paragraph about it

  return {
    looksLikeOne(text) {
      const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
      return lines.length >= FEWEST_LINES && lines.every((line) => line.length <= LONGEST_LINE);
    },
    // Shows or hides the question beneath the box.
    offer(text) {
      document.querySelector("#list-offer")?.classList.toggle("offered", window.pricer.list.looksLikeOne(text || ""));
    },
    // The lines move to the section for lists, which comes into view; gives them on, as they are, to the server.
    take(lines) {
      window.pricer.kept.lines(lines);
      requestAnimationFrame(() => document.querySelector("#section-list").scrollIntoView());
      return lines;
    },
    // `file` is {name, type, base64}, or null.
    save(file) {
      if (!file) return;
      const bytes = Uint8Array.from(atob(file.base64), (char) => char.charCodeAt(0));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([bytes], { type: file.type }));
      link.download = file.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // a phone may ask first
    },
  };
})();
