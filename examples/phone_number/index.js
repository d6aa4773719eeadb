const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

const TIPS = {
  40029: '授权已过期，请重新点击「手机号快捷登录」',
  45011: '操作太频繁，请一分钟后再试',
}

exports.main = async (event, context) => {
  if (!event.code) return { ok: false, tip: '您取消了手机号授权' }
  try {
    const { phoneInfo } = await cloud.openapi.phonenumber.getPhoneNumber({ code: event.code })
    const phone = phoneInfo.purePhoneNumber
    return { ok: true, phone: `${phone.slice(0, 3)}****${phone.slice(-4)}`, countryCode: phoneInfo.countryCode }
  } catch (err) {
    return { ok: false, errCode: err.errCode, tip: TIPS[err.errCode] || '登录失败，请稍后再试' }
  }
}
