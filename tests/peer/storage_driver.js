// A whole program through the published package, given as JSON on stdin, its outcomes as JSON on stdout:
// {"cloud": options of new Cloud(), or null for the module, "init": options or null, "calls": [[name, params], …]}
'use strict'

const fs = require('fs')

const print = text => process.stdout.write(`${text}\n`, () => process.exit(0))
for (const name of ['log', 'info', 'warn', 'error', 'debug', 'group', 'groupEnd']) console[name] = () => {}

async function main() {
  const wanted = JSON.parse(fs.readFileSync(0, 'utf8'))
  const module = require('wx-server-sdk')
  const outcomes = []
  const note = async work => {
    try {
      const result = await work()
      outcomes.push({ result: result === undefined ? null : result })
    } catch (error) {
      outcomes.push({ error: { errCode: error.errCode, errMsg: error.errMsg, message: error.message } })
    }
  }
  let cloud = module
  if (wanted.cloud) await note(() => { cloud = new module.Cloud(wanted.cloud) })
  if (wanted.cloud && cloud === module) return print(JSON.stringify(outcomes))
  await note(() => cloud.init(...(wanted.init ? [wanted.init] : [])))
  for (const [name, params] of wanted.calls) {
    await note(async () => {
      if (name === 'openapi') return cloud.openapi.a.b(params)
      if (name === 'updateConfig') return cloud.updateConfig(params)
      // What JSON cannot carry: bytes of a file, and a file that is read while it is sent.
      if (params.base64 !== undefined) params.fileContent = Buffer.from(params.base64, 'base64')
      if (params.path !== undefined) params.fileContent = fs.createReadStream(params.path)
      const result = await cloud[name](params)
      if (result.fileContent) result.fileContent = result.fileContent.toString('base64')
      return result
    })
  }
  print(JSON.stringify(outcomes))
}

main()
