// Runs programs in which `__kind(number, value)` is around expressions: a JSON list of {id, source, events, claims, sums}
// comes in, a line of JSON for each goes out, with the numbers of the expressions whose values have no kind of the claim.
const parse = JSON.parse
const outside = new WeakSet()
JSON.parse = (text, reviver) => reviver ? parse(text, reviver) : fromOutside(parse(text))
process.on('unhandledRejection', () => {})
for (const name of ['log', 'error', 'warn', 'info']) console[name] = () => {}

function fromOutside (value) {
  if (value && typeof value === 'object' && !outside.has(value)) {
    outside.add(value)
    Object.values(value).forEach(fromOutside)
  }
  return value
}

function ofNumber (value) {
  if (!Number.isFinite(value)) return ['num']
  if (Object.is(value, -0)) return ['int', 'num', 'dec']
  const kinds = ['num', 'dec', 'real']
  if (Number.isInteger(value)) kinds.push('int', ...(value >= 0 ? ['nat'] : []), ...(value >= 0 && value <= 2 ** 31 ? ['lit'] : []))
  return kinds
}

function ofList (list) {
  const isFrom = outside.has(list)
  const kinds = isFrom ? ['data'] : ['arr', 'items']
  if (list.every(each => typeof each === 'string')) kinds.push('strs')
  const isRecord = each => each && typeof each === 'object' && !Array.isArray(each) && outside.has(each)
  if (list.every(isRecord)) kinds.push(isFrom ? 'recs' : 'docs')
  return kinds
}

const CLASSES = [
  [Error, 'err'], [Date, 'date'], [RegExp, 'regex'], [Map, 'map'], [WeakMap, 'map'], [Set, 'set'], [WeakSet, 'set'],
  [Promise, 'promise'], [Uint8Array, 'bytes']
]

function ofObject (value) {
  if (Array.isArray(value)) return ofList(value)
  for (const [type, kind] of CLASSES) if (value instanceof type) return [kind]
  if (outside.has(value)) return ['rec']
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return ['obj', 'module']
  return Object.prototype.toString.call(value) === '[object Arguments]' ? ['arr'] : ['inst', 'any']
}

function kindsOf (value) {
  if (value === undefined) return ['undef']
  if (value === null) return ['null']
  switch (typeof value) {
    case 'boolean': return ['bool']
    case 'function': return value === ''[value.name] ? ['fn', 'undef'] : ['fn', 'next', 'module'] // '…'.link is no key
    // eslint-disable-next-line no-control-regex
    case 'string': return /^[\x00-\x7f]*$/.test(value) ? ['str', 'ascii'] : ['str']
    case 'number': return ofNumber(value)
    case 'object': return ofObject(value)
    default: return ['any']
  }
}

async function run () {
  for (const { id, source, events, claims, sums } of parse(require('fs').readFileSync(0, 'utf8'))) {
    const wrong = {}
    let checked = 0
    const check = (number, value) => {
      checked++
      const kinds = kindsOf(value)
      if (kinds.includes('any') || kinds.some(kind => claims[number].includes(kind))) return value
      if (sums.includes(number) && (value === undefined || kinds.includes('str') || Number.isNaN(value))) throw new Error('Python raises here')
      wrong[number] = kinds
      return value
    }
    const module = { exports: {} }
    let isBroken = false
    try {
      // eslint-disable-next-line no-new-func
      new Function('exports', 'module', 'require', '__kind', source)(module.exports, module, require, check)
    } catch (error) {
      isBroken = error instanceof SyntaxError
    }
    for (const event of events) {
      try { await module.exports.main(fromOutside(parse(JSON.stringify(event))), fromOutside({})) } catch {}
    }
    process.stdout.write(JSON.stringify({ id, wrong, checked, isBroken }) + '\n')
  }
  process.exit(0)
}
run()
