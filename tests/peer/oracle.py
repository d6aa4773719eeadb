"""The messages of the wire in Google's protobuf: the oracle that neither Node's encoder nor ours has a part in."""

from __future__ import annotations

from typing import Any, TypeAlias

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_Field = descriptor_pb2.FieldDescriptorProto
_TYPES = {
    "string": _Field.TYPE_STRING,
    "bytes": _Field.TYPE_BYTES,
    "uint32": _Field.TYPE_UINT32,
    "int32": _Field.TYPE_INT32,
    "bool": _Field.TYPE_BOOL,
    "ApiType": _Field.TYPE_ENUM,
    "HttpMethods": _Field.TYPE_ENUM,
}
Message: TypeAlias = Any  # classes made at run time have no types
_PACKAGE = "cloudpy.oracle"

# name: (field, number, type[, repeated])
_MESSAGES: dict[str, list[tuple[Any, ...]]] = {
    "KeyValuePair": [
        ("key", 1, "string"),
        ("value", 2, "bytes"),
        ("contenttype", 3, "string"),
        ("filename", 4, "string"),
    ],
    "OpenApiData": [("pairs", 1, "KeyValuePair", True)],
    "TokenApiData": [("resource_appid", 1, "string"), ("resource_env", 2, "string")],
    "InnerApiData": [
        ("modid", 1, "uint32"),
        ("cmdid", 2, "uint32"),
        ("url", 3, "string"),
        ("use_https", 4, "bool"),
        ("method", 5, "HttpMethods"),
        ("headers", 6, "string", True),
        ("body", 7, "bytes"),
    ],
    "SvrkitApiData": [("api_name", 1, "string"), ("req_data", 2, "bytes")],
    "CommApiData": [
        ("api_type", 1, "ApiType"),
        ("openapi_data", 2, "OpenApiData"),
        ("inner_data", 3, "InnerApiData"),
        ("svrkit_data", 4, "SvrkitApiData"),
        ("token_data", 5, "TokenApiData"),
        ("appid", 6, "string"),
    ],
    "HttpHeader": [("key", 1, "string"), ("value", 2, "string")],
    "CommOpenApiResp": [
        ("resp_data", 1, "bytes"),
        ("content_type", 2, "string"),
        ("error_code", 3, "int32"),
        ("http_code", 4, "uint32"),
        ("headers", 5, "HttpHeader", True),
        ("svrkit_error_code", 6, "int32"),
    ],
    "TcbCredentials": [("secret_id", 1, "string"), ("secret_key", 2, "string"), ("token", 3, "string")],
    "AuthorizationInfo": [("tcb_credentials", 1, "TcbCredentials"), ("wx_param", 2, "bytes")],
    "ApiOptions": [("appid", 1, "string")],
    "OpDataItem": [("cloud_id", 1, "string"), ("json", 2, "string")],
    "ApiGetOpenDataByCloudIdResp": [("data_list", 1, "OpDataItem", True)],
    "ApiVoipSignResp": [("signature", 1, "string")],
    "GetCloudCallSignResp": [("signature", 1, "string")],
}
_ENUMS = {
    "ApiType": {"OPEN_API": 0, "INNER_API": 1, "SVRKIT_API": 2, "TOKEN_API": 3},
    "HttpMethods": {"NONE": 0, "GET": 1, "POST": 2, "PUT": 3, "DELETE": 4, "HEAD": 5, "PATCH": 6},
}


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="cloudpy_oracle.proto", package=_PACKAGE, syntax="proto3")
    for name, values in _ENUMS.items():
        enum = file.enum_type.add(name=name)
        for label, number in values.items():
            enum.value.add(name=f"{name}_{label}", number=number)
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind, *repeated in fields:
            entry = message.field.add(name=field, number=number)
            entry.label = _Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL
            entry.type = _TYPES.get(kind, _Field.TYPE_MESSAGE)
            if entry.type in (_Field.TYPE_MESSAGE, _Field.TYPE_ENUM):
                entry.type_name = f".{_PACKAGE}.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in _MESSAGES
    }


_CLASSES = _classes()


def parse(name: str, data: bytes) -> Message:
    """The message in these bytes; bytes that are not one raise."""
    message = _CLASSES[name]()
    message.ParseFromString(data)
    return message


def build(name: str, **fields: Any) -> bytes:
    """The bytes of a message."""
    data: bytes = _CLASSES[name](**fields).SerializeToString()
    return data
