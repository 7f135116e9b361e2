/**
 * One person's stay in one room: the model, and what carries its consequences out. Everything the views may do is a method here.
 * It lives as long as the page.
 */
import { batch, computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import { wayOf } from "./model/abilities";
import type { Doing } from "./model/actions";
import { canBeRead } from "./model/chat";
import { groups, placeInLine } from "./model/people";
import { isLive, initial, me, nameOf, sameRoom, type State } from "./model/state";
import { reduce, type Event } from "./model/reduce";
import { soundOf, Sounds } from "./model/sounds";
import { talkToOpen, unseenOf } from "./model/talk";
import { textOfFailure, textOfRefusal } from "./model/words";
import { parts } from "./parts";
import { Capture } from "./rtc/capture";
import { followDevices, followSpeaker, usedSpeaker, type Capturing, type Device } from "./rtc/devices";
import { Media } from "./rtc/media";
import { Playback } from "./rtc/playback";
import { whenPresent } from "./rtc/present";
import { shareScreen } from "./rtc/screen";
import { Shown } from "./rtc/shown";
import { saving } from "./rtc/saver";
import { playSound } from "./rtc/sounds";
import { KEEP_INVITATION_MS, type Access, type Command, type ParticipantId, type Source, type SourcesOn } from "./signal/generated/messages";
import { followNetwork } from "./signal/network";
import { RoomSocket, type Outcome } from "./signal/socket";
import { t, type Text, type TextKey } from "./texts";

/** What came of a call of the API. */
export type Called<Answer> = { readonly ok: true; readonly body: Answer } | { readonly ok: false; readonly code: string };

export class Session {
  readonly #state = signal<State>(initial);
  readonly capture = new Capture({
    stopped: (kind) => this.#deviceStopped(kind),
    moved: (kind, label) => this.#tellMoved(kind, label),
  });
  readonly #playback = new Playback();
  readonly #screen = signal<MediaStreamTrack | null>(null);
  readonly #media: Media;
  readonly #shown = new Shown(async (slots) => (await this.#socket.send({ do: "show_slots", slots })).is === "done");
  readonly #sounds = new Sounds(playSound, Date.now, (then, wait) => window.setTimeout(then, wait));
  /** The microphone is open for its owner alone, to see whether it works. */
  readonly #trying = signal(false);
  #socket: RoomSocket;
  /** Sources that are being turned on: their devices stay open although they are not live yet. */
  readonly #starting = signal<ReadonlySet<Source>>(new Set());
  /** Sources the person turned off, until the server's word of it is here. They are off on this page at once, and stay off. */
  readonly #hushed = signal<ReadonlySet<Source>>(new Set());

  /** What the page around this one does not allow and a window of its own would, as long as the person is told so. */
  readonly elsewhere = signal<Source | null>(null);

  /** What stands in the field of the chat, whether it is open or not. */
  readonly draft = signal("");

  /** The device dialog was opened by a button, rather than by a moderator's approval. */
  #byHand = false;

  constructor(
    private readonly room: string,
    private readonly token: string,
  ) {
    this.#media = this.#newMedia();
    this.#socket = this.#newSocket();
    followDevices();
    followNetwork(() => this.#media.networkChanged());
    followSpeaker((label) => this.#tellMoved("speaker", label));
    effect(() => this.#playback.useSpeaker(usedSpeaker.value));
    effect(() => this.#playback.show(this.#media.slots.value, this.slots.value));
    effect(() => this.#shown.save(saving.value));
    effect(() => this.#sendWhatIsLive());
    effect(() => this.#keepInvitation());
    this.#socket.open();
  }

  /** Whether one's own source is sent to everybody, as far as this page has a say in it. */
  isOn(source: Source): boolean {
    return isLive(this.me.value, source) && !this.#hushed.value.has(source);
  }

  /** What there is to draw. */
  get state(): ReadonlySignal<State> {
    return this.#state;
  }

  /** The same, a part at a time: a view that reads a part of it is drawn anew for that part alone. */
  readonly now = parts(this.#state, { room: sameRoom });

  readonly me = computed(() => me(this.#state.value));
  readonly slots = computed(() => this.#state.value.slots);
  readonly count = computed(() => this.#state.value.people.size);
  readonly groups = computed(() => groups(this.now.people));
  /** What the button of chat, questions and polls opens, and what waits there. */
  readonly talk = computed(() => talkToOpen(this.now));
  readonly unseen = computed(() => unseenOf(this.#state.value));
  readonly way = computed(() => wayOf(this.#state.value));
  readonly place = computed(() => placeInLine(this.now));

  /** Somebody speaks, and the browser keeps it to itself until the page is touched. */
  readonly soundBlocked = computed(
    () => this.#playback.blocked.value && this.slots.value.some((slot) => slot.source === "mic"),
  );

  get screenTrack(): ReadonlySignal<MediaStreamTrack | null> {
    return this.#screen;
  }

  /** The picture of somebody else, where a slot carries it. Read while rendering: it is followed. */
  pictureOf(participant: ParticipantId, source: Source): MediaStream | null {
    const mid = this.slotOf(participant, source);
    return mid === undefined ? null : (this.#media.slots.value.get(mid)?.stream ?? null);
  }

  /** Which slot carries it. Read while rendering: it is followed. */
  slotOf(participant: ParticipantId, source: Source): string | undefined {
    return this.slots.value.find((slot) => slot.participant === participant && slot.source === source)?.mid;
  }

  /** This element shows what the slot carries, until what is returned is called. */
  shows(mid: string, element: HTMLVideoElement): () => void {
    return this.#shown.watch(mid, element);
  }

  dispatch(event: Event): void {
    const before = this.#state.peek();
    const after = reduce(before, event);
    this.#state.value = after;
    const sound = soundOf(event, before, after);
    if (sound !== null) this.#sounds.hear(sound);
  }

  /** Gives a command; a refusal is said in words. Resolves to whether it took effect. */
  async do(command: Command): Promise<boolean> {
    const outcome = await this.#socket.send(command);
    const refused = this.#wordsOf(outcome);
    if (refused !== null) this.dispatch({ is: "told", toast: { topic: `refused-${command.do}`, tone: "alert", text: refused } });
    return outcome.is === "done";
  }

  /** The same for an entry of a menu, which may be this page's own doing. */
  carryOut(command: Command | Doing): void {
    if (command.do !== "write_privately") void this.do(command);
    else this.dispatch({ is: "writing_to", audience: { is: "person", participant: command.participant }, eager: true });
  }

  #wordsOf(outcome: Outcome): Text | null {
    if (outcome.is === "lost") return this.#state.peek().link === "over" ? null : { key: "refused.lost" };
    return outcome.is === "refused" ? textOfRefusal(outcome.refusal, (id) => nameOf(this.#state.peek(), id)) : null;
  }

  /** Opens the device dialog, devices included. */
  prepare(): void {
    this.#byHand = true;
    this.dispatch({ is: "preparing", open: true });
  }

  /**
   * Opens the devices of the dialog, but for what a moderator has locked. A dialog that came by itself may stand in a tab that nobody
   * looks at: no camera starts there unseen. What it returns calls off the waiting.
   */
  startDevices(): () => void {
    const open = () => {
      const person = this.me.peek();
      void this.capture.open((["camera", "mic"] as const).filter((kind) => person?.[kind] !== "locked"));
    };
    const present = this.#byHand;
    this.#byHand = false;
    if (!present) return whenPresent(open);
    open();
    return () => undefined;
  }

  /** The device dialog's way out: an invitation is declined, so that its seat is free again. */
  cancelPreparing(): void {
    const invitation = this.me.peek()?.invitation;
    this.dispatch({ is: "preparing", open: false });
    if (invitation !== undefined) void this.do({ do: "decline_invitation", invitation });
  }

  /**
   * Goes live. The device dialog closes by itself once the room says so, or when there is nothing left to wait for; what may still
   * work at a second try is returned, to be said in the dialog.
   */
  async goOnStage(sources: SourcesOn): Promise<Text | null> {
    const invitation = this.me.peek()?.invitation;
    const command: Command =
      invitation === undefined ? { do: "join_stage", sources } : { do: "accept_invitation", invitation, sources };
    const outcome = await this.#socket.send(command);
    const words = this.#wordsOf(outcome);
    if (words === null || outcome.is === "lost" || words.key === "refused.stage_full") return words;
    this.dispatch({ is: "preparing", open: false });
    this.dispatch({ is: "told", toast: { topic: "stage", tone: "alert", text: words } });
    return null;
  }

  leaveStage(): void {
    void this.do({ do: "leave_stage" });
  }

  ask(): void {
    void this.do({ do: "request_stage" });
  }

  cancelRequest(): void {
    const request = this.me.peek()?.request;
    if (request !== undefined) void this.do({ do: "cancel_request", request });
  }

  /** One's own microphone, camera or screen, on or off. */
  async turn(source: Source, on: boolean): Promise<void> {
    if (!on) {
      this.#hushed.value = withOne(this.#hushed.peek(), source);
      await this.#socket.send({ do: "set_source", source, on: false });
      return;
    }
    if (this.#starting.peek().has(source)) return;
    this.#starting.value = withOne(this.#starting.peek(), source);
    try {
      if (!(await this.#openSource(source))) return;
      this.#hushed.value = withoutOne(this.#hushed.peek(), source);
      await this.do({ do: "set_source", source, on: true });
    } finally {
      this.#starting.value = withoutOne(this.#starting.peek(), source);
    }
  }

  async #openSource(source: Source): Promise<boolean> {
    if (source === "screen") {
      const track = await shareScreen(() => void this.turn("screen", false));
      if (track === "framed") this.elsewhere.value = source;
      this.#screen.value = track === "framed" ? null : track;
      return this.#screen.peek() !== null;
    }
    await this.capture.open([source]);
    const { track, failure } = this.capture.of(source).peek();
    if (failure === "framed") this.elsewhere.value = source;
    else if (failure !== null) this.#tellDevice(source, textOfFailure(failure, source));
    return track !== null;
  }

  get trying(): ReadonlySignal<boolean> {
    return this.#trying;
  }

  /** Opens the microphone for its owner to see that it works, or ends that. Nothing of it is sent. */
  async tryMic(on: boolean): Promise<void> {
    this.#trying.value = on;
    if (on) await this.capture.open(["mic"]);
    if (this.capture.of("mic").peek().track === null) this.#trying.value = false;
  }

  /** Writes to those whom the composer names. What was refused stands there again, before whatever was written meanwhile. */
  async say(): Promise<void> {
    const text = this.draft.peek();
    const { audience, replyTo } = this.#state.peek().composing;
    if (text.trim() === "" || !canBeRead(this.#state.peek())) return;
    this.draft.value = "";
    this.dispatch({ is: "answering", message: null });
    const command: Command = { do: "say", text };
    if (audience.is !== "everybody") command.audience = audience;
    if (replyTo !== null) command.reply_to = replyTo;
    if (await this.do(command)) return;
    const meanwhile = this.draft.peek();
    this.draft.value = meanwhile === "" ? text : `${text}\n${meanwhile}`;
    if (meanwhile === "" && replyTo !== null) this.dispatch({ is: "answering", message: replyTo });
  }

  /** Asks the server over HTTP for something of this room, as the one whose page this is; `null` where no answer came. */
  async fetch(path: string, request: RequestInit = {}): Promise<Response | null> {
    const headers = { ...request.headers, authorization: `Bearer ${this.token}` };
    try {
      return await fetch(`/api/v1/rooms/${encodeURIComponent(this.room)}/${path}`, { ...request, headers });
    } catch {
      return null;
    }
  }

  /** A call of the API about this room; `code` is the server's, or empty where nothing came back. */
  async call<Answer = void>(path: string, method = "GET", body?: object): Promise<Called<Answer>> {
    const headers = { "content-type": "application/json" };
    const response = await this.fetch(path, body === undefined ? { method } : { method, headers, body: JSON.stringify(body) });
    if (response === null) return { ok: false, code: "" };
    try {
      const answer = response.status === 204 ? undefined : await response.json();
      return response.ok ? { ok: true, body: answer as Answer } : { ok: false, code: String(answer?.error?.code ?? "") };
    } catch {
      return { ok: false, code: "" };
    }
  }

  setAccess(access: Access): Promise<boolean> {
    return this.do({ do: "set_stage_access", access, version: this.#state.peek().room?.version ?? 0 });
  }

  async leaveRoom(): Promise<void> {
    const outcome = await this.#socket.send({ do: "leave_room" });
    // Without a connection there is nobody to tell: the place is given up when its time is over.
    if (outcome.is !== "refused") this.#end("left");
  }

  /** After an ending: in again, as a new session. */
  comeBack(): void {
    // Whom it was for is forgotten.
    this.draft.value = "";
    this.dispatch({ is: "retry" });
    this.#socket = this.#newSocket();
    this.#socket.open();
  }

  #newMedia(): Media {
    return new Media(
      (command) => this.#socket.send(command),
      (media) => this.dispatch({ is: "media", media }),
      () => this.#shown.renew(),
      {
        stalled: (connection) => this.#socket.mediaStalled(connection),
        disconnected: () => this.#socket.doubt(),
      },
    );
  }

  #newSocket(): RoomSocket {
    const url = new URL(`/api/v1/rooms/${encodeURIComponent(this.room)}/socket`, window.location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.hash = "";
    return new RoomSocket(url.href, this.token, {
      message: (message) => this.#received(message),
      lost: () => {
        this.#media.away();
        this.dispatch({ is: "link_lost" });
      },
    });
  }

  #received(message: Parameters<ConstructorParameters<typeof RoomSocket>[2]["message"]>[0]): void {
    batch(() => {
      this.dispatch({ is: "received", message, now: Date.now() });
      if (message.type === "welcome" || message.type === "ice_servers") this.#media.useIceServers(message.ice_servers ?? []);
      if (message.type === "welcome") this.#welcomed(message.resumed);
      if (message.type === "in_waiting_room") this.draft.value = "";
      if (message.type === "restart_ice") this.#media.restartIce(message.connection);
      if (message.type === "more_slots") this.#media.grow(message.audio, message.video);
      if (message.type === "media_lost") this.#media.lost(message.connection);
      if (message.type === "layers_wanted" && message.source === "camera") this.#media.limit(message.connection, message.layers);
    });
    const state = this.#state.peek();
    if (state.link === "over") this.#shutDown();
    else if (state.stale || (message.type === "closing" && message.closing === "draining")) this.#socket.restart();
  }

  #welcomed(resumed: boolean): void {
    this.#media.welcome(resumed);
    // Turned off while there was nobody to tell.
    for (const source of this.#hushed.peek()) void this.#socket.send({ do: "set_source", source, on: false });
  }

  #end(ending: NonNullable<State["ending"]>): void {
    this.dispatch({ is: "ended", ending });
    this.#shutDown();
  }

  #shutDown(): void {
    this.#socket.close();
    this.#media.close();
    this.capture.closeAll();
    this.#stopScreen();
  }

  /** Every source that is live is sent, and nothing else; what nobody needs any more is switched off, light and all. */
  #sendWhatIsLive(): void {
    const person = this.me.value;
    const { preparing } = this.now;
    const starting = this.#starting.value;
    const trying = this.#trying.value;
    const hushed = this.#hushed.value;
    const settled = [...hushed].filter((source) => !isLive(person, source));
    if (settled.length > 0) this.#hushed.value = settled.reduce(withoutOne, hushed);
    for (const kind of ["camera", "mic"] as const) {
      const live = isLive(person, kind) && !hushed.has(kind);
      const { track, starting: opening, failure } = this.capture.of(kind).value;
      this.#media.attach(kind, live ? track : null);
      const tried = kind === "mic" && trying;
      if (track !== null) track.enabled = live || preparing || tried || kind === "camera";
      if (live) {
        // On stage with this source, but on a page that does not have it: reloaded, or taken over from another tab.
        if (track === null && !opening && failure === null) untracked(() => void this.#takeUp(kind));
        continue;
      }
      const rests = kind === "mic" && person?.stage === "on_stage";
      if (track !== null && !preparing && !starting.has(kind) && !rests && !tried) untracked(() => this.capture.close(kind));
    }
    const screen = isLive(person, "screen") && !hushed.has("screen");
    this.#media.attach("screen", screen ? this.#screen.value : null);
    if (!screen && !starting.has("screen")) untracked(() => this.#stopScreen());
  }

  async #takeUp(kind: Capturing): Promise<void> {
    await this.capture.open([kind]);
    const { failure } = this.capture.of(kind).peek();
    if (failure === null) return;
    this.#tellDevice(kind, textOfFailure(failure, kind));
    await this.turn(kind, false);
  }

  /** An open device dialog keeps the invitation alive. */
  readonly #toKeep = computed(() => (this.#state.value.preparing ? this.me.value?.invitation : undefined));

  #keepInvitation(): (() => void) | undefined {
    const invitation = this.#toKeep.value;
    if (invitation === undefined) return undefined;
    const keep = () => void this.#socket.send({ do: "keep_invitation", invitation });
    keep();
    const timer = window.setInterval(keep, KEEP_INVITATION_MS);
    return () => window.clearInterval(timer);
  }

  #deviceStopped(kind: Capturing): void {
    if (!isLive(this.me.peek(), kind)) return;
    this.#tellDevice(kind, textOfFailure("unplugged", kind));
    void this.turn(kind, false);
  }

  #tellDevice(kind: Capturing, key: TextKey): void {
    this.dispatch({ is: "told", toast: { topic: `device-${kind}`, tone: "alert", text: { key } } });
  }

  /** Another device took over. The device dialog says it itself: nothing else is heard while that is open. */
  #tellMoved(device: Device, label: string): void {
    if (this.#state.peek().preparing && device !== "speaker") return;
    const text: Text = { key: `devices.moved.${device}`, values: { label: label || t(`devices.default.${device}`) } };
    this.dispatch({ is: "told", toast: { topic: `device-${device}`, tone: "alert", text } });
  }

  #stopScreen(): void {
    this.#screen.peek()?.stop();
    this.#screen.value = null;
  }
}

function withOne<T>(set: ReadonlySet<T>, one: T): ReadonlySet<T> {
  return new Set(set).add(one);
}

function withoutOne<T>(set: ReadonlySet<T>, one: T): ReadonlySet<T> {
  const rest = new Set(set);
  rest.delete(one);
  return rest;
}
