"""WeChat cloud call (云调用) from Python: the twin of the Node package wx-server-sdk.

::

    import cloudpy as cloud

    cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

    async def main(event, context):
        return await cloud.openapi.cloudbase.getOpenData({"cloudidList": [event["cloudID"]]})

``import cloudpy.sync as cloud`` is the same face without ``await``.
"""

from ._cloud import Cloud
from ._config import DYNAMIC_CURRENT_ENV
from ._function import function
from ._version import VERSION as _VERSION
from ._watch import CallRecord
from .errors import (
    ApiPermissionError,
    CallTimeoutError,
    CloudSDKError,
    ConfigError,
    SystemBusyError,
    TransportError,
)

__all__ = [
    "DYNAMIC_CURRENT_ENV",
    "ApiPermissionError",
    "CallRecord",
    "CallTimeoutError",
    "Cloud",
    "CloudSDKError",
    "ConfigError",
    "SystemBusyError",
    "TransportError",
    "callFunction",
    "callOpenAPI",
    "cloudPay",
    "createNewInstance",
    "deleteFile",
    "downloadFile",
    "function",
    "getCloudCallSign",
    "getOpenData",
    "getTempFileURL",
    "getVoIPSign",
    "getWXContext",
    "init",
    "logger",
    "on_call",
    "openapi",
    "signature",
    "updateConfig",
    "uploadFile",
    "version",
]

version = __version__ = _VERSION
_cloud = Cloud()
init = _cloud.init
createNewInstance = _cloud.createNewInstance
updateConfig = _cloud.updateConfig
getWXContext = _cloud.getWXContext
logger = _cloud.logger
on_call = _cloud.on_call
openapi = _cloud.openapi
uploadFile = _cloud.uploadFile
downloadFile = _cloud.downloadFile
getTempFileURL = _cloud.getTempFileURL
deleteFile = _cloud.deleteFile
callFunction = _cloud.callFunction
callOpenAPI = _cloud.callOpenAPI
cloudPay = _cloud.cloudPay
getCloudCallSign = _cloud.getCloudCallSign
getOpenData = _cloud.getOpenData
getVoIPSign = _cloud.getVoIPSign
signature = _cloud.signature
