const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

exports.main = async (event, context) => {
  const HOUR = 3600 * 1000
  const yesterday = new Date(new Date(event.Time).getTime() + 8 * HOUR - 24 * HOUR)
  const day = yesterday.toISOString().slice(0, 10).replace(/-/g, '')
  const found = await cloud.openapi.analysis.getDailySummary({ beginDate: day, endDate: day })
  let report
  if (!found.list.length) {
    report = { date: day, title: '昨日数据还没有生成' }
  } else {
    const { visitTotal, sharePv, shareUv } = found.list[0]
    report = { date: day, title: `累计用户 ${visitTotal}，转发 ${sharePv} 次（${shareUv} 人）` }
  }
  console.log(JSON.stringify(report))
  return report
}
