const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

const REPLIES = {
  营业时间: '我们每天 10:00 到 22:00 营业。',
  发票: '请在「我的订单」里打开订单，点「申请发票」。',
}
const WELCOME = '您好，我是小助手。回复「营业时间」或「发票」自助查询，回复「人工」联系客服。'

exports.main = async (event, context) => {
  let reply
  if (event.MsgType === 'text' && event.Content.includes('人工')) {
    return {
      MsgType: 'transfer_customer_service',
      ToUserName: event.FromUserName,
      FromUserName: event.ToUserName,
      CreateTime: event.CreateTime,
    }
  }
  if (event.MsgType === 'text') {
    const word = Object.keys(REPLIES).find(each => event.Content.includes(each))
    reply = word ? REPLIES[word] : WELCOME
  } else if (event.Event === 'user_enter_tempsession') {
    reply = WELCOME
  } else {
    return 'success'
  }
  try {
    await cloud.openapi.customerServiceMessage.send({
      touser: event.FromUserName, msgtype: 'text', text: { content: reply },
    })
  } catch (err) {
    console.error('回复失败', err.errCode, err.errMsg)
  }
  return 'success'
}
