const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

exports.main = async (event) => {
  try {
    const names = event.names || ['stock']
    const all = await Promise.all(names.map((name, at) => cloud.callFunction({ name, data: { item: event.item, at } })))
    return all.map(one => one.result)
  } catch (error) {
    return { errMsg: error.errMsg }
  }
}
