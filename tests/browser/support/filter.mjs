// The packet filter: rules that a test sets and takes back. It takes orders from root alone.

import { execFileSync } from "node:child_process";

const command = (program, ...words) => {
  const [first, ...rest] = process.getuid() === 0 ? [program, ...words] : ["sudo", program, ...words];
  return execFileSync(first, rest, { stdio: "pipe" }).toString();
};

const ip = (...words) => command("ip", ...words);

/** Makes a network interface of this machine with an address that `move(to)` replaces, and `remove()` takes away. */
export function interfaceWith(address) {
  // Both ends of a cable stay in this machine; the far one has nothing to do but to be there.
  const [name, far] = ["a", "b"].map((end) => `prosc${process.pid % 100_000}${end}`);
  ip("link", "add", name, "type", "veth", "peer", "name", far);
  for (const end of [name, far]) ip("link", "set", end, "up");
  ip("address", "add", `${address}/24`, "dev", name);
  return {
    move: (to) => {
      ip("address", "flush", "dev", name);
      ip("address", "add", `${to}/24`, "dev", name);
    },
    remove: () => ip("link", "delete", name),
  };
}

let tables = 0;

/** Drops what reaches this machine, its own datagrams too, and any of `rules` names (`["udp dport 7000", …]`); answers what undoes it. */
export function block(rules) {
  tables += 1;
  const table = `proscenium_test_${process.pid}_${tables}`;
  const nft = (...words) => command("nft", ...words);
  nft("add", "table", "inet", table);
  nft("add", "chain", "inet", table, "in", "{ type filter hook input priority 0 ; }");
  for (const rule of rules) nft("add", "rule", "inet", table, "in", ...rule.split(" "), "drop");
  return () => nft("delete", "table", "inet", table);
}
