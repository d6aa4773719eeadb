import cloud from 'wx-server-sdk'
import { createHash } from 'crypto'
import join, { words as split, LIMIT } from './words.mjs'
import * as tools from './words.mjs'

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })
export { LIMIT as limit, words } from './words.mjs'

export async function main (event) {
  if (event.tool) return { names: Object.keys(tools).sort(), given: tools[event.tool] ? tools[event.tool](event.text) : null }
  const found = split(event.text)
  if (found.length > LIMIT) throw new Error(`more than ${LIMIT} words`)
  const res = await cloud.openapi.security.msgSecCheck({ content: join(found) })
  return { found, checked: res.errCode, hash: createHash('md5').update(found.join('|')).digest('hex') }
}
