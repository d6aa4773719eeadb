"""One call of an API, made with the SDK as a function makes it."""

from __future__ import annotations

import base64
import binascii
import threading
import time
from collections.abc import Mapping
from typing import Any

from ..._client.cloud import SyncCloud
from ..._client.context import Invocation, invocation
from ...errors import CloudSDKError
from ...local.backend import Backend
from ...local.env_vars import environment
from ...local.in_process import URL, connected
from ...local.users import User
from .route import ConsoleError

_TIMEOUT = 15.0  # seconds, as of the SDK
_ANY = "(console)"  # stands for no function, where those without a name have permissions: in cloudpy gateway
_calling = threading.Lock()  # the transports belong to the whole process


def call_api(
    backend: Backend, api: str, params: Mapping[str, Any], *, user: User, function: str, convert_case: bool
) -> dict[str, Any]:
    """Call an API as a function does, and return ``{"result", "error", "ms"}``; one of the first two is None.

    Args:
        backend: the local WeChat that answers.
        api: name of the API.
        params: its parameters; a file is ``{"contentType", "value": {"base64": …}}``.
        user: on whose behalf.
        function: whose permissions apply; empty for no check.
        convert_case: option ``convertCase`` of ``openapi()``.

    Raises:
        ConsoleError: the parameters or the name cannot be sent.
    """
    decoded = _decoded(params)
    if not function and backend.allowed("") != "all":
        function = _ANY
        backend.allow("all", function=_ANY)
    variables = environment(backend, URL, user=user, function=function)
    token = invocation.set(Invocation(variables))
    started = time.perf_counter()
    result, error = None, None
    try:
        with _calling, connected(backend):
            cloud = SyncCloud().init(config=None, timeout=_TIMEOUT)
            method: Any = cloud.openapi if convert_case else cloud.openapi({"convertCase": False})
            for part in api.split("."):
                method = getattr(method, part)
            result = _encoded(method(decoded))
    except CloudSDKError as raised:
        error = {"errCode": raised.errCode, "errMsg": raised.errMsg, "type": type(raised).__name__}
    except (AttributeError, TypeError, ValueError) as raised:
        raise ConsoleError(400, "INVALID_PARAM", f"{api} cannot be called: {raised}") from None
    finally:
        invocation.reset(token)
    return {"result": result, "error": error, "ms": (time.perf_counter() - started) * 1000}


def _decoded(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.keys() == {"base64"} and isinstance(value["base64"], str):
            try:
                return base64.b64decode(value["base64"], validate=True)
            except binascii.Error:
                raise ConsoleError(400, "INVALID_PARAM", "base64 must be a base64 string") from None
        return {key: _decoded(item) for key, item in value.items()}
    return [_decoded(item) for item in value] if isinstance(value, list) else value


def _encoded(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray)):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, Mapping):
        return {str(key): _encoded(item) for key, item in value.items()}
    return [_encoded(item) for item in value] if isinstance(value, (list, tuple)) else value
