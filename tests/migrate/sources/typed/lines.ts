export interface Line {
  price: number
  count?: number
}

export function total(lines: readonly Line[]): number {
  return lines.reduce<number>((sum, { price, count = 1 }) => sum + price * count, 0)
}
