// wx.cloud for the simulator of WeChat DevTools and for H5 pages: `cloudpy dev --allow-origin …` answers it.
// 模拟器和 H5 页面用的 wx.cloud，由 `cloudpy dev --allow-origin …` 应答，只用于本地开发。
//
//   const connect = require('./cloudpy-client')
//   const cloud = wx.getSystemInfoSync().platform === 'devtools' ? connect() : wx.cloud
(function () {
  const ENDS = ['get', 'count', 'add', 'set', 'update', 'remove']

  const overFetch = {
    request: ({ url, header, data, success, fail }) =>
      fetch(url, { method: 'POST', headers: header, body: data }).then(answer => answer.text())
        .then(text => success({ data: text }), fail),
    uploadFile: ({ url, header, filePath, name, formData, success, fail }) => {
      const body = new FormData()
      Object.keys(formData).forEach(key => body.append(key, formData[key]))
      body.append(name, filePath)
      overFetch.request({ url, header, data: body, success, fail })
    },
  }

  // What JSON has no form for: dates, regular expressions, and the commands of `chain`.
  const pack = value => {
    if (value instanceof Date) return { $date: value.getTime() }
    if (value instanceof RegExp) return { $regex: value.source, $options: value.flags }
    if (typeof value === 'function') return value.$chain ? { $chain: pack(value.$chain) } : undefined
    if (Array.isArray(value)) return value.map(pack)
    if (!value || typeof value !== 'object') return value
    return Object.keys(value).reduce((packed, key) => ({ ...packed, [key]: pack(value[key]) }), {})
  }
  const unpack = (key, value) => (value && typeof value.$date === 'number' ? new Date(value.$date) : value)

  // `db.collection('todos').where({ done: false }).get()` is sent as a list of its steps.
  const chain = (steps, send) => new Proxy(() => {}, {
    get: (_, name) => {
      if (name === '$chain') return steps
      return name === 'then' || typeof name === 'symbol' ? undefined : chain([...steps, [name]], send)
    },
    apply: (_, __, given) => {
      const name = steps[steps.length - 1][0]
      const inPipeline = steps.some(step => step[0] === 'aggregate')
      const isEnd = steps[0][0] === 'collection' && (inPipeline ? name === 'end' : ENDS.includes(name))
      if (!isEnd) return chain([...steps.slice(0, -1), [name, given]], send)
      const { success, fail, complete, ...options } = given[0] || {}
      const called = [name, Object.keys(options).length ? [options] : []]
      return send('database', { chain: [...steps.slice(0, -1), called] }, { success, fail, complete })
    },
  })

  const connect = ({ url = 'http://127.0.0.1:8900', openid } = {}) => {
    const api = typeof wx === 'object' && wx.request ? wx : overFetch
    const identity = openid ? { 'x-wx-openid': openid } : {}

    const promised = (start, { success, fail, complete } = {}) => {
      const promise = new Promise((resolve, reject) => start({
        success: ({ data }) => {
          const answer = JSON.parse(typeof data === 'string' ? data : JSON.stringify(data), unpack)
          if (answer.errCode) reject(Object.assign(new Error(answer.errMsg), answer))
          else resolve(answer)
        },
        fail: reject,
      }))
      if (!success && !fail && !complete) return promise
      promise.then(success, fail).then(complete, complete)
    }
    const send = (name, data, callbacks) => promised(handlers => api.request({
      url: `${url}/_client/${name}`,
      method: 'POST',
      header: { 'content-type': 'application/json', ...identity },
      data: JSON.stringify(pack(data)),
      dataType: 'text',
      ...handlers,
    }), callbacks)

    return {
      init: () => {},
      CloudID: cloudID => ({ cloudID }),
      database: () => chain([], send),
      callFunction: ({ name, data, ...callbacks }) => send('callFunction', { name, data }, callbacks),
      getTempFileURL: ({ fileList, ...callbacks }) => send('getTempFileURL', { fileList }, callbacks),
      deleteFile: ({ fileList, ...callbacks }) => send('deleteFile', { fileList }, callbacks),
      uploadFile: ({ cloudPath, filePath, ...callbacks }) => promised(handlers => api.uploadFile({
        url: `${url}/_client/uploadFile`,
        header: identity,
        filePath,
        name: 'file',
        formData: { cloudPath },
        ...handlers,
      }), callbacks),
    }
  }

  if (typeof module === 'object' && module.exports) module.exports = connect
  else globalThis.cloudpyClient = connect
})()
