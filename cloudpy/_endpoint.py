"""Where calls go: the gateway's address, and the tag that says what kind of machine calls."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping

from ._context import Variables

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


class Platform:
    """What kind of machine this process runs on: looked at once, at init(), since it cannot change under a process.

    Attributes:
        tag: ``scf``, ``cbr``, ``sumeru``, ``tencentcloud`` or ``unknown``. Unlike Node, no metadata server is asked.
        inside: whether this is Tencent's own network.
        region: e.g. ``ap-shanghai``; empty when not known.
    """

    __slots__ = ("inside", "region", "tag")

    def __init__(self, environ: Mapping[str, str]) -> None:
        if environ.get("TENCENTCLOUD_RUNENV") == "SCF":
            self.tag = "scf"
        elif environ.get("CBR_ENV_ID"):
            self.tag = "cbr"
        elif environ.get("SUMERU_ENV") in ("formal", "pre", "test"):
            self.tag = "sumeru"
        else:
            self.tag = "tencentcloud" if environ.get("TENCENTCLOUD") == "true" else "unknown"
        self.inside = self.tag != "unknown"
        self.region = environ.get("TENCENTCLOUD_REGION", "")


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


def with_query(url: str, env: str, seq_id: str) -> str:
    """`url` with the query that every request carries; behind a ``?`` it is appended as it is, as in Node."""
    query = f"env={env}&seqId={seq_id}"
    if _UNSAFE.search(query):
        from ._wire.javascript import utf8

        query = _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in utf8(match[0])), query)
    return f"{url}{query}" if "?" in url else f"{url}?{query}"
