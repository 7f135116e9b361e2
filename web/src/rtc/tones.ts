/** Short soft tones, made by the page itself. Loaded when the first one sounds. */

export type Tune = "asked" | "invited" | "on_stage" | "chat" | "test";

/** A note: how high, when it begins, how long it rings, in seconds. */
type Note = readonly [hertz: number, at: number, rings: number];

/** One chord for all of them, so that they belong together: what wants an answer rises, what is only news does not. */
const TUNES: Readonly<Record<Tune, readonly Note[]>> = {
  asked: [[587, 0, 0.35], [784, 0.13, 0.5]],
  invited: [[587, 0, 0.35], [784, 0.13, 0.4], [988, 0.26, 0.7]],
  on_stage: [[392, 0, 0.6], [587, 0.05, 0.6], [784, 0.1, 0.8]],
  chat: [[784, 0, 0.3]],
  test: [[392, 0, 0.5], [494, 0.2, 0.5], [587, 0.4, 0.5], [784, 0.6, 0.9]],
};
/** Below voices; the test is about as loud as one. */
const LOUDNESS = { news: 0.07, test: 0.25 };
/** A browser that does not let the page sound by then, for want of a touch of it, is not waited for. */
const ALLOWED_WITHIN_MS = 1_000;
/** Tones in a hurry share one way out; after that it is put to sleep. */
const SLEEP_AFTER_MS = 3_000;

let out: { readonly context: AudioContext; readonly sink: string; readonly to: AudioNode; readonly close: () => void } | null = null;
let sleep: number | undefined;

/** Plays it through this speaker, the empty id being the system's; resolves when it is over, to whether it could be heard. */
export async function play(tune: Tune, sink: string): Promise<boolean> {
  if (out === null || out.sink !== sink) {
    out?.close();
    out = await open(sink);
  }
  window.clearTimeout(sleep);
  const { context, to } = out;
  if (!(await runs(context))) return false;
  const seconds = strike(context, to, TUNES[tune], tune === "test" ? LOUDNESS.test : LOUDNESS.news);
  sleep = window.setTimeout(() => void context.suspend(), seconds * 1000 + SLEEP_AFTER_MS);
  await new Promise((resolve) => window.setTimeout(resolve, seconds * 1000));
  return true;
}

/** The context goes to the speaker itself where it can, else an element does: browsers differ in which of them they let choose. */
async function open(sink: string): Promise<NonNullable<typeof out>> {
  const context = new AudioContext();
  const close = () => void context.close();
  if (sink === "" || (await sent(context, sink))) return { context, sink, to: context.destination, close };
  const to = context.createMediaStreamDestination();
  const element = new Audio();
  if (!(await sent(element, sink))) return { context, sink, to: context.destination, close };
  element.srcObject = to.stream;
  void element.play().catch(() => undefined);
  return {
    context,
    sink,
    to,
    close: () => {
      element.srcObject = null;
      close();
    },
  };
}

async function sent(way: object, sink: string): Promise<boolean> {
  const { setSinkId } = way as { setSinkId?: (id: string) => Promise<void> };
  return setSinkId !== undefined && setSinkId.call(way, sink).then(() => true, () => false);
}

async function runs(context: AudioContext): Promise<boolean> {
  const late = new Promise((resolve) => window.setTimeout(resolve, ALLOWED_WITHIN_MS));
  await Promise.race([context.resume().catch(() => undefined), late]);
  return context.state === "running";
}

/** Each note begins at once and fades, with a little of its octave, like something struck; returns how long all of it rings. */
function strike(context: AudioContext, to: AudioNode, notes: readonly Note[], loudness: number): number {
  const now = context.currentTime + 0.02;
  for (const [hertz, at, rings] of notes) {
    for (const [times, share] of [[1, 1], [2, 0.18]] as const) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.frequency.value = hertz * times;
      gain.gain.setValueAtTime(0, now + at);
      gain.gain.linearRampToValueAtTime(loudness * share, now + at + 0.012);
      gain.gain.setTargetAtTime(0, now + at + 0.012, rings / 5);
      tone.connect(gain).connect(to);
      tone.start(now + at);
      tone.stop(now + at + rings + 0.1);
    }
  }
  return Math.max(...notes.map(([, at, rings]) => at + rings)) + 0.12;
}
