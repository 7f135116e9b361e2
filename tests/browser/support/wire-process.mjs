// The wire as a process of its own, for whoever is no browser: everyone who sends to it is led on to the server, over a link of their own.
//
//     node tests/browser/support/wire-process.mjs --to 127.0.0.1:7000 --down '{"rate":300000,"queueMs":300}' [--up …] [--seed 1] [--together]
//
// It prints `{"address", "port"}` when it listens, and on SIGTERM what it did, both as one line of JSON. Conditions are those of impairment.mjs.

import { parseArgs } from "node:util";
import { UdpWire } from "./udp_wire.mjs";

const { values } = parseArgs({
  options: {
    to: { type: "string" },
    up: { type: "string", default: "{}" },
    down: { type: "string", default: "{}" },
    seed: { type: "string", default: "1" },
    /** One link for all instead of one for each. */
    together: { type: "boolean", default: false },
  },
});
const [, address, port] = /^(.+):(\d+)$/.exec(values.to ?? "") ?? [];
if (!address) {
  console.error("--to HOST:PORT: where the server's media port is");
  process.exit(2);
}

const wire = new UdpWire({ seed: Number(values.seed), up: JSON.parse(values.up), down: JSON.parse(values.down), linkPerClient: !values.together });
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
say(await wire.toward({ address, port: Number(port) }));
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    say({ links: wire.links, counts: wire.counts(), timing: wire.timing, refused: wire.refused });
    wire.close();
  });
}
