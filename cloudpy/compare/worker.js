// The process of a Node function: loads the handler once and handles one event after the other.
// The frames are those of cloudpy/runtime/worker.py; worker.py does the same for Python.
'use strict'

const crypto = require('crypto')
const fs = require('fs')
const Module = require('module')
const net = require('net')
const path = require('path')
const url = require('url')
const typescript = require('./typescript.js')

const number = Number(process.argv[2])
const SETTLE = 1000 // ms at most for unawaited work to continue after the result
const QUIET = 5 // looks in succession that find no connection: between two calls there is none for a moment
const ENGINE = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'URIError', 'EvalError'])
let folder = ''
let busy = false // an event is being handled and not answered yet
let applied = {} // variables of the last request

// ---- frames

function answer (kind, payload) {
  const data = Buffer.from(JSON.stringify(payload))
  const frame = Buffer.concat([Buffer.from(`${kind} ${data.length}\n`), data])
  for (let sent = 0; sent < frame.length;) {
    try {
      sent += fs.writeSync(number, frame, sent)
    } catch (error) {
      if (error.code !== 'EAGAIN') process.reallyExit(0) // the parent is gone
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

function listen (handle) {
  let buffer = Buffer.alloc(0)
  const channel = new net.Socket({ fd: number, readable: true, writable: false })
  channel.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk])
    for (;;) {
      const end = buffer.indexOf(10)
      if (end < 0) return
      const [kind, length] = buffer.toString('latin1', 0, end).split(' ')
      const next = end + 1 + Number(length)
      if (buffer.length < next) return
      const job = JSON.parse(buffer.toString('utf8', end + 1, next))
      buffer = buffer.subarray(next)
      handle(kind, job)
    }
  })
  channel.on('end', () => process.reallyExit(0))
  channel.on('error', () => process.reallyExit(0))
}

// ---- clock and random numbers: equal to those of fake_clock.py for the Python function

const RealDate = Date
const realNow = Date.now
const realRandom = Math.random
const clock = { time: null, started: null }
let state = 0

function now () {
  if (clock.time === null) return realNow()
  return Math.trunc(clock.started === null ? clock.time : clock.time + performance.now() - clock.started)
}

function freeze (job) {
  clock.time = job.clock === null ? null : job.clock * 1000
  clock.started = job.frozen ? null : performance.now()
  state = job.seed >>> 0
}

// Libraries must not consume the program's random numbers, for instance for a boundary.
function isOwnCall () {
  const caller = String(new Error().stack).split('\n')[3] || ''
  return caller.includes(folder) && !caller.includes('node_modules')
}

function next () {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 4294967296
}

function bytes (size) {
  return Buffer.from(Array.from({ length: size }, () => Math.floor(next() * 256)))
}

function uuid () {
  const made = bytes(16)
  made[6] = (made[6] & 0x0f) | 0x40
  made[8] = (made[8] & 0x3f) | 0x80
  return made.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

// The package uuid takes its bytes from a pool, in amounts that differ between its versions.
function repeatable (loaded) {
  const real = typeof loaded === 'function' ? loaded : loaded.v4
  const v4 = (...values) => values.length || !isOwnCall() ? real(...values) : uuid()
  return Object.assign(real === loaded ? v4 : {}, loaded, { v4 }) // the package itself is v4() until version 3
}

function install () {
  RealDate.now = now
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, values, made) =>
      Reflect.construct(target, values.length ? values : [now()], made === globalThis.Date ? target : made),
    apply: () => new RealDate(now()).toString()
  })
  RealDate.prototype.constructor = globalThis.Date
  Math.random = function random () {
    return isOwnCall() ? next() : realRandom()
  }
  const { randomBytes, randomUUID } = crypto
  crypto.randomBytes = function (size, callback) {
    return callback || !isOwnCall() ? randomBytes(size, callback) : bytes(size)
  }
  crypto.randomUUID = function (options) {
    return isOwnCall() ? uuid() : randomUUID(options)
  }
  const load = Module._load
  Module._load = function (name, ...rest) {
    const loaded = load.call(this, name, ...rest)
    return name === 'uuid' || name === 'uuid/v4' ? repeatable(loaded) : loaded
  }
}

function set (variables) {
  for (const name of Object.keys(applied)) if (!(name in variables)) delete process.env[name]
  Object.assign(process.env, variables)
  applied = variables
}

// ---- errors

function describe (error) {
  const isError = error instanceof Error
  let name = 'Error'
  let message = ''
  try {
    name = isError ? String(error.name) : typeof error
    message = isError ? String(error.message) : typeof error === 'string' ? error : JSON.stringify(error) || String(error)
  } catch (another) { // it cannot be converted to a string
  }
  return { name, message, own: isError ? isOwn(error) : true, trace: isError ? String(error.stack) : message }
}

// Whether a statement of the program raised the error: not the engine, not Node, not a package.
function isOwn (error) {
  const frame = String(error.stack).split('\n').find((line) => /^\s+at /.test(line)) || ''
  const place = /\(?((?:file:\/\/)?\/[^()]*?):(\d+):(\d+)\)?$/.exec(frame)
  if (!place) return false
  const file = place[1].startsWith('file:') ? url.fileURLToPath(place[1]) : place[1]
  if (!file.startsWith(folder + path.sep) || file.includes(`${path.sep}node_modules${path.sep}`)) return false
  const kind = error.constructor && error.constructor.name
  if (!ENGINE.has(kind)) return true
  try { // the engine throws such errors too; the source says who did
    const line = fs.readFileSync(file, 'utf8').split('\n')[place[2] - 1]
    return new RegExp(`^(new\\s+)?${kind}\\b`).test(line.slice(place[3] - 1))
  } catch (another) {
    return false
  }
}

function outcomeOf (error) {
  if (error && typeof error === 'object' && error.errCode !== undefined && error.errMsg !== undefined) {
    return ['error', { errCode: error.errCode, errMsg: error.errMsg }]
  }
  return ['raised', describe(error)]
}

// ---- loading and invoking

// ES modules ignore NODE_PATH: resolve what is missing in the function's folder from the other one.
function resolver (modules) {
  return `
    import { createRequire } from 'module'
    import { pathToFileURL } from 'url'
    const { resolve: find } = createRequire(${JSON.stringify(path.join(modules, '_.js'))})
    export async function resolve (name, context, next) {
      try {
        return await next(name, context)
      } catch (error) {
        if (error.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|^file:/.test(name)) throw error
        try {
          return { url: pathToFileURL(find(name)).href, shortCircuit: true }
        } catch (another) {
          throw error
        }
      }
    }`
}

async function load (job) {
  folder = job.folder
  process.chdir(folder)
  process.argv = [process.argv[0], path.join(folder, job.file)]
  if (job.modules) {
    process.env.NODE_PATH = job.modules
    Module._initPaths()
  }
  const file = path.join(folder, job.file)
  if (file.endsWith('.ts') && !typescript.install(folder)) throw Object.assign(new Error(), { refused: 'typescript' })
  let loaded
  try {
    loaded = require(file)
  } catch (error) {
    // Newer versions of Node can require ES modules, but do not resolve those in the other folder.
    if (!error || !['ERR_REQUIRE_ESM', 'ERR_MODULE_NOT_FOUND'].includes(error.code)) throw error
    if (job.modules && Module.register) Module.register('data:text/javascript,' + encodeURIComponent(resolver(job.modules)))
    loaded = await import(url.pathToFileURL(file))
  }
  const main = loaded[job.name] || (loaded.default && loaded.default[job.name])
  if (typeof main !== 'function') {
    const found = Object.keys(loaded).filter((name) => typeof loaded[name] === 'function')
    throw Object.assign(new Error(), {
      refused: `${job.file} in ${folder} exports no function ${job.name}; ` +
        (found.length ? `it exports ${found.join(', ')}` : `write: exports.${job.name} = async (event, context) => { … }`)
    })
  }
  return main
}

function missing (error) {
  const found = error && (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND') &&
    /Cannot find (?:module|package) '([^']+)'/.exec(error.message)
  return found && !/^[./]/.test(found[1]) ? found[1] : null
}

function run (main, job) {
  return new Promise((resolve, reject) => {
    const back = (error, value) => error ? reject(error) : resolve(value)
    const value = main(job.event, job.context, back)
    if (main.length < 3 || (value && typeof value.then === 'function')) resolve(value)
  })
}

// Work that the program started and did not await continues for a moment, as on the platform.
function settled () {
  const started = performance.now()
  const open = () => process.getActiveResourcesInfo && // Node 17.3
    process.getActiveResourcesInfo().some((name) => /^(TCPSocketWrap|TCPConnectWrap|GetAddrInfoReqWrap)$/.test(name))
  return new Promise((resolve) => {
    let quiet = 0
    const look = () => {
      quiet = open() ? 0 : quiet + 1
      quiet < QUIET && performance.now() - started < SETTLE ? setTimeout(look, 2) : resolve()
    }
    setImmediate(() => setImmediate(look))
  })
}

async function invoke (main, job) {
  freeze(job)
  set(job.variables)
  busy = true
  let kind, payload
  try {
    const value = await run(main, job)
    try {
      const text = JSON.stringify(value)
      ;[kind, payload] = ['result', text === undefined ? null : JSON.parse(text)]
    } catch (error) {
      ;[kind, payload] = ['refused', `the result cannot be sent: ${error.message}`]
    }
  } catch (error) {
    ;[kind, payload] = outcomeOf(error)
  }
  if (!busy) return
  busy = false
  await settled()
  answer(kind, payload)
}

function unhandled (error) {
  if (!busy) return // after the event nobody waits for an answer
  busy = false
  answer('unhandled', describe(error))
}

process.on('unhandledRejection', unhandled)
process.on('uncaughtException', unhandled)
install()
let main
listen(async (kind, job) => {
  if (kind === 'load') {
    freeze(job)
    set(job.variables)
    try {
      main = await load(job)
      answer('loaded', null)
    } catch (error) {
      const name = missing(error)
      if (name) answer('missing', name)
      else if (error && error.refused) answer('refused', error.refused)
      else answer('raised', describe(error))
    }
  } else {
    invoke(main, job)
  }
})
