"""The context of an invocation, and the variables in it that say who calls."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

DEFAULT_TIMEOUT = 3.0  # seconds: what the platform gives a function that says nothing else
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
    """The ``context`` of one invocation: a plain dict, as the platform's Python runtime gives it.

    Args:
        variables: the variables of this invocation (see ``function_variables``); they become ``environment`` and
            ``environ``, and ``namespace`` is the environment id among them.
        function: the function's name.
        timeout: its time limit in seconds.
        memory: its memory in MB.
        request: the request id; a new one when empty.
    """
    variables = variables or {}
    return {
        "memory_limit_in_mb": memory,
        "time_limit_in_ms": round(timeout * 1000),
        "request_id": request or request_id(),
        "environment": json.dumps(dict(variables), ensure_ascii=False),
        # this older form has no way to write a semicolon
        "environ": ";".join(f"{name}={value}" for name, value in variables.items() if ";" not in value),
        "function_version": "$LATEST",
        "function_name": function,
        "namespace": variables.get("SCF_NAMESPACE") or variables.get("TCB_ENV") or "default",
        "tencentcloud_region": region,
        "tencentcloud_appid": "1250000000",
        "tencentcloud_uin": "100000000000",
    }


def function_variables(
    *,
    env: str = "",
    openid: str | None = None,
    unionid: str = "",
    appid: str = "",
    source: str = "wx_client",
    trigger: str = "",
    client_ip: str = "127.0.0.1",
    token: str = "",
    url: str = "",
) -> dict[str, str]:
    """The variables that the platform sets for one invocation, with the two lists that name them.

    Args:
        env: environment id.
        openid: who calls; None for nobody, as with a timer.
        source: as in ``getWXContext().SOURCE``.
        trigger: ``TRIGGER_SRC``: ``timer`` for a timer; by default ``tcb``.
        token: the API token of this invocation; a timer's goes under a name of its own.
        url: address of the gateway, for one that is not Tencent's.
    """
    wechat = {"WX_CLIENTIP": client_ip, "WX_APPID": appid}
    if openid is not None:
        wechat["WX_OPENID"] = openid
    if unionid:
        wechat["WX_UNIONID"] = unionid
    if token:
        wechat["WX_TRIGGER_API_TOKEN_V0" if trigger == "timer" else "WX_API_TOKEN"] = token
    tcb = {"TCB_ENV": env, "TRIGGER_SRC": trigger or "tcb", "TCB_SOURCE": source}
    variables = {
        **{name: value for name, value in wechat.items() if value},
        **{name: value for name, value in tcb.items() if value},
    }
    variables["WX_CONTEXT_KEYS"] = ",".join(name for name in wechat if name in variables)
    variables["TCB_CONTEXT_KEYS"] = ",".join(name for name in tcb if name in variables)
    if env:
        variables["SCF_NAMESPACE"] = env
    if url:
        variables["TCB_CONTEXT_CNFG"] = json.dumps({"URL": url})
    return variables


def request_id() -> str:
    """A new request id, in the form of a UUID as the platform's are."""
    text = os.urandom(16).hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
