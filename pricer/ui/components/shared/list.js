// Lists of products: when a text in the single box looks like one, and how a file of prices is saved.
window.pricer.list = (() => {
  const FEWEST_LINES = 3;
  const LONGEST_LINE = 120; // characters: a product's name, and not a paragraph about it
  // A sentence, a point of a list of features, or "Brand: Acme": what lines beneath a title say of one product.
  const TELLS_MORE = /[.!?:]$|^[-*•·✓]|^[\p{L} ]{2,30}:\s/u;

  return {
    looksLikeOne(text) {
      const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
      const isShort = lines.every((line) => line.length <= LONGEST_LINE);
      return lines.length >= FEWEST_LINES && isShort && !lines.slice(1).some((line) => TELLS_MORE.test(line));
    },
    // Shows or hides the question beneath the box. It reads the box as it stands now, for changes are told late and not
    // always in order, and marks the page's body, whose attributes nobody draws anew.
    offer() {
      const { value } = document.querySelector("#description textarea");
      document.body.toggleAttribute("data-list-offered", window.pricer.list.looksLikeOne(value));
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
