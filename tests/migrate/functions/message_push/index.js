const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })


const REPLIES = [
  { keys: ['price', '价格'], text: 'Our prices are on the first page.' },
  { keys: ['hello', '你好'], text: 'Hello! How can I help?' }
]

function replyTo(content) {
  const asked = content.toLowerCase()
  const found = REPLIES.find(rule => rule.keys.some(key => asked.indexOf(key) > -1))
  return found ? found.text : null
}

exports.main = async (event, context) => {
  const { OPENID } = cloud.getWXContext()
  switch (event.MsgType) {
    case 'text': {
      const text = replyTo(event.Content || '')
      if (!text) break
      await cloud.openapi.customerServiceMessage.send({
        touser: OPENID,
        msgtype: 'text',
        text: { content: text }
      })
      return 'success'
    }
    case 'image':
      await cloud.openapi.customerServiceMessage.setTyping({ touser: OPENID, command: 'Typing' })
      return 'success'
    case 'event':
      console.info('event', event.Event)
      break
    default:
      console.info('ignored', event.MsgType)
  }
  return 'success'
}
