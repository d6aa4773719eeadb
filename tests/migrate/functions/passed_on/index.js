const cloud = require('wx-server-sdk')
const common = require('./common')
const { a, error, Box, greet, ok, plus } = require('./common')
const { error: oops } = require('./common/only')
const { b } = common
const { b: { ok: inner } } = require('./common')
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

const routes = {
  list: require('./routes/list'),
  'item.get': require('./routes/item').get
}

exports.main = async (event) => {
  const box = new Box(event.name)
  const route = routes[event.route]
  return {
    errors: [common.b.error('x'), common.error('y', 1), oops('m'), error('n')],
    texts: [a.greet('z'), greet('q', '?'), box.get(), new common.Box('k').get()],
    ok: [common.again.ok(1), ok(2), b.ok(3), inner(4)],
    counts: [plus(), common.next(), a.next()],
    limits: [common.LIMIT, common.a.LIMIT],
    routed: route ? await route(event) : null
  }
}
