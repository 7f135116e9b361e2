// Media on bad networks, measured: `make media`.
//
//     node tests/browser/media.mjs                    measures every row, writes target/media/media.json and docs/media.md
//     node tests/browser/media.mjs --only 'viewer: 20 %' [--seconds 10]     some rows, to look at; writes nothing
//     node tests/browser/media.mjs --page             writes docs/media.md anew from what was measured last
//
// Measure on a machine that does nothing else: server, publisher, viewer and wire share it.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROOT = new URL("../../", import.meta.url);
const place = (path) => fileURLToPath(new URL(path, ROOT));
process.env.PROSCENIUM_BINARY ??= place("target/release/proscenium");

const { values } = parseArgs({
  options: { only: { type: "string" }, seconds: { type: "string", default: "20" }, page: { type: "boolean", default: false } },
});

if (!values.page) {
  const { measure } = await import("./support/measurement.mjs");
  const only = values.only && new RegExp(values.only);
  const found = await measure({
    seconds: Number(values.seconds),
    wanted: (name) => !only || only.test(name),
    tell: (line) => console.log(line),
    binary: process.env.PROSCENIUM_BINARY,
  });
  if (only) process.exit();
  await mkdir(place("target/media"), { recursive: true });
  await writeFile(place("target/media/media.json"), `${JSON.stringify(found, undefined, 1)}\n`);
}

const { page, chart } = await import("./support/media_page.mjs");
const found = JSON.parse(await readFile(place("target/media/media.json"), "utf8"));
const crowd = await readFile(place("target/media/crowd.json"), "utf8").then(JSON.parse, () => null);
await mkdir(place("docs/media"), { recursive: true });
for (const [index, change] of found.changes.entries()) await writeFile(place(`docs/media/change-${index + 1}.svg`), chart(change));
await writeFile(place("docs/media.md"), page(found, crowd));
console.log("wrote docs/media.md");
