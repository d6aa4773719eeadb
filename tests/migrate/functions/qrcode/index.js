const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })


const DEFAULT_PAGE = 'pages/index/index'

/**
 * Makes a mini program code and keeps it in cloud storage.
 */
exports.main = async (event) => {
  const scene = Object.keys(event.query || {})
    .map(key => `${key}=${encodeURIComponent(event.query[key])}`)
    .join('&')
  if (scene.length > 32) {
    throw new Error('scene is too long: ' + scene.length)
  }
  const { buffer, contentType } = await cloud.openapi.wxacode.getUnlimited({
    scene: scene || 'a=1',
    page: event.page || DEFAULT_PAGE,
    width: 280
  })
  const suffix = contentType === 'image/png' ? 'png' : 'jpg'
  const upload = await cloud.uploadFile({
    cloudPath: `qrcode/${event.name || 'code'}.${suffix}`,
    fileContent: buffer
  })
  const { fileList } = await cloud.getTempFileURL({ fileList: [upload.fileID] })
  return { fileID: upload.fileID, url: fileList[0].tempFileURL }
}
