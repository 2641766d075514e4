// Headers carry credentials. GraphiQL keeps them out of its tabs, but not out of its history.
const HISTORY = new Set(["graphiql:queries", "graphiql:favorites"]);

/** What the page remembers until the next visit: tabs, history, looks; never a header. */
export const storage = {
  get length() {
    return localStorage.length;
  },
  clear: () => localStorage.clear(),
  getItem: (key) => localStorage.getItem(key),
  removeItem: (key) => localStorage.removeItem(key),
  setItem: (key, value) =>
    localStorage.setItem(key, HISTORY.has(key) ? withoutHeaders(value) : value),
};

function withoutHeaders(value) {
  return JSON.stringify(JSON.parse(value, (key, part) => (key === "headers" ? undefined : part)));
}
