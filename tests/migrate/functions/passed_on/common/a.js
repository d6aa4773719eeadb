const greet = (name, mark = '!') => `hi ${name}${mark}`
let count = 0
exports.greet = greet
exports.next = () => ++count
exports.LIMIT = 20
