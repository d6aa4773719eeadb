const a = require('./a')
const b = require('./b')
module.exports = { a, b, again: require('./only'), plus: a.next, ...a, ...b, ok: (x) => ({ ok: x }) }
