// Bundle the page into the folder that the agent serves it from, under names that tell their content.

import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
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
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  minify: true,
  outdir: target,
  target: "es2022",
};

/** Bundle the editor's helpers, each a script of its own; tell the name of each, and the sources. */
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
  const built = builtNames(metafile, ".js");
  const names = Object.keys(workers).map((worker) => [
    worker,
    built.find((name) => name.startsWith(worker)),
  ]);
  return { names: Object.fromEntries(names), sources: Object.keys(metafile.inputs) };
}

/** Bundle the page itself; tell the names of its script and its style, and the sources. */
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
  return { script, sources: Object.keys(metafile.inputs), style };
}

/** Gather the licences of the packages that these sources are from: they want to go along. */
async function gatherLicences(sources) {
  const packages = sources.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  const folders = [...new Set(packages)].filter(Boolean).sort();
  const texts = await Promise.all(folders.map((folder) => licenceOf(join(here, folder))));
  return texts.join("\n\n");
}

async function licenceOf(folder) {
  const { license, name, version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const files = await readdir(folder);
  const notices = files.filter((file) => /^(licen[cs]e|notice|thirdpartynotices)/i.test(file));
  const texts = notices.map((file) => readFile(join(folder, file), "utf8"));
  return [`${name} ${version} (${license})`, ...(await Promise.all(texts))].join("\n\n");
}

function builtNames(metafile, ending) {
  return Object.keys(metafile.outputs)
    .map((path) => basename(path))
    .filter((name) => name.endsWith(ending));
}

await rm(target, { recursive: true, force: true });
await mkdir(target);
const workers = await buildWorkers();
const { script, sources, style } = await buildPage(workers.names);
const licences = await gatherLicences([...workers.sources, ...sources]);
await writeFile(join(target, "licences.txt"), licences);
const page = await readFile(join(here, "src/page.html"), "utf8");
// Written last: the page is there when all that it names is.
await writeFile(
  join(target, "page.html"),
  page.replaceAll("{{script}}", script).replaceAll("{{style}}", style),
);
