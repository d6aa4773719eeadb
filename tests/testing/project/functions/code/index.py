from pages import page_of

import cloudpy.sync as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


def main(event, context):
    made = cloud.openapi.wxacode.getUnlimited(scene=event["scene"], page=page_of(event["scene"]))
    return {"type": made["contentType"], "size": len(made["buffer"])}
