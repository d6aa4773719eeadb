const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })


const mask = phone => phone.replace(/^(\d{3})\d{4}(\d{4})$/, '$1****$2')

exports.main = async (event, context) => {
  const { code } = event
  if (typeof code !== 'string' || code === '') {
    return { errCode: -1, errMsg: 'code is missing' }
  }
  try {
    const { phoneInfo } = await cloud.openapi.phonenumber.getPhoneNumber({ code })
    return {
      errCode: 0,
      phone: mask(phoneInfo.purePhoneNumber),
      isMainland: phoneInfo.countryCode === '86'
    }
  } catch (err) {
    return err
  }
}
