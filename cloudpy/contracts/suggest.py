"""Suggestions for misspelt API names, and reasons why an API cannot be called."""

from __future__ import annotations

from .._wire import suggest
from .._wire.suggest import folded
from .catalog import index, names, refusals


def nearest(name: str) -> list[str]:
    """Return at most three API names that `name` may misspell, best first.

    Names that differ only in case or underscores, if any; else those that end in the same word (`getOpenData`), then
    those that look alike.
    """
    import difflib

    known = names()
    wanted = folded(name)
    same = [candidate for candidate in known if folded(candidate) == wanted]
    if same:
        return same[:3]
    last = wanted.rpartition(".")[2]
    ending = [candidate for candidate in known if folded(candidate.rpartition(".")[2]) == last]
    ending.sort(key=lambda candidate: -difflib.SequenceMatcher(None, folded(candidate), wanted).ratio())
    return list(dict.fromkeys([*ending, *suggest.nearest(name, known, 3, 0.75)]))[:3]


def find(what: str) -> list[dict[str, str]]:
    """Return the APIs of the namespace `what`, else those whose name or summary has the word; all for "".

    Each is {"name", "summary", "summary_zh"}; case does not count.
    """
    word = what.strip(". ").lower()
    texts = ("summary", "summary_zh")
    rows = [{"name": name, **{key: brief[key] for key in texts}} for name, brief in index().items()]
    inside = [row for row in rows if f"{row['name'].lower()}.".startswith(f"{word}.")] if word else rows
    return inside or [row for row in rows if any(word in text.lower() for text in row.values())]


def refusal(name: str) -> str | None:
    """Return why WeChat does not offer `name` to cloud call, or None.

    `name` is a bare word (`code2Session`) or a dotted name that ends in one (`auth.code2Session`).
    """
    if name in names():
        return None
    refused = refusals()
    entry = refused.get(name) or refused.get(name.rpartition(".")[2])
    if entry is None:
        return None
    reason = f"WeChat does not offer {entry['api']} to cloud call, only over HTTPS ({entry['method']} {entry['path']})"
    return f"{reason}; {entry['hint']}" if "hint" in entry else reason
