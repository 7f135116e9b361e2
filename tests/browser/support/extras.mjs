// People who are in a room as a socket each, without a page: a page each would be a crowd of browsers. The WebSocket (RFC 6455) is done by
// hand, for Node has none before 22 and a thousand of them should cost little.

import { randomBytes } from "node:crypto";
import { connect } from "node:net";

const HEARTBEAT_MS = 5_000;
const TEXT = 1;
const CLOSE = 8;

export class Extra {
  #socket;
  #beat;
  #waiting = new Map();
  #command = 0;

  /** Somebody new in the room; `extra` goes into the token. */
  static async come(server, room, name, role = "viewer", extra = {}) {
    const { token } = await server.invitation(room, name, role, extra);
    const person = Object.assign(new Extra(), { server, room, name, token });
    await person.connect();
    return person;
  }

  /** With a token of one's own; resolves with the welcome. */
  connect() {
    const { hostname, port } = new URL(this.server.url);
    const socket = connect(Number(port), hostname);
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.write(
      `GET /api/v1/rooms/${encodeURIComponent(this.room)}/socket HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`,
    );
    this.#send({ type: "hello", version: 1, token: this.token });
    this.#beat = setInterval(() => this.#send({ type: "ping" }), HEARTBEAT_MS);
    return new Promise((resolve, reject) => {
      this.#waiting.set("welcome", resolve);
      const frames = new Frames((text) => this.#received(text));
      socket.on("data", (bytes) => frames.push(bytes));
      socket.on("error", () => undefined);
      socket.on("close", () => {
        clearInterval(this.#beat);
        reject(new Error(`${this.name} was not let in`));
        for (const settle of this.#waiting.values()) settle({ type: "lost" });
        this.#waiting.clear();
      });
    });
  }

  /** Gives a command; answers its outcome. */
  do(command) {
    const id = (this.#command += 1);
    this.#send({ type: "command", id, command });
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** Without a word: the place is kept for a while. */
  vanish() {
    this.#socket.destroy();
  }

  async leave() {
    if (this.#socket.destroyed) return;
    await this.do({ do: "leave_room" });
    this.#socket.destroy();
  }

  #received(text) {
    // Most frames are about others: they are not worth reading here.
    if (!/^\{"type":"(?:done|refused|welcome|notice)"/u.test(text)) return;
    const message = JSON.parse(text);
    if (message.type === "welcome") this.id = message.you;
    if (message.notice?.code === "invited") this.invitation = message.notice.invitation;
    const key = message.id ?? message.type;
    this.#waiting.get(key)?.(message);
    this.#waiting.delete(key);
  }

  #send(message) {
    if (!this.#socket.destroyed) this.#socket.write(masked(JSON.stringify(message)));
  }
}

/** One text frame. The mask is of zeroes: it is there to keep proxies from reading bytes as HTTP, and there is none here. */
function masked(text) {
  const bytes = Buffer.from(text);
  const long = bytes.length > 125;
  const head = Buffer.alloc(long ? 8 : 6);
  head[0] = 0x80 | TEXT;
  head[1] = 0x80 | (long ? 126 : bytes.length);
  if (long) head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

/** Cuts what comes into frames, after the answer to the upgrade. */
class Frames {
  #rest = Buffer.alloc(0);
  #open = false;

  constructor(text) {
    this.text = text;
  }

  push(bytes) {
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    if (!this.#open) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) return void (this.#rest = rest);
      this.#open = true;
      rest = rest.subarray(end + 4);
    }
    for (;;) {
      const size = sizes(rest);
      if (size === undefined || rest.length < size.head + size.body) break;
      if ((rest[0] & 0x0f) === TEXT) this.text(rest.toString("utf8", size.head, size.head + size.body));
      if ((rest[0] & 0x0f) === CLOSE) return;
      rest = rest.subarray(size.head + size.body);
    }
    this.#rest = rest;
  }
}

function sizes(bytes) {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] & 0x7f;
  if (short < 126) return { head: 2, body: short };
  if (short === 126) return bytes.length < 4 ? undefined : { head: 4, body: bytes.readUInt16BE(2) };
  return bytes.length < 10 ? undefined : { head: 10, body: Number(bytes.readBigUInt64BE(2)) };
}
