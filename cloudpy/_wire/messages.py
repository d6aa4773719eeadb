"""The gateway's protobuf messages, described as data."""

from __future__ import annotations

from .protobuf import Codec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protobuf import Fields

OPEN_API, INNER_API, SVRKIT_API, TOKEN_API = 0, 1, 2, 3  # ApiType


def _fields(*described: str) -> Fields:
    """Parse lines such as ``repeated KeyValuePair pairs=1``."""
    fields: dict[int, tuple[str, str, bool]] = {}
    for line in described:
        head, _, number = line.partition("=")
        *repeated, kind, name = head.split()
        fields[int(number)] = (name, kind, bool(repeated))
    return fields


SCHEMA: dict[str, Fields] = {
    "KeyValuePair": _fields("string key=1", "bytes value=2", "string contenttype=3", "string filename=4"),
    "OpenApiData": _fields("repeated KeyValuePair pairs=1"),
    "TokenApiData": _fields("string resource_appid=1", "string resource_env=2"),
    "InnerApiData": _fields(
        "uint32 modid=1",
        "uint32 cmdid=2",
        "string url=3",
        "bool use_https=4",
        "enum method=5",
        "repeated string headers=6",
        "bytes body=7",
    ),
    "SvrkitApiData": _fields("string api_name=1", "bytes req_data=2"),
    "CommApiData": _fields(
        "enum api_type=1",
        "OpenApiData openapi_data=2",
        "InnerApiData inner_data=3",
        "SvrkitApiData svrkit_data=4",
        "TokenApiData token_data=5",
        "string appid=6",
    ),
    "HttpHeader": _fields("string key=1", "string value=2"),
    "CommOpenApiResp": _fields(
        "bytes resp_data=1",
        "string content_type=2",
        "int32 error_code=3",
        "uint32 http_code=4",
        "repeated HttpHeader headers=5",
        "int32 svrkit_error_code=6",
    ),
    "ApiGetOpenDataByCloudIdReq": _fields("repeated string cloudid_list=2", "string appid=3"),
    "ApiGetOpenDataByCloudIdResp": _fields("repeated OpDataItem data_list=1"),
    "OpDataItem": _fields("string cloud_id=1", "string json=2"),
    "ApiVoipSignReq": _fields("string group_id=2", "uint32 timestamp=3", "string nonce=4"),
    "ApiVoipSignResp": _fields("string signature=1"),
    "GetCloudCallSignReq": _fields("repeated string parameter_list=2"),
    "GetCloudCallSignResp": _fields("string signature=1"),
    "TcbCredentials": _fields("string secret_id=1", "string secret_key=2", "string token=3"),
    "AuthorizationInfo": _fields("TcbCredentials tcb_credentials=1", "bytes wx_param=2"),
    "ApiOptions": _fields("string appid=1"),
}

_CODEC = Codec(SCHEMA)
encode = _CODEC.encode
decode = _CODEC.decode
