/** The calls of the setup page, with the operator's key. */

export interface Answer {
  readonly status: number;
  readonly json: unknown;
}

/** `null` where the server cannot be reached. */
export type Send = (method: string, path: string, body?: object) => Promise<Answer | null>;

export type SendWith = (key: string) => Send;

export const sendWith: SendWith = (key) => async (method, path, body) => {
  try {
    const response = await fetch(`/api/v1/lti${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: await response.json().catch(() => null) };
  } catch {
    return null;
  }
};

/** What came of a call that did not do what it should. */
export type Failure =
  /** The key is not this server's. */
  | { readonly is: "key" }
  | { readonly is: "unreachable" }
  /** This server has nothing to set up. */
  | { readonly is: "missing" }
  | { readonly is: "refused"; readonly code: string; readonly said: string };

/** `null` for an answer that is none. */
export function failureOf(answer: Answer | null): Failure | null {
  if (answer === null) return { is: "unreachable" };
  if (answer.status >= 200 && answer.status < 300) return null;
  if (answer.status === 401 || answer.status === 403) return { is: "key" };
  const { error } = (answer.json ?? {}) as { error?: { code?: unknown; message?: unknown } };
  const word = (given: unknown) => (typeof given === "string" ? given : "");
  return { is: "refused", code: word(error?.code), said: word(error?.message) };
}
