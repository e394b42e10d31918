// Copies the lines beside the button; where a page may not write to the clipboard, they are selected to be copied by hand.
element.addEventListener("click", async (event) => {
  const button = event.target.closest('[data-action="copy"]');
  if (!button) return;
  const lines = button.previousElementSibling;
  try {
    await navigator.clipboard.writeText(lines.textContent);
    button.textContent = "Copied";
  } catch {
    window.getSelection().selectAllChildren(lines);
    button.textContent = "Selected: now copy";
  }
});
