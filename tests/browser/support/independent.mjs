// A participant on another people's WebRTC stack: tests/independent/peer.py.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { eventually } from "./media.mjs";

const PYTHON = process.env.PROSCENIUM_PYTHON ?? fileURLToPath(new URL("../../../.venv/bin/python", import.meta.url));
const SCRIPT = fileURLToPath(new URL("../../independent/peer.py", import.meta.url));

/** Starts it; `events` grows, `last("media")` is its newest figure. */
export async function joinIndependently(server, room, name, { publish = false } = {}) {
  const { token } = await server.invitation(room, name);
  const words = ["--server", server.url, "--room", room, "--token", token, ...(publish ? ["--publish"] : [])];
  const child = spawn(PYTHON, [SCRIPT, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const events = [];
  const complaints = [];
  createInterface({ input: child.stdout }).on("line", (line) => events.push(JSON.parse(line)));
  child.stderr.on("data", (chunk) => complaints.push(chunk.toString()));
  const last = (event) => events.findLast((one) => one.event === event);
  const until = (what, event, holds = () => true) =>
    eventually(what, () => last(event) && holds(last(event)), 20_000).catch((error) => {
      throw new Error(`${error.message}\n${complaints.join("").slice(-2000)}`);
    });
  await until("joined", "joined");
  return { id: last("joined").participant, last, until, leave: () => child.kill() };
}
