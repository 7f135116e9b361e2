// docs/media.md and its charts, from what was measured. Every figure on the page comes from there.

import { CHANGE_PROMISE, SETTLE_MS, THIN_SETTLE_MS } from "./networks.mjs";
import { TOP_HEIGHT } from "./bench.mjs";

/** From this share of waiting for a core on, a standstill may be the machine's. */
const STARVED = 0.5;

export function page(found, crowd) {
  const rows = [...found.viewers, ...found.publishers, ...found.changes];
  const promised = rows.filter((row) => row.promise !== null);
  const reached = promised.filter((row) => row.shortfalls.length === 0);
  const { machine } = found;
  return `# Media on bad networks

<!-- Made by \`make media\`; edit tests/browser/support/media_page.mjs instead. -->

What people see and hear of a stage over the networks they have: a lecture hall's Wi-Fi, a phone in a train. Promises: ${promised.length}; reached: ${reached.length}; not
reached: ${promised.length - reached.length}.

Measured on ${day(found.made)} with Chromium ${machine.chromium} and \`${machine.server ?? "proscenium"}\` at ${machine.commit ?? "no commit"}, on ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Linux ${machine.kernel},
Node ${machine.node}. Server, publisher, viewer and network share this machine.

## How it was measured

A real server, and two people in a real Chromium: Ada on stage, with a camera of 720 lines and 30 frames a second in three layers and a voice
that never pauses; Vic, who watches. Between one of them and the server is a wire that does to every datagram what the row says, **in both
directions**. Everyone comes in over a clean wire; the row's network begins when the viewer has the top layer, and ${SETTLE_MS / 1000} s later the window of ${found.seconds} s
does. Each row has a viewer of its own, and each row of the publisher's link a publisher of its own.

| column | says |
| --- | --- |
| inflicted | what the wire really did to what was sent, towards the server (↑) and from it (↓) |
| frozen | the share of the time in which the picture stood still: Chromium's \`totalFreezesDuration\` and \`totalPausesDuration\`, a standstill at the window's end included |
| fps, lines | frames decoded a second; the height of the picture, where it changed with the share of the time |
| concealed | the share of the sound that the decoder made up: \`concealedSamples\` of \`totalSamplesReceived\`, silence included |
| kbit/s | received, sound and picture, headers of RTP included |
| lost, repaired | packets of the picture that never came; that came as a retransmission |
| NACK, PLI | retransmissions and keyframes that the viewer asked for |
| wait | the mean time in the jitter buffer, picture / sound |

Loss is independent from datagram to datagram but for the row of bursts (Gilbert-Elliott, all lost in the bad state). Jitter of 50 ms is a delay that drifts
between 0 and 100 ms and keeps the order. Reordered datagrams come 20 ms late, behind those that followed them. A thin link queues for 300 ms and drops the tail.

## A viewer's link

${table(found.viewers)}

${found.changes.map(change).join("\n\n")}

## The publisher's link

The viewer's own link is clean here.

${table(found.publishers)}

${cross(found)}${crowd ? crowdSection(crowd) : ""}## To measure again

\`\`\`sh
make media                                              # all rows, this page and its charts
node tests/browser/media.mjs --only 'viewer: 20 %'      # some rows, to look at
node tests/browser/media.mjs --page                     # this page from what was measured last
\`\`\`

\`tests/browser/suites/networks.mjs\` holds the promises in \`make test\`, in shorter windows.
`;
}

function table(rows) {
  const head = ["network", "inflicted ↑ ↓", "frozen", "fps", "lines", "concealed", "kbit/s", "lost, repaired", "NACK, PLI", "wait, ms", "promise"];
  return lines(head, rows.map((row) => {
    const { quality: one } = row;
    return [
      named(row), inflictedWords(row.inflicted), percent(one.frozen), one.fps.toFixed(1), heights(one.heights), percent(one.concealed), kilobits(one.bitrate),
      `${one.video.lost}, ${one.video.repaired}`, `${one.video.nacks}, ${one.video.plis}`, `${whole(one.video.bufferMs)} / ${whole(one.audio.bufferMs)}`, verdict(row),
    ];
  }));
}

/** A row during which the machine was busy with more than the row says so. */
function named({ row, starved: share }) {
  return share > STARVED ? `${row} (the machine was starved: ${Math.round(100 * share)} %)` : row;
}

function lines(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

const PROMISES = { frozen: (most) => `frozen ≤ ${100 * most} %`, fps: (least) => `≥ ${least} fps`, concealed: (most) => `concealed ≤ ${100 * most} %` };

function verdict({ promise, shortfalls }) {
  if (promise === null) return shortfalls.join("; ");
  const words = Object.entries(promise).map(([name, bound]) => PROMISES[name](bound)).join(", ");
  return `${words}: ${shortfalls.length === 0 ? "reached" : `**not reached** (${shortfalls.join("; ")})`}`;
}

function inflictedWords({ up, down }) {
  const one = (way) =>
    [
      [way.lost, "lost"],
      [way.overflowed, "overflowed"],
      [way.duplicated, "twice"],
      [way.held, "late"],
    ]
      .filter(([share]) => share > 0)
      .map(([share, word]) => `${(100 * share).toFixed(1)} % ${word}`)
      .concat(way.delayMs >= 2 ? [`${way.delayMs.toFixed(0)} ms`] : [])
      .join(", ");
  const words = [one(up) && `↑ ${one(up)}`, one(down) && `↓ ${one(down)}`].filter(Boolean).join(" ");
  return words || "nothing";
}

function change(row, index) {
  const phase = (name, one) => [name, percent(one.frozen), one.fps.toFixed(1), heights(one.heights), percent(one.concealed), kilobits(one.bitrate)];
  const back = row.returnedMs === null ? "It did not come back." : `It was back ${(row.returnedMs / 1000).toFixed(1)} s after the link was.`;
  const promises = `concealed ≤ ${100 * CHANGE_PROMISE.concealed} % and the lowest layer moving while the link is thin; back within ${CHANGE_PROMISE.returnedMs / 1000} s`;
  return `### ${row.row}

${lines(["link", "frozen", "fps", "lines", "concealed", "kbit/s"], [
    phase("wide", row.wide),
    phase(`thin, its first ${THIN_SETTLE_MS / 1000} s`, row.entering),
    phase("thin, afterwards", row.thin),
    phase("wide again", row.recovered),
  ])}

While the link was wide, the picture had ${row.wideHeight} lines${row.wideHeight < TOP_HEIGHT ? " (the top layer does not fit)" : ""}. ${back} Of what was sent to the viewer, ${percent(row.inflicted.down.overflowed)}
overflowed the link's queue. Promise: ${promises}: ${row.shortfalls.length === 0 ? "reached" : `**not reached** (${row.shortfalls.join("; ")})`}.

![Bitrate received and height of the picture over time](media/change-${index + 1}.svg)`;
}

/** What says that the instrument can be trusted. */
function cross({ viewers, publishers, kernel, beside }) {
  if (kernel.length === 0 && beside.length === 0) return "";
  const same = viewers.filter((row) => row.row === "10 % loss").map((row) => ({ ...row, row: "10 % loss by the wire" }));
  const clean = viewers.filter((row) => row.row === "clean").map((row) => ({ ...row, row: "clean, alone" }));
  const rows = [...same, ...kernel, ...clean, ...beside];
  return `## Whether the wire tells the truth

The same loss inflicted by the kernel (\`nft\`, \`numgen random\`) instead of the wire; and the clean row beside others, which says how many viewers two
cores decode before they measure themselves. All rows above were measured one at a time. *Starved* is the share of the time in which something that could
have run waited for a core; where that is much, a standstill may be the machine's own. In the rows above it was ${starved([...viewers, ...publishers])}.

${lines(["network", "inflicted ↑ ↓", "frozen", "fps", "lines", "concealed", "cores busy", "starved"], rows.map((row) => [
    row.row, inflictedWords(row.inflicted), percent(row.quality.frozen), row.quality.fps.toFixed(1), heights(row.quality.heights), percent(row.quality.concealed), row.cores.toFixed(1), !Number.isFinite(row.starved) ? "–" : percent(row.starved),
  ]))}

The wire's own timer was late by ${lateness(viewers)} on average in the rows that delay.

`;
}

function starved(rows) {
  const shares = rows.map((row) => row.starved).filter(Number.isFinite);
  return shares.length > 0 ? `${percent(Math.min(...shares))} to ${percent(Math.max(...shares))}` : "not told by this kernel";
}

function lateness(rows) {
  const delayed = rows.filter((row) => row.timing.wakes > 0);
  const [late, wakes] = delayed.reduce(([ms, count], { timing }) => [ms + timing.lateMs, count + timing.wakes], [0, 0]);
  return wakes > 0 ? `${(late / wakes).toFixed(1)} ms` : "nothing";
}

function crowdSection(crowd) {
  const row = (name, one) => [name, one.viewers, percent(one.lossRatio), ...["p50", "p95", "p99", "max"].map((at) => milliseconds(one.delayUs[at]))];
  return `## A crowd with thin links in it

${crowd.wide + crowd.thin} viewers of one publisher, of whom ${crowd.thin} sit on a link of ${crowd.rate / 1000} kbit/s each; measured on ${day(crowd.made)} at the load generator's viewers for ${crowd.seconds} s. The others are to notice
nothing: the same loss and the same delay as while all links are wide.

${lines(["viewers", "number", "lost", "delay p50, ms", "p95", "p99", "most"], [
    row("on wide links, all links wide", crowd.before),
    row(`on wide links, ${crowd.thin} others on thin ones`, crowd.beside),
  ])}

Verdict: ${crowd.shortfalls.length === 0 ? "reached" : `**not reached** (${crowd.shortfalls.join("; ")})`}.

`;
}

const day = (iso) => iso.slice(0, 10);
const percent = (share) => `${(100 * share).toFixed(2)} %`;
const kilobits = (bits) => Math.round(bits / 1000).toString();
const milliseconds = (us) => (us / 1000).toFixed(2);
const whole = (value) => (value === null ? "–" : Math.round(value).toString());

function heights(shares) {
  const seen = shares.filter(({ share }) => share >= 0.02);
  const name = (height) => (height === 0 ? "none" : String(height));
  return seen.length === 1 ? name(seen[0].height) : seen.map(({ height, share }) => `${name(height)} (${Math.round(100 * share)} %)`).join(" ");
}

export { chart } from "./media_chart.mjs";
