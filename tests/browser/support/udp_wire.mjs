// A UDP wire between browsers and the server's media port, with a network of our choice on it, as the kernel here has no netem.
//
//     browser ── near socket ── Direction up ──▶ far socket, one a client ── server
//             ◀───────────────── Direction down ──
//
// The server sees the address of the far socket, the browser that of the near one: each takes the other for the wire.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { Direction } from "./impairment.mjs";

/** For a burst of pictures at once; the kernel gives what it allows. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
/** Addresses that one wire leads on; a page makes a new one with every peer connection. */
const CLIENTS = 4096;

export class UdpWire {
  #near;
  #clients = new Map();
  #timer;
  #timerAt = Infinity;
  #target;
  #links;

  /**
   * `seed` makes what is inflicted repeatable. `conditions` are of impairment.mjs: `{ up, down }`, from the client's view.
   * `linkPerClient`: everyone who comes has a thin link of their own, instead of one for all.
   */
  constructor({ seed = 1, up = {}, down = {}, linkPerClient = false } = {}) {
    Object.assign(this, { seed, linkPerClient, conditions: { up, down } });
    this.refused = 0;
    /** What it listens on, once it leads somewhere. */
    this.address = undefined;
    /** How late the wire's own timer was. Node's are of 1 ms; this says what that made of it. */
    this.timing = { wakes: 0, lateMs: 0, latestMs: 0 };
    this.#links = linkPerClient ? [] : [this.#link(0)];
  }

  /** Makes the wire lead to `target`, `{address, port}`; answers the address that it listens on, for whoever is to be led over it. */
  async toward(target, listen = {}) {
    // A new peer connection may be on another media thread: those who come from now on are led there.
    this.#target = target;
    if (!this.#near) {
      this.#near = await socket(listen);
      this.#near.on("message", (datagram, from) => this.#fromClient(datagram, from));
      this.address = { address: listen.address ?? target.address, port: this.#near.address().port };
    }
    return this.address;
  }

  /** Another network from now on, both directions or one. */
  set({ up, down }) {
    const now = performance.now();
    if (up) this.conditions.up = up;
    if (down) this.conditions.down = down;
    for (const link of this.#links) {
      if (up) link.up.set(up, now);
      if (down) link.down.set(down, now);
    }
    this.#schedule();
  }

  get links() {
    return this.#links.length;
  }

  /** What was inflicted so far, all links together: `{up, down}` of a direction's counts. */
  counts() {
    const sum = { up: {}, down: {} };
    for (const link of this.#links) {
      for (const way of ["up", "down"]) {
        for (const [name, value] of Object.entries(link[way].counts)) {
          sum[way][name] = name === "deepestMs" ? Math.max(sum[way][name] ?? 0, value) : (sum[way][name] ?? 0) + value;
        }
      }
    }
    return sum;
  }

  close() {
    clearTimeout(this.#timer);
    this.#near?.close();
    for (const client of this.#clients.values()) client.far.then((far) => far.close());
    this.#clients.clear();
    this.#near = undefined;
  }

  #link(number) {
    const { up, down } = this.conditions;
    return { up: new Direction(2 * number + 1000 * this.seed, up), down: new Direction(2 * number + 1 + 1000 * this.seed, down) };
  }

  #fromClient(datagram, from) {
    const key = `${from.address}:${from.port}`;
    const client = this.#clients.get(key) ?? this.#admit(key, from);
    if (client) this.#send(client.link.up, datagram, client.toServer);
  }

  #admit(key, from) {
    if (this.#clients.size >= CLIENTS) {
      this.refused += 1;
      return undefined;
    }
    if (this.linkPerClient) this.#links.push(this.#link(this.#links.length));
    const link = this.#links.at(-1);
    const target = this.#target;
    const client = { link, far: socket({}) };
    client.toServer = (datagram) => client.far.then((far) => far.send(datagram, target.port, target.address));
    client.toClient = (datagram) => this.#near?.send(datagram, from.port, from.address);
    void client.far.then((far) => {
      // The promise has done its work: from here on without it.
      client.toServer = (one) => far.send(one, target.port, target.address);
      far.on("message", (one) => this.#send(link.down, one, client.toClient));
    });
    this.#clients.set(key, client);
    return client;
  }

  #send(direction, datagram, deliver) {
    const now = performance.now();
    direction.push(now, { datagram, deliver }, datagram.length);
    this.#deliver(direction, now);
    this.#schedule();
  }

  #deliver(direction, now) {
    for (const { datagram } of direction.due(now)) datagram.deliver(datagram.datagram);
  }

  /** One timer for all that is under way. */
  #schedule() {
    let at = Infinity;
    for (const link of this.#links) at = Math.min(at, link.up.next(), link.down.next());
    if (at === this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Infinity) return;
    this.#timer = setTimeout(() => this.#wake(), Math.max(0, Math.ceil(at - performance.now())));
  }

  #wake() {
    const now = performance.now();
    const late = Math.max(0, now - this.#timerAt);
    this.timing.wakes += 1;
    this.timing.lateMs += late;
    this.timing.latestMs = Math.max(this.timing.latestMs, late);
    this.#timerAt = Infinity;
    for (const link of this.#links) {
      this.#deliver(link.up, now);
      this.#deliver(link.down, now);
    }
    this.#schedule();
  }
}

/** Leads every peer connection of the pages of a browser context over `wire`: their answers name no other way to the server. */
export async function leadOver(context, wire) {
  await context.exposeBinding("wireToward", (_, target) => wire.toward(target));
  await context.addInitScript(leadAnswers);
}

/** Runs in the page before its own scripts. */
function leadAnswers() {
  // candidate:foundation component transport priority address port (RFC 8839, section 5.1)
  const CANDIDATE = /^a=candidate:\S+ \d+ (\S+) \d+ (\S+) (\d+) .*\r?\n/gimu;
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = async function (description) {
    const all = [...description.sdp.matchAll(CANDIDATE)].map(([line, transport, address, port]) => ({ line, transport, address, port }));
    // The machine's own address where there is one: both ends can bind to it, and Firefox reaches no other.
    const udp = all.filter((one) => one.transport.toLowerCase() === "udp" && !one.address.includes(":"));
    const target = udp.find((one) => !one.address.startsWith("127.")) ?? udp[0];
    if (!target) throw new Error("the answer has no candidate that could be led over a wire");
    const wire = await window.wireToward({ address: target.address, port: Number(target.port) });
    const over = target.line.replace(` ${target.address} ${target.port} `, ` ${wire.address} ${wire.port} `);
    const sdp = description.sdp.replaceAll(CANDIDATE, (line) => (line === target.line ? over : ""));
    return setRemoteDescription.call(this, { type: description.type, sdp });
  };
}

/** A bound socket with room for bursts, which looks up no names: addresses are all it is given. */
async function socket({ address = "0.0.0.0", port = 0 }) {
  const made = createSocket({ type: "udp4", lookup: (host, options, done) => done(null, host, 4) });
  // A closed port at the far end (a page that has gone) is the far end's affair.
  made.on("error", () => undefined);
  const listening = once(made, "listening");
  made.bind(port, address);
  await listening;
  for (const set of ["setRecvBufferSize", "setSendBufferSize"]) made[set](SOCKET_BUFFER_BYTES);
  return made;
}
