import cloudpy.sync as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


def main(event, context):
    who = cloud.getWXContext()
    if event.get("through"):
        return cloud.callFunction(name=event["through"], data={"a": 1, "b": event["b"]})["result"]
    return {"sum": event["a"] + event["b"], "who": who["OPENID"], "source": who["SOURCE"], "info": event["userInfo"]}
