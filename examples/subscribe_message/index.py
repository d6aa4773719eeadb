import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

# 公众平台 → 订阅消息 → 我的模板 shows the id, and the names of the fields that `data` must have
TEMPLATE_ID = "tpl-order-ready"

# What the page shows for the errors that users can do something about
TIPS = {
    43101: "您还没有订阅取餐提醒，请先点「订阅」",
    47003: "提醒内容不符合模板要求，请检查订单信息",
}


@cloud.function
async def main(event, context):
    order = event["order"]
    try:
        await cloud.openapi.subscribeMessage.send(
            {
                # whoever calls: an openid that the client sends could be anybody's
                "touser": cloud.getWXContext()["OPENID"],
                "templateId": TEMPLATE_ID,
                "page": f"pages/order/detail?id={order['id']}",
                "data": {
                    "character_string1": {"value": order["id"]},
                    "thing2": {"value": order["dish"][:20]},  # a thing has 20 characters at most
                    "time3": {"value": order["readyAt"]},
                },
            }
        )
    except cloud.CloudSDKError as err:
        return {"ok": False, "errCode": err.errCode, "tip": TIPS.get(err.errCode, "提醒发送失败，请稍后再试")}
    return {"ok": True, "tip": "取餐提醒已发送"}
