// A token under the pointer tells its id, and a phrase under the pointer or the focus what it does to the price. All
// phrases are one stop of the Tab key; arrow keys go from one to the next.
const phrases = () => [...element.querySelectorAll(".phrase")];

const tell = (target) => {
  const told = element.querySelector(".told");
  const token = target.closest("code");
  const phrase = target.closest(".phrase");
  phrases().forEach((other) => other.classList.toggle("here", other === phrase));
  if (!told || !(token || phrase)) return;
  const words = [token && `“${token.textContent}” ${token.title}`, phrase?.dataset.told].filter(Boolean);
  told.textContent = words.join(" · ");
};

const reachable = (chosen) => phrases().forEach((phrase) => phrase.setAttribute("tabindex", phrase === chosen ? "0" : "-1"));

element.addEventListener("pointerover", (event) => tell(event.target));
element.addEventListener("focusin", (event) => {
  const phrase = event.target.closest(".phrase");
  if (!phrase) return;
  reachable(phrase);
  tell(phrase);
});
element.addEventListener("keydown", (event) => {
  const all = phrases();
  const at = all.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  all[Math.min(Math.max(to, 0), all.length - 1)].focus();
});
const prepare = () => reachable(phrases()[0]);
prepare();
watch("value", () => requestAnimationFrame(prepare));
