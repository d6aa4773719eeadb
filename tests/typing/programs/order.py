"""Places an order with WeChat Pay."""

import cloudpy as cloud


@cloud.function
async def main(event: cloud.Event, context: cloud.Context) -> object:
    order = await cloud.cloudPay.unifiedOrder(  # right
        body="tea",
        outTradeNo=event["id"],
        spbillCreateIp="127.0.0.1",
        subMchId="1900000000",
        totalFee=100,
        envId="prod",
        functionName="paid",
    )
    state = await cloud.cloudPay.queryOrder({"subMchId": "1900000000", "outTradeNo": event["id"]})  # right
    await cloud.cloudPay.closeOrder(outTradeNo=event["id"])  # wrong: subMchId (unnamed by mypy)
    await cloud.cloudPay.queryOrder(subMchId="1", outTradeNumber="o")  # wrong: outTradeNumber
    await cloud.cloudPay.queryOrder({"subMchID": "1"})  # wrong: subMchID (unnamed by mypy)
    print(order["payments"])  # wrong: payments
    return order["payment"]["paySign"], state["tradeState"]  # right
