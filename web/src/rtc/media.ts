/**
 * Keeps one peer connection alive: makes it, offers again when the stage outgrows the slots, and makes another when it breaks.
 * What is sent and received survives the change of connections.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import { SLOTS_PER_KIND, type Command, type IceServer, type Source } from "../signal/generated/messages";
import { backoff } from "../signal/backoff";
import type { Outcome } from "../signal/socket";
import type { MediaLink } from "../model/state";
import { Connection, type Slot } from "./connection";
import { Arrivals, StallWatch } from "./stall";

/** Slots to begin with; the server asks for more when more are on stage. */
const FIRST_SLOTS = { audio: 4, video: 6 };
/** A `disconnected` connection comes back by itself or by an ICE restart; after this it is replaced. */
const PATIENCE_MS = 3_000;
/** For a new connection to come up. */
const CONNECT_MS = 12_000;
/** Between two ICE restarts: the server takes one offer a second. */
const RESTART_PAUSE_MS = 1_000;
/** ICE restarts one after the other while none finds a path: a browser may learn of a new address seconds after the old one is gone. */
const RESTARTS_IN_VAIN = 3;
/** Failed connections in a row before the person is told that something on the way blocks media. */
const TRIES_BEFORE_BLOCKED = 2;

/** What makes one doubt that the other end is where it was. */
export interface Doubts {
  /** Nothing comes any more over this peer connection; the server may know why. */
  readonly stalled: (connection: number) => void;
  /** A peer connection's path is gone, and the socket's with it, perhaps. */
  readonly disconnected: () => void;
}

export class Media {
  readonly #slots = signal<ReadonlyMap<string, Slot>>(new Map());
  #connection: Connection | null = null;
  #number = 0;
  #want = { ...FIRST_SLOTS };
  #tracks: Record<Source, MediaStreamTrack | null> = { mic: null, camera: null, screen: null };
  #offering = false;
  #offerAgain = false;
  #iceServers: IceServer[] = [];
  /** The path is in doubt, and nobody could be told yet. */
  #restartWanted = false;
  #restartedAt = -RESTART_PAUSE_MS;
  #restartsInVain = 0;
  #restartTimer: number | undefined;
  #inRoom = false;
  #failures = 0;
  #timer: number | undefined;

  readonly #arrivals = new Arrivals();
  readonly #watch: StallWatch;

  constructor(
    private readonly send: (command: Command) => Promise<Outcome>,
    private readonly tell: (media: MediaLink) => void,
    private readonly renewed: () => void,
    private readonly doubts: Doubts,
  ) {
    this.#watch = new StallWatch(
      (known) => (this.#connection === null ? 0 : this.#arrivals.last(this.#connection.receivers(), known)),
      () => this.doubts.stalled(this.#number),
    );
  }

  /** TURN servers for the next peer connection or ICE restart. */
  useIceServers(iceServers: IceServer[]): void {
    this.#iceServers = iceServers;
  }

  /** The slots of the connection that stands, by mid. */
  get slots(): ReadonlySignal<ReadonlyMap<string, Slot>> {
    return this.#slots;
  }

  /** The socket said welcome. `resumed`: what was negotiated before still stands. */
  welcome(resumed: boolean): void {
    this.#inRoom = true;
    const connection = this.#connection;
    if (connection === null || !resumed || connection.peer.remoteDescription === null || !isUsable(connection)) {
      this.#renew();
      return;
    }
    this.#follow(connection);
    if (this.#restartWanted) this.#restart();
    else if (this.#offerAgain) this.#negotiate();
  }

  /** The socket is gone: nothing can be negotiated, but what flows may go on flowing. */
  away(): void {
    this.#inRoom = false;
  }

  /** At least so many slots. */
  grow(audio: number, video: number): void {
    this.#want = {
      audio: Math.min(SLOTS_PER_KIND, Math.max(this.#want.audio, audio)),
      video: Math.min(SLOTS_PER_KIND, Math.max(this.#want.video, video)),
    };
    if (this.#connection?.grow(this.#want) === true) this.#negotiate();
  }

  /** The network changed under the page: the path is looked for anew, as soon as there is somebody to negotiate with. */
  networkChanged(): void {
    this.#restart();
  }

  /** The server finds that nothing gets through over this connection. */
  restartIce(connection: number): void {
    if (connection === this.#number) this.#restart();
  }

  /** The server lost the media of this connection. */
  lost(connection: number): void {
    if (connection === this.#number) this.#broken();
  }

  /** So many layers of the camera are wanted by anybody, says the server of this connection. */
  limit(connection: number, layers: number): void {
    if (connection === this.#number) void this.#connection?.limit(layers).catch(() => undefined);
  }

  /** Sends this track from now on, over whatever connection there is; `null` stops at once. */
  attach(source: Source, track: MediaStreamTrack | null): void {
    if (this.#tracks[source] === track) return;
    this.#tracks[source] = track;
    void this.#connection?.attach(source, track).catch(() => this.#broken());
  }

  close(): void {
    this.#inRoom = false;
    window.clearTimeout(this.#timer);
    window.clearTimeout(this.#restartTimer);
    this.#watch.close();
    this.#connection?.close();
    this.#connection = null;
    this.#slots.value = new Map();
  }

  #renew(): void {
    window.clearTimeout(this.#timer);
    this.#connection?.close();
    this.#number += 1;
    const connection = new Connection(this.#number, this.#want, this.#iceServers);
    this.#connection = connection;
    this.#slots.value = new Map();
    this.#offering = false;
    this.#restartWanted = false;
    connection.peer.onconnectionstatechange = () => this.#follow(connection);
    const sources = Object.keys(this.#tracks) as Source[];
    void Promise.all(sources.map((source) => connection.attach(source, this.#tracks[source]))).catch(() => undefined);
    this.#timer = window.setTimeout(() => this.#broken(), CONNECT_MS);
    this.#negotiate();
  }

  #follow(connection: Connection): void {
    if (connection !== this.#connection) return;
    switch (connection.peer.connectionState) {
      case "connected":
        window.clearTimeout(this.#timer);
        this.#failures = 0;
        this.tell("flowing");
        break;
      case "disconnected":
        window.clearTimeout(this.#timer);
        this.#timer = window.setTimeout(() => this.#broken(), PATIENCE_MS);
        this.doubts.disconnected();
        this.#restart();
        break;
      case "failed":
        this.#broken();
        break;
    }
  }

  /** Looks for a path anew, on the connection that stands: nobody loses their place by it, and what still flows goes on. */
  #restart(): void {
    const connection = this.#connection;
    if (connection === null || connection.peer.remoteDescription === null) return;
    this.#restartWanted = true;
    const wait = this.#restartedAt + RESTART_PAUSE_MS - performance.now();
    if (!this.#inRoom || wait > 0) {
      // A second reason within the pause is as good as one after it.
      if (this.#inRoom) window.setTimeout(() => this.#restartWanted && connection === this.#connection && this.#restart(), wait);
      return;
    }
    this.#restartWanted = false;
    this.#restartedAt = performance.now();
    window.clearTimeout(this.#restartTimer);
    const tells = connection.restartIce(this.#iceServers, () => {
      this.#restartsInVain = 0;
      window.clearTimeout(this.#restartTimer);
    });
    this.#restartsInVain += 1;
    if (tells && this.#restartsInVain < RESTARTS_IN_VAIN) {
      this.#restartTimer = window.setTimeout(() => connection === this.#connection && this.#restart(), RESTART_PAUSE_MS);
    } else {
      this.#restartsInVain = 0;
    }
    this.#negotiate();
  }

  /** The connection is of no use any more; the next one follows, at once the first time. */
  #broken(): void {
    window.clearTimeout(this.#timer);
    this.tell(this.#failures >= TRIES_BEFORE_BLOCKED ? "blocked" : "lost");
    const wait = this.#failures === 0 ? 0 : backoff(this.#failures, Math.random());
    this.#failures += 1;
    this.#timer = window.setTimeout(() => {
      if (this.#inRoom) this.#renew();
    }, wait);
  }

  /** One offer at a time; a wish that comes meanwhile makes one more afterwards. */
  #negotiate(): void {
    if (this.#offering) {
      this.#offerAgain = true;
      return;
    }
    const connection = this.#connection;
    if (connection === null) return;
    this.#offering = true;
    this.#offerAgain = false;
    void this.#exchange(connection).then((settled) => {
      if (connection !== this.#connection) return;
      this.#offering = false;
      if (!settled) this.#broken();
      else if (this.#offerAgain && this.#inRoom) this.#negotiate();
    });
  }

  /** Offer and answer; `false` when this connection is beyond help. */
  async #exchange(connection: Connection): Promise<boolean> {
    try {
      const { sdp, sources } = await connection.offer();
      const outcome = await this.send({ do: "offer", connection: connection.number, sdp, sources });
      if (connection !== this.#connection) return true;
      if (outcome.is === "lost") {
        // No fault of this connection: the next welcome offers again.
        this.#offerAgain = true;
        return true;
      }
      if (outcome.is !== "answer") return false;
      await connection.answer(outcome.sdp);
      if (connection === this.#connection) this.#answered(connection);
      return true;
    } catch {
      return connection !== this.#connection;
    }
  }

  #answered(connection: Connection): void {
    this.#slots.value = connection.slots();
    this.renewed();
  }
}

function isUsable(connection: Connection): boolean {
  const state = connection.peer.connectionState;
  return state !== "failed" && state !== "closed";
}
