"""How a parameter's name looks on the wire.

The rule of cloud call is repeated here rather than imported, because contracts stand on their own: documentation,
stubs and the local WeChat use them without the rest of the package.
"""

from __future__ import annotations

import re

_CAPITAL = re.compile(r"(?<!^)[A-Z]")


def snake(name: str) -> str:
    """`name` as the default case conversion sends it: `cloudidList` is `cloudid_list`, `EnvId` is `env_id`."""
    return _CAPITAL.sub(lambda found: "_" + found[0], name).lower() if not name.islower() else name


def letters(name: str) -> str:
    """`name` without capitals and underscores; equal letters mean a misspelling that is only a matter of case."""
    return name.replace("_", "").lower()
