const a = require('./a')
class Box { constructor(v) { this.v = v } get() { return a.greet(this.v) } }
function error(message, code = 500) { return { code, message } }
module.exports = { Box, error, greet: a.greet, ok: data => ({ code: 0, data }) }
