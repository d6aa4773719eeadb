export interface Line {
  price: number
  count?: number
}

export function total(lines: readonly Line[]): number {
  return lines.reduce<number>((sum, { price, count = 1 }) => sum + price * count, 0)
}

export enum Size { Small = 1, Large }
export type Label = string

export abstract class Basket<T extends Line> {
  protected readonly lines: T[] = []

  constructor (private name: Label, public limit = 2) {}

  abstract label (): Label

  get size (): Size { return this.lines.length > this.limit ? Size.Large : Size.Small }

  add (line: T): this {
    this.lines.push(line)
    return this
  }

  protected named (): Label { return `${this.name}:${this.lines.length}` }
}

export class Order extends Basket<Line> {
  static of (lines: Line[], name?: string): Order {
    const order = new Order(name ?? 'order')
    for (const line of lines) order.add(line)
    return order
  }

  label (): Label { return `<${this.named()}>` }
}
