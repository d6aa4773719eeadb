"""Suggestions for misspelt names in error messages."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def folded(name: str) -> str:
    """Return a name without underscores and in lower case: `openID`, `open_id` and `openid` are spelt alike."""
    return name.replace("_", "").lower()


def nearest(name: object, known: Iterable[str], count: int = 1, cutoff: float = 0.6) -> list[str]:
    """Return the known names that look most like `name`, best first; case and underscores do not count.

    Args:
        name: what was written.
        known: the names that exist.
        count: how many names to return at most.
        cutoff: how alike they must be, from 0 to 1.
    """
    from difflib import get_close_matches  # late: only an error needs it

    is_class = str(name)[:1].isupper()  # of `Database` and `database`, the one written alike
    by_letters: dict[str, str] = {}
    for candidate in sorted(known, key=lambda each: each[:1].isupper() != is_class):
        by_letters.setdefault(folded(candidate), candidate)
    return [by_letters[each] for each in get_close_matches(folded(str(name)), by_letters, count, cutoff)]


def question(names: Sequence[str], otherwise: str = "") -> str:
    """Return ``did you mean 'a' or 'b'?``, or `otherwise` without names."""
    return f"did you mean {' or '.join(map(repr, names))}?" if names else otherwise


def did_you_mean(name: object, known: Iterable[str], otherwise: str | None = None, cutoff: float = 0.6) -> str:
    """Return ``did you mean 'x'?`` for the nearest known name, else `otherwise`, by default all names."""
    known = list(known)
    return question(
        nearest(name, known, 1, cutoff), f"there are {', '.join(known)}" if otherwise is None else otherwise
    )
