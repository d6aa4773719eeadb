"""Check the subject of a commit message: at most 72 characters, no full stop. For pre-commit's stage `commit-msg`."""

from __future__ import annotations

import sys
from pathlib import Path

MAX_SUBJECT = 72  # characters


def problem(message: str) -> str | None:
    """Return what is wrong with the subject of `message`, or None."""
    subject = message.partition("\n")[0]
    if not subject.strip():
        return "the subject is empty"
    if len(subject) > MAX_SUBJECT:
        return f"the subject has {len(subject)} characters, at most {MAX_SUBJECT} are allowed: {subject}"
    if subject.endswith("."):
        return f"the subject ends in a full stop: {subject}"
    return None


if __name__ == "__main__":
    sys.exit(problem(Path(sys.argv[1]).read_text("utf-8")))
