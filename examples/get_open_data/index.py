import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


@cloud.function
async def main(event, context):
    try:
        result = await cloud.openapi.cloudbase.getOpenData({"cloudidList": ["xxx"]})
        return result
    except cloud.CloudSDKError as err:
        return err
