/** Who stands where in the strip, moving as few as possible. Pure. */

/**
 * `names` with the `large` ones first. Who becomes large changes places with who was: those two move and nobody else. Without a `before` the
 * others stand as they came; later ones stand last.
 */
export function namesInOrder(names: readonly string[], large: readonly string[], before: readonly string[]): readonly string[] {
  if (before.length === 0) return [...large, ...names.filter((name) => !large.includes(name))];
  const there = new Set(names);
  const known = new Set(before);
  const order = [...before.filter((name) => there.has(name)), ...names.filter((name) => !known.has(name))];
  for (const [place, name] of large.entries()) {
    const from = order.indexOf(name);
    [order[place], order[from]] = [name, order[place] ?? name];
  }
  return order;
}
