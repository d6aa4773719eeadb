const cloud = require('wx-server-sdk')
const user = require('./handlers/user')
const score = require('./handlers/score')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

const routes = {
  'user.info': user.info,
  'score.rank': score.rank,
  'score.level': score.level
}

exports.main = async (event, context) => {
  const handler = routes[event.action]
  if (!handler) {
    return { code: 404, message: `no such action: ${event.action}` }
  }
  try {
    const data = await handler(event.data || {}, cloud.getWXContext())
    return { code: 0, data }
  } catch (err) {
    return { code: 500, message: err.message }
  }
}
