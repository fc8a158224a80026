/** nil in an optional field is as good as no field. */
export function withoutNil(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNil);
  if (typeof value !== "object" || value === null) return value;
  const there = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(there.map(([name, field]) => [name, withoutNil(field)]));
}
