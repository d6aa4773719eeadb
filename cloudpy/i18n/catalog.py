"""Find the translation of a message, or of the template that it was made from."""

from __future__ import annotations

import functools
import re

from . import po

# Before a message: a file with its line, a path to a value
_PLACE = re.compile(r"(?:.{1,300}?:\d+: )?(?:\w+(?:\.[\w-]+|\[\d+\])*: )?")
_OR = re.compile(r"(?<=[\d']) or (?=[\d'])")  # between the last two of some names
_NUMBERS = {"count", "number"}  # "without times" is not "{count} times"
_MAX_DEPTH = 3  # a value in a message may be a message: a hint, a cause


class Catalog:
    """The translations of one language.

    Args:
        entries: message -> translation; ``{name}`` in both is a value.
    """

    def __init__(self, entries: dict[str, str]) -> None:
        self._entries = {message: text for message, text in entries.items() if text}

    @classmethod
    @functools.cache
    def load(cls) -> Catalog:
        """Return the Chinese catalogue."""
        return cls(po.read(po.CATALOGUE))

    def exact(self, message: str) -> str:
        """Return the translation of a message, its ``{names}`` still in it; empty if it has no translation."""
        return self._entries.get(message, "")

    def translate(self, text: str, depth: int = _MAX_DEPTH) -> str:
        """Return the translation of `text` with its values filled in, or `text`."""
        found = self._entries.get(text)
        if found is not None:
            return found
        for pattern, translation in self._templates if depth else ():
            match = pattern.fullmatch(text)
            if match:
                return self._filled(translation, match.groupdict(), depth - 1)
        place = _PLACE.match(text)
        if place and place[0] and depth:
            return place[0] + self.translate(text[place.end() :], depth - 1)
        return text

    def _filled(self, translation: str, values: dict[str, str], depth: int) -> str:
        """Return a translation with its values, translated if they are messages themselves."""
        filled = ""
        for index, part in enumerate(po.PLACEHOLDER.split(translation)):  # text, name, text, name, ...
            filled = _joined(filled, _OR.sub(" 或 ", self.translate(values[part], depth)) if index % 2 else part)
        return filled

    @functools.cached_property
    def _templates(self) -> list[tuple[re.Pattern[str], str]]:
        """The patterns, those with the most words of their own first."""
        pairs = [pair for pair in self._entries.items() if po.PLACEHOLDER.search(pair[0])]
        pairs.sort(key=lambda pair: -len(po.PLACEHOLDER.sub("", pair[0])))
        return [(_pattern(message), translation) for message, translation in pairs]


def _joined(left: str, right: str) -> str:
    """Put texts together; a space is for Latin letters, none is between Chinese ones."""
    if _is_chinese(left[-2:-1]) and left[-1] == " " and _is_chinese(right[:1]):
        left = left[:-1]
    if _is_chinese(left[-1:]) and right[:1] == " " and _is_chinese(right[1:2]):
        right = right[1:]
    return left + right


def _is_chinese(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def _pattern(message: str) -> re.Pattern[str]:
    parts, seen = [], set()
    for index, part in enumerate(po.PLACEHOLDER.split(message)):
        if not index % 2:
            parts.append(re.escape(part))
        elif part in seen:
            parts.append(f"(?P={part})")
        else:
            seen.add(part)
            parts.append(f"(?P<{part}>{r'[0-9][0-9,]*' if part in _NUMBERS else '.*?'})")
    return re.compile("".join(parts), re.DOTALL)
