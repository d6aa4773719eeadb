const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })


const crypto = require('crypto')
const config = require('./settings.json')

function tradeNo(openid, now) {
  const hash = crypto.createHash('md5').update(openid + now).digest('hex')
  return 'T' + hash.slice(0, 20).toUpperCase()
}

async function unifiedOrder(event) {
  const { OPENID } = cloud.getWXContext()
  const fee = Math.round(Number(event.price) * 100)
  if (!(fee > 0)) throw new Error(`bad price: ${event.price}`)
  const res = await cloud.cloudPay.unifiedOrder({
    body: event.body || config.body,
    outTradeNo: tradeNo(OPENID, event.now || Date.now()),
    spbillCreateIp: '127.0.0.1',
    subMchId: config.subMchId,
    totalFee: fee,
    envId: config.envId,
    functionName: config.callback
  })
  return res.payment
}

// WeChat Pay calls the function back with returnCode
const paid = event => {
  if (event.resultCode !== 'SUCCESS') {
    console.warn('not paid', event.errCodeDes)
  }
  return { errcode: 0, errmsg: '' }
}

exports.main = async (event, context) => {
  if (event.returnCode) {
    return paid(event)
  }
  return await unifiedOrder(event)
}
