/** The platform keeps a word for us, for browsers that keep nothing for a page in somebody else's frame (LTI Client Side postMessages). */

/** The way to the platform's frame, for as long as one exchange takes. */
export interface Way {
  /** Whether there was a frame to post to. */
  readonly post: (message: object) => boolean;
  /** Everything that the platform's origin says; returns how to stop. */
  readonly listen: (heard: (data: unknown) => void) => () => void;
  /** Calls `late` when it has taken too long; returns how to call that off. */
  readonly wait: (late: () => void) => () => void;
  /** Another one each time. */
  readonly newId: () => string;
}

/** Whether the platform said that it keeps it. */
export async function keep(way: Way, key: string, value: string): Promise<boolean> {
  const answer = await exchange(way, "lti.put_data", { key, value });
  return answer !== null && answer["value"] === value;
}

/** What the platform kept; `null` where it did not, or does not answer. */
export async function kept(way: Way, key: string): Promise<string | null> {
  const answer = await exchange(way, "lti.get_data", { key });
  const value = answer?.["value"];
  return typeof value === "string" && value !== "" ? value : null;
}

function exchange(way: Way, subject: string, fields: object): Promise<Readonly<Record<string, unknown>> | null> {
  return new Promise((resolve) => {
    const id = way.newId();
    const end = (answer: Readonly<Record<string, unknown>> | null) => {
      still();
      inTime();
      resolve(answer);
    };
    const still = way.listen((data) => {
      if (typeof data !== "object" || data === null) return;
      const answer = data as Readonly<Record<string, unknown>>;
      if (answer["subject"] !== `${subject}.response` || answer["message_id"] !== id) return;
      end(answer["error"] === undefined || answer["error"] === null ? answer : null);
    });
    const inTime = way.wait(() => end(null));
    if (!way.post({ subject, message_id: id, ...fields })) end(null);
  });
}
