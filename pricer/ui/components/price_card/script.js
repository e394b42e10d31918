// The card: the price and its likeliest tokens, redrawn whenever the estimate on show or its reading changes.
const { dollars, estimate: rounded, percent, follow, show } = window.pricer;
const part = (name) => element.querySelector(`[data-part="${name}"]`);

const cell = (tag, name, text) => {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
};

// The whole width of a bar is all of the price.
const bar = (candidate, counted) => {
  const row = cell("li", counted ? "bar" : "bar aside", "");
  const words = candidate.price === null ? "no price" : candidate.share === null ? "–" : percent(candidate.share);
  const track = cell("span", "track", "");
  const fill = cell("span", "fill", "");
  fill.style.width = `${100 * (candidate.share || 0)}%`;
  track.append(fill);
  row.append(cell("code", "token", candidate.token), track, cell("span", "worth", words),
    cell("span", "share", percent(candidate.probability)));
  return row;
};

const EMPTY = { label: "Estimated price", price: "—", change: "", range: "", interval: "", truth: "", covered: "", tokens: "",
  others: "", doubt: "", remarks: "" };
const APART = 0.15; // of the median: beyond, the headline alone would hide what the rest of the distribution says

const others = ({ price, median, mean }) =>
  (Math.abs(price - median) > APART * median ? `median ${dollars(median)} · mean ${rounded(mean)}` : "");

const texts = ({ data, reading, k, step }) => {
  if (!data) return { ...EMPTY, interval: "Your estimate will appear here." };

  const adjusted = k !== data.k || step !== 0;
  const label = adjusted ? `With k ${k} and temperature ${reading.temperature}` : EMPTY.label;
  const tokens = data.cut ? `Read the first ${data.tokens} of ${data.tokens + data.cut} tokens.` : `Read all ${data.tokens} tokens.`;
  const { remarks } = data;
  const truth = !data.truth ? "" : adjusted ? `Actual price ${dollars(data.truth.dollars)}.` : data.truth.words;
  if (reading.price === null) {
    const which = k === 1 ? "The most likely token is not a price" : `None of the ${k} most likely tokens is a price`;
    return { ...EMPTY, label, truth, tokens, remarks, price: "No price", interval: `${which}: the model does not say what this costs.` };
  }
  const priced = reading.candidates.filter((candidate) => candidate.counted).length;
  const cover = priced < k ? `The ${priced === 1 ? "one price" : `${priced} prices`} among ${k} candidates hold${priced === 1 ? "s" : ""}`
    : k === 1 ? "The top one holds" : k <= props.bars ? `Together these ${k} hold` : `The top ${k} hold`;
  return { label, truth, tokens, remarks, price: rounded(reading.price), others: others(reading), doubt: adjusted ? "" : data.shape, change: adjusted ? "" : data.change,
    range: `${dollars(reading.low)} – ${dollars(reading.high)}`, interval: step ? data.uncalibrated : data.interval,
    covered: `${cover} ${percent(reading.covered)} of the probability.` };
};

// The color of the course's verdict, which holds for the course's reading alone.
const verdict = ({ data, k, step }) =>
  data?.truth?.verdict && k === data.k && step === 0 ? `var(--${data.truth.verdict}-text)` : "inherit";

const draw = (shown) => {
  Object.entries(texts(shown)).forEach(([name, text]) => { part(name).textContent = text; });
  part("heads").hidden = !shown.data;
  element.querySelector(".card").classList.toggle("empty", !shown.data);
  element.querySelector(".card").classList.toggle("wordy", Boolean(shown.reading) && shown.reading.price === null);
  part("truth").style.setProperty("--verdict", verdict(shown));
  const candidates = shown.reading ? shown.reading.candidates.slice(0, props.bars) : [];
  part("bars").replaceChildren(...candidates.map((candidate, rank) => bar(candidate, rank < shown.reading.k)));
};

// On a phone the card lies below the box, and a visitor who has opened an item comes from far down another tab.
const arrive = () => {
  const card = element.querySelector(".card");
  if (!element.offsetWidth) return;
  window.pricer.bringIntoView(card);
  if (document.activeElement === document.body) card.focus({ preventScroll: true });
};

const plain = (value) => (value ? JSON.parse(JSON.stringify(value)) : null);
follow(element, draw);
show(plain(props.value));
watch("value", () => {
  show(plain(props.value));
  if (!props.value) return;
  requestAnimationFrame(() => {
    window.pricer.kept.priced(props.value.text, props.link_limit);
    arrive();
  });
});
