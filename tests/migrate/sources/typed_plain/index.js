const cloud = require('wx-server-sdk')
const { total } = require('./lines')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

exports.main = async (event, context) => {
  const lines = event.lines ?? []
  const { OPENID } = cloud.getWXContext()
  return { total: total(lines), count: lines.length, note: event.note?.trim() ?? null, openid: OPENID }
}
