/**
 * The WebSocket to a room: hello, heartbeat, commands with their outcomes, and coming back by itself.
 *
 * It keeps the resume key in memory only: a reloaded page has lost its peer connection, so there is nothing to take up again.
 */
import { HEARTBEAT_MS, MESSAGE_BYTES, VERSION } from "./generated/messages";
import type { ClientMessage, Command, Refusal, ServerMessage } from "./generated/messages";
import { backoff } from "./backoff";
import { followNetwork } from "./network";

/** What became of a command. `lost`: the socket went away first, so nobody knows; the next snapshot tells. */
export type Outcome =
  | { readonly is: "done" }
  | { readonly is: "answer"; readonly sdp: string; readonly connection: number }
  | { readonly is: "refused"; readonly refusal: Refusal }
  | { readonly is: "lost" };

export interface SocketEvents {
  /** A frame, in order. */
  readonly message: (message: ServerMessage) => void;
  /** The socket is gone; it is coming back by itself. */
  readonly lost: () => void;
}

/** Heartbeats without any frame from the server after which the socket counts as lost. */
const SILENT_BEATS = 2.5;
/** For an answer after the network changed: a new socket costs little, and waiting for a dead one costs the picture. */
const DOUBT_MS = 600;
/** For the socket to open and the room to say welcome, or to wait. */
const WELCOME_MS = 8_000;

export class RoomSocket {
  #socket: WebSocket | null = null;
  #resume: string | undefined;
  #attempt = 0;
  #nextId = 1;
  #over = false;
  /** The server has answered the hello, if only with the waiting room: heartbeats go back and forth. */
  #answered = false;
  /** In the room: it takes commands. */
  #welcomed = false;
  #heardAt = 0;
  #retry: number | undefined;
  #beat: number | undefined;
  readonly #unfollow: () => void;
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly events: SocketEvents,
  ) {
    this.#unfollow = followNetwork(() => this.#hurry());
    window.addEventListener("offline", this.doubt);
  }

  /** Connects, now. */
  open(): void {
    window.clearTimeout(this.#retry);
    if (this.#over) return;
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    this.#answered = this.#welcomed = false;
    this.#watch(WELCOME_MS);
    socket.onopen = () => {
      const hello: ClientMessage = { type: "hello", version: VERSION, token: this.token };
      socket.send(JSON.stringify(this.#resume === undefined ? hello : { ...hello, resume: this.#resume }));
    };
    socket.onmessage = (frame) => this.#receive(socket, frame.data);
    socket.onclose = () => this.#gone(socket);
  }

  /** Gives up the socket and makes a new one: for a fresh snapshot. */
  restart(): void {
    if (this.#socket !== null) this.#gone(this.#socket);
  }

  /** For good. */
  close(): void {
    this.#over = true;
    this.#unfollow();
    window.removeEventListener("offline", this.doubt);
    window.clearTimeout(this.#retry);
    this.#drop();
  }

  /** Sends a command; resolves once its fate is known. Never rejects. */
  send(command: Command): Promise<Outcome> {
    const socket = this.#socket;
    if (socket === null || !this.#welcomed || socket.readyState !== WebSocket.OPEN) return Promise.resolve({ is: "lost" });
    const id = this.#nextId++;
    const frame = JSON.stringify({ type: "command", id, command } satisfies ClientMessage);
    if (frame.length > MESSAGE_BYTES) {
      return Promise.resolve({ is: "refused", refusal: { code: "bad_command", detail: "too long" } });
    }
    socket.send(frame);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** Says that nothing comes over this peer connection. */
  mediaStalled(connection: number): void {
    const socket = this.#socket;
    if (socket === null || !this.#welcomed || socket.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ type: "media_stalled", connection } satisfies ClientMessage));
  }

  #receive(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== "string") return;
    this.#heardAt = performance.now();
    const message = JSON.parse(data) as ServerMessage;
    switch (message.type) {
      case "welcome":
        this.#resume = message.resume;
        this.#welcomed = true;
        this.#stands(message.heartbeat_ms);
        break;
      case "in_waiting_room":
        this.#stands(HEARTBEAT_MS);
        break;
      case "done":
        this.#settle(message.id, { is: "done" });
        break;
      case "refused":
        this.#settle(message.id, { is: "refused", refusal: message.refusal });
        break;
      case "answer":
        this.#settle(message.id, { is: "answer", sdp: message.sdp, connection: message.connection });
        break;
    }
    this.events.message(message);
  }

  #stands(heartbeat: number): void {
    this.#attempt = 0;
    this.#answered = true;
    this.#watch(heartbeat || HEARTBEAT_MS);
  }

  #settle(id: number, outcome: Outcome): void {
    this.#waiting.get(id)?.(outcome);
    this.#waiting.delete(id);
  }

  /** Heartbeat once answered; until then, patience for `ms`. */
  #watch(ms: number): void {
    window.clearInterval(this.#beat);
    this.#heardAt = performance.now();
    const socket = this.#socket;
    const patience = this.#answered ? ms * SILENT_BEATS : ms;
    this.#beat = window.setInterval(() => {
      if (socket === null || socket !== this.#socket) return;
      if (performance.now() - this.#heardAt > patience) this.#gone(socket);
      else if (this.#answered && socket.readyState === WebSocket.OPEN) {
        socket.send(JSON.stringify({ type: "ping" } satisfies ClientMessage));
      }
    }, ms);
  }

  #gone(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#drop();
    if (this.#over) return;
    this.events.lost();
    this.#retry = window.setTimeout(() => this.open(), backoff(this.#attempt++, Math.random()));
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    window.clearInterval(this.#beat);
    if (socket !== null) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const resolve of waiting) resolve({ is: "lost" });
  }

  /** The network is back: no need to wait out the delay. A socket that outlived it may be dead all the same. */
  #hurry(): void {
    if (this.#socket !== null) this.doubt();
    else if (!this.#over) {
      this.#attempt = 0;
      this.open();
    }
  }

  /** The network may have changed: the server has to answer soon, or the socket counts as lost. */
  readonly doubt = (): void => {
    const socket = this.#socket;
    if (socket === null || !this.#answered || socket.readyState !== WebSocket.OPEN) return;
    const asked = performance.now();
    socket.send(JSON.stringify({ type: "ping" } satisfies ClientMessage));
    window.setTimeout(() => {
      if (this.#heardAt < asked) this.#gone(socket);
    }, DOUBT_MS);
  };
}
