// The game: shows where it stands, leads the focus, and sends what is guessed. A price of an item is here only once it
// was guessed; product text is only ever set as text.
const part = (name) => element.querySelector(`[data-part="${name}"]`);
const { kept } = window.pricer;
const guess = openGuess(part("guess"), part("slider"), props.highest);
const draw = window.pricer.plot(part("plot"));
const BLANK = { stage: "intro", rows: [], kept: null };
let shown = BLANK;

const say = (name, text) => { part(name).textContent = text || ""; };

const rowElement = ([who, price, off, verdict]) => {
  const row = document.createElement("tr");
  const cells = [["th", who], ["td", price], ["td", off]].map(([tag, text]) => {
    const cell = document.createElement(tag);
    cell.textContent = text;
    return cell;
  });
  cells[0].scope = "row";
  cells[2].style.color = verdict ? `var(--${verdict}-text)` : "";
  row.append(...cells);
  return row;
};

// What begins here: a game, or the rest of one of before the page was loaded again.
const invite = () => {
  const before = kept.read().game;
  if (!before) return;
  const done = before.guesses.length;
  const button = element.querySelector('[data-action="resume"]');
  button.hidden = false;
  button.textContent = done < props.size ? "Go on" : "Show this run";
  say("invitation", done < props.size
    ? `Your game is kept: you had guessed ${done} of ${props.size} products. Go on with the next, or play another game.`
    : `Your last game is kept: you had guessed all ${props.size} products.`);
};

const question = (data, isNew) => {
  say("problem", data.problem);
  part("guess").setAttribute("aria-invalid", String(Boolean(data.problem)));
  if (isNew) guess.clear();
  return part("guess");
};

const answer = (data) => {
  part("rows").replaceChildren(...data.rows.map(rowElement));
  say("closer", data.closer);
  const button = element.querySelector('[data-action="next"]');
  button.textContent = data.last ? "See the result" : "Next product";
  part("plot").classList.remove("unfolds");
  void part("plot").offsetWidth; // so that it begins anew
  part("plot").classList.add("unfolds");
  element.drawn = draw(data.figure);
  return button;
};

const ending = (data) => {
  say("sentence", data.sentence);
  part("share").value = `${data.share}\n${window.location.origin}${window.location.pathname}`;
  say("copied", "");
  return part("sentence");
};

const VIEWS = { question, answer, end: ending };

const show = () => {
  const data = props.value ? JSON.parse(JSON.stringify(props.value)) : BLANK;
  const isNew = data.index !== shown.index || data.kept?.seed !== shown.kept?.seed;
  shown = data;
  if (data.kept) kept.game(data.kept);
  say("note", data.note);
  part("intro").hidden = data.stage !== "intro";
  part("round").hidden = !["question", "answer"].includes(data.stage);
  part("form").hidden = data.stage !== "question";
  part("answer").hidden = data.stage !== "answer";
  part("end").hidden = data.stage !== "end";
  if (data.stage === "intro") {
    invite();
    if (data.note) element.querySelector(".primary:not([hidden])").focus();
    return undefined;
  }
  say("title", data.title);
  say("text", data.text);
  say("progress", `Product ${data.index + 1} of ${data.size}.`);
  say("score", data.score);
  const target = VIEWS[data.stage](data, isNew);
  if (!element.offsetWidth) return undefined;
  target.focus({ preventScroll: true });
  const block = data.stage === "end" ? part("end") : part("round");
  return requestAnimationFrame(() => {
    if (data.stage === "end") return block.scrollIntoView();
    // As little as needed; where not all of it fits, the answer matters more than the text above it.
    block.scrollIntoView({ block: "nearest" });
    return (data.stage === "answer" ? part("answer") : target).scrollIntoView({ block: "nearest" });
  });
};

const ACTIONS = {
  start: () => trigger("start", {}),
  resume: () => trigger("resume", { kept: kept.read().game }),
  next: () => trigger("next", { kept: shown.kept }),
  copy: async () => {
    try {
      await navigator.clipboard.writeText(part("share").value);
      say("copied", "Copied.");
    } catch {
      part("share").select();
      say("copied", "This browser lets no page copy: press Ctrl+C, the text is selected.");
    }
  },
};
element.addEventListener("click", (event) => ACTIONS[event.target.closest("button[data-action]")?.dataset.action]?.());
const send = () => trigger("guess", { kept: shown.kept, index: shown.index, written: part("guess").value });
part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
// A key held down must not rush through the game; and a slider's Enter guesses as the field's does.
element.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  if (event.repeat) event.preventDefault();
  else if (event.target === part("slider")) {
    event.preventDefault();
    send();
  }
});
show();
watch("value", show);
