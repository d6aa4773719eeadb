"""The same API as ``cloudpy``, without ``await``: for ``def main(event, context)``.

::

    import cloudpy.sync as cloud

    cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

    def main(event, context):
        return cloud.openapi.cloudbase.getOpenData({"cloudidList": [event["cloudID"]]})
"""

from ._client.cloud import SyncCloud as Cloud
from ._client.config import DYNAMIC_CURRENT_ENV
from ._client.hooks import CallRecord
from ._function import function
from ._undefined import UNDEFINED
from ._version import VERSION as _VERSION
from .errors import (
    ApiPermissionError,
    CallTimeoutError,
    CloudSDKError,
    CollectionNotFoundError,
    ConfigError,
    DatabaseError,
    DocumentNotFoundError,
    DuplicateIdError,
    StoreError,
    SystemBusyError,
    TransactionConflictError,
    TransactionExpiredError,
    TransactionRolledBackError,
    TransportError,
)

__all__ = [
    "DYNAMIC_CURRENT_ENV",
    "UNDEFINED",
    "Aggregate",
    "ApiPermissionError",
    "CallRecord",
    "CallTimeoutError",
    "Cloud",
    "CloudSDKError",
    "Collection",
    "CollectionNotFoundError",
    "ConfigError",
    "Context",
    "Database",
    "DatabaseError",
    "Document",
    "DocumentNotFoundError",
    "DuplicateIdError",
    "Event",
    "HttpEvent",
    "PushMessage",
    "Query",
    "StoreError",
    "SystemBusyError",
    "TimerEvent",
    "Transaction",
    "TransactionConflictError",
    "TransactionExpiredError",
    "TransactionRolledBackError",
    "TransportError",
    "WXContext",
    "ai",
    "callFunction",
    "callOpenAPI",
    "close",
    "cloudPay",
    "createNewInstance",
    "database",
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
    "registerService",
    "signature",
    "updateConfig",
    "uploadFile",
    "version",
]

version = _VERSION
_cloud = Cloud()
init = _cloud.init
createNewInstance = _cloud.createNewInstance
database = _cloud.database
updateConfig = _cloud.updateConfig
getWXContext = _cloud.getWXContext
logger = _cloud.logger
on_call = _cloud.on_call
openapi = _cloud.openapi
close = _cloud.close
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
ai = _cloud.ai
registerService = _cloud.registerService

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._client.services.database_sync import Aggregate as Aggregate
    from ._client.services.database_sync import Collection as Collection
    from ._client.services.database_sync import Database as Database
    from ._client.services.database_sync import Document as Document
    from ._client.services.database_sync import Query as Query
    from ._client.services.database_sync import Transaction as Transaction
    from ._typed.events import Context as Context
    from ._typed.events import Event as Event
    from ._typed.events import HttpEvent as HttpEvent
    from ._typed.events import PushMessage as PushMessage
    from ._typed.events import TimerEvent as TimerEvent
    from ._typed.events import WXContext as WXContext
else:

    def __getattr__(name):  # for annotations: the module of the database is loaded when it is used
        if name in _OF_THE_DATABASE:
            from ._client.services import database_sync as _module

            return getattr(_module, name)
        if name in _EVENT_TYPES:
            return dict
        if name in _cloud._registered:
            return getattr(_cloud, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# For annotations: typed dicts for type checkers, dicts at run time, when `typing` is not worth importing.
_EVENT_TYPES = ("Context", "Event", "HttpEvent", "PushMessage", "TimerEvent", "WXContext")
_OF_THE_DATABASE = ("Aggregate", "Collection", "Database", "Document", "Query", "Transaction")
