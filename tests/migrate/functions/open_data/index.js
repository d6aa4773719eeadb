const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })


// Steps of WeRun (微信运动), newest first
exports.main = async (event, context) => {
  const { weRunData, limit = 7 } = event
  if (!weRunData) {
    return { code: 400, message: 'weRunData is missing' }
  }
  const res = await cloud.openapi.cloudbase.getOpenData({ cloudidList: [weRunData] })
  const first = res.dataList[0]
  if (!first || !first.json) {
    return { code: 404, message: 'no data' }
  }
  const steps = first.json.data.stepInfoList || []
  const latest = steps
    .map(item => ({ date: new Date(item.timestamp * 1000).toISOString().slice(0, 10), step: item.step }))
    .sort((a, b) => (a.date < b.date ? 1 : -1))
    .slice(0, limit)
  const total = latest.reduce((sum, item) => sum + item.step, 0)
  return { code: 0, latest, total, average: latest.length ? Math.round(total / latest.length) : 0 }
}
