// The one filter of chart and table: words of the title, and the verdicts that are shown.

function openFilter(root, marks, onChange) {
  const words = root.querySelector(".words");
  const colors = root.querySelector(".colors");
  const shown = root.querySelector(".shown");
  const kinds = [...marks, { key: "none", sign: "–" }].map((kind, rank) => (
    {
      ...kind, rank, label: kind.key === "none" ? "no price" : kind.key,
      // Words need more contrast than marks; a color of either theme.
      text: kind.key === "none" ? "currentColor" : `var(--${kind.key}-text)`,
    }
  ));
  const hidden = new Set();
  let wanted = [], rows = [], counted = 0, counts = {};

  for (const kind of kinds) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "true");
    button.style.setProperty("--mark", kind.text);
    button.append(kind.sign, " ", kind.label, " ", document.createElement("b"));
    button.addEventListener("click", () => {
      if (!hidden.delete(kind.key)) hidden.add(kind.key);
      button.setAttribute("aria-pressed", String(!hidden.has(kind.key)));
      onChange();
    });
    kind.button = button;
    colors.append(button);
  }
  words.addEventListener("input", () => {
    wanted = words.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    onChange();
  });

  return {
    kinds: Object.fromEntries(kinds.map((kind) => [kind.key, kind])),
    passes: (row) => !hidden.has(row.color) && wanted.every((word) => row.title.toLowerCase().includes(word)),
    // How many of each verdict there are, by their buttons.
    count(feedRows) {
      if (feedRows !== rows) [rows, counted, counts] = [feedRows, 0, {}];
      for (; counted < rows.length; counted += 1) counts[rows[counted].color] = (counts[rows[counted].color] || 0) + 1;
      for (const kind of kinds) {
        kind.button.querySelector("b").textContent = (counts[kind.key] || 0).toLocaleString("en-US");
        kind.button.hidden = kind.key === "none" && !counts.none;
      }
    },
    tell(some, all) {
      const number = (count) => count.toLocaleString("en-US");
      shown.textContent = some === all ? "" : `${number(some)} of ${number(all)} items shown.`;
    },
  };
}
