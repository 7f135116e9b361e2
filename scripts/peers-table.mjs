// The table of scripts/bench-peers: for each number of viewers what both servers cost, and how many times as much Janus does. Of several
// runs each figure is the median.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];

/** A server that loses more than this share of packets does not carry the load, and what it costs is then not to be compared. */
const CARRIED = 0.01;

/** Packets forwarded while it was measured; `packets_received` has those of the time when viewers came in as well. */
const forwarded = ({ server }) => (server.cpu_seconds * 1e9) / server.cpu_ns_per_forwarded_packet;

/**
 * What is compared; `ratio` where a quotient of the two means something. Joining is none of it: Janus passes over a DTLS hello that comes
 * before its own ICE check was answered, and a synthetic peer says it again after 200 ms, browsers sooner.
 */
const FIGURES = [
  { name: "CPU, ns a packet", of: (run) => run.server.cpu_ns_per_forwarded_packet, digits: 0, ratio: true },
  { name: "memory, KiB a viewer", of: (run) => run.server.rss_bytes_per_viewer / 1024, digits: 0, ratio: true },
  { name: "forward delay p50, µs", of: (run) => run.forward_delay_us.p50, digits: 0, ratio: true },
  { name: "forward delay p99, µs", of: (run) => run.forward_delay_us.p99, digits: 0, ratio: true },
  { name: "join p50, ms", of: (run) => run.join_ms.p50, digits: 0 },
  { name: "packets a viewer and s", of: (run) => forwarded(run) / run.viewers / run.seconds, digits: 0 },
  { name: "loss, %", of: (run) => run.loss_ratio * 100, digits: 3 },
  { name: "joined, of all", of: (run) => run.joined / (run.publishers + run.viewers), digits: 2 },
  { name: "sent late p99, ms", of: (run) => run.generator.send_late_ms.p99, digits: 1 },
  { name: "payloads changed", of: (run) => run.generator.corrupt, digits: 0 },
];

/** Reports by server, then by number of viewers. */
function read() {
  const reports = { proscenium: new Map(), janus: new Map() };
  for (const file of readdirSync(folder)) {
    const [, server, viewers] = /^peers-(proscenium|janus)-(\d+)-\d+\.json$/.exec(file) ?? [];
    if (!server) continue;
    const of = reports[server];
    of.set(Number(viewers), [...(of.get(Number(viewers)) ?? []), JSON.parse(readFileSync(join(folder, file), "utf8"))]);
  }
  return reports;
}

/** The middle one; of an even number the mean of the middle two. A run without the figure does not count. */
function median(values) {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return NaN;
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

const { proscenium, janus } = read();
const summary = [];
for (const viewers of [...proscenium.keys()].filter((count) => janus.has(count)).sort((a, b) => a - b)) {
  const runs = Math.min(proscenium.get(viewers).length, janus.get(viewers).length);
  const carried = [proscenium, janus].map((server) => median(server.get(viewers).map((run) => run.loss_ratio)) <= CARRIED);
  console.log(`\n1 publisher, ${viewers} viewers, ${runs} ${runs === 1 ? "run" : "runs"}`);
  console.log(`  ${"".padEnd(24)}${["Proscenium", "Janus", "Janus : ours"].map((head) => head.padStart(14)).join("")}`);
  for (const { name, of, digits, ratio } of FIGURES) {
    const [ours, theirs] = [proscenium, janus].map((server) => median(server.get(viewers).map(of)));
    const times = ratio && !carried.includes(false) ? theirs / ours : null;
    const cells = [ours.toFixed(digits), theirs.toFixed(digits), times === null ? "" : `${times.toFixed(2)} ×`];
    console.log(`  ${name.padEnd(24)}${cells.map((cell) => cell.padStart(14)).join("")}`);
    summary.push({ viewers, figure: name, proscenium: ours, janus: theirs, ratio: times });
  }
  ["Proscenium", "Janus"].filter((_, at) => !carried[at]).forEach((who) => console.log(`  no ratio: ${who} did not carry this load`));
}
const file = join(folder, "peers.json");
writeFileSync(file, `${JSON.stringify(summary, null, 2)}\n`);
console.log(`\nJSON: ${folder}/peers-*.json, and the table as ${file}`);
