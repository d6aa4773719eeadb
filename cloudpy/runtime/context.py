"""The ``context`` that a handler receives with its event."""

from __future__ import annotations

import os
from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEFAULT_TIMEOUT = 3.0  # seconds: the platform's default
DEFAULT_MEMORY = 256  # MB
REGION = "ap-shanghai"


def make_context(
    variables: Mapping[str, str] | None = None,
    *,
    function: str = "index",
    timeout: float = DEFAULT_TIMEOUT,
    memory: int = DEFAULT_MEMORY,
    request: str = "",
    region: str = REGION,
) -> dict[str, Any]:
    """Return the ``context`` of one invocation: a dict, as the platform's Python runtime passes it.

    Args:
        variables: those of this invocation; they become ``environment`` and ``environ``, and the environment id
            among them becomes ``namespace``.
        function: the function's name.
        timeout: its time limit in seconds.
        memory: its memory in MB.
        request: the request id; a new one when empty.
        region: of the function.
    """
    environment = "{}"
    variables = variables or {}
    if variables:
        import json  # here: a cold start on the platform, which brings its own context, does not need it

        environment = json.dumps(dict(variables), ensure_ascii=False)
    return {
        "memory_limit_in_mb": memory,
        "time_limit_in_ms": round(timeout * 1000),
        "request_id": request or request_id(),
        "environment": environment,
        # this older form has no way to write a semicolon
        "environ": ";".join(f"{name}={value}" for name, value in variables.items() if ";" not in value),
        "function_version": "$LATEST",
        "function_name": function,
        "namespace": variables.get("SCF_NAMESPACE") or variables.get("TCB_ENV") or "default",
        "tencentcloud_region": region,
        "tencentcloud_appid": "1250000000",
        "tencentcloud_uin": "100000000000",
    }


def request_id() -> str:
    """Return a new request id: a UUID, like the platform's."""
    text = os.urandom(16).hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
