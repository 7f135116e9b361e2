/** How long to wait before trying again. Pure. */

const FIRST_MS = 500;
const LONGEST_MS = 5_000;

/**
 * Milliseconds before attempt `attempt` (from 0): doubling up to five seconds, and somewhere in the upper half of that, so that a
 * room full of pages does not come back in step. `random` is from 0 to 1.
 */
export function backoff(attempt: number, random: number): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(most / 2 + (most / 2) * random);
}
