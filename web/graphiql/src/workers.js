/* global WORKERS */

// The editor's helpers come from files beside this one, never from a blob: the page's policy
// lets only the agent's own files run.
globalThis.MonacoEnvironment = {
  getWorker(_, label) {
    const name = WORKERS[label] ?? WORKERS.editor;
    return new Worker(new URL(name, import.meta.url), { name: label });
  },
};
