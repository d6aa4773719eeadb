// cloud.ai() of the published package: cases as JSON on stdin, what came of each as JSON on stdout.
//
// The package speaks https with the environment's own host; the requests go to a server of the test's instead.
'use strict'

const http = require('http')
const https = require('https')

for (const name of ['log', 'info', 'warn', 'error', 'debug']) console[name] = () => {}

function redirect(port) {
  https.request = (address, options, callback) => {
    const url = new URL(address)
    const changed = { ...options, protocol: 'http:', hostname: '127.0.0.1', host: '127.0.0.1', port, path: url.pathname + url.search }
    delete changed.agent
    return http.request(changed, callback)
  }
}

async function all(stream) {
  const items = []
  for await (const item of stream) items.push(item)
  return items
}

const calls = {
  async generateText(ai, { provider, options, input }) {
    const { error, ...rest } = await ai.createModel(provider, options).generateText(input)
    return { ...rest, failed: error !== undefined }
  },
  async streamText(ai, { provider, options, input }) {
    const found = await ai.createModel(provider, options).streamText(input)
    const [data, text] = await Promise.all([all(found.dataStream), all(found.textStream)])
    return { data, text, messages: await found.messages, usage: await found.usage, failed: found.error !== undefined }
  },
  async generateImage(ai, { provider, input }) {
    return ai.createImageModel(provider).generateImage(input)
  },
  async bot(ai, { method, props }) {
    const found = await ai.bot[method](props)
    if (!found || !found.eventSourceStream) return found
    return { events: await all(found.eventSourceStream), data: await all(found.dataStream), text: await all(found.textStream) }
  },
}

async function main() {
  const chunks = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  const { port, init, cases } = JSON.parse(Buffer.concat(chunks))
  redirect(port)
  const cloud = require('wx-server-sdk')
  cloud.init(init)
  const outcomes = []
  for (const one of cases) {
    const ai = cloud.ai()
    const steps = []
    if (one.tool) ai.registerFunctionTool({ name: one.tool, fn: args => ({ given: args }), description: 'd', parameters: {} })
    if (one.steps) one.input.onStepFinish = step => { steps.push(step) }
    try {
      outcomes.push({ result: await calls[one.call](ai, one), steps })
    } catch (error) {
      outcomes.push({ error: { code: error.code, message: error.message, requestId: error.requestId } })
    }
  }
  process.stdout.write(JSON.stringify(outcomes))
  process.exit(0)
}

main()
