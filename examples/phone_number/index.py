import cloudpy.sync as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

# What the page shows for the errors that users can do something about
TIPS = {
    40029: "授权已过期，请重新点击「手机号快捷登录」",
    45011: "操作太频繁，请一分钟后再试",
}


@cloud.function
def main(event, context):
    """Logs in with the phone number; `code` is what <button open-type="getPhoneNumber"> gives its handler."""
    if not event.get("code"):
        return {"ok": False, "tip": "您取消了手机号授权"}
    try:
        result = cloud.openapi.phonenumber.getPhoneNumber({"code": event["code"]})
    except cloud.CloudSDKError as err:
        return {"ok": False, "errCode": err.errCode, "tip": TIPS.get(err.errCode, "登录失败，请稍后再试")}
    phone = result["phoneInfo"]["purePhoneNumber"]
    # here the number would be stored beside the openid; the page needs no more than this to show
    return {"ok": True, "phone": f"{phone[:3]}****{phone[-4:]}", "countryCode": result["phoneInfo"]["countryCode"]}
