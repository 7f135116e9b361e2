// A TCP wire between a page and the server that can be cut, and a way to cut one page's UDP.

import { execFileSync } from "node:child_process";
import { connect, createServer } from "node:net";

/** Passes bytes on to `target` until it is cut; whoever connects meanwhile is refused. */
export class Wire {
  static async to(target) {
    const { hostname, port } = new URL(target);
    const wire = new Wire();
    wire.ends = new Set();
    wire.whole = true;
    wire.server = createServer((near) => {
      if (!wire.whole) return near.destroy();
      const far = connect(Number(port), hostname);
      for (const [one, other] of [[near, far], [far, near]]) {
        wire.ends.add(one);
        one.on("error", () => undefined);
        one.on("close", () => {
          wire.ends.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    await new Promise((resolve) => wire.server.listen(0, "127.0.0.1", resolve));
    wire.url = `http://127.0.0.1:${wire.server.address().port}`;
    return wire;
  }

  cut() {
    this.whole = false;
    for (const end of this.ends) end.destroy();
  }

  mend() {
    this.whole = true;
  }

  close() {
    this.cut();
    this.server.close();
  }
}

/** Runs a command that the kernel takes from root alone; answers what it says. */
export function asRoot(...words) {
  const [command, ...rest] = process.getuid() === 0 ? words : ["sudo", ...words];
  return execFileSync(command, rest, { stdio: "pipe" }).toString();
}

const nft = (...words) => asRoot("nft", ...words);

/** Drops every datagram that a page's present peer connection sends or gets; answers what undoes it. */
export async function cutUdp(person) {
  const port = await person.page.evaluate(async () => {
    const stats = [...(await window.watched.connections.at(-1).getStats()).values()];
    const pair = stats.find((one) => one.type === "candidate-pair" && one.nominated && one.state === "succeeded");
    return stats.find((one) => one.id === pair.localCandidateId).port;
  });
  const table = `proscenium_test_${port}`;
  nft("add", "table", "inet", table);
  nft("add", "chain", "inet", table, "in", "{ type filter hook input priority 0 ; }");
  nft("add", "rule", "inet", table, "in", "udp", "sport", String(port), "drop");
  nft("add", "rule", "inet", table, "in", "udp", "dport", String(port), "drop");
  return () => nft("delete", "table", "inet", table);
}

/**
 * The kernel itself loses this share of the datagrams to and from a UDP `port` of this machine. `counts()` answers how many it lost of how
 * many, `end()` undoes it. Whole trains count as one here (UDP_SEGMENT over loopback): put it where datagrams come one by one.
 */
export function loseInKernel(port, share) {
  const table = `proscenium_test_loss_${port}`;
  const of = 10_000;
  nft("add", "table", "inet", table);
  nft("add", "chain", "inet", table, "in", "{ type filter hook input priority 0 ; }");
  for (const end of ["sport", "dport"]) {
    nft("add", "rule", "inet", table, "in", "udp", end, String(port), "counter");
    nft("add", "rule", "inet", table, "in", "udp", end, String(port), "numgen", "random", "mod", String(of), "<", String(Math.round(share * of)), "counter", "drop");
  }
  return {
    counts: () => {
      const packets = [...nft("list", "chain", "inet", table, "in").matchAll(/counter packets (\d+)/g)].map((match) => Number(match[1]));
      return { down: { taken: packets[0], lost: packets[1] }, up: { taken: packets[2], lost: packets[3] } };
    },
    end: () => nft("delete", "table", "inet", table),
  };
}
