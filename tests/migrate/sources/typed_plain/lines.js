exports.total = lines => lines.reduce((sum, { price, count = 1 }) => sum + price * count, 0)
exports.Size = { 1: 'Small', 2: 'Large', Small: 1, Large: 2 }
exports.Order = class {
  constructor (name) { this.name = name; this.lines = [] }
  static of (lines, name) { const order = new exports.Order(name ?? 'order'); order.lines = lines; return order }
  get size () { return this.lines.length > 2 ? 2 : 1 }
  label () { return `<${this.name}:${this.lines.length}>` }
}
