"""What tools see of the names under ``openapi``: members, help and signatures, from the contracts.

They are loaded when something looks at a name, or when a name is rejected; no call loads them. A deployed package may
not have them: names then have no members, and the help of their class.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from inspect import Signature


class _Default:
    """Stands for the default of a parameter in a signature."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


_REQUIRED, _OPTIONAL = _Default("<required>"), _Default("…")


def members(name: str) -> dict[str, bool]:
    """Return the words that may follow `name`, and whether each completes the name of an API."""
    try:
        from ..contracts.help import members
    except ImportError:
        return {}
    return members(name)


def help_text(name: str) -> str | None:
    """Return the help on an API or namespace, or None when it is unknown."""
    try:
        from ..contracts.help import help_text

        return help_text(name)
    except ImportError:  # yaml may be missing as well
        return None


def signature(name: str) -> Signature:
    """Return the signature of an API: one dict, or the parameters as keywords."""
    from inspect import Parameter, Signature

    try:
        from ..contracts.help import parameters

        known = parameters(name) or {}
    except ImportError:
        known = {}
    return Signature(
        [
            Parameter("params", Parameter.POSITIONAL_ONLY, default=None),
            *(
                Parameter(each, Parameter.KEYWORD_ONLY, default=_REQUIRED if required else _OPTIONAL)
                for each, required in known.items()
                if each.isidentifier()
            ),
            Parameter("keywords", Parameter.VAR_KEYWORD),
        ]
    )


def unknown(api: str) -> str:
    """Return a sentence on an API that does not exist, with the name it may misspell; "" without one."""
    try:
        from .._wire.suggest import question
        from ..contracts import names, nearest, refusal

        if api in names():
            return ""
        if reason := refusal(api):
            return f"{reason}."
        near = nearest(api)[:1]
    except ImportError:
        return ""
    return f"no such API is known; {question(near)}（没有收录这个接口，是不是 {near[0]}？）" if near else ""
