const cloud = require('wx-server-sdk')
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })
const db = cloud.database()
const _ = db.command
const $ = db.command.aggregate
const MAX = 2
async function all (query) {
  const { total } = await query.count()
  const tasks = []
  for (let i = 0; i < Math.ceil(total / MAX); i++) {
    const promise = query.skip(i * MAX).limit(MAX).get()
    tasks.push(promise)
  }
  return (await Promise.all(tasks)).reduce((acc, cur) => ({ data: acc.data.concat(cur.data) }), { data: [] })
}
const ways = {
  add: async event => {
    const made = await db.collection('todos').add({ data: { title: event.title, at: new Date(event.at), n: event.n, tags: event.tags || [], none: event.none } })
    const { data } = await db.collection('todos').doc(made._id).get()
    return { title: data.title, at: data.at, day: data.at.getDate(), keys: Object.keys(data).length, iso: data.at.toISOString() }
  },
  find: async event => {
    const res = await db.collection('todos').where({ n: _.gt(event.n).and(_.lt(9)), tags: _.in(['x', 'y']) }).orderBy('n', 'desc').field({ _id: false, title: true, n: true }).get()
    if (res.data.length === 0) return 'none'
    return res.data.map(row => `${row.title}:${row.n}`)
  },
  page: async event => (await all(db.collection('todos').orderBy('n', 'asc'))).data.map(row => row.n),
  or: async event => db.collection('todos').where(_.or([{ title: db.RegExp({ regexp: event.title, options: 'i' }) }, { n: _.exists(false) }])).count(),
  update: async event => {
    const done = await db.collection('todos').where({ title: event.title }).update({ data: { n: _.inc(1), tags: _.push(['new']), at: db.serverDate() } })
    const one = (await db.collection('todos').where({ title: event.title }).limit(1).get()).data[0]
    return { done: done.stats.updated, n: one && one.n, tags: one ? one.tags : null }
  },
  group: async event => {
    const found = await db.collection('todos').aggregate().match({ n: _.gte(0) }).group({ _id: '$title', n: $.sum('$n'), most: $.max('$n') }).sort({ _id: 1 }).end()
    return found.list
  },
  late: async event => {
    const { data } = await db.collection('todos').where({ at: _.lt(new Date('2024-06-01')) }).orderBy('at', 'asc').get()
    return data.map(row => [row.title, row.at.getFullYear() + '-' + (row.at.getMonth() + 1), row.at > new Date('2024-01-15'), (new Date('2024-06-01') - row.at) / 864e5])
  },
  nothing: async event => { try { return (await db.collection('todos').where({ title: event.none }).get()).data.length } catch (e) { return 'error' } },
  gone: async event => { try { return await db.collection('todos').doc('none').get() } catch (e) { return { code: e.errCode } } },
  then: event => db.collection('todos').where({ title: 'b' }).get().then(res => res.data.length).catch(() => -1),
  move: async event => db.runTransaction(async transaction => {
    const one = await transaction.collection('todos').doc('a').get()
    await transaction.collection('todos').doc('a').update({ data: { n: one.data.n + 1 } })
    return one.data.n
  }),
  remove: async event => { const done = await db.collection('todos').where({ n: _.lt(event.n) }).remove(); return [done.stats.removed, (await db.collection('todos').count()).total] },
  whole: async event => db.collection('todos').orderBy('n', 'asc').get(),
  dates: async event => {
    const { data } = await db.collection('todos').orderBy('n', 'asc').get()
    return data.map(row => ({ ...row, seen: row.at })).concat([await db.collection('todos').doc('a').get()])
  },
  both: async event => {
    const [one, many] = await Promise.all([db.collection('todos').doc('a').get(), db.collection('todos').where({ title: event.title }).get()])
    if (!one || !many.data) return 'none'
    return [one.data.none === undefined, many.data.length, many.data[0] && many.data[0].none === undefined]
  },
  steps: async event => {
    let query = db.collection('todos')
    if (event.n) query = query.where({ n: _.gt(event.n) })
    query = query.orderBy('n', 'desc')
    const page = event.page || 1
    const res = await query.skip((page - 1) * 2).limit(2).get()
    console.log('rows: ' + res.data.length, `${event.none} of ${page}`)
    return res.data.map(row => [row.title || 'none', Number(row.none) || 0])
  },
  own: async event => {
    const data = { title: event.title, made: db.serverDate(), later: db.serverDate({ offset: 5 }) }
    const made = await db.collection('todos').add({ data, success: res => { throw new Error('never') }, fail () {} })
    if (!made) return null
    return { ...data, id: made._id.length }
  },
  none: async event => {
    const same = await db.collection('todos').where({ title: _.eq(event.none) }).get()
    const either = await db.collection('todos').where(_.or([{ tags: _.eq(event.none) }, { n: _.gt(event.none).or(_.lt(2)) }])).get()
    const gone = await db.collection('todos').where({ none: _.eq(event.none) }).remove()
    return [same.data.length, either.data.map(row => row._id), gone.stats.removed]
  },
  back: async event => {
    try {
      return await db.runTransaction(async transaction => {
        await transaction.collection('todos').doc('a').update({ data: { n: 100 } })
        await transaction.rollback(event.why)
      })
    } catch (error) {
      return { error, message: error.message || 'none' }
    }
  },
  kept: async event => {
    let target = null
    if (event.title) target = db.collection('todos').where({ title: event.title })
    else target = db.collection('todos').doc('a')
    try {
      return (await target.update({ data: { n: event.n } }))
    } catch (error) {
      return [error.errCode, error.message]
    }
  },
  handed: async event => { const done = await touch(db.collection('todos').doc('b'), event.n); return [done, (await db.collection('todos').doc('b').get({})).data.n] },
  names: event => find('a'),
  stages: async event => {
    const $ = _.aggregate
    const rows = db.collection('todos').aggregate()
    if (event.n) rows.match({ n: _.gt(event.n) })
    rows.sort({ n: -1 })
    rows.limit(2).project({ title: 1, n: $.add(['$n', 1]) })
    return (await rows.end()).list
  },
  outside: async event => {
    const transaction = await db.startTransaction()
    const { data } = await transaction.collection('todos').doc('a').get()
    await transaction.collection('todos').where({ title: 'b' }).update({ data: { n: data.n } })
    await transaction.rollback()
    return (await db.collection('todos').where({ n: data.n }).count({})).total
  },
  batches: async event => {
    const tasks = []
    for (let at = 0; at < 4; at += 2) {
      const promise = db.collection('todos').orderBy('n', 'asc').skip(at).limit(2).get()
      tasks.push(promise)
    }
    const all = (await Promise.all(tasks)).reduce((one, next) => ({ data: one.data.concat(next.data) }))
    const pages = await Promise.all(tasks)
    return [all.data.map(each => each.title.trim()), pages.flatMap(page => page.data || []).map(each => each.n)]
  },
  counted: async event => {
    let query = null
    if (event.title) query = db.collection('todos').where({ title: event.title })
    if (!query) return 'no query'
    query = query.where({ title: event.title })
    const changed = await query.update({ data: { n: event.n } })
    if (changed.stats.updated === 0) return 'none'
    const gone = await db.collection('todos').doc('d').remove()
    const kept = await db.runTransaction(async t => ({ n: (await t.collection('todos').doc('b').get()).data.n }))
    return [`${changed.stats.updated} changed`, changed.stats.updated > 1, gone.stats.removed, kept.n, !changed.stats]
  },
  fewer: async event => {
    const $ = _.aggregate
    const where = new Object()
    where.n = _.gt(0)
    const { list } = await db.collection('todos').aggregate().match(where).sort({ n: 1 }).project({ n: $.ifNull(['$none', '$n'], 7) }).end()
    return list
  },
  lost: async event => {
    const found = []
    const steps = [
      () => nobody.find(event.n), () => ({ nobody }), () => missing(1), () => nobody + 1, () => db.collection('todos').createIndex({ n: 1 }),
      () => db.noSuch('a'), () => typeof nobody, () => nobody.list[0].find()
    ]
    for (const step of steps) {
      try { found.push(step()) } catch (error) { found.push([error.message, error.name, error instanceof TypeError]) }
    }
    return found
  },
  removed: async event => {
    const transaction = await db.startTransaction()
    const gone = await transaction.collection('todos').doc('b').remove({})
    await transaction.commit()
    await db.collection('todos').doc('a').remove({ data: { n: 1 } })
    return [gone.stats.removed, (await db.collection('todos').count({})).total]
  },
  undated: async event => {
    const at = new Date(event.title)
    try {
      return (await db.collection('todos').where({ at: _.gte(at) }).count()).total
    } catch (error) { return [error.errCode, error.errMsg, error.message, String(error)] }
  },
  empty: async event => {
    const todos = cloud.database('another').collection('todos')
    const options = event.options || {}
    const { stats } = await todos.where({ n: 3, options }).update({ data: { options, tags: _.push({ each: [{ a: event.none }] }), list: [{ b: event.none }] } })
    const { total } = await todos.where({ list: [{ b: event.none }] }).count()
    return [stats, total, (await todos.doc('b').get()).data]
  },
  wrong: async event => {
    const found = []
    const steps = [
      () => db.collection('todos').doc(event.none), () => db.collection('todos').limit(event.title), () => db.collection(''),
      () => db.collection('todos').orderBy('n', event.title), () => db.collection('todos').where(event.title), () => db.RegExp({}),
      () => db.collection('todos').where({ n: event.none }), () => new db.Geo.Point(event.title, 2)
    ]
    for (const step of steps) {
      try { step() } catch (error) { found.push([error.message, error.errCode, error.errMsg, JSON.stringify(error), Object.keys(error).length, { error }]) }
    }
    return found
  },
  thrown: async event => db.collection('todos').doc(event.none).get(),
  set: async event => { const done = await db.collection('todos').doc('z').set({ data: { n: 5, deep: { a: [1, { b: event.title }] } } }); const { data: z } = await db.collection('todos').doc('z').get(); return [done, z] }
}
const Todos = db.collection('todos')
const find = (todos) => new Promise((resolve) => { Todos.doc(todos).get().then((res) => { resolve(res.data.title) }) })
async function touch (ref, n) { const done = await ref.update({ data: { n } }); return done.stats.updated }
exports.main = async (event, context) => {
  const way = ways[event.way]
  if (!way) return { errMsg: 'no such way' }
  return way(event)
}
