"""The catalogue of translations, a gettext .po file; read at first use, so that nothing has to be compiled."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

CATALOGUE = Path(__file__).with_name("zh.po")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
_HEADER = """\
# Chinese messages of the command. `make messages` adds new ones and removes old ones; write the msgstr by hand.
# Leave {names} as they are. Use the words of WeChat's documentation and DevTools, 你 for the reader.
msgid ""
msgstr ""
"Language: zh\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""
_LINE = re.compile(r'^(?:(msgid|msgstr)\s+)?("(?:[^"\\]|\\.)*")\s*$')


def read(path: Path) -> dict[str, str]:
    """Return message -> translation, also where the translation is empty."""
    entries: dict[str, str] = {}
    parts: dict[str, str] = {}
    key = ""
    for number, line in enumerate(path.read_text("utf-8").splitlines() if path.exists() else [], 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None:
            raise ValueError(f"{path}:{number}: expected msgid, msgstr or a quoted string, got {line!r}")
        if match[1] == "msgid" and parts:
            entries[parts["msgid"]] = parts.get("msgstr", "")
            parts = {}
        key = match[1] or key
        parts[key] = parts.get(key, "") + json.loads(match[2])
    if parts:
        entries[parts["msgid"]] = parts.get("msgstr", "")
    entries.pop("", None)
    return entries


def write(path: Path, entries: Iterable[tuple[str, str, str]]) -> None:
    """Write a catalogue.

    Args:
        path: the file.
        entries: (place, message, translation).
    """
    lines = [_HEADER]
    for place, message, translation in entries:
        lines.append(f"#: {place}\nmsgid {_quoted(message)}\nmsgstr {_quoted(translation)}\n")
    path.write_text("\n".join(lines), "utf-8", newline="\n")


def has_words(text: str) -> bool:
    """Whether a template has words beside its placeholders."""
    return re.search(r"[A-Za-z]{2}", PLACEHOLDER.sub("", text)) is not None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
