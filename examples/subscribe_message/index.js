const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

const TEMPLATE_ID = 'tpl-order-ready'

const TIPS = {
  43101: '您还没有订阅取餐提醒，请先点「订阅」',
  47003: '提醒内容不符合模板要求，请检查订单信息',
}

exports.main = async (event, context) => {
  const { order } = event
  try {
    await cloud.openapi.subscribeMessage.send({
      touser: cloud.getWXContext().OPENID,
      templateId: TEMPLATE_ID,
      page: `pages/order/detail?id=${order.id}`,
      data: {
        character_string1: { value: order.id },
        thing2: { value: order.dish.slice(0, 20) },
        time3: { value: order.readyAt },
      },
    })
  } catch (err) {
    return { ok: false, errCode: err.errCode, tip: TIPS[err.errCode] || '提醒发送失败，请稍后再试' }
  }
  return { ok: true, tip: '取餐提醒已发送' }
}
