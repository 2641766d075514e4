// Bundle the page into the folder that the agent serves it from, under names that tell their content.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = join(here, "../../graphql/seatsync_graphql/graphiql");

const shared = {
  absWorkingDir: here,
  bundle: true,
  define: { "process.env.NODE_ENV": '"production"' },
  entryNames: "[name]-[hash]",
  legalComments: "linked",
  logLevel: "warning",
  metafile: true,
  minify: true,
  outdir: target,
  target: "es2022",
};

/** Bundle the editor's helpers, each a script of its own; tell the name of each. */
async function buildWorkers() {
  const workers = {
    editor: "monaco-editor/esm/vs/editor/editor.worker.js",
    graphql: "monaco-graphql/esm/graphql.worker.js",
    json: "monaco-editor/esm/vs/language/json/json.worker.js",
  };
  const entryPoints = Object.entries(workers).map(([out, path]) => ({
    in: join(here, "node_modules", path),
    out: `${out}-worker`,
  }));
  const { metafile } = await build({ ...shared, entryPoints, format: "iife" });
  const names = builtNames(metafile, ".js");
  return Object.fromEntries(
    Object.keys(workers).map((worker) => [worker, names.find((name) => name.startsWith(worker))]),
  );
}

/** Bundle the page itself; tell the names of its script and its style. */
async function buildPage(workers) {
  const { metafile } = await build({
    ...shared,
    assetNames: "[name]-[hash]",
    define: { ...shared.define, WORKERS: JSON.stringify(workers) },
    entryPoints: [{ in: "src/page.jsx", out: "graphiql" }],
    format: "esm",
    jsx: "automatic",
    loader: { ".graphql": "text", ".ttf": "file" },
  });
  const [script] = builtNames(metafile, ".js");
  const [style] = builtNames(metafile, ".css");
  return { script, style };
}

function builtNames(metafile, ending) {
  return Object.keys(metafile.outputs)
    .map((path) => basename(path))
    .filter((name) => name.endsWith(ending));
}

await rm(target, { recursive: true, force: true });
await mkdir(target);
const { script, style } = await buildPage(await buildWorkers());
const page = await readFile(join(here, "src/page.html"), "utf8");
// Written last: the page is there when all that it names is.
await writeFile(
  join(target, "page.html"),
  page.replaceAll("{{script}}", script).replaceAll("{{style}}", style),
);
