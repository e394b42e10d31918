// The feed: a text that grows by whole lines of JSON. An object holds what is true of the run now, a list is one item:
// [title, truth, estimate, error, SLE, colour], dollars, null where the model named no price.
// Reads only what was added since the last time, so that an update costs what it brings.

function openFeed() {
  const none = () => (
    { run: null, name: "", slug: "", title: "", reading: "", references: [], rows: [], head: "", read: 0, size: 0, now: {} }
  );
  const feed = none();

  // Whether the text is another one than before: another run, or the same read in another way.
  feed.take = (text) => {
    text = text || "";
    const isNew = !feed.head || !text.startsWith(feed.head) || text.length < feed.read;
    if (isNew) {
      Object.assign(feed, none());
      if (!text) return true;
      feed.head = text.slice(0, text.indexOf("\n") + 1);
    }
    for (const line of text.slice(feed.read).split("\n")) {
      if (!line) continue;
      const value = JSON.parse(line);
      if (Array.isArray(value)) feed.rows.push(rowOf(value, feed.rows.length));
      else Object.assign(feed, value.run ? value : { now: value });
    }
    feed.read = text.length;
    return isNew;
  };
  return feed;
}

// Plotly reads text as markup, so a title must not be able to write any.
const escapeText = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/%/g, "&#37;");

function rowOf([title, truth, estimate, error, sle, colour], index) {
  return { index, title, truth, estimate, error, sle, colour: colour || "none", label: escapeText(title) };
}
