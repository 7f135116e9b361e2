// The promises about bad networks, in windows short enough for every run of the tests. `make media` measures all rows, and longer.

import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { Bench } from "../support/bench.mjs";
import { CHANGES, changeShortfalls, ROWS, shortfalls } from "../support/networks.mjs";
import { shared } from "../support/shared.mjs";

const VIEWER_MS = 15_000;
const PHASE_MS = 10_000;
/** One standstill as short as they come (150 ms more than usual), and what 400 packets of sound leave to luck. */
const SLACK = { frozen: 0.2 / (VIEWER_MS / 1000), concealed: 0.005 };

const row = (name) => ROWS.find((one) => one.name === name);
const WORST = ["10 % loss", "20 % loss", "30 % loss"].map(row);
const [CHANGE] = CHANGES;

describe("media on bad networks", () => {
  let bench;
  before(async () => {
    bench = await Bench.start({ server: shared.server });
  });
  after(async () => {
    await bench?.stop();
  });

  it("a viewer's link that loses a tenth, a fifth or a third, and one that becomes thin and recovers", async () => {
    const scene = await bench.scene();
    const rows = [...WORST, CHANGE].map((row) => ({ row, measure: row === CHANGE ? change : lossy }));
    for (const one of rows) one.viewer = await bench.viewer(scene, one.row.name);
    for (const { viewer } of rows) assert.deepEqual(await bench.atTop(viewer), []);
    let short = await fallingShort(bench, rows);
    // In so short a window a third of a second in which the machine stands still is 4 % of the sound: it takes two of them to fall short.
    if (short.length > 0) short = await fallingShort(bench, short.map(({ one }) => one));
    for (const { viewer } of rows) await bench.leave(viewer);
    await bench.endScene(scene);
    assert.deepEqual(short.flatMap(({ words }) => words), []);
  });
});

/** Those of `rows` that do not keep their promise, each with the words for it; all are measured at once. */
async function fallingShort(bench, rows) {
  const measured = await Promise.all(rows.map(async (one) => ({ one, words: await one.measure(bench, one) })));
  return measured.filter(({ words }) => words.length > 0);
}

async function lossy(bench, { row, viewer }) {
  const { viewers, ...rest } = await bench.window(row, viewer, [viewer], VIEWER_MS);
  tell(row, figures(viewers[0]), rest);
  return shortfalls(viewers[0], row.promise, SLACK).map((one) => `${row.name}: ${one}`);
}

async function change(bench, { row, viewer }) {
  const found = await bench.change(row, viewer, PHASE_MS);
  const back = found.returnedMs === null ? "all this time not" : `after ${Math.round(found.returnedMs)} ms`;
  tell(row, `thin: ${figures(found.thin)}; back at ${found.wideHeight} ${back}`, found);
  return changeShortfalls(found, SLACK).map((one) => `${row.name}: ${one}`);
}

/** A machine that is busy with other things freezes pictures by itself: whoever reads a failure has to know. */
function tell({ name }, words, { starved }) {
  console.log(`    ${name}: ${words}; something waited for a core ${Math.round(100 * (starved ?? 0))} % of the time`);
}

const figures = ({ frozen, fps, heights, concealed }) =>
  `frozen ${(100 * frozen).toFixed(1)} %, ${fps.toFixed(1)} frames a second of ${heights[0].height} lines, ${(100 * concealed).toFixed(2)} % of the sound made up`;
