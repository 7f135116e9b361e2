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
    const viewers = [];
    for (const { name } of [...WORST, CHANGE]) viewers.push(await bench.viewer(scene, name));
    for (const viewer of viewers) assert.deepEqual(await bench.atTop(viewer), []);
    const windows = WORST.map((one, index) => bench.window(one, viewers[index], [viewers[index]], VIEWER_MS));
    const [change, ...losses] = await Promise.all([bench.change(CHANGE, viewers.at(-1), PHASE_MS), ...windows]);
    for (const viewer of viewers) await bench.leave(viewer);
    await bench.endScene(scene);
    const short = losses.flatMap((measured, index) => told(WORST[index], measured, SLACK));
    const { thin, returnedMs } = change;
    console.log(`    ${CHANGE.name}: thin: ${figures(thin)}; back at ${change.wideHeight} after ${returnedMs === null ? "all this time not" : `${Math.round(returnedMs)} ms`}`);
    short.push(...changeShortfalls(change, SLACK).map((one) => `${CHANGE.name}: ${one}`));
    assert.deepEqual(short, []);
  });
});

function told({ name, promise }, { viewers: [quality], starved }, slack) {
  // A machine that is busy with other things freezes pictures by itself: whoever reads a failure has to know.
  console.log(`    ${name}: ${figures(quality)}; something waited for a core ${Math.round(100 * (starved ?? 0))} % of the time`);
  return shortfalls(quality, promise, slack).map((one) => `${name}: ${one}`);
}

const figures = ({ frozen, fps, heights, concealed }) =>
  `frozen ${(100 * frozen).toFixed(1)} %, ${fps.toFixed(1)} frames a second of ${heights[0].height} lines, ${(100 * concealed).toFixed(2)} % of the sound made up`;
