"""Mask the secrets of JSON that may hold megabytes of data in base64.

Searching such data for names and values takes a second for each megabyte, in which no other thread runs. The middle of
a long run of its characters is therefore searched for known secrets only: there is no name with a value in it.
"""

from __future__ import annotations

import json
import re
import secrets as random
from collections.abc import Iterable

from .._client import redact

_EDGE = 4096  # characters at each end of a run that are searched in full; no secret is longer
_RUN = re.compile(rf"[A-Za-z0-9+/_=-]{{{4 * _EDGE},}}")


def mask_json(text: str, secrets: Iterable[str]) -> str:
    """Return a JSON text with ``***`` in place of secrets.

    Args:
        text: valid JSON.
        secrets: that are known.
    """
    if len(text) < 4 * _EDGE:
        return _masked(text, secrets)
    mark = random.token_hex(8)
    middles: list[str] = []

    def take(run: re.Match[str]) -> str:
        middles.append(run[0][_EDGE:-_EDGE])
        return rf"{run[0][:_EDGE]}\u0000{mark}.{len(middles) - 1}\u0000{run[0][-_EDGE:]}"

    shortened = _RUN.sub(take, text)
    masked = _masked(shortened if middles else text, secrets)
    # Where the run is the value of a secret, the mark has gone with it.
    place = re.compile(rf"\\u0000{mark}\.(\d+)\\u0000")
    return place.sub(lambda found: redact.without(middles[int(found[1])], secrets), masked)


def _masked(text: str, secrets: Iterable[str]) -> str:
    return json.dumps(redact.value(json.loads(text), secrets=secrets), ensure_ascii=False)
