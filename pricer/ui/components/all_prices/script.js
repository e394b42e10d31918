// Every price of the estimate on show, re-weighed by two sliders in the browser: the model is not asked again.
const { dollars, percent, follow, adjust, shown: state } = window.pricer;
const part = (name) => element.querySelector(`[data-part="${name}"]`);
const draw = window.pricer.plot(part("plot"));
const PRICES = Array.from({ length: HIGHEST_PRICE + 1 }, (_, price) => price);
const TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 999];
let view = "close";

const rows = Array.from({ length: props.max_k }, () => {
  const row = document.createElement("tr");
  row.innerHTML = '<td><code></code></td><td></td><td><div class="meter"><span class="track"><span class="fill"></span></span><span></span></div></td><td></td><td></td><td></td>';
  part("rows").append(row);
  return row;
});

const fillRow = (row, candidate, rank, { k, longest }) => {
  row.hidden = !candidate;
  if (!candidate) return;
  const [token, price, probability, share, logit, id] = row.children;
  row.classList.toggle("aside", rank >= k);
  token.firstChild.textContent = candidate.token;
  id.textContent = candidate.id;
  logit.textContent = candidate.logit.toFixed(3);
  const [track, words] = probability.firstChild.children;
  track.firstChild.style.width = `${(100 * candidate.probability) / longest}%`;
  words.textContent = percent(candidate.probability);
  price.textContent = candidate.price === null ? "no price" : dollars(candidate.price);
  share.textContent = candidate.share === null ? "–" : percent(candidate.share);
};

// Where each mark of the chart lies in this reading; roles are those of pricer/views/figures.py.
const moved = (trace, reading) => {
  const { role, words } = trace.meta;
  if (role === "probabilities") return { ...trace, x: PRICES, y: reading.probabilities };
  if (role === "interval") {
    const { low, high } = reading;
    return { ...trace, x: [low, low, high, high], name: `${words} ${dollars(low)} – ${dollars(high)}` };
  }
  if (!(role in reading)) return trace;
  return { ...trace, x: [reading[role], reading[role]], name: `${words} ${dollars(reading[role])}` };
};

const axis = (xaxis) => {
  if (view === "close") return xaxis;
  if (view === "whole") return { ...xaxis, range: [0, HIGHEST_PRICE] };
  return { ...xaxis, type: "log", range: [0, 3], tickvals: TICKS, ticktext: TICKS.map(dollars) };
};

const words = ({ data, step }, reading) => {
  const none = 1 - reading.mass;
  const elsewhere = none >= 0.0001 ? `${percent(none)} went to tokens that are not prices.` : "";
  if (step) return `${data.uncalibrated} The remarks on certainty apply at temperature 1 only. ${elsewhere}`;
  return `${data.interval} ${data.shape} ${elsewhere}`;
};

const show = (shown) => {
  const { data, reading, k, step } = shown;
  part("nothing").hidden = Boolean(data);
  part("content").hidden = !data;
  if (!data) return;
  const temperature = data.temperatures[step];
  part("k").value = k;
  part("k-shown").textContent = k;
  part("temperature").value = temperature;
  part("temperature-shown").textContent = temperature;
  part("reset").disabled = k === props.top_k && step === 0;
  ["price", "greedy", "median", "mean"].forEach((name) => { part(name).textContent = dollars(reading[name]); });
  part("interval").textContent = `${dollars(reading.low)} – ${dollars(reading.high)}`;
  part("covered").textContent = percent(reading.covered);
  part("elsewhere").textContent = percent(Math.max(0, 1 - reading.mass));
  const spoken = k === data.k && step === 0 ? data.sentence : "The readings above say where it lies.";
  part("plot").setAttribute("aria-label", `Probability of every price from $0 to $999. ${spoken}`);
  part("words").textContent = words(shown, reading);
  const longest = Math.max(...reading.candidates.map((candidate) => candidate.probability), 1e-12);
  rows.forEach((row, rank) => fillRow(row, reading.candidates[rank], rank, { k, longest }));
  const { figure } = data;
  element.drawn = draw({
    data: figure.data.map((trace) => moved(trace, reading)),
    layout: { ...figure.layout, xaxis: axis(figure.layout.xaxis), uirevision: `${view} ${data.description}` },
  });
};

// A slider's step is at most one update a frame, however fast it is dragged.
let waiting = false;
const turn = () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    const wanted = Number(part("temperature").value);
    const step = state.data.temperatures.findIndex((temperature) => Math.abs(temperature - wanted) < 0.001);
    adjust(Number(part("k").value), step);
  });
};
part("k").addEventListener("input", turn);
part("temperature").addEventListener("input", turn);
part("reset").addEventListener("click", () => adjust(props.top_k, 0));
element.querySelectorAll("[data-view]").forEach((button) => button.addEventListener("click", () => {
  view = button.dataset.view;
  element.querySelectorAll("[data-view]").forEach((other) => other.setAttribute("aria-pressed", other === button));
  show(state);
}));
follow(element, show);
