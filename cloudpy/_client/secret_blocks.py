"""Secrets in texts of several lines or marks: YAML below a name, elements of XML, options of commands, name and value.

Every pattern looks at no character more than a few times, as those of ``_secret_pairs`` do.
"""

from __future__ import annotations

import re

from .secrets import secret_name

_HIDDEN = "***"
# A line of YAML whose value is on the lines below it; | and > are how it begins a text of several lines.
_BLOCK = re.compile(
    r"""(?m)^([ \t]*(?:- )?)["']?([^\W\d][\w.-]*)["']?[ \t]*:[ \t]*([|>][0-9+-]{0,2})?[ \t]*(?:\#[^\n]*)?\r?\n"""
)
_BELOW = re.compile(r"([ \t]*)([^\r\n]*)(\r?(?:\n|\Z))")
_MEMBER = re.compile(r"""- |["']?[^\W\d][\w.-]{0,99}["']?[ \t]*:(?=\s|\Z)""")
# An element of XML, whatever attributes and namespace it has, up to the next mark.
_ELEMENT = re.compile(r"<((?:[\w-]{1,40}:)?)([\w.-]{2,128})((?:\s[^<>]{0,500})?)>(<!\[CDATA\[)?")
_OPTION = re.compile(r"""(?<![\w-])(--[\w-]{3,60}[ \t]+)("[^"\n]*"|'[^'\n]*'|[^\s"'\-<\[({][^\s"']*)""")
_PLACEHOLDER = re.compile(r"[A-Z_]+")
# {"name": "token", "value": "…"}, <property name="token" value="…">, and the same in YAML
_NAMED = re.compile(
    r"""(?i)\b(name|key)(\\*["'])?\s{0,9}[:=]\s{0,9}(\\*["'])?([\w.-]{3,128})(\\*["'])?(?:,\s{0,99}|\s{1,99})"""
    r"""(\\*["'])?value(\\*["'])?\s{0,9}[:=]\s{0,9}(?:(\\*["'])(.*?)(?<!\\)\8|([^\s"'\\,}]+))"""
)


def hide_blocks(text: str) -> str:
    """The text with ``***`` for what YAML has on the lines below the name of a secret."""
    if "\n" not in text:
        return text
    kept: list[str] = []
    end = 0
    for head in _BLOCK.finditer(text):
        if head.start() < end or not secret_name(head[2]):
            continue
        lines, behind = _below(text, head.end(), len(head[1]), head[3] is not None)
        if lines:
            kept += [text[end : head.end()], *lines]
            end = behind
    return "".join([*kept, text[end:]])


def _below(text: str, at: int, indent: int, is_text: bool) -> tuple[list[str], int]:
    """The lines that belong to a name, hidden, and where they end."""
    lines: list[str] = []
    while at < len(text):
        line = _BELOW.match(text, at)
        assert line is not None
        if line[2]:
            deep = len(line[1]) > indent or (not is_text and len(line[1]) == indent and line[2].startswith("- "))
            if not deep or (not is_text and not lines and _MEMBER.match(line[2]) is None):
                break
            lines.append(f"{line[1]}{'- ' if line[2].startswith('- ') else ''}{_HIDDEN}{line[3]}")
        else:
            lines.append(line[0])
        at = line.end()
    return (lines, at) if any(line.strip() for line in lines) else ([], at)


def hide_elements(text: str) -> str:
    """The text with ``***`` for what the elements of XML hold that are named after a secret."""
    if "<" not in text:
        return text
    kept: list[str] = []
    end = 0
    for found in _ELEMENT.finditer(text):
        begin = found.end()
        if found.start() < end or not secret_name(found[2]):
            continue
        close = text.find("]]>" if found[4] else "<", begin)
        if close < 0:  # cut short; or no XML but a type, Promise<Token>, with a sentence behind it
            cut = re.compile(r"\S*").match(text, begin)
            assert cut is not None
            close = cut.end()
        elif not found[4] and not text.startswith("</", close):
            continue
        if begin < close:
            kept += [text[end:begin], _HIDDEN]
            end = close
    return "".join([*kept, text[end:]])


def hide_options(text: str) -> str:
    """The text with ``***`` for the values of a command's options: ``--password …``."""
    return _OPTION.sub(_option, text) if "--" in text else text


def _option(found: re.Match[str]) -> str:
    if _PLACEHOLDER.fullmatch(found[2]) or not secret_name(found[1].strip()):
        return found[0]
    return f"{found[1]}{_HIDDEN}"


def hide_named(text: str) -> str:
    """The text with ``***`` for a value whose name stands in a field of its own before it."""
    return _NAMED.sub(_named, text) if "value" in text or "Value" in text or "VALUE" in text else text


def _named(found: re.Match[str]) -> str:
    value = 9 if found[9] is not None else 10
    if not secret_name(found[4]) or not found[value]:
        return found[0]
    begin, end = found.span(value)
    return f"{found[0][: begin - found.start()]}{_HIDDEN}{found[0][end - found.start() :]}"
