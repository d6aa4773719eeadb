"""The variables that the platform sets for a cloud function, as far as a function or an SDK looks at them."""

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
    """The environment of one invocation, for a function in any language whose SDK talks to the local WeChat.

    Args:
        url: address of the gateway, without a path.
        user: who calls; an openid makes an unknown user known. Left out: the default caller.
        function: name of the function that is invoked; its permissions count.
        source: as in ``getWXContext().SOURCE``.
        timer: invoked by a timer: nobody calls, and the token is a timer's.
    """
    if timer:
        caller = Caller(None, function, "wx_trigger" if source == "wx_client" else source)
    else:
        known = backend.users.default if user is None else backend.users.add(user)
        caller = Caller(known, function, source)
    return caller_environment(backend, url, caller, timer=timer)


def caller_environment(backend: Backend, url: str, caller: Caller, *, timer: bool = False) -> dict[str, str]:
    """The environment of one invocation, for whoever stands behind it.

    Args:
        url: address of the gateway, without a path.
        caller: on whose behalf the invoked function will call; `function` is its name.
        timer: invoked by a timer: the token is a timer's.
    """
    token = backend.tokens.mint(caller)
    listed = {"WX_CLIENTIP": "", "WX_CLIENTIPV6": "", "WX_APPID": backend.users.appid}
    if caller.user:
        listed["WX_CLIENTIP"] = caller.user.client_ip
        listed["WX_CLIENTIPV6"] = f"::ffff:{caller.user.client_ip}"
        listed["WX_APPID"] = caller.user.appid
        listed["WX_OPENID"] = caller.user.openid
        if caller.user.unionid:
            listed["WX_UNIONID"] = caller.user.unionid
    listed["WX_TRIGGER_API_TOKEN_V0" if timer else "WX_API_TOKEN"] = token
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
        **listed,
        "WX_CONTEXT_KEYS": ",".join(listed),
    }


def called_environment(backend: Backend, url: str, caller: Caller, function: str) -> dict[str, str]:
    """The environment of a function that another one calls: the same user, and the SOURCE that `caller` has.

    Args:
        caller: as ``FunctionCaller.call`` is given it.
    """
    found = environment(backend, url, user=caller.user, function=function, source=caller.source)
    if caller.user is None:  # a timer is at the root, or a server: the chain has no user
        for name in ("WX_OPENID", "WX_UNIONID", "WX_CLIENTIP", "WX_CLIENTIPV6"):
            found.pop(name, None)
        found["WX_API_TOKEN"] = backend.tokens.mint(Caller(None, function, caller.source))
        found["WX_CONTEXT_KEYS"] = ",".join(name for name in found["WX_CONTEXT_KEYS"].split(",") if name in found)
    return found


def write(path: str, variables: Mapping[str, str]) -> None:
    """Write variables to a file that a shell, ``node --env-file`` and the usual dotenv readers read alike.

    Raises:
        OSError: it cannot be written.
    """
    text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())
    # Keys are in it: made anew, so that it belongs to nobody else and is read by nobody else.
    with suppress(FileNotFoundError):
        os.unlink(path)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
