// The Node side of the fidelity tests: one JSON line in, one JSON line out, for as long as stdin is open.
//
// It makes calls through the published package and says what came of them. It knows nothing of the expected answer.
'use strict'

const dns = require('dns')
const fs = require('fs')
const readline = require('readline')

// The package prints warnings with console.*; stdout belongs to the answers alone.
for (const name of ['log', 'info', 'warn', 'error', 'debug', 'group', 'groupEnd']) console[name] = () => {}

// Nothing leaves this machine: no name has an address here, and the names that were asked for are part of the outcome.
const lookups = []
dns.lookup = (name, ...rest) => {
  lookups.push(name)
  const failure = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo' })
  process.nextTick(rest.pop(), failure)
}

const unhandled = []
process.on('unhandledRejection', reason => unhandled.push(describeError(reason)))

const instances = new Map()
const variablesOfOurs = new Set()

// --- values -------------------------------------------------------------------------------------------------------

// Texts, booleans, null and plain numbers stand for themselves; everything else JSON cannot carry has a tag.
function decode(value) {
  if (Array.isArray(value)) return value.map(decode)
  if (value === null || typeof value !== 'object') return value
  const [[tag, content] = []] = Object.entries(value)
  switch (tag) {
    case '$bytes': return Buffer.from(content, 'base64')
    case '$undefined': return undefined
    case '$int': return BigInt(content)
    case '$number': return Number(content)
    case '$date': return new Date(content)
    case '$signature': return instances.get('module').signature(decode(content))
    case '$made': return made(content)
    case '$regexp': return new RegExp(content[0], content[1])
    case '$function': return new Function(`return ${content}`)()
    case '$currentEnv': return instances.get('module').DYNAMIC_CURRENT_ENV
    case '$object': return Object.fromEntries(content.map(([key, item]) => [key, decode(item)]))
    default: return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]))
  }
}

// What the database of the instance that is walked makes: `steps` as for a walk, all at once.
let walked
function made(steps) {
  return follow(walked.database(), steps)
}

function follow(target, steps) {
  let owner
  for (const step of steps) {
    if (Array.isArray(step)) {
      target = Reflect.apply(target, owner, step.map(decode))
      owner = undefined
    } else {
      owner = target
      target = target[step]
    }
  }
  return target
}

function encode(value) {
  if (value === undefined) return { $undefined: true }
  if (typeof value === 'bigint') return { $int: value.toString() }
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $number: Object.is(value, -0) ? '-0' : String(value) }
  }
  if (typeof value === 'symbol' || typeof value === 'function') return { $other: String(value) }
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (value instanceof Date) return { $date: value.getTime() }
  if (value._internalType && typeof value.toJSON === 'function') return { $geo: encode(value.toJSON()) }
  if (value instanceof Error) return { $error: describeError(value) }
  if (value._isBigNumber) return { $decimal: value.toFixed() }
  if (Array.isArray(value)) return value.map(encode)
  // What the package's case conversion leaves of a BigNumber: its own fields in a plain object.
  if (Object.keys(value).sort().join() === 'c,e,s' && Array.isArray(value.c)) {
    const BigNumber = require('bignumber.js')
    return { $decimal: new BigNumber({ ...value, _isBigNumber: true }).toFixed(), mangled: true }
  }
  return { $object: Object.entries(value).map(([key, item]) => [key, encode(item)]) }
}

function describeError(error) {
  if (error === null || typeof error !== 'object') return { thrown: encode(error) }
  return {
    name: error.name,
    errCode: attempt(() => encode(error.errCode)),
    errMsg: attempt(() => encode(error.errMsg)),
    // A getter that fails when errCode is an object.
    message: attempt(() => encode(error.message)),
    keys: Object.keys(error),
    isError: error instanceof Error,
    json: attempt(() => JSON.stringify(error)),
  }
}

function attempt(read) {
  try {
    return read()
  } catch (failure) {
    return { $other: String(failure) }
  }
}

// --- operations ---------------------------------------------------------------------------------------------------

const operations = {
  variables({ variables }) {
    for (const name of variablesOfOurs) delete process.env[name]
    variablesOfOurs.clear()
    for (const [name, value] of Object.entries(variables)) {
      process.env[name] = value
      variablesOfOurs.add(name)
    }
  },

  // A module that nobody has initialised yet, as a new process would see it.
  module({ id }) {
    const path = require.resolve('wx-server-sdk')
    delete require.cache[path]
    instances.set(id, require(path))
  },

  instance({ id, options }) {
    instances.set(id, instances.get('module').createNewInstance(...(options === null ? [] : [decode(options)])))
  },

  // A Cloud for the resources of another account, and its init().
  async account({ id, options }) {
    const cloud = new (instances.get('module').Cloud)(decode(options))
    instances.set(id, cloud)
    await cloud.init()
  },

  // What the harness itself does to a value on its way here and back.
  echo({ value }) {
    return decode(value)
  },

  // `steps` walk from the instance to the result: a text is a property, a list is a call with these arguments.
  async walk({ id, steps }) {
    walked = instances.get(id)
    return follow(walked, steps)
  },
}

async function run(request) {
  unhandled.length = 0
  lookups.length = 0
  let outcome
  try {
    outcome = { result: encode(await operations[request.op](request)) }
  } catch (error) {
    outcome = { error: describeError(error) }
  }
  // A rejection nobody awaited is reported after the microtasks of this turn.
  await new Promise(resolve => setImmediate(resolve))
  if (unhandled.length) outcome.unhandled = unhandled.slice()
  if (lookups.length) outcome.lookups = lookups.slice()
  return outcome
}

async function main() {
  operations.module({ id: 'module' })
  const lines = readline.createInterface({ input: process.stdin, crlfDelay: Infinity, terminal: false })
  answer({ ready: require('wx-server-sdk/package.json').version })
  for await (const line of lines) answer(await run(JSON.parse(line)))
  process.exit(0)
}

function answer(value) {
  const text = Buffer.from(JSON.stringify(value) + '\n')
  // A pipe may take less than all of a long line.
  for (let sent = 0; sent < text.length;) {
    try {
      sent += fs.writeSync(1, text, sent)
    } catch (failure) {
      if (failure.code !== 'EAGAIN') throw failure
    }
  }
}

main().catch(failure => {
  process.stderr.write(`${failure.stack}\n`)
  process.exit(1)
})
