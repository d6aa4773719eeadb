const cloud = require('wx-server-sdk')
const TcbRouter = require('tcb-router')
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

const log = []

exports.main = async (event, context) => {
  const app = new TcbRouter({ event })
  log.length = 0

  app.use(async (ctx, next) => {
    ctx.data = { openid: cloud.getWXContext().OPENID, steps: ['all'] }
    await next()
    if (ctx.body) {
      ctx.body.steps = ctx.data.steps
    }
  })

  // 同一个中间件用于两个路由
  app.use(['book-list', 'book/detail'], async (ctx, next) => {
    ctx.data.steps.push('book')
    await next()
  })

  app.router('book-list', async (ctx) => {
    ctx.body = { code: 0, books: (event.books || []).map(name => ({ name })) }
  })

  app.router('book/detail', async (ctx, next) => {
    if (!event.id) {
      ctx.body = { code: 400, url: ctx._req.url }
      return
    }
    ctx.data.id = event.id
    await next()
  }, async (ctx) => {
    ctx.body = { code: 0, id: ctx.data.id, same: ctx._req.event.id === event.id }
  })

  app.router('twice', async (ctx, next) => {
    await next()
    await next()
  })

  app.router('nothing', (ctx) => {
    ctx.other = 1
  })

  app.router('fails', async (ctx) => {
    throw new Error(`no ${event.id}`)
  })

  return app.serve()
}
