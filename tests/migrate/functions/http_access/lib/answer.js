const HEADERS = { 'Content-Type': 'application/json; charset=utf-8' }

function json(statusCode, data) {
  return { statusCode, headers: HEADERS, body: JSON.stringify(data) }
}

const fail = (statusCode, message) => json(statusCode, { error: message })

module.exports = { json, fail }
