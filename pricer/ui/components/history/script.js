// Buttons of the list: "back" brings an entry to the page, "beside" lays it beside the one on the page.
const ACTIONS = ["back", "beside"];
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-index]");
  if (button && ACTIONS.includes(button.dataset.action)) {
    trigger(button.dataset.action, { index: Number(button.dataset.index) });
  }
});
