// The packet filter: rules that a test sets and takes back. It takes orders from root alone.

import { execFileSync } from "node:child_process";

const command = (program, ...words) => {
  const [first, ...rest] = process.getuid() === 0 ? [program, ...words] : ["sudo", program, ...words];
  return execFileSync(first, rest, { stdio: "pipe" }).toString();
};

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
