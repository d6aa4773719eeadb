exports.info = async (data, wxContext) => {
  return { openid: wxContext.OPENID, nickname: data.nickname || 'guest' }
}
