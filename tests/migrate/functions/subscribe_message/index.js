const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })


const TEMPLATES = {
  order: 'tmpl-order-0001',
  remind: 'tmpl-remind-0002'
}

function cut(text, size) {
  const value = String(text || '')
  return value.length > size ? value.slice(0, size - 1) + '…' : value
}

exports.main = async (event, context) => {
  const { OPENID } = cloud.getWXContext()
  const templateId = TEMPLATES[event.kind]
  if (!templateId) return { success: false, reason: `unknown kind: ${event.kind}` }

  try {
    const result = await cloud.openapi.subscribeMessage.send({
      touser: event.touser || OPENID,
      page: event.page || 'pages/index/index',
      lang: 'zh_CN',
      data: {
        thing1: { value: cut(event.title, 20) },
        time2: { value: event.time || '2024-01-01' },
        number3: { value: event.count || 0 }
      },
      templateId,
      miniprogramState: event.debug ? 'developer' : 'formal'
    })
    return { success: true, errCode: result.errCode }
  } catch (err) {
    console.error('send failed', err)
    // 43101: the user has not subscribed
    if (err.errCode === 43101) {
      return { success: false, reason: 'not subscribed' }
    }
    return { success: false, reason: err.errMsg }
  }
}
