// The arithmetic of pricer/estimate.py in the browser: one stored distribution, read again with another k or
// temperature. Pure functions of plain values; knows nothing of the page.
const HIGHEST_PRICE = 999;

// k likeliest tokens (1-20) and the temperature as an index of data.temperatures.
function reweigh(data, k, step) {
  const temperature = data.temperatures[step];
  const partition = data.log_partition[step];
  const probability = (logit) => (logit === null ? 0 : Math.exp(logit / temperature - partition));

  const candidates = data.top.map(([token, id, logit, price], rank) => ({
    token, id, logit, price, probability: probability(logit), counted: rank < k && price !== null && price > 0,
  }));
  const counted = candidates.filter((candidate) => candidate.counted);
  const covered = counted.reduce((sum, candidate) => sum + candidate.probability, 0);
  candidates.forEach((candidate) => { candidate.share = candidate.counted ? candidate.probability / covered : null; });
  const price = covered ? counted.reduce((sum, candidate) => sum + candidate.price * candidate.share, 0) : null;

  const probabilities = new Array(HIGHEST_PRICE + 1).fill(0);
  data.numbers.logits.forEach((logit, index) => { probabilities[data.numbers.prices[index]] += probability(logit); });
  const cumulated = [];
  probabilities.reduce((sum, share) => { cumulated.push(sum + share); return sum + share; }, 0);
  const mass = cumulated[HIGHEST_PRICE];
  const quantile = (share) => {
    if (!mass) return null;
    return cumulated.findIndex((sum) => sum >= share * mass * (1 - 1e-12));
  };
  return {
    k, temperature, candidates, covered, price, probabilities, mass,
    greedy: mass ? probabilities.indexOf(Math.max(...probabilities)) : null,
    mean: mass ? probabilities.reduce((sum, share, dollars) => sum + dollars * share, 0) / mass : null,
    median: quantile(0.5),
    low: quantile(data.levels[0]),
    high: quantile(data.levels[1]),
    nearly_all: quantile(0.95),
  };
}
