"""Where calls go: the gateway's address and the id of each request."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from .context import Variables
from .platform import Platform

_ENV_ID = re.compile(r"[a-z0-9_-]{1,40}")
_HOST = "tcb-api.tencentcloudapi.com"
# What Node escapes in a request line; `#` too, which Node would let cut the query off.
# Said by what is left as it is: a class up to the last character of Unicode takes Python 9 ms to compile.
_UNSAFE = re.compile(r"[^!$-&(-;=?-~]")
_count = itertools.count(1)


def sequence_id(variables: Variables, now: float) -> str:
    """The id of one request: hexadecimal milliseconds and a counter, behind the platform's own id when there is one."""
    own = f"{int(now * 1000):x}_{next(_count):x}"
    platform = variables.get("TCB_SEQID")
    return f"{platform}-{own}" if platform else own


def base_url(
    variables: Variables, platform: Platform, *, env: str, service_url: str, region: str, warn: Callable[[str], None]
) -> str:
    """The gateway's address, without a query.

    ``serviceUrl`` of init() comes first, then the URL that the platform (or a local gateway) puts into
    TCB_CONTEXT_CNFG, then Tencent's own host: over plain http inside its network, over https outside.
    """
    if service_url:
        return service_url
    injected = variables.get("TCB_CONTEXT_CNFG")
    if injected:
        import json  # here: it is not needed at a cold start

        try:
            url = json.loads(injected).get("URL")
        except (ValueError, AttributeError):
            warn('TCB_CONTEXT_CNFG is not the JSON object {"URL": …} that it should be; it is passed over')
        else:
            if url:
                return str(url)
    region = region or platform.region
    host = f"{region}.{_HOST}" if region else _HOST
    if platform.inside and (not region or region == platform.region):
        host = f"internal.{host}"
    if _ENV_ID.fullmatch(env):
        host = f"{env}.{host}"
    return f"{'http' if platform.inside else 'https'}://{host}/admin"


def is_address(url: str) -> bool:
    """Whether `url` names a scheme and a host that a request can be sent to."""
    scheme, found, rest = url.partition("://")
    return bool(found) and scheme in ("http", "https") and rest[:1] not in ("", "/", "?", "#")


def query(env: str, seq_id: str) -> str:
    """The query that every request carries, escaped as Node escapes a request line."""
    text = f"env={env}&seqId={seq_id}"
    if _UNSAFE.search(text):
        from .._wire.javascript import utf8

        text = _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in utf8(match[0])), text)
    return text
