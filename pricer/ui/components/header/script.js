element.addEventListener("click", (event) => {
  if (event.target.closest('[data-action="about"]')) trigger("about");
});
