const cloud = require('wx-server-sdk')
const { total, Size, Order } = require('./lines')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

exports.main = async (event, context) => {
  const lines = event.lines ?? []
  const { OPENID } = cloud.getWXContext()
  const basket = Order.of(Array.isArray(lines) ? lines : [])
  const sized = [basket.label(), basket.size, Size[basket.size]]
  return { total: total(lines), count: lines.length, note: event.note?.trim() ?? null, openid: OPENID, basket: sized }
}
