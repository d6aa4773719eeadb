// The level that somebody's steps are worth.
const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

const LEVELS = [
  { from: 30000, name: '健步如飞' },
  { from: 10000, name: '步履轻盈' },
  { from: 0, name: '重在参与' }
]

exports.main = async (event, context) => {
  const { OPENID, SOURCE } = cloud.getWXContext()
  const level = LEVELS.find(one => event.steps >= one.from)
  return { name: level.name, for: OPENID, source: SOURCE }
}
