// The server under test: the real binary, on ports of its own, and the HTTP calls that scripts make.

import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BINARY = process.env.PROSCENIUM_BINARY ?? fileURLToPath(new URL("../../../target/debug/proscenium", import.meta.url));
const API_KEY = "dev-secret";
const READY_MS = 15_000;

/**
 * Starts a server in dev mode, with `workers` media threads and a configuration file of this `config`. Port 0 of `media`: each media thread
 * takes a free one.
 */
export async function startServer({ workers = 2, config = "", media = "0.0.0.0:0" } = {}) {
  const data = await mkdtemp(join(tmpdir(), "proscenium-test-"));
  const file = join(data, "proscenium.toml");
  await writeFile(file, config);
  const port = await freePort();
  const output = [];
  const child = spawn(BINARY, ["--dev"], {
    env: {
      ...process.env,
      PROSCENIUM_HTTP: `127.0.0.1:${port}`,
      PROSCENIUM_MEDIA: media,
      PROSCENIUM_DATA: data,
      PROSCENIUM_CONFIG: file,
      PROSCENIUM_WORKERS: String(workers),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk.toString()));
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  const server = new Server(`http://127.0.0.1:${port}`, child, ended, output, data);
  await server.untilReady();
  return server;
}

class Server {
  constructor(url, child, ended, output, data) {
    Object.assign(this, { url, child, ended, output, data });
  }

  async untilReady() {
    const deadline = Date.now() + READY_MS;
    while (Date.now() < deadline) {
      if (this.child.exitCode !== null) break;
      const ready = await fetch(`${this.url}/readyz`).then((response) => response.ok, () => false);
      if (ready) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the server did not start:\n${this.output.join("")}`);
  }

  /** Calls the API as a script with the key does; answers the status and the JSON. */
  async api(method, path, body) {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, json: text ? JSON.parse(text) : undefined };
  }

  /** A new room; its id. */
  async room(stage = { access: "open" }, title = "Physics 101") {
    const made = await this.api("POST", "/api/v1/rooms", { title, stage });
    if (made.status !== 201) throw new Error(`no room: ${made.status} ${JSON.stringify(made.json)}`);
    return made.json.id;
  }

  /** A join token and the page's address for one person. */
  async invitation(room, name, role = "viewer", extra = {}) {
    const made = await this.api("POST", `/api/v1/rooms/${room}/tokens`, { name, role, ...extra });
    if (made.status >= 300) throw new Error(`no token: ${made.status} ${JSON.stringify(made.json)}`);
    return made.json;
  }

  /** The port of each media thread, for UDP and TCP, as the log tells them. */
  mediaPorts() {
    return [...this.output.join("").matchAll(/media thread thread=\d+ port=(\d+)/g)].map((match) => Number(match[1]));
  }

  async participants(room) {
    return (await this.api("GET", `/api/v1/rooms/${room}`)).json.participants;
  }

  /** The values of one metric whose label sets contain `labels`. */
  async samples(name, labels = {}) {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
    return text
      .split("\n")
      .map((line) => /^([a-z_]+)(?:\{([^}]*)\})? ([-+0-9.eE]+)$/.exec(line))
      .filter((match) => match?.[1] === name && wanted.every((label) => match[2]?.includes(label)))
      .map((match) => Number(match[3]));
  }

  /** Their sum. */
  async metric(name, labels) {
    return (await this.samples(name, labels)).reduce((sum, value) => sum + value, 0);
  }

  async stop() {
    this.child.kill("SIGTERM");
    const ended = await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, 10_000, undefined))]);
    if (!ended) this.child.kill("SIGKILL");
    return ended;
  }

  async discard() {
    await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }
}

export async function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
