// What a Node runtime does around a handler: each event in, its result as JSON, one after the other.
const { readFileSync, writeFileSync } = require('fs')

async function run(folder, events, results) {
  const { main } = require(folder)
  const found = []
  for (const event of JSON.parse(readFileSync(events, 'utf8'))) found.push(await main(event, {}))
  writeFileSync(results, JSON.stringify(found))
}

run(...process.argv.slice(2))
