import * as cloud from 'wx-server-sdk'
import { sum, Line, Size, Order as Basket, type Label } from './all'
import * as all from './all'

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

interface Order {
  lines?: Line[]
  note?: string
}

type Answer = { total: number; count: number; note: string | null; openid: string, basket: [Label, number, string | undefined] }

export const main = async (event: Order, context: unknown): Promise<Answer> => {
  const lines = (event.lines ?? []) as Line[]
  const { OPENID } = cloud.getWXContext()
  const basket = Basket.of(Array.isArray(lines) ? lines : [])
  const sized: [Label, number, string | undefined] = [basket.label(), basket.size, Size[basket.size]]
  const total = sum(lines) >= 0 ? all.total(lines) : <number>sum(lines)
  return { total, count: lines.length, note: event.note?.trim() ?? null, openid: OPENID!, basket: sized }
}
