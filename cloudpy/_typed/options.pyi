"""The options of `init`, for type checkers; what they mean stands in `BaseCloud.init`."""

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, TypedDict

from cloudpy._client.config import _CurrentEnv
from cloudpy.tokens import ClassicToken, StableToken

_Token = str | Mapping[str, Any]

class InitOptions(TypedDict, total=False):
    env: str | _CurrentEnv | Mapping[str, Any] | None
    config: str | os.PathLike[str] | Mapping[str, Any] | None
    serviceUrl: str
    region: str
    secretId: str
    secretKey: str
    sessionToken: str
    timeout: float
    retries: int
    validate: bool
    throwOnNotFound: bool
    missing: Any
    javascript_values: bool
    transport: Literal["https", "cloudrun"] | None
    access_token: str | StableToken | ClassicToken | Callable[[], _Token] | Callable[[], Awaitable[_Token]]
    proxy: str
    ca: str | os.PathLike[str]
    # carried along from a Node init(), and passed over
    traceUser: bool
    database: Mapping[str, Any]
    debug: bool
    keepalive: bool
    throwOnCode: bool
