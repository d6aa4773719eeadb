"""The level that somebody's steps are worth."""

import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

LEVELS = [(30000, "健步如飞"), (10000, "步履轻盈"), (0, "重在参与")]


@cloud.function
async def main(event, context):
    who = cloud.getWXContext()
    name = next(name for least, name in LEVELS if event["steps"] >= least)
    return {"name": name, "for": who["OPENID"], "source": who["SOURCE"]}
