// Makes a card of a user's steps (微信运动) with a mini-program code on it, and tells the user when it is there.
const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

exports.main = async (event, context) => {
  const { OPENID } = cloud.getWXContext()

  // 1. open data: the steps behind the CloudID that the mini program sent
  const { list } = await cloud.getOpenData({ list: [event.runCloudID] })
  const [run] = list
  if (run.errCode) {
    return { errCode: run.errCode, errMsg: '步数已过期，请重新授权' }
  }
  const steps = run.data.stepInfoList.reduce((sum, day) => sum + day.step, 0)

  // 2. another cloud function knows the levels
  const { result: level } = await cloud.callFunction({ name: 'stepLevel', data: { steps } })

  // 3. a mini-program code (小程序码), kept in the cloud storage
  const code = await cloud.openapi.wxacode.getUnlimited({ scene: `from=${OPENID.slice(-8)}`, page: 'pages/card/index' })
  const { fileID } = await cloud.uploadFile({ cloudPath: `cards/${OPENID}.png`, fileContent: code.buffer })

  // 4. a subscribe message (订阅消息); a user who did not subscribe gets none, and still has the card
  let told = true
  try {
    await cloud.openapi.subscribeMessage.send({
      touser: OPENID,
      templateId: event.templateId,
      page: 'pages/card/index',
      data: {
        number1: { value: String(steps) },
        phrase2: { value: level.name }
      }
    })
  } catch (err) {
    if (err.errCode !== 43101) throw err
    told = false
  }
  return { steps, level: level.name, fileID, told }
}
