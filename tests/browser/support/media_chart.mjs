// The course of a changing link as a picture: what came in beside what the link carries, and the height of what was shown below it.

const WIDTH = 720;
const LEFT = 62;
const RIGHT = 14;
const RATE = { top: 56, height: 150 };
const SIZE = { top: 244, height: 66 };
const HEIGHT = 350;
const HEIGHTS = [180, 360, 720];
const INK = { text: "#1C2533", faint: "#5B6675", grid: "#E3E7EC", rate: "#2563C9", link: "#D56A0B", size: "#15803D" };

/** An SVG of a change as `Bench.change` measured it. */
export function chart({ row, line, starts, rates }) {
  const end = line.at(-1).seconds;
  const most = niceCeiling(Math.max(...line.map((one) => one.bitrate), ...rates) / 1000);
  const x = (seconds) => LEFT + ((WIDTH - LEFT - RIGHT) * seconds) / end;
  const y = (kilobits) => RATE.top + RATE.height * (1 - kilobits / most);
  const level = (height) => SIZE.top + SIZE.height * (1 - (HEIGHTS.indexOf(height) + 1) / HEIGHTS.length);
  const link = rates.flatMap((rate, index) => [starts[index] / 1000, starts[index + 1] === undefined ? end : starts[index + 1] / 1000].map((at) => [x(at), y(Math.min(rate / 1000, most))]));
  const shown = line.flatMap(({ seconds, height }, index) => [[x(index === 0 ? 0 : line[index - 1].seconds), level(height)], [x(seconds), level(height)]]);
  const grid = (at, label) =>
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at.toFixed(1)}" y2="${at.toFixed(1)}" stroke="${INK.grid}"/>${text(LEFT - 8, at + 4, label, "end")}`;
  return `<svg role="img" aria-label="${row}: bitrate received and height of the picture over time" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" stroke-linejoin="round" xmlns="http://www.w3.org/2000/svg">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#FFFFFF"/>
<text x="12" y="22" font-size="15" fill="${INK.text}">${row}</text>
${legend(12, "kbit/s received", INK.rate)}${legend(130, "what the link carries", INK.link)}${legend(282, "lines of the picture (none: no frames)", INK.size)}
${[0, 0.25, 0.5, 0.75, 1].map((part) => grid(y(part * most), String(Math.round(part * most)))).join("\n")}
<polyline fill="none" stroke="${INK.link}" stroke-width="2" stroke-dasharray="5 3" points="${points(link)}"/>
<polyline fill="none" stroke="${INK.rate}" stroke-width="2" points="${points(smooth(line).map(({ seconds, bitrate }) => [x(seconds), y(Math.min(bitrate / 1000, most))]))}"/>
${[["none", SIZE.top + SIZE.height], ...HEIGHTS.map((height) => [String(height), level(height)])].map(([label, at]) => grid(at, label)).join("\n")}
<polyline fill="none" stroke="${INK.size}" stroke-width="2" points="${points(shown)}"/>
${seconds(end).map((at) => text(x(at), HEIGHT - 18, String(at), "middle")).join("")}
${text((LEFT + WIDTH) / 2, HEIGHT - 4, "seconds", "middle")}
</svg>
`;
}

const points = (list) => list.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
const text = (x, y, words, anchor) => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${INK.faint}">${words}</text>`;
const legend = (x, words, colour) => `<line x1="${x}" x2="${x + 14}" y1="38" y2="38" stroke="${colour}" stroke-width="3"/><text x="${x + 19}" y="42" fill="${INK.faint}">${words}</text>`;

/** Over a second: pictures come in lumps. */
function smooth(line) {
  return line.map(({ seconds }, index) => {
    const near = line.slice(Math.max(0, index - 4), index + 1);
    return { seconds, bitrate: near.reduce((sum, one) => sum + one.bitrate, 0) / near.length };
  });
}

function seconds(end) {
  return Array.from({ length: Math.floor(end / 5) + 1 }, (_, index) => 5 * index);
}

function niceCeiling(value) {
  const step = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 5, 8, 10].map((times) => times * step).find((one) => one >= value) ?? 10 * step;
}
