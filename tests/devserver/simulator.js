// A mini program in the simulator, as far as the client needs one: wx.request and wx.uploadFile, and some calls.
const http = require('http')
const [client, url, origin, cloudId] = process.argv.slice(2)

const send = ({ url, method = 'POST', header = {}, data, success, fail }) => {
  const sent = http.request(url, { method, headers: { origin, ...header } }, answer => {
    const pieces = []
    answer.on('data', piece => pieces.push(piece))
    answer.on('end', () => success({
      data: Buffer.concat(pieces).toString(), statusCode: answer.statusCode, header: answer.headers,
    }))
  })
  sent.on('error', fail)
  sent.end(data)
}

global.wx = {
  request: send,
  uploadFile: ({ url, header, filePath, name, formData, success, fail }) => {
    const mark = 'mark-of-the-simulator'
    const fields = Object.keys(formData).map(key =>
      `--${mark}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${formData[key]}\r\n`)
    const file = `--${mark}\r\nContent-Disposition: form-data; name="${name}"; filename="a.png"\r\n` +
      'Content-Type: image/png\r\n\r\n'
    const data = Buffer.concat([Buffer.from(fields.join('') + file), filePath, Buffer.from(`\r\n--${mark}--\r\n`)])
    send({ url, header: { ...header, 'content-type': `multipart/form-data; boundary=${mark}` }, data, success, fail })
  },
}

const failure = promise => promise.then(() => null, error => ({ errCode: error.errCode, errMsg: error.errMsg }))

const main = async () => {
  const cloud = require(client)({ url, openid: 'o-bob' })
  cloud.init({ env: 'any' })
  const db = cloud.database()
  const _ = db.command
  const todos = db.collection('todos')
  const told = {}

  told.call = await cloud.callFunction({ name: 'who', data: { a: 1, weRun: cloud.CloudID(cloudId) } })
  told.failed = await failure(cloud.callFunction({ name: 'raises' }))
  told.misspelt = await failure(cloud.callFunction({ name: 'woh' }))
  told.byCallback = await new Promise((success, fail) => cloud.callFunction({ name: 'who', success, fail }))

  const due = new Date(1767225600000)
  told.added = await todos.add({ data: { _id: 'a', title: '茶', n: 1, due, tags: ['x'] } })
  await todos.doc('b').set({ data: { title: 'b', n: 5, due: db.serverDate(), at: db.Geo.Point(113, 23) } })
  told.updated = await todos.doc('a').update({ data: { n: _.inc(2), tags: _.push(['y', 'z']) } })
  const { data: one } = await todos.doc('a').get()
  told.one = { ...one, due: one.due instanceof Date && one.due.getTime() === due.getTime() }
  told.found = (await todos.where({ n: _.gt(1).and(_.lt(10)), title: /^b/i }).orderBy('n', 'desc').field({ n: true })
    .get()).data
  told.before = (await todos.where({ due: _.lte(due) }).count()).total
  told.some = (await todos.where({ _id: _.in(['a', 'nowhere']) }).get()).data.length
  told.sums = (await todos.aggregate().match({ n: _.gt(0) })
    .group({ _id: null, sum: db.command.aggregate.sum('$n') }).end()).list
  told.counted = (await todos.aggregate().count('many').end()).list
  told.place = (await todos.doc('b').get()).data.at
  told.byCallbacks = await new Promise((success, fail) => todos.limit(1).get({ success, fail }))
  told.missing = await failure(todos.doc('nowhere').get())
  told.noCollection = await failure(db.collection('nowhere').get())
  told.foreign = await failure(todos.add({ data: { _openid: 'o-alice' } }))
  told.many = (await db.collection('many').limit(100).get()).data.length
  told.removed = await todos.doc('a').remove()

  const uploaded = await cloud.uploadFile({ cloudPath: 'photos/名.png', filePath: Buffer.from([0, 1, 13, 10, 255]) })
  told.uploaded = uploaded
  const { fileList } = await cloud.getTempFileURL({ fileList: [uploaded.fileID, 'cloud://local.local/nowhere'] })
  told.urls = fileList.map(file => [file.status, Boolean(file.tempFileURL)])
  told.content = await new Promise((success, fail) => http.get(fileList[0].tempFileURL, answer => {
    const pieces = []
    answer.on('data', piece => pieces.push(...piece))
    answer.on('end', () => success(pieces))
  }).on('error', fail))
  told.deleted = (await cloud.deleteFile({ fileList: [uploaded.fileID] })).fileList[0].status
  told.badPath = await failure(cloud.uploadFile({ cloudPath: '../x', filePath: Buffer.from('x') }))
  console.log(JSON.stringify(told))
}

main().catch(error => { console.error(error); process.exit(1) })
