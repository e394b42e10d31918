// One item beside the list: what it costs, what each way of reading makes of it, and its text. All of it is text.

// A name and its value, for a list of such.
function pairOf([name, value]) {
  const pair = document.createElement("div");
  const term = document.createElement("dt"), text = document.createElement("dd");
  term.textContent = name;
  text.textContent = value;
  pair.append(term, text);
  return pair;
}

function openItem(panel, { onStep, onOpen, onClose }) {
  const part = (name) => panel.querySelector(`[data-part="${name}"]`);
  const steps = [...panel.querySelectorAll("[data-step]")];
  const KEYS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

  steps.forEach((button) => button.addEventListener("click", () => onStep(Number(button.dataset.step))));
  part("open").addEventListener("click", onOpen);
  part("close").addEventListener("click", onClose);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") onClose();
    else if (event.key in KEYS) onStep(KEYS[event.key]);
    else return;
    event.preventDefault();
  });

  return {
    show({ title, text, color, verdict, facts }) {
      const opens = panel.hidden;
      panel.hidden = false;
      part("title").textContent = title;
      part("verdict").textContent = verdict;
      part("verdict").style.color = color ? `var(--${color}-text)` : "inherit";
      part("text").textContent = text;
      part("facts").replaceChildren(...facts.map(pairOf));
      if (opens) panel.focus({ preventScroll: true });
      panel.scrollIntoView({ block: "nearest" });
    },
    // Where in the list it stands. A button that has the focus keeps it at the ends, so it is not disabled.
    tellPlace(words, isFirst, isLast) {
      part("place").textContent = words;
      const ends = { "-1": isFirst, 1: isLast };
      steps.forEach((button) => button.setAttribute("aria-disabled", String(ends[button.dataset.step])));
    },
    hide() {
      panel.hidden = true;
    },
  };
}
