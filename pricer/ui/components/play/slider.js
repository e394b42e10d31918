// The field and the slider, which say the same price: the slider's places are the logarithms of dollars.

function openGuess(field, slider, highest) {
  const LAST = Number(slider.max);
  const priceAt = (place) => Math.round(highest ** (place / LAST));
  const placeOf = (price) => Math.round((LAST * Math.log(price)) / Math.log(highest));
  // Only to move the slider along; what counts as a price is decided on the server.
  const written = () => Number(field.value.replace(/[$\s]/g, "").replace(/,(\d{1,2})$/, ".$1").replace(/,/g, ""));
  const say = (price) => slider.setAttribute("aria-valuetext", window.pricer.dollars(price));
  const current = () => (written() >= 1 ? Math.min(written(), highest) : priceAt(Number(slider.value)));

  field.addEventListener("input", () => {
    const price = written();
    slider.classList.toggle("unset", !(price >= 1));
    if (!(price >= 1)) return;
    slider.value = placeOf(Math.min(price, highest));
    say(price);
  });
  const take = (price) => {
    slider.classList.remove("unset");
    field.value = price;
    say(price);
  };
  slider.addEventListener("input", () => take(priceAt(Number(slider.value))));
  // A key moves by a dollar at least, and by a few percent where a dollar is nothing.
  const FACTORS = { ArrowUp: 1.02, ArrowRight: 1.02, ArrowDown: 1 / 1.02, ArrowLeft: 1 / 1.02 };
  slider.addEventListener("keydown", (event) => {
    const factor = FACTORS[event.key];
    if (!factor) return;
    event.preventDefault();
    const before = current(), after = before * factor;
    const price = factor > 1 ? Math.max(Math.ceil(before + 0.01), Math.round(after)) : Math.min(Math.floor(before - 0.01), Math.round(after));
    take(Math.min(highest, Math.max(1, price)));
    slider.value = placeOf(field.value);
  });
  return {
    clear() {
      field.value = "";
      slider.value = LAST / 2;
      slider.classList.add("unset");
      slider.setAttribute("aria-valuetext", "no price yet");
    },
  };
}
