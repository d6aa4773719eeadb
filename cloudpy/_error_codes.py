"""The codes of the SDK's errors, and the short text of each in a message.

The first digit is the origin: 4 the SDK, 5 Tencent Cloud, 6 WeChat. The next two are the area: 01 general,
02 database, 03 files, 04 functions. Positive codes are WeChat's own errcode and have no text here.
"""

from __future__ import annotations

SYSTEM_ERROR = -501001
INVALID_PARAM = -501007
WX_SYSTEM_ERROR = -601001
API_NOT_FOUND = -604100
NO_PERMISSION = -604101

# The Node package prints -602018 (its constant is -601018); the text must be the same.
_TEXTS = {
    -1: "unknown error",
    -404001: "empty call result",
    -404002: "empty event id",
    -404003: "empty poll url",
    -404004: "empty poll result json",
    -404005: "exceed max poll retry",
    -404006: "empty poll result base resp",
    -404007: "error while polling for the result, poll result base resp ret %s",
    -404008: "error while polling for the result, polling server return a status code of %s",
    -404009: "error while polling for the result: %s",
    -501001: "resource system error",
    -501002: "resource server timeout",
    -501003: "exceed request limit",
    -501004: "exceed concurrent request limit",
    -501005: "invalid env",
    -501006: "invalid common parameters",
    -501007: "invalid parameters",
    -501008: "invalid request source",
    -501009: "resource not initialized",
    -502001: "database request fail",
    -502002: "database invalid command",
    -502003: "database permission denied",
    -502004: "database exceed collection limit",
    -502005: "database collection not exists",
    -503001: "storage request fail",
    -503002: "storage permission denied",
    -503003: "storage file not exists",
    -503004: "storage invalid sign parameter",
    -504001: "functions request fail",
    -504002: "functions execute fail",
    -601001: "system error",
    -601002: "system args error",
    -601003: "system network error",
    -601004: "api permission denied",
    -601005: "invalid cloudID",
    -601006: "cloudID expired",
    -601007: "cloudID and calling user does not match",
    -601008: "server-side request timedout",
    -601009: "missing mobile phone",
    -601010: "no write permission",
    -601011: "no privilege permission",
    -601012: "unauthorized env",
    -601013: "no multiend permission",
    -601015: "access denied (cloudfunction cloudbase_auth returns empty errCode)",
    -601016: "missing env auth info",
    -601017: "access denied (cloudbase_auth returns non-zero errCode)",
    -602001: "database query result size exceed limit (1MB)",
    -602018: "unauthorized API",
    -604001: "cloudfunction result size exceed limit (1MB)",
    -604100: "API not found",
    -604101: "function has no permission to call this API",
    -604102: "call open API timeout",
    -604103: "call open API system error",
    -604104: "illegal source of invocation",
}

# INVALIID_ENV and OPERRATOR are the gateway's spellings; Node does not know the right ones either.
_GATEWAY_CODES = {
    "SYS_ERR": -501001,
    "SERVER_TIMEOUT": -501002,
    "EXCEED_REQUEST_LIMIT": -501003,
    "EXCEED_CONCURRENT_REQUEST_LIMIT": -501004,
    "INVALIID_ENV": -501005,
    "INVALID_COMMON_PARAM": -501006,
    "INVALID_PARAM": -501007,
    "INVALID_REQUEST_SOURCE": -501008,
    "RESOURCE_NOT_INITIAL": -501009,
    "DATABASE_REQUEST_FAILED": -502001,
    "DATABASE_INVALID_OPERRATOR": -502002,
    "DATABASE_PERMISSION_DENIED": -502003,
    "DATABASE_COLLECTION_EXCEED_LIMIT": -502004,
    "DATABASE_COLLECTION_NOT_EXIST": -502005,
    "STORAGE_REQUEST_FAIL": -503001,
    "STORAGE_EXCEED_AUTHORITY": -503002,
    "STORAGE_FILE_NONEXIST": -503003,
    "STORAGE_SIGN_PARAM_INVALID": -503004,
    "FUNCTIONS_REQUEST_FAIL": -504001,
    "FUNCTIONS_EXECUTE_FAIL": -504002,
}


def text_of(code: int) -> str:
    """Return the short text of a code, or an empty string."""
    return _TEXTS.get(code, "")


def from_gateway(code: object) -> int:
    """Return the errCode for a ``code`` of the gateway; an unknown one is a system error."""
    return _GATEWAY_CODES.get(code, SYSTEM_ERROR) if isinstance(code, str) else SYSTEM_ERROR
