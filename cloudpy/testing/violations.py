"""What goes wrong in a test between the code and the local WeChat, remembered until the test ends."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .errors import ExpectationError, UnexpectedCallError

__tracebackhide__ = True  # a failing test shows the test, and the function, not these lines

Kind = Literal["unknown", "refused", "unused", "broken"]


@dataclass(frozen=True, slots=True)
class Complaint:
    """`kind` is what an ``allow_…`` method lets pass; ``broken`` cannot be let pass."""

    kind: Kind
    text: str
    cause: BaseException | None = None


class Ledger:
    """The complaints of one test, and which kinds of them it lets pass, with the reason.

    Args:
        strict: False lets everything pass but what is broken.
    """

    def __init__(self, *, strict: bool, reason: str = "") -> None:
        self._complaints: list[Complaint] = []
        self._unraised: list[tuple[int, Complaint]] = []
        self._allowed: dict[Kind, str] = {}
        if not strict:
            self._allowed = dict.fromkeys(("unknown", "refused", "unused"), reason)

    def allow(self, kind: Kind, reason: str) -> None:
        """Lets a kind pass, also what was remembered of it so far.

        Raises:
            ValueError: no reason is given.
        """
        if not isinstance(reason, str) or not reason.strip():
            raise ValueError(f"allow_{kind}() wants a reason in words, for whoever reads the test next")
        self._allowed[kind] = reason

    def allows(self, kind: Kind) -> bool:
        return kind in self._allowed

    def complain(self, complaint: Complaint, *, raises: bool = False, anywhere: bool = False) -> None:
        """Remembers a complaint; with `raises` it is also raised where the call was made (see `take`).

        Args:
            anywhere: the call may have been made in another thread than this one.
        """
        if self.allows(complaint.kind):
            return
        self._complaints.append(complaint)
        if raises:
            self._unraised.append((0 if anywhere else threading.get_ident(), complaint))

    def take(self, *, any_thread: bool) -> None:
        """Raises what the last call of this thread gave rise to.

        Args:
            any_thread: the calls are answered in another thread than they are made in.

        Raises:
            UnexpectedCallError: it gave rise to something.
        """
        here = threading.get_ident()
        for index, (thread, complaint) in enumerate(self._unraised):
            if any_thread or thread in (here, 0):
                del self._unraised[index]
                raise UnexpectedCallError(complaint.text) from complaint.cause

    def texts(self, more: Iterable[Complaint] = ()) -> list[str]:
        """What there is to complain of, each once."""
        found = [each.text for each in (*self._complaints, *more) if not self.allows(each.kind)]
        return list(dict.fromkeys(found))

    def clear(self) -> None:
        """Forgets what was remembered."""
        self._complaints.clear()
        self._unraised.clear()

    def settle(self, more: Iterable[Complaint] = ()) -> None:
        """Forgets what was remembered, and raises it.

        Raises:
            ExpectationError: there was something, each with what to do about it.
        """
        texts = self.texts(more)
        cause = next((each.cause for each in self._complaints if each.cause), None)
        self.clear()
        if texts:
            raise ExpectationError(listed(texts)) from cause


def listed(texts: list[str]) -> str:
    """Complaints as one text."""
    if len(texts) == 1:
        return texts[0]
    return "\n\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))
