// The networks that people have, as rows: what is inflicted, and what has to hold. The suite and `make media` measure the same rows.

/** From a network's setting in to the window: what a change of networks does is not what the network does. */
export const SETTLE_MS = 4000;
/** At 250 kbit/s: for what waits in the queue of a link that has just become thin. */
export const THIN_SETTLE_MS = 3000;

const both = (conditions) => ({ up: conditions, down: conditions });
const loss = (share, burst = 1) => both({ loss: share, burst });

/** The promises for a loss: of less is asked what is asked of more. */
const PROMISES = {
  mild: { frozen: 0.01, concealed: 0.01 },
  hard: { frozen: 0.05, fps: 15, concealed: 0.01 },
  harder: { concealed: 0.04 },
};

export const CLEAN_ROW = { name: "clean", ...both({}), promise: PROMISES.mild };

const LOSSES = [
  { name: "1 % loss", ...loss(0.01), promise: PROMISES.mild },
  { name: "5 % loss", ...loss(0.05), promise: PROMISES.mild },
  { name: "10 % loss", ...loss(0.1), promise: PROMISES.mild },
  { name: "20 % loss", ...loss(0.2), promise: PROMISES.hard },
  { name: "30 % loss", ...loss(0.3), promise: PROMISES.harder },
  { name: "10 % loss in bursts of 5", ...loss(0.1, 5) },
];

const PATHS = [
  { name: "300 ms round trip", ...both({ delayMs: 150 }) },
  { name: "50 ms jitter", ...both({ jitterMs: 50 }) },
  { name: "5 % reordered", ...both({ held: 0.05, heldMs: 20 }) },
  { name: "5 % duplicated", ...both({ duplicates: 0.05 }) },
];

/** For the link of a viewer or of the publisher alike. */
export const ROWS = [CLEAN_ROW, ...LOSSES, ...PATHS];

const thin = (rate) => both({ rate, queueMs: 300 });

/** A link that becomes thin and recovers. Both directions, as a phone's. */
export const CHANGES = [
  { name: "1 Mbit/s, 250 kbit/s, 1 Mbit/s", wide: thin(1_000_000), thin: thin(250_000) },
  { name: "3 Mbit/s, 250 kbit/s, 3 Mbit/s", wide: thin(3_000_000), thin: thin(250_000) },
];
export const CHANGE_PROMISE = { concealed: 0.01, fps: 0, returnedMs: 5000 };

/**
 * What of `promise` a window's report fell short of, in words. `slack` is added to the bounds, name by name: a short window knows less than
 * a long one.
 */
export function shortfalls(report, promise = {}, slack = {}) {
  const most = (name, what) => {
    const bound = promise[name] + (slack[name] ?? 0);
    return report[name] > bound ? [`${what} ${percent(report[name])}, at most ${percent(bound)}`] : [];
  };
  const few = report.fps < promise.fps ? [`${report.fps.toFixed(1)} frames a second, at least ${promise.fps}`] : [];
  return [...most("frozen", "video frozen"), ...most("concealed", "audio concealed"), ...few];
}

/** What a change of the link's rate (`Bench.change`) fell short of, in words. */
export function changeShortfalls({ thin, returnedMs, wideHeight, lowestHeight }, slack = {}) {
  const whileThin = shortfalls(thin, { concealed: CHANGE_PROMISE.concealed }, slack);
  if (!(thin.fps > CHANGE_PROMISE.fps)) whileThin.push("no frames");
  if (thin.heights[0].height !== lowestHeight) whileThin.push(`${thin.heights[0].height} lines, not the lowest layer`);
  const short = whileThin.map((one) => `thin: ${one}`);
  if (returnedMs === null) short.push(`the layer of ${wideHeight} lines did not come back`);
  else if (returnedMs > CHANGE_PROMISE.returnedMs) short.push(`back at ${wideHeight} lines after ${(returnedMs / 1000).toFixed(1)} s, at most ${CHANGE_PROMISE.returnedMs / 1000} s`);
  return short;
}

const percent = (share) => `${(100 * share).toFixed(2)} %`;
