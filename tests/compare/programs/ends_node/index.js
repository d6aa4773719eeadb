// Every way in which a function can end, chosen by the event.
const crypto = require('crypto')
const fs = require('fs')

class OwnError extends Error {}
let served = 0

exports.main = async (event, context) => {
  served += 1
  switch (event.end) {
    case 'count': return served
    case 'exit': return process.exit(3)
    case 'loop': for (;;);
    case 'never': return new Promise(() => {})
    case 'abort': return process.abort()
    case 'unhandled': {
      Promise.reject(new Error('nobody waits'))
      return new Promise(() => {})
    }
    case 'flood': {
      for (let line = 0; line < 2000; line++) console.log('x'.repeat(1000))
      fs.writeSync(1, 'result 4\nnull')
      return 'dry'
    }
    case 'throw': throw new Error(event.words)
    case 'throw own class': throw new OwnError(event.words)
    case 'throw TypeError': throw new TypeError(event.words)
    case 'throw text': throw event.words // eslint-disable-line no-throw-literal
    case 'accident': return event.nothing.at.all
    case 'no name': return noSuchName
    case 'library': return JSON.parse('{')
    case 'throw codes': throw Object.assign(new Error('x'), { errCode: 7, errMsg: event.words })
    case 'circle': { const circle = {}; circle.circle = circle; return circle }
    case 'values': return { whole: 1.0, big: 1e21, text: '\ud83d', gone: undefined, nothing: null, bytes: Buffer.from([1, 2]), not: NaN }
    case 'undefined': return undefined
    case 'callback': return later(event, context)
    case 'time': return {
      now: Date.now(),
      iso: new Date().toISOString(),
      same: new Date() instanceof Date && new Date(0).getTime() === 0 && typeof Date() === 'string',
      random: [Math.random(), Math.random()],
      die: Math.floor(Math.random() * 6) + 1,
      system: [crypto.randomBytes(9).toString('hex'), crypto.randomUUID()],
      request: context.request_id,
      openid: process.env.WX_OPENID || null,
      trigger: process.env.TRIGGER_SRC,
      event
    }
  }
}

const later = (event, context) => new Promise((resolve) => setTimeout(() => resolve('later'), 5))
