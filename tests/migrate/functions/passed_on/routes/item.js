const { b } = require('../common')

exports.get = (event) => b.ok(event.items[0])
