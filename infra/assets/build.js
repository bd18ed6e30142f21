// Builds what pages load into shared/page/assets: every file as NAME.br and NAME.gz, and manifest.json with the hash of
// each. The same sources give the same bytes.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../../shared/page/assets");
const supplies = join(here, "../../shared/supply/pictures");
const uswds = join(here, "node_modules/@uswds/uswds");

const files = {
  "page.css": await style("page.scss"),
  "page.js": await script("page.js"),
  "desk.js": await script("desk.ts"),
  "icon.svg": await readFile(join(here, "icon/icon.svg")),
  "favicon.ico": await readFile(join(here, "icon/favicon.ico")), // icon.svg at 16, 32 and 48 pixels
  "supplies.svg": await pictures(supplies),
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const manifest = {}, sizes = [];
for (const [name, bytes] of Object.entries(files)) {
  const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  manifest[name] = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  await writeFile(join(out, name + ".br"), br);
  await writeFile(join(out, name + ".gz"), gzipSync(bytes, { level: 9 }));
  sizes.push(`${name.padEnd(16)} ${String(bytes.length).padStart(8)} B  br ${String(br.length).padStart(7)} B`);
}
await writeFile(join(out, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
console.log(sizes.join("\n")); // in the end, so that a reader who leaves early leaves all files behind

// style compiles a style sheet; the few icons it names become part of it.
async function style(name) {
  const { css } = sass.compile(join(here, "style", name), {
    loadPaths: [join(uswds, "packages")], logger: sass.Logger.silent,
  });
  return bundle({
    stdin: { contents: css, loader: "css", resolveDir: join(uswds, "dist/img") },
    loader: { ".svg": "dataurl" }, target: ["chrome111", "firefox113", "safari16.4"],
  });
}

function script(name) {
  return bundle({ entryPoints: [join(here, "script", name)], format: "esm", target: "es2022" });
}

// pictures puts drawings of 240 by 200 one below the other into one file, so that a page of many loads it once; each is
// shown as FILE.svg#NAME.
async function pictures(folder) {
  const names = (await readdir(folder)).sort();
  const drawn = await Promise.all(names.map(async (name, i) => {
    const inner = (await readFile(join(folder, name), "utf8")).replace(/<\/?svg[^>]*>|\n/g, "");
    return `<view id="${name.replace(/\.svg$/, "")}" viewBox="0 ${200 * i} 240 200"/><svg y="${200 * i}" width="240" height="200">${inner}</svg>`;
  }));
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 ${200 * names.length}">${drawn.join("")}</svg>\n`);
}

async function bundle(options) {
  const built = await esbuild.build({ bundle: true, minify: true, write: false, legalComments: "none", ...options });
  return built.outputFiles[0].contents;
}
