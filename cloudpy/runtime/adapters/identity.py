"""The caller: from the headers of a request to the variables that ``getWXContext()`` and cloud calls read.

Any client can set headers. Three kinds name the caller, and each is trusted for its own reason:

- ``x-wx-*`` of Cloud Run, where the platform removes ``x-wx-source`` from public requests;
- ``x-cloudbase-context``, which the gateway overwrites;
- the header with the extended context, whose name the operator sets, as function-style Cloud Run does.

The first two count only if the operator says that such a platform is in front.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import zlib
from collections.abc import Mapping

from ..errors import RequestRejected
from .body import read_json
from .message import Request, RuntimeConfig

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_CONTEXT = 64 * 1024  # bytes of JSON in a context header, unpacked: real ones have one or two thousand
_WX = "x-wx-"
_WX_HEADERS = {
    "x-wx-openid": "WX_OPENID",
    "x-wx-appid": "WX_APPID",
    "x-wx-unionid": "WX_UNIONID",
    "x-wx-from-openid": "WX_FROM_OPENID",
    "x-wx-from-appid": "WX_FROM_APPID",
    "x-wx-from-unionid": "WX_FROM_UNIONID",
}
_WX_TOKENS = ("x-wx-cloudbase-access-token", "x-wx-from-cloudbase-access-token")
_CLOUDBASE_CONTEXT = "x-cloudbase-context"
_CLOUDBASE_KEYS = (("uid", "TCB_UUID"), ("userId", "TCB_UUID"), ("customUserId", "TCB_CUSTOM_USER_ID"))
_WECHAT_KEYS = {
    "openId": "WX_OPENID",
    "appId": "WX_APPID",
    "unionId": "WX_UNIONID",
    "fromOpenId": "WX_FROM_OPENID",
    "fromAppId": "WX_FROM_APPID",
    "fromUnionId": "WX_FROM_UNIONID",
}
_SECRET_KEYS = {
    "secretId": "TENCENTCLOUD_SECRETID",
    "secretKey": "TENCENTCLOUD_SECRETKEY",
    "token": "TENCENTCLOUD_SESSIONTOKEN",
}


class Identity:
    """The identity in the trusted headers of one request.

    Attributes:
        variables: as the platform sets them for an event function.
        extended: the extended context, or None.
    """

    __slots__ = ("extended", "variables")

    def __init__(self, request: Request, config: RuntimeConfig) -> None:
        """Read the headers.

        Raises:
            RequestRejected: a trusted header is invalid, or occurs twice with different values.
        """
        self.variables: dict[str, str] = {}
        self.extended = _extended(request, config)
        if config.trusted:
            self._take_cloudbase(request)
            self._take_wx(request)
        if self.extended:
            self._take_extended(self.extended)
        if not self.variables:
            return
        listed = [name for name in self.variables if name.startswith("WX_") and name not in _UNLISTED]
        if listed:
            self.variables["WX_CONTEXT_KEYS"] = ",".join(listed)
        others = [name for name in self.variables if name.startswith("TCB_")]
        if others:
            self.variables["TCB_CONTEXT_KEYS"] = ",".join(others)

    def _take_wx(self, request: Request) -> None:
        source = request.header("x-wx-source")
        if not source:
            return
        variables = self.variables
        variables["TCB_SOURCE"] = source
        for header, name in _WX_HEADERS.items():
            value = request.header(header)
            if value:
                variables[name] = value
        env = request.header("x-wx-env")
        if env:
            variables["TCB_ENV"] = env
        token = request.header(_WX_TOKENS[0]) or request.header(_WX_TOKENS[1])
        if token:
            variables["WX_CLOUDBASE_ACCESSTOKEN"] = token
        address = _address(request.header("x-original-forwarded-for"))
        if address:
            variables["WX_CLIENTIP"] = address

    def _take_cloudbase(self, request: Request) -> None:
        text = request.header(_CLOUDBASE_CONTEXT)
        if not text:
            return
        context = unpack(text, _CLOUDBASE_CONTEXT)
        for key, name in _CLOUDBASE_KEYS:
            _put(self.variables, name, context.get(key))

    def _take_extended(self, extended: Mapping[str, Any]) -> None:
        variables = self.variables
        _put(variables, "TCB_ENV", extended.get("envId"))
        _put(variables, "TCB_SOURCE", extended.get("source"))
        _put(variables, "TCB_UUID", extended.get("userId"))
        secret = extended.get("tmpSecret")
        if isinstance(secret, dict):
            for key, name in _SECRET_KEYS.items():
                _put(variables, name, secret.get(key))
        wechat = extended.get("wechatContext")
        if isinstance(wechat, dict):
            for name in [name for name in variables if name.startswith("WX_")]:
                del variables[name]  # not one half of this user and one half of another
            for key, name in _WECHAT_KEYS.items():
                _put(variables, name, wechat.get(key))
            _put(variables, "TCB_SOURCE", wechat.get("source"))

    def __repr__(self) -> str:  # no values: tokens are among them
        return f"<Identity of {', '.join(self.variables) or 'nobody'}>"


_UNLISTED = ("WX_CLOUDBASE_ACCESSTOKEN",)  # getWXContext() gives what is listed


_HIDDEN = frozenset((_CLOUDBASE_CONTEXT, *_WX_TOKENS))


def visible_headers(request: Request, config: RuntimeConfig) -> dict[str, str]:
    """Return the headers that a handler may see: no credentials, and no identity that is not trusted."""
    extended = config.extended_header
    wx_counts = config.trusted and bool(request.header("x-wx-source"))
    return {
        name: ", ".join(values)
        for name, values in request.headers.items()
        if name not in _HIDDEN and name != extended and (wx_counts or not name.startswith(_WX))
    }


def unpack(text: str, header: str) -> dict[str, Any]:
    """Return the JSON object in a context header: base64, with or without gzip.

    Raises:
        RequestRejected: it is invalid or too large; its content is not quoted, for it may hold credentials.
    """
    try:
        if len(text) > MAX_CONTEXT * 2:
            raise ValueError("too long")
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        if data[:2] == b"\x1f\x8b":
            unpacker = zlib.decompressobj(31)
            data = unpacker.decompress(data, MAX_CONTEXT + 1)
            if not unpacker.eof and len(data) <= MAX_CONTEXT:
                raise ValueError("cut short")
        if len(data) > MAX_CONTEXT:
            raise ValueError("too long")
        value = read_json(data)
        if not isinstance(value, dict):
            raise ValueError("not an object")
    except (ValueError, binascii.Error, zlib.error, RequestRejected):
        raise RequestRejected(
            400,
            "BAD_REQUEST",
            f"the header {header} is invalid: expected base64 of a JSON object, with or without gzip, of at most"
            f" {MAX_CONTEXT // 1024} KB",
        ) from None
    return value


def _extended(request: Request, config: RuntimeConfig) -> dict[str, Any] | None:
    name = config.extended_header
    text = request.header(name) if name else ""
    if text:
        return unpack(text, name)
    local = config.environ.get("EXTENDED_CONTEXT")
    if not local:
        return None
    try:
        value = json.loads(local)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise RequestRejected(500, "SYS_ERR", "the variable EXTENDED_CONTEXT of this server must hold a JSON object")
    return value


def _put(variables: dict[str, str], name: str, value: object) -> None:
    if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "":
        variables[name] = str(value)


def _address(forwarded: str) -> str:
    first = forwarded.partition(",")[0].strip()
    try:
        return str(ipaddress.ip_address(first))
    except ValueError:
        return ""
