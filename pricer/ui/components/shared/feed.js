// A feed: a text that grows by whole lines of JSON. An object holds what is true of the run now, a list is one item.
// Reads only what was added since the last time, so that an update costs what it brings. `rowOf(list, index)` makes a
// row of an item; `opening` is what the first line may say besides, as it is before there is one.
window.pricer.feed = (rowOf, opening = {}) => {
  const none = () => ({ ...opening, run: null, rows: [], head: "", read: 0, size: 0, now: {} });
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
};
