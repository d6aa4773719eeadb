module.exports = require('./b')
