// JSON whose large integers stay what they are: JavaScript's own numbers would change those above 2^53.

const LARGE = /\d{16}/;
const exact = typeof JSON.rawJSON === "function";

/** Return the value of a JSON text. */
export function parse(source) {
  if (!exact || !LARGE.test(source)) return JSON.parse(source);
  return JSON.parse(source, (_, value, context) =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context.source) ? JSON.rawJSON(context.source) : value,
  );
}

/** Return the digits of a number that is too large for JavaScript, or undefined. */
export function digits(value) {
  return exact && JSON.isRawJSON(value) ? value.rawJSON : undefined;
}
