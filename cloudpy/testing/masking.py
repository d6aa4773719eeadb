"""Keeps secrets and the ids of people out of what is written down."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from .._client import redact

_PERSONAL = {"openid": "openid", "openids": "openid", "openidlist": "openid", "touser": "openid"}
_PERSONAL |= {"fromusername": "openid", "unionid": "unionid", "unionids": "unionid"}
_OPENID = re.compile(r"\bo[A-Za-z0-9_-]{27}\b")  # as WeChat's own look
_LETTERS = re.compile("[^a-z]")


class Mask:
    """Writes ``openid-1`` for whoever calls, ``openid-2``, … for others in the order in which they come up, and
    ``***`` for secrets.

    Args:
        identities: the ids that are known to be someone's, each with its kind (``openid``, ``unionid``); those of
            whoever calls when nobody else is named come first.
    """

    def __init__(self, identities: Callable[[], Mapping[str, str]]) -> None:
        self._identities = identities
        self._labels: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        for identity, kind in identities().items():
            if kind not in self._counts:
                self._label(identity, kind)

    def hide(self, value: Any) -> Any:
        """`value` as it may be written down."""
        return self._name(redact.value(value), "")

    def _name(self, value: Any, key: str) -> Any:
        """The value with labels for people; `key` is the name it stands behind."""
        if isinstance(value, Mapping):
            return {self._name(name, ""): self._name(item, str(name)) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._name(item, key) for item in value]
        if not isinstance(value, str) or value in ("", redact.HIDDEN):
            return value
        letters = _LETTERS.sub("", key.lower())
        if letters in _PERSONAL:
            return self._label(value, _PERSONAL[letters])
        return self._hide_in(value)

    def show(self, value: Any) -> Any:
        """The other way round, for the people that came up here; ``***`` stays."""
        shown = {label: identity for identity, label in self._labels.items()}
        if not shown:
            return value
        pattern = re.compile("|".join(re.escape(label) + r"(?!\d)" for label in sorted(shown, key=len, reverse=True)))
        return _walk(value, lambda text: pattern.sub(lambda found: shown[found[0]], text))

    def meet(self, value: Any) -> None:
        """Takes note of people who came up in what was written down: their labels are not given to others."""
        for kind, number in re.findall(r"\b(openid|unionid)-(\d+)\b", json.dumps(value)):
            self._counts[kind] = max(self._counts.get(kind, 0), int(number))

    def _hide_in(self, text: str) -> str:
        for identity, kind in sorted(self._identities().items(), key=lambda item: -len(item[0])):
            if identity in text:
                text = text.replace(identity, self._label(identity, kind))
        return _OPENID.sub(lambda found: self._label(found[0], "openid"), text)

    def _label(self, identity: str, kind: str) -> str:
        if re.fullmatch(rf"{kind}-\d+", identity):  # it was masked before
            return identity
        label = self._labels.get(identity)
        if label is None:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            label = self._labels[identity] = f"{kind}-{self._counts[kind]}"
        return label


def _walk(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {_walk(name, change): _walk(item, change) for name, item in value.items()}
    if isinstance(value, list):
        return [_walk(item, change) for item in value]
    return change(value) if isinstance(value, str) else value
