const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })


async function checkText(content, openid) {
  const res = await cloud.openapi.security.msgSecCheck({ content, version: 2, scene: 2, openid })
  return res.result ? res.result.suggest : 'pass'
}

exports.main = async (event, context) => {
  const openid = cloud.getWXContext().OPENID
  const texts = Array.isArray(event.texts) ? event.texts : [event.text]
  const cleaned = texts.filter(t => typeof t === 'string').map(t => t.trim()).filter(Boolean)
  if (cleaned.length === 0) {
    return { ok: true, checked: 0 }
  }
  const results = await Promise.all(cleaned.map(text => checkText(text, openid)))
  const risky = cleaned.filter((_, i) => results[i] === 'risky')
  switch (risky.length) {
    case 0:
      return { ok: true, checked: cleaned.length }
    case 1:
      return { ok: false, first: risky[0] }
    default:
      return { ok: false, first: risky[0], more: risky.length - 1 }
  }
}
