import cloudpy.sync as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


def main(event, context):
    try:
        result = cloud.openapi.cloudbase.getOpenData({"cloudidList": ["xxx"]})
        return result
    except cloud.CloudSDKError as err:
        return err
