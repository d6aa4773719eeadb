import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)


async def main(event, context):
    return await cloud.openapi.cloudbase.getOpenData({"cloudidList": ["xxx"]})
