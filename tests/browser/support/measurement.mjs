// All rows, one after the other: what `make media` does. Each row has a viewer of its own, who comes in over a clean wire.

import { execFileSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import { Bench } from "./bench.mjs";
import { CHANGE_PROMISE, CHANGES, changeShortfalls, CLEAN_ROW, ROWS, shortfalls } from "./networks.mjs";
import { pause } from "./media.mjs";
import { loseInKernel } from "./wire.mjs";

/** Of the row that is measured with the kernel's own loss as well. */
const KERNEL_LOSS = 0.1;
/** Viewers on a clean network beside whom the clean row is measured once more: what do two cores make of so many? */
const BESIDE = [1, 3, 5];

/** `wanted(name)` says which rows; `tell(line)` is for whoever watches. */
export async function measure({ seconds, wanted, tell, binary }) {
  const bench = await Bench.start();
  const ms = seconds * 1000;
  const found = { made: new Date().toISOString(), seconds, machine: machine(binary, bench.own), viewers: [], publishers: [], changes: [], kernel: [], beside: [] };
  const rows = (list, kind) => list.filter((row) => wanted(`${kind}: ${row.name}`));
  try {
    const scene = await bench.scene();
    for (const row of rows(ROWS, "viewer")) found.viewers.push(told(tell, "viewer", await viewerRow(bench, scene, row, ms)));
    for (const row of rows(CHANGES, "viewer")) found.changes.push(toldChange(tell, await changeRow(bench, scene, row, ms)));
    if (wanted("kernel")) found.kernel.push(told(tell, "kernel", await kernelRow(bench, scene, ms)));
    if (wanted("beside")) for (const others of BESIDE) found.beside.push(told(tell, "beside", await besideRow(bench, scene, others, ms)));
    await bench.endScene(scene);
    for (const row of rows(ROWS, "publisher")) found.publishers.push(told(tell, "publisher", await publisherRow(bench, row, ms)));
  } finally {
    await bench.stop();
  }
  return found;
}

async function viewerRow(bench, scene, row, ms) {
  const viewer = await bench.viewer(scene, "Vic");
  const before = await bench.atTop(viewer);
  const result = await bench.window(row, viewer, [viewer], ms);
  await bench.leave(viewer);
  return judged(row, result, before);
}

/** The publisher is new for every row: an encoder that was throttled by one network would begin the next one low. */
async function publisherRow(bench, row, ms) {
  const scene = await bench.scene();
  const viewer = await bench.viewer(scene, "Vic");
  const before = await bench.atTop(viewer);
  const result = await bench.window(row, scene.publisher, [viewer], ms);
  await bench.leave(viewer);
  await bench.endScene(scene);
  return judged(row, result, before);
}

async function changeRow(bench, scene, row, ms) {
  const viewer = await bench.viewer(scene, "Vic");
  const before = await bench.atTop(viewer);
  const result = await bench.change(row, viewer, ms * 0.75);
  await bench.leave(viewer);
  return { ...result, promise: CHANGE_PROMISE, shortfalls: [...before, ...changeShortfalls(result)] };
}

/** The wire passes on, and the kernel loses: datagrams come one by one there, not in trains. */
async function kernelRow(bench, scene, ms) {
  const viewer = await bench.viewer(scene, "Vic");
  await bench.atTop(viewer);
  const { port } = viewer.wire.address;
  const kernel = loseInKernel(port, KERNEL_LOSS);
  try {
    const result = await bench.window({ name: `${100 * KERNEL_LOSS} % loss by nft` }, viewer, [viewer], ms);
    const { up, down } = kernel.counts();
    for (const [way, { taken, lost }] of Object.entries({ up, down })) result.inflicted[way].lost = lost / taken;
    return judged({}, result);
  } finally {
    kernel.end();
    await bench.leave(viewer);
  }
}

async function besideRow(bench, scene, others, ms) {
  const crowd = [];
  for (let index = 0; index <= others; index += 1) crowd.push(await bench.viewer(scene, `Vic ${index}`));
  for (const viewer of crowd) await bench.atTop(viewer);
  const result = await bench.window({ ...CLEAN_ROW, name: `clean, beside ${others} others` }, crowd[0], crowd.slice(0, 1), ms);
  for (const viewer of crowd) await bench.leave(viewer);
  await pause(500);
  return judged(CLEAN_ROW, result);
}

/** `before`: what was wrong already when the row began. */
function judged(row, { viewers: [quality], ...rest }, before = []) {
  return { ...rest, quality, promise: row.promise ?? null, shortfalls: [...before, ...shortfalls(quality, row.promise)] };
}

function machine(binary, chromium) {
  const say = (command, ...words) => {
    try {
      return execFileSync(command, words, { stdio: ["ignore", "pipe", "ignore"] }).toString().trim();
    } catch {
      return null;
    }
  };
  return {
    cpu: cpus()[0].model.trim(),
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    chromium: chromium.version(),
    node: process.version,
    server: say(binary, "--version"),
    commit: say("git", "rev-parse", "--short", "HEAD"),
  };
}

function told(tell, kind, row) {
  const { quality: one } = row;
  const size = one.heights.filter(({ share }) => share >= 0.05).map(({ height }) => height).join("/");
  const figures = [`frozen ${percent(one.frozen)}`, `${one.fps.toFixed(1)} fps`, size, `concealed ${percent(one.concealed)}`, `${Math.round(one.bitrate / 1000)} kbit/s`, `starved ${percent(row.starved ?? 0)}`];
  tell(`${kind.padEnd(9)} ${row.row.padEnd(28)} ${figures.join("  ")}  ${row.shortfalls.length > 0 ? `NOT REACHED: ${row.shortfalls.join("; ")}` : ""}`);
  return row;
}

function toldChange(tell, row) {
  const back = row.returnedMs === null ? "not" : `${(row.returnedMs / 1000).toFixed(1)} s`;
  const one = (quality) => `${percent(quality.frozen)} frozen ${quality.fps.toFixed(1)} fps ${quality.heights[0].height} concealed ${percent(quality.concealed)}`;
  tell(`viewer    ${row.row.padEnd(28)} wide ${one(row.wide)} | thin ${one(row.thin)} | back after ${back}  ${row.shortfalls.length > 0 ? `NOT REACHED: ${row.shortfalls.join("; ")}` : ""}`);
  return row;
}

const percent = (share) => `${(100 * share).toFixed(2)} %`;
