// One call through the real package, with nothing about the local WeChat in it but the environment it is given.
const cloud = require("wx-server-sdk");

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });

async function main() {
  const [api, params] = [process.argv[2], JSON.parse(process.argv[3])];
  const call = api.split(".").reduce((found, name) => found[name], cloud.openapi);
  const context = cloud.getWXContext();
  try {
    return { context, result: await call(params) };
  } catch (error) {
    return { context, error: { errCode: error.errCode, errMsg: error.errMsg } };
  }
}

main().then((found) => console.log(JSON.stringify(found)));
