const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

const MAX_IMAGE = 1024 * 1024
const FORUM = 3

exports.main = async (event, context) => {
  const image = event.image ? Buffer.from(event.image) : null
  if (image && image.length > MAX_IMAGE) {
    return { ok: false, tip: '图片太大，请压缩到 1 MB 以内' }
  }
  let textIsFine, imageIsFine
  try {
    [textIsFine, imageIsFine] = await Promise.all([checkText(event.text), checkImage(image)])
  } catch (err) {
    return { ok: false, errCode: err.errCode, tip: '内容安全检测暂时不可用，请稍后再试' }
  }
  if (!textIsFine) return { ok: false, tip: '文字含有违规内容，请修改后再发布' }
  if (!imageIsFine) return { ok: false, tip: '图片含有违规内容，请更换后再发布' }
  return { ok: true, tip: '可以发布' }
}

async function checkText(content) {
  const checked = await cloud.openapi.security.msgSecCheck({
    content, version: 2, scene: FORUM, openid: cloud.getWXContext().OPENID,
  })
  return checked.result.suggest === 'pass'
}

async function checkImage(image) {
  if (!image) return true
  try {
    await cloud.openapi.security.imgSecCheck({ media: { contentType: 'image/png', value: image } })
  } catch (err) {
    if (err.errCode === 87014) return false
    throw err
  }
  return true
}
