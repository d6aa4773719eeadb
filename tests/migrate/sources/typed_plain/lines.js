exports.total = lines => lines.reduce((sum, { price, count = 1 }) => sum + price * count, 0)
