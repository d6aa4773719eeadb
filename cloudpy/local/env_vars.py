"""The environment variables that the platform sets for a cloud function and that functions or SDKs read."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from contextlib import suppress

from .backend import Backend
from .users import Caller, User

REGION = "ap-shanghai"


def environment(
    backend: Backend,
    url: str,
    *,
    user: User | str | None = None,
    function: str = "",
    source: str = "wx_client",
    timer: bool = False,
) -> dict[str, str]:
    """Return the environment of one invocation, for a function in any language whose SDK calls the local WeChat.

    Args:
        backend: the local WeChat.
        url: address of the gateway, without a path.
        user: user who calls, by default the default user; an unknown openid is added.
        function: name of the invoked function; its permissions apply.
        source: as in ``getWXContext().SOURCE``.
        timer: invoked by a timer: there is no user, and the token is a timer's.
    """
    if timer:
        caller = Caller(None, function, "wx_trigger" if source == "wx_client" else source)
    else:
        known = backend.users.default if user is None else backend.users.add(user)
        caller = Caller(known, function, source)
    return caller_environment(backend, url, caller, timer=timer)


def caller_environment(backend: Backend, url: str, caller: Caller, *, timer: bool = False) -> dict[str, str]:
    """Return the environment of one invocation.

    Args:
        backend: the local WeChat.
        url: address of the gateway, without a path.
        caller: caller that the invoked function is to the APIs; `function` is its name.
        timer: invoked by a timer: the token is a timer's.
    """
    token = backend.tokens.mint(caller)
    wx_context = {"WX_CLIENTIP": "", "WX_CLIENTIPV6": "", "WX_APPID": backend.users.appid}
    if caller.user:
        wx_context["WX_CLIENTIP"] = caller.user.client_ip
        wx_context["WX_CLIENTIPV6"] = f"::ffff:{caller.user.client_ip}"
        wx_context["WX_APPID"] = caller.user.appid
        wx_context["WX_OPENID"] = caller.user.openid
        if caller.user.unionid:
            wx_context["WX_UNIONID"] = caller.user.unionid
    wx_context["WX_TRIGGER_API_TOKEN_V0" if timer else "WX_API_TOKEN"] = token
    platform = {
        "TCB_ENV": backend.env,
        "TCB_SEQID": f"{int(backend.clock() * 1000)}_{backend.random_bytes(6).hex()}",
        "TRIGGER_SRC": "timer" if timer else "tcb",
        "TCB_SOURCE": caller.source,
    }
    return {
        "TCB_CONTEXT_CNFG": json.dumps({"URL": f"{url}/admin"}),
        "TENCENTCLOUD_RUNENV": "SCF",
        "TENCENTCLOUD_REGION": REGION,
        "TENCENTCLOUD_SECRETID": backend.secret_id,
        "TENCENTCLOUD_SECRETKEY": backend.secret_key,
        "SCF_NAMESPACE": backend.env,
        "SCF_FUNCTIONNAME": caller.function,
        **platform,
        "TCB_CONTEXT_KEYS": ",".join(platform),
        **wx_context,
        "WX_CONTEXT_KEYS": ",".join(wx_context),
    }


def called_environment(backend: Backend, url: str, caller: Caller, function: str) -> dict[str, str]:
    """Return the environment of a function that another one calls: the same user, and the SOURCE of `caller`.

    Args:
        backend: the local WeChat.
        url: address of the gateway, without a path.
        caller: as in ``FunctionCaller.call``.
        function: name of the called function.
    """
    variables = environment(backend, url, user=caller.user, function=function, source=caller.source)
    if caller.user is None:  # the chain began with a timer or a server
        for name in ("WX_OPENID", "WX_UNIONID", "WX_CLIENTIP", "WX_CLIENTIPV6"):
            variables.pop(name, None)
        variables["WX_API_TOKEN"] = backend.tokens.mint(Caller(None, function, caller.source))
        variables["WX_CONTEXT_KEYS"] = ",".join(
            name for name in variables["WX_CONTEXT_KEYS"].split(",") if name in variables
        )
    return variables


def write(path: str, variables: Mapping[str, str]) -> None:
    """Write variables to a file that shells, ``node --env-file`` and dotenv readers read alike.

    Raises:
        OSError: the file cannot be written.
    """
    text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())
    # It has keys: a new file belongs to this user, who alone can read it.
    with suppress(FileNotFoundError):
        os.unlink(path)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
