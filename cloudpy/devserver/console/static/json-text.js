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

/** Return the pieces of a JSON text: strings, brackets, colons, commas, numbers and words. */
export function tokens(source) {
  const found = [], next = /["{}[\],:]|[^\s{}[\],:"]+/g; // one expression for whole strings fails at megabytes
  for (let match = next.exec(source); match; match = next.exec(source)) {
    if (match[0] === '"') next.lastIndex = endOfString(source, match.index);
    found.push(source.slice(match.index, next.lastIndex));
  }
  return found;
}

/** Return a key that an object of a JSON text has twice, or undefined; the last one counts. */
export function repeatedKey(source) {
  const all = tokens(source), open = [];
  for (const [at, token] of all.entries()) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (all[at + 1] === ":") {
      const key = JSON.parse(token);
      if (open.at(-1).has(key)) return key;
      open.at(-1).add(key);
    }
  }
  return undefined;
}

function endOfString(source, start) {
  for (let at = start + 1; ; at += 1) {
    at = source.indexOf('"', at);
    if (at < 0) return source.length;
    let slashes = 0;
    while (source[at - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
}
