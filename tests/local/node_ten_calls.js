// Ten calls through the package that is named first, with nothing about the local WeChat in it but the environment.
const fs = require("fs");
const cloud = require(process.argv[2]);

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });

const order = {
  body: "b",
  outTradeNo: process.argv[3],
  spbillCreateIp: "127.0.0.1",
  subMchId: "1",
  totalFee: 1,
  envId: "test-env",
  functionName: "paid",
};

async function main() {
  const said = {};
  const say = async (name, call) => {
    said[name] = await call().catch((error) => ({ failed: error.errMsg || String(error) }));
    return said[name];
  };
  await say("openData", () => cloud.openapi.cloudbase.getOpenData({ cloudidList: ["xxx"] }));
  await say("openDataList", () => cloud.getOpenData({ list: ["xxx", "unknown"] }));
  await say("check", () => cloud.openapi.security.msgSecCheck({ content: "内容" }));
  await say("code", () => cloud.openapi.wxacode.getUnlimited({ scene: "a=1" }));
  await say("function", () => cloud.callFunction({ name: "add", data: { a: 1, 名: "值" } }));
  const cloudPath = `${process.argv[3]}/名 a+b.txt`;
  const { fileID } = await say("upload", () => cloud.uploadFile({ cloudPath, fileContent: Buffer.from("内容\r\n") }));
  const stream = fs.createReadStream(__filename);
  await say("stream", () => cloud.uploadFile({ cloudPath: `${process.argv[3]}/stream`, fileContent: stream }));
  await say("address", () => cloud.getTempFileURL({ fileList: [fileID, { fileID, maxAge: 60 }] }));
  await say("download", () => cloud.downloadFile({ fileID }));
  await say("delete", () => cloud.deleteFile({ fileList: [fileID] }));
  await say("order", () => cloud.cloudPay.unifiedOrder(order));
  const missing = await cloud.callFunction({ name: "gone" }).catch((error) => ({ failed: error.errMsg }));
  console.log(JSON.stringify({ said, missing }));
}

main();
