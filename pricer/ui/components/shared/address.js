// The address of the page: the description that is priced (`text`), and the run and the item that are looked at.
window.pricer.address = (() => {
  const read = (name) => new URL(window.location.href).searchParams.get(name);

  // A tab is built when it is opened first: open the one that the address is about as soon as its button is there.
  if (read("run")) {
    const open = () => {
      const tab = [...document.querySelectorAll('[role="tab"]')].find((button) => button.textContent.trim() === "Test");
      if (tab) tab.click();
      return Boolean(tab);
    };
    const watcher = new MutationObserver(() => { if (open()) watcher.disconnect(); });
    watcher.observe(document, { subtree: true, childList: true });
  }

  return {
    read,
    // Null takes a name away.
    write(values) {
      const address = new URL(window.location.href);
      for (const [name, value] of Object.entries(values)) {
        if (value === null) address.searchParams.delete(name);
        else address.searchParams.set(name, value);
      }
      window.history.replaceState(window.history.state, "", address);
    },
  };
})();
