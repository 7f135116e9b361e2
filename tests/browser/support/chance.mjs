// Seeded random numbers: the same seed loses the same datagrams.

/** Numbers from 0 to 1, without 1, from a seed of 32 bits (mulberry32). */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed for one purpose of many under one seed, so that a change in one leaves the others as they were. */
export function seedFor(seed, purpose) {
  let mixed = seed >>> 0;
  for (const letter of purpose) mixed = Math.imul(mixed ^ letter.codePointAt(0), 0x01000193) >>> 0;
  return mixed;
}
