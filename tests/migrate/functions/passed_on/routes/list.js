const { LIMIT } = require('../common')

module.exports = async (event) => (event.items || []).slice(0, LIMIT)
