// A NAT between a page and the server's media ports, in this process, that can forget its mappings at any moment.

import { createSocket } from "node:dgram";

export class Nat {
  /** One in front of these ports of this machine. */
  static async before(ports) {
    const nat = new Nat();
    nat.fronts = [];
    nat.mappings = new Map();
    nat.doors = {};
    for (const port of ports) {
      const front = createSocket("udp4");
      front.on("message", (datagram, from) => nat.#out(front, port, datagram, from));
      await new Promise((resolve) => front.bind(0, "0.0.0.0", resolve));
      nat.fronts.push(front);
      nat.doors[port] = front.address().port;
    }
    return nat;
  }

  /** For the context of a page that is behind it: the server's candidates are where the NAT is, and there is no TCP. */
  get context() {
    return { script: { run: behindNat, with: this.doors } };
  }

  #out(front, port, datagram, from) {
    const key = `${from.address}:${from.port}>${port}`;
    let back = this.mappings.get(key);
    if (back === undefined) {
      back = createSocket("udp4");
      back.on("message", (answer) => front.send(answer, from.port, from.address, () => undefined));
      back.on("error", () => undefined);
      this.mappings.set(key, back);
    }
    back.send(datagram, port, "127.0.0.1", () => undefined);
  }

  /** From now on every datagram leaves from another port, and what comes to the old one reaches nobody. */
  forget() {
    for (const back of this.mappings.values()) back.close();
    this.mappings.clear();
  }

  close() {
    this.forget();
    for (const front of this.fronts) front.close();
  }
}

/** Runs in the page before its own scripts. */
function behindNat(doors) {
  const take = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    const lines = sdp.split("\r\n").filter((line) => !/^a=candidate:\S+ 1 tcp /.test(line));
    const moved = lines.map((line) =>
      line.replace(/^(a=candidate:\S+ 1 udp \d+ \S+ )(\d+)/, (_, start, port) => start + (doors[port] ?? port)),
    );
    return take.call(this, { type, sdp: moved.join("\r\n") });
  };
}
