const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

const db = cloud.database()
const _ = db.command
const $ = _.aggregate
const PAGE = 20

exports.main = async (event, context) => {
  const owner = cloud.getWXContext().OPENID
  switch (event.action) {
    case 'add': return add(owner, event)
    case 'finish': return finish(owner, event.id)
    case 'stats': return stats(owner)
    default: return page(owner, event.page || 0, event.tag)
  }
}

async function add(owner, { id, title, tags = [] }) {
  try {
    await db.collection('todos').add({ data: { _id: id, owner, title, tags, done: false, at: db.serverDate() } })
  } catch (err) {
    if (/E11000/.test(err.errMsg)) return { ok: false, tip: '这一条已经有了' }
    throw err
  }
  return { ok: true }
}

async function page(owner, number, tag) {
  const condition = tag === undefined ? { owner } : { owner, tags: _.in([tag]) }
  const todos = db.collection('todos').where(condition)
  const { total } = await todos.count()
  const { data } = await todos.orderBy('done', 'asc').orderBy('_id', 'asc')
    .skip(number * PAGE).limit(PAGE).field({ title: true, done: true }).get()
  return { todos: data, total, more: (number + 1) * PAGE < total }
}

async function finish(owner, id) {
  try {
    return await db.runTransaction(async transaction => {
      const todo = transaction.collection('todos').doc(id)
      const found = (await todo.get()).data
      if (found.owner !== owner) return transaction.rollback('not yours')
      if (!found.done) {
        await todo.update({ data: { done: true, doneAt: db.serverDate() } })
        await transaction.collection('counters').doc('done').update({ data: { n: _.inc(1) } })
      }
      return { ok: true }
    })
  } catch (err) {
    if (err === 'not yours') return { ok: false, tip: '这不是你的待办' }
    if (/does not exist/.test(err.errMsg)) return { ok: false, tip: '没有这条待办' }
    throw err
  }
}

async function stats(owner) {
  const tags = await db.collection('todos').aggregate()
    .match({ owner })
    .unwind('$tags')
    .group({ _id: '$tags', n: $.sum(1), done: $.sum($.cond({ if: '$done', then: 1, else: 0 })) })
    .sort({ n: -1, _id: 1 })
    .limit(100)
    .end()
  const counter = await db.collection('counters').doc('done').get()
  return { tags: tags.list, finishedByAll: counter.data.n }
}
