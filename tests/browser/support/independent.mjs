// Participants on other people's WebRTC stacks: the scripts of tests/independent.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { eventually } from "./media.mjs";

const script = (name) => fileURLToPath(new URL(`../../independent/${name}`, import.meta.url));

/** aiortc lives in an environment of its own, GStreamer's bindings with the system's Python. */
const AIORTC = process.env.PROSCENIUM_PYTHON ?? fileURLToPath(new URL("../../../.venv/bin/python", import.meta.url));
const GSTREAMER = process.env.PROSCENIUM_SYSTEM_PYTHON ?? "/usr/bin/python3";

/** Stacks that speak WHIP and WHEP. */
const HTTP_CLIENTS = {
  aiortc: [AIORTC, script("http_aiortc.py")],
  GStreamer: [GSTREAMER, script("http_gstreamer.py")],
};

/** Starts a script; `events` grows, `last("media")` is its newest figure. */
function start([python, file], words) {
  const child = spawn(python, [file, ...words], { stdio: ["pipe", "pipe", "pipe"] });
  const events = [];
  const complaints = [];
  createInterface({ input: child.stdout }).on("line", (line) => events.push(JSON.parse(line)));
  child.stderr.on("data", (chunk) => complaints.push(chunk.toString()));
  // It may be over already when it is told to end.
  child.stdin.on("error", () => undefined);
  const last = (event) => events.findLast((one) => one.event === event);
  const until = (what, event, holds = () => true) =>
    eventually(what, () => last(event) && holds(last(event)), 20_000).catch((error) => {
      throw new Error(`${error.message}\n${complaints.join("").slice(-2000)}`);
    });
  return { last, until, end: () => child.stdin.end(), leave: () => child.kill() };
}

/** A script of another stack that is no participant. */
export const runPython = (file, words) => start([AIORTC, script(file)], words);

/** A participant as a page is one, over WebSocket. */
export async function joinIndependently(server, room, name, { publish = false } = {}) {
  const { token } = await server.invitation(room, name);
  const words = ["--server", server.url, "--room", room, "--token", token, ...(publish ? ["--publish"] : [])];
  const peer = start([AIORTC, script("peer.py")], words);
  await peer.until("joined", "joined");
  return { ...peer, id: peer.last("joined").participant };
}

async function joinByHttp(stack, protocol, server, room, name, words) {
  const { token } = await server.invitation(room, name);
  const client = start(HTTP_CLIENTS[stack], ["--url", `${server.url}/${protocol}/${room}`, "--token", token, ...words]);
  await client.until("answered", "answered");
  const id = (await server.participants(room)).find((person) => person.name === name)?.id;
  return { ...client, id, sees: () => client.until(`${name} sees`, "media", ({ frames }) => frames > SEEN_FRAMES), hears: () => client.until(`${name} hears`, "media", ({ energy }) => energy > HEARD) };
}

/** Decoded pictures, and energy of sound, that count. */
const SEEN_FRAMES = 10;
const HEARD = 0.001;

/** Somebody who publishes by WHIP. */
export function publish(stack, server, room, name, codec) {
  return joinByHttp(stack, "whip", server, room, name, ["--publish", "--codec", codec]);
}

/** Somebody who watches by WHEP. */
export function watch(stack, server, room, name, codec) {
  return joinByHttp(stack, "whep", server, room, name, ["--codec", codec]);
}
