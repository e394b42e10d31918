// What this tab of the browser keeps, so that neither a reload nor a lost line nor a restarted server takes it away: the
// text in the box, the texts that were priced, newest first, the feed of the last run, and seed and guesses of a game. It
// ends with the tab.
window.pricer.kept = (() => {
  const NAME = "pricer";
  const MOST_PRICES = 10;
  const LONGEST_RUN = 1_000_000; // characters of a feed, about 8,000 items; a browser gives a page five times as many

  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(NAME)) || {};
    } catch {
      return {};
    }
  };
  const write = (changes) => {
    try {
      sessionStorage.setItem(NAME, JSON.stringify({ ...read(), ...changes }));
    } catch {
      // A browser that keeps nothing: the page works as before.
    }
  };
  const box = () => document.querySelector("#description textarea");

  document.addEventListener("input", (event) => {
    if (event.target === box()) write({ text: event.target.value });
    else if (event.target.matches("#list-lines textarea")) window.pricer.kept.lines(event.target.value);
  });

  // The one line at the button where the server cannot be reached.
  const tellConnection = (lost) => {
    const line = document.querySelector("#no-connection p");
    if (line) line.hidden = !lost;
  };
  const probe = () => fetch("health", { cache: "no-store" }).then(() => tellConnection(false), () => tellConnection(true));
  window.addEventListener("offline", () => tellConnection(true));
  window.addEventListener("online", probe);
  document.addEventListener("click", (event) => {
    if (event.target.closest("button")) probe();
  });

  return {
    read,
    // `text` was priced: it becomes a part of the address, so that a bookmark opens it. The box may hold another by now.
    priced(text, limit) {
      const prices = read().prices || [];
      const known = prices.includes(text);
      write({ text: box().value, prices: known ? prices : [text, ...prices].slice(0, MOST_PRICES) });
      window.pricer.address.write({ text: text.length > limit ? null : text });
    },
    // By the id of its last run the server knows this visit again after a reload.
    began(id) {
      write({ last: id });
    },
    // Seed and guesses of a game, or null.
    game(game) {
      write({ game });
    },
    run(feed) {
      write({ run: feed.length > LONGEST_RUN ? "" : feed });
    },
    // The lines of a list as they were typed, and the feed of the last list that was priced.
    lines(lines) {
      write({ lines: lines.length > LONGEST_RUN ? "" : lines });
    },
    list(feed) {
      write({ list: feed.length > LONGEST_RUN ? "" : feed });
    },
  };
})();
