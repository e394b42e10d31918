// What the parts of the page share: the estimate on show with its k and temperature, numbers as text, the link to this
// page, and Ctrl+Enter. Product text is only ever set as text, never as markup.
window.pricer = (() => {
  const listeners = new Set();
  const shown = { data: null, k: null, step: 0, reading: null };

  const notify = () => {
    shown.reading = shown.data ? reweigh(shown.data, shown.k, shown.step) : null;
    listeners.forEach((listener) => listener(shown));
  };

  return {
    shown,
    // A new estimate, or null: looked at with the course's k and temperature first.
    show(data) {
      Object.assign(shown, { data, k: data && data.k, step: 0 });
      notify();
    },
    adjust(k, step) {
      Object.assign(shown, { k, step });
      notify();
    },
    // `listener(shown)` now and at every change; it is forgotten once `element` has left the page.
    follow(element, listener) {
      const guarded = (state) => (element.isConnected ? listener(state) : listeners.delete(guarded));
      listeners.add(guarded);
      listener(shown);
    },
    dollars(value) {
      if (value === null) return "–";
      const whole = Math.abs(value - Math.round(value)) < 0.005;
      const options = { minimumFractionDigits: whole ? 0 : 2, maximumFractionDigits: whole ? 0 : 2 };
      return `$${value.toLocaleString("en-US", options)}`;
    },
    percent(share) {
      const value = 100 * share;
      if (value >= 10 || value === 0) return `${value.toFixed(0)}%`;
      if (value >= 1) return `${value.toFixed(1)}%`;
      return value >= 0.01 ? `${value.toFixed(2)}%` : "under 0.01%";
    },
    // Scrolls only where the top of `element` is not in view, or so low that nothing of it can be read.
    bringIntoView(element) {
      const { top } = element.getBoundingClientRect();
      if (top < 0 || top > 0.6 * window.innerHeight) element.scrollIntoView();
    },
    // Gives the sentence for the status line; the address opens this page with the description priced.
    async copyLink(text, limit) {
      const description = text.trim();
      if (!description) return "Type a description first.";
      const address = new URL(window.location.pathname, window.location.origin);
      address.searchParams.set("text", description.slice(0, limit));
      try {
        await navigator.clipboard.writeText(address.href);
        return description.length > limit ? `The link holds the first ${limit} characters.` : "Link copied.";
      } catch {
        window.prompt("Copy this link:", address.href); // where a page may not write to the clipboard
        return "";
      }
    },
  };
})();

// What Gradio's accordions leave out for those who hear the page: whether they are open; and their arrow is decoration.
(() => {
  let waiting = false;
  const label = () => {
    waiting = false;
    document.querySelectorAll("button.label-wrap").forEach((button) => {
      const open = String(button.classList.contains("open"));
      if (button.getAttribute("aria-expanded") === open) return;
      button.setAttribute("aria-expanded", open);
      button.querySelector(".icon")?.setAttribute("aria-hidden", "true");
    });
  };
  new MutationObserver(() => {
    if (!waiting) requestAnimationFrame(label);
    waiting = true;
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["class"] });
})();

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.closest("#description")) return;
  event.preventDefault();
  document.querySelector("#price-button").click();
});
