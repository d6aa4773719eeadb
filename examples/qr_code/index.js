const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

exports.main = async (event, context) => {
  const { scene = '', page = 'pages/index/index' } = event
  if (scene.length < 1 || scene.length > 32) {
    return { ok: false, tip: '参数 scene 须为 1 到 32 个字符' }
  }
  try {
    const code = await cloud.openapi.wxacode.getUnlimited({ scene, page, width: 280, checkPath: true })
    return { ok: true, contentType: code.contentType, image: code.buffer }
  } catch (err) {
    const tip = err.errCode === 41030 ? '页面不存在，或小程序还没有发布' : '小程序码生成失败，请稍后再试'
    return { ok: false, errCode: err.errCode, tip }
  }
}
