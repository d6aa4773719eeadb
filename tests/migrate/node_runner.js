// Runs snippets: a JSON list of {id, source, events} comes in, a line of JSON for each goes out.
const snippets = JSON.parse(require('fs').readFileSync(0, 'utf8'))
process.on('unhandledRejection', () => {})
let printed = []
console.log = (...values) => {
  if (!values.some(value => value instanceof Error)) printed.push(require('util').format(...values))
}
console.error = console.warn = console.info = () => {}

async function outcome (main, event) {
  printed = []
  try {
    const value = await main(event, {})
    const text = JSON.stringify(value)
    return { value: text === undefined ? null : JSON.parse(text), printed }
  } catch (error) {
    const isOwn = error instanceof Error && error.constructor === Error
    const thrown = error instanceof Error ? [error.name, error.message] : ['', String(error)]
    return { error: isOwn ? error.message : true, thrown, printed }
  }
}

async function run () {
  const lines = []
  for (const { id, source, events } of snippets) {
    let main
    try {
      const module = { exports: {} }
      // eslint-disable-next-line no-new-func
      new Function('exports', 'module', 'require', source)(module.exports, module, require)
      main = module.exports.main
    } catch (error) {
      lines.push(JSON.stringify({ id, broken: String(error) }))
      continue
    }
    const outcomes = []
    for (const event of events) outcomes.push(await outcome(main, event))
    lines.push(JSON.stringify({ id, outcomes }))
  }
  process.stdout.write(lines.join('\n') + '\n')
}
run()
