import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

REPLIES = {
    "营业时间": "我们每天 10:00 到 22:00 营业。",
    "发票": "请在「我的订单」里打开订单，点「申请发票」。",
}
WELCOME = "您好，我是小助手。回复「营业时间」或「发票」自助查询，回复「人工」联系客服。"


@cloud.function
async def main(event, context):
    """Answers customer-service messages, which message push (云开发控制台 → 设置 → 消息推送) sends here."""
    if event["MsgType"] == "text" and "人工" in event["Content"]:
        # returned instead of "success", this hands the user over to the people at 客服工作台
        return {
            "MsgType": "transfer_customer_service",
            "ToUserName": event["FromUserName"],
            "FromUserName": event["ToUserName"],
            "CreateTime": event["CreateTime"],
        }
    if event["MsgType"] == "text":
        content = event["Content"]
        reply = next((text for word, text in REPLIES.items() if word in content), WELCOME)
    elif event.get("Event") == "user_enter_tempsession":
        reply = WELCOME
    else:  # pictures, cards, other events
        return "success"
    try:
        await cloud.openapi.customerServiceMessage.send(
            {"touser": event["FromUserName"], "msgtype": "text", "text": {"content": reply}}
        )
    except cloud.CloudSDKError as err:
        print("回复失败", err.errCode, err.errMsg)  # in the function's log
    # what WeChat waits for; without it, the message may come again
    return "success"
