/** The operator's desk: the key, what the server knows, and everything that can be done about it. The key is kept nowhere but here. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { bookOf, checksOf, registrationOf, type Book, type Check, type PlatformEntry, type PlatformId, type Registration } from "./book";
import { failureOf, type Answer, type Failure, type Send, type SendWith } from "./server";

/** What a call brought, or why it brought nothing. */
export type Got<T> = { readonly value: T } | { readonly failure: Failure };

export class Desk {
  readonly #book = signal<Book | null>(null);
  readonly #trouble = signal<Failure | null>(null);
  #send: Send | null = null;
  /** Rises with everything that may change the book: an older answer does not bring back what was. */
  #turn = 0;

  constructor(private readonly sendWith: SendWith) {}

  /** `null` until a key has opened it. */
  get book(): ReadonlySignal<Book | null> {
    return this.#book;
  }

  /** Why what is shown may be out of date. */
  get trouble(): ReadonlySignal<Failure | null> {
    return this.#trouble;
  }

  async open(key: string): Promise<Failure | null> {
    const send = this.sendWith(key);
    const got = await read(send);
    if ("failure" in got) return got.failure;
    this.#send = send;
    this.#turn += 1;
    this.#trouble.value = null;
    this.#book.value = got.value;
    return null;
  }

  close(): void {
    this.#send = null;
    this.#turn += 1;
    this.#book.value = null;
    this.#trouble.value = null;
  }

  /** Reads the book again. Where nothing is new, nothing is drawn. */
  async refresh(): Promise<void> {
    const send = this.#send;
    if (send === null) return;
    const turn = ++this.#turn;
    const got = await read(send);
    if (turn !== this.#turn) return;
    if ("failure" in got) {
      this.#trouble.value = got.failure;
      return;
    }
    this.#trouble.value = null;
    if (JSON.stringify(got.value) !== JSON.stringify(this.#book.peek())) this.#book.value = got.value;
  }

  put(entry: PlatformEntry): Promise<Failure | null> {
    return this.#change("PUT", "/platforms", entry);
  }

  remove({ issuer, client_id }: PlatformId): Promise<Failure | null> {
    return this.#change("DELETE", "/platforms", { issuer, client_id });
  }

  async check({ issuer, client_id }: PlatformId): Promise<Got<readonly Check[]>> {
    const answer = await this.#call("POST", "/platforms/check", { issuer, client_id });
    const failure = failureOf(answer);
    return failure === null ? { value: checksOf(answer?.json) } : { failure };
  }

  async registration(): Promise<Got<Registration>> {
    const answer = await this.#call("POST", "/registrations", {});
    const failure = failureOf(answer);
    if (failure !== null) return { failure };
    const value = registrationOf(answer?.json);
    return value === null ? { failure: { is: "refused", code: "", said: "" } } : { value };
  }

  async #change(method: string, path: string, body: object): Promise<Failure | null> {
    const failure = failureOf(await this.#call(method, path, body));
    if (failure === null) await this.refresh();
    return failure;
  }

  #call(method: string, path: string, body: object): Promise<Answer | null> {
    this.#turn += 1;
    return this.#send === null ? Promise.resolve(null) : this.#send(method, path, body);
  }
}

async function read(send: Send): Promise<Got<Book>> {
  const answer = await send("GET", "");
  if (answer?.status === 404) return { failure: { is: "missing" } };
  const failure = failureOf(answer);
  if (failure !== null) return { failure };
  const value = bookOf(answer?.json);
  return value === null ? { failure: { is: "missing" } } : { value };
}

const EVERY_MS = 2_000;

/** Keeps the book fresh as long as somebody looks at it; what is returned ends that. */
export function keepFresh(desk: Desk): () => void {
  let timer: number | undefined;
  let over = false;
  const look = async () => {
    window.clearTimeout(timer);
    if (document.visibilityState !== "visible") return;
    await desk.refresh();
    window.clearTimeout(timer);
    if (!over) timer = window.setTimeout(() => void look(), EVERY_MS);
  };
  const seen = () => void look();
  document.addEventListener("visibilitychange", seen);
  timer = window.setTimeout(seen, EVERY_MS);
  return () => {
    over = true;
    window.clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
  };
}
