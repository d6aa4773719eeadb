const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })


const DAY = 24 * 60 * 60 * 1000

const pad = n => String(n).padStart(2, '0')
const dayOf = time => {
  const d = new Date(time)
  return `${d.getUTCFullYear()}-${pad(d.getUTCMonth() + 1)}-${pad(d.getUTCDate())}`
}

exports.main = async (event, context) => {
  const { TriggerName, Type, Time } = event
  if (Type !== 'Timer') return { skipped: true }
  const now = Time ? new Date(Time).getTime() : Date.now()
  const days = []
  for (let i = 1; i <= 7; i++) {
    days.push(dayOf(now - i * DAY))
  }
  const failed = []
  for (const openid of event.openids || []) {
    try {
      await cloud.openapi.subscribeMessage.send({
        touser: openid,
        templateId: 'weekly-report',
        page: 'pages/report/report',
        data: { date1: { value: days[days.length - 1] }, date2: { value: days[0] } }
      })
    } catch (e) {
      failed.push({ openid, reason: e.errMsg || e.message })
    }
  }
  return { trigger: TriggerName, days, failed }
}
