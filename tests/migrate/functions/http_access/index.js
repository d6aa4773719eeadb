const cloud = require('wx-server-sdk')
const { json, fail } = require('./lib/answer')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

exports.main = async (event, context) => {
  const { httpMethod, path, queryStringParameters, body, isBase64Encoded } = event
  const query = queryStringParameters || {}
  if (httpMethod === 'GET' && path === '/hello') {
    return json(200, { message: `Hello, ${query.name || 'stranger'}!` })
  }
  if (httpMethod === 'POST') {
    const text = isBase64Encoded ? Buffer.from(body || '', 'base64').toString('utf8') : body || '{}'
    let data
    try {
      data = JSON.parse(text)
    } catch (e) {
      return fail(400, 'the body is no JSON')
    }
    return json(201, { got: data, keys: Object.keys(data).length })
  }
  return fail(405, `${httpMethod} is not supported`)
}
