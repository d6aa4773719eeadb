import cloud from 'wx-server-sdk'
import { createHash } from 'crypto'
import { words as split, LIMIT } from './words.mjs'

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

export async function main (event) {
  const found = split(event.text)
  if (found.length > LIMIT) throw new Error(`more than ${LIMIT} words`)
  const res = await cloud.openapi.security.msgSecCheck({ content: found.join(' ') })
  return { found, checked: res.errCode, hash: createHash('md5').update(found.join('|')).digest('hex') }
}
