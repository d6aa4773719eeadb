"""The source of a file as all that reads a program gets it: of the same meaning, in fewer forms, on the same lines."""

from __future__ import annotations

from .compiled import undone
from .event_defaults import without_event_default
from .promise_chains import awaited
from .prototypes import as_classes
from .templates import untagged


def in_plain_forms(text: str, file: str) -> str:
    """Return a file without what TypeScript has compiled, tags, prototypes, awaited chains, and a default event.

    Raises:
        SyntaxProblem: It is not valid JavaScript.
    """
    return awaited(as_classes(without_event_default(untagged(undone(text), file), file), file), file)
