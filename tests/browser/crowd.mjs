// 300 viewers of one publisher where 30 sit on a thin link: do the other 270 notice? Measured with the load generator, whose viewers cost little.
//
//     node tests/browser/crowd.mjs [--wide 270] [--thin 30] [--rate 300000] [--seconds 20]
//
// Two generators: one with the publisher and the wide ones, one with the others, who are led over the wire as a process of its own
// (`--media-via`), where each has a link for itself. First these links carry everything, then they are thin. Figures are those of the first
// generator: it counts by sequence numbers, and its delays are from the publisher's send to the kernel of a viewer.
// Writes target/media/crowd.json, from which media.mjs makes a part of docs/media.md.

import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const place = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
process.env.PROSCENIUM_BINARY ??= place("target/release/proscenium");
const LOAD = process.env.PROSCENIUM_LOAD_BINARY ?? place("target/release/proscenium-load");
const WIRE = place("tests/browser/support/wire-process.mjs");
const { startServer } = await import("./support/server.mjs");

/** The others stay until the wide ones are measured. */
const LEAD_SECONDS = 10;
/** What the wide ones may lose, and how much later their packets may come, without having noticed. */
const LOSS_MORE = 0.0005;
const DELAY_TIMES = 1.5;
const DELAY_MORE_US = 1000;
/** Keyframes for the thin ones are sent to all: that much more may come. */
const PACKETS_TIMES = 1.05;

if (!execFileSync(LOAD, ["--help"]).includes("--media-via")) {
  console.error(`${LOAD} has no --media-via: it cannot be led over a wire`);
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    wide: { type: "string", default: "270" },
    thin: { type: "string", default: "30" },
    rate: { type: "string", default: "300000" },
    queue: { type: "string", default: "300" },
    seconds: { type: "string", default: "20" },
  },
});
const [wide, thin, rate, queueMs, seconds] = ["wide", "thin", "rate", "queue", "seconds"].map((name) => Number(values[name]));

const work = await mkdtemp(join(tmpdir(), "proscenium-crowd-"));
const port = await freeUdpPort();
// One media thread has one port, and one wire leads to one port.
const server = await startServer({ workers: 1, media: `0.0.0.0:${port}` });
try {
  const before = await phase("before", {});
  const beside = await phase("beside", { rate, queueMs });
  const crowd = { made: new Date().toISOString(), wide, thin, rate, seconds, before, beside };
  crowd.shortfalls = shortfalls(crowd);
  await mkdir(place("target/media"), { recursive: true });
  await writeFile(place("target/media/crowd.json"), `${JSON.stringify(crowd, undefined, 1)}\n`);
  console.log(JSON.stringify(crowd, undefined, 1));
  process.exitCode = crowd.shortfalls.length === 0 ? 0 : 1;
} finally {
  await server.discard();
  await rm(work, { recursive: true, force: true });
}

/** What those on wide links notice. */
function shortfalls({ before, beside }) {
  const found = [];
  if (beside.lossRatio > before.lossRatio + LOSS_MORE) found.push(`${beside.lossRatio} lost, ${before.lossRatio} while those links were wide`);
  const most = before.delayUs.p99 * DELAY_TIMES + DELAY_MORE_US;
  if (beside.delayUs.p99 > most) found.push(`p99 of the delay ${beside.delayUs.p99} µs, ${before.delayUs.p99} while those links were wide`);
  if (beside.packetsASecond > before.packetsASecond * PACKETS_TIMES) {
    found.push(`${Math.round(beside.packetsASecond)} packets a second for each, ${Math.round(before.packetsASecond)} while those links were wide`);
  }
  return found;
}

/** Everyone in a new room, the others over links under these conditions; what the wide ones got, and the others and the wire beside them. */
async function phase(name, down) {
  const wire = await startWire(down);
  const room = await server.room({ access: "open" });
  const measured = load(`${name}-wide`, ["--room", room, "--publishers", "1", "--viewers", String(wide), "--seconds", String(seconds)]);
  const over = ["--room", room, "--publishers", "0", "--viewers", String(thin), "--seconds", String(seconds + LEAD_SECONDS), "--media-via", wire.address];
  const [report, others] = await Promise.all([measured, load(`${name}-others`, over)]);
  const found = { ...figures(report, wide), others: figures(others, thin), wire: await wire.stop() };
  await server.api("DELETE", `/api/v1/rooms/${room}`);
  return found;
}

function figures(report, viewers) {
  return {
    viewers,
    joined: report.joined,
    lossRatio: report.loss_ratio,
    delayUs: report.forward_delay_us,
    packetsASecond: report.packets_expected / report.seconds / viewers,
    generator: report.generator,
    server: report.server,
  };
}

/** Runs the generator; its report. */
async function load(name, words) {
  const json = join(work, `${name}.json`);
  const child = spawn(LOAD, ["webinar", "--server", server.url, "--api-key", "dev-secret", "--json", json, ...words], { stdio: ["ignore", "ignore", "pipe"] });
  const said = [];
  child.stderr.on("data", (chunk) => said.push(chunk.toString()));
  const [code] = await once(child, "exit");
  const report = await readFile(json, "utf8").then(JSON.parse, () => null);
  if (!report) throw new Error(`the load generator (${words.join(" ")}) ended with ${code}:\n${said.join("").slice(-2000)}`);
  return report;
}

/** The wire before the server's media port. */
async function startWire(down) {
  const child = spawn(process.execPath, [WIRE, "--to", `127.0.0.1:${port}`, "--down", JSON.stringify(down)], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  const listening = await next();
  const stop = () => {
    child.kill("SIGTERM");
    return next();
  };
  return { address: `${listening.address}:${listening.port}`, stop };
}

async function freeUdpPort() {
  const probe = createSocket("udp4").bind(0);
  await once(probe, "listening");
  const { port: free } = probe.address();
  probe.close();
  return free;
}
