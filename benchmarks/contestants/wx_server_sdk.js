// The Node package itself.
const cloud = require(require.resolve('wx-server-sdk', { paths: [process.env.PEER] }))
const [url, sequence, together] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]

// In Tencent's network it knows where it is; on a laptop it asks a metadata server, in vain, before each call.
if (process.env.WHERE !== 'laptop') process.env.TENCENTCLOUD = 'true'
cloud.init({ env: 'bench-env', serviceUrl: url, secretId: 'id', secretKey: 'key' })

async function many (count) {
  for (let i = 0; i < count; i++) {
    const result = await cloud.openapi.cloudbase.getOpenData({ cloudidList: ['xxx'] })
    if (result.dataList[0].cloudId !== 'xxx') throw new Error('wrong answer')
  }
}

async function main () {
  await many(1)
  console.log('first')
  let begun = process.hrtime.bigint()
  const rate = (count) => count / (Number(process.hrtime.bigint() - begun) / 1e9)
  await many(sequence)
  console.log('sequence', rate(sequence))
  begun = process.hrtime.bigint()
  await Promise.all(Array.from({ length: 50 }, () => many(together / 50)))
  console.log('together', rate(together))
  process.exit(0) // kept connections would hold it for seconds
}

main()
