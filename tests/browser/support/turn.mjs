// coturn of the distribution with the example configuration, as an operator would run it; only what differs from machine to machine is set on the
// command line.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { fileURLToPath } from "node:url";
import { eventually } from "./media.mjs";
import { freePort } from "./server.mjs";

const EXECUTABLE = process.env.PROSCENIUM_TURNSERVER ?? "/usr/bin/turnserver";
const CONFIGURATION = fileURLToPath(new URL("../../../config/coturn/turnserver.conf", import.meta.url));

/** Ports from which it talks to the media server. Below those the kernel gives out by itself. */
export const RELAY_PORTS = { first: 21_000, last: 21_200 };

/** This machine's own address, other than loopback, which coturn relays to for nobody. */
export function ownAddress() {
  const all = Object.values(networkInterfaces()).flat();
  return all.find((one) => one.family === "IPv4" && !one.internal).address;
}

/** Whether something takes connections there. */
async function answers(port, address) {
  const socket = connect(port, address);
  const [event] = await Promise.race([once(socket, "connect").then(() => [true]), once(socket, "error").then(() => [false])]).catch(() => [false]);
  socket.destroy();
  return event;
}

/** Starts it before a media server on `media`, with what both know as `secret`. */
export async function startTurn(secret, media = ownAddress()) {
  const port = await freePort();
  const address = ownAddress();
  const output = [];
  const child = spawn(
    EXECUTABLE,
    [
      ["-c", CONFIGURATION, "--no-tls", "--no-dtls", "--pidfile", `/tmp/proscenium-turn-${process.pid}.pid`],
      [`--listening-port=${port}`, `--listening-ip=${address}`, `--relay-ip=${address}`],
      [`--min-port=${RELAY_PORTS.first}`, `--max-port=${RELAY_PORTS.last}`],
      ["--realm=turn.test", `--static-auth-secret=${secret}`, `--allowed-peer-ip=${media}`],
    ].flat(),
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk.toString()));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const turn = {
    url: `turn:${address}:${port}`,
    said: () => output.join(""),
    /** What a client with the secret hears that wants to reach this address (turnutils_uclient, of the same package). */
    reach: async (peer) => {
      const words = ["-c", "-n", "1", "-m", "1", "-u", "anybody", "-W", secret, "-e", peer, "-r", "9", "-p", String(port), address];
      const client = spawn("turnutils_uclient", words, { timeout: 5000 });
      const heard = [];
      for (const stream of [client.stdout, client.stderr]) stream.on("data", (chunk) => heard.push(chunk.toString()));
      await once(client, "close");
      return heard.join("");
    },
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
  await eventually("coturn listens", () => answers(port, address)).catch(async (error) => {
    await turn.stop();
    throw new Error(`${error.message}\n${turn.said()}`);
  });
  return turn;
}
