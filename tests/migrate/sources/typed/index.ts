import * as cloud from 'wx-server-sdk'
import { total, Line } from './lines'

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

interface Order {
  lines?: Line[]
  note?: string
}

type Answer = { total: number; count: number; note: string | null; openid: string }

export const main = async (event: Order, context: unknown): Promise<Answer> => {
  const lines = (event.lines ?? []) as Line[]
  const { OPENID } = cloud.getWXContext()
  return { total: total(lines), count: lines.length, note: event.note?.trim() ?? null, openid: OPENID! }
}
