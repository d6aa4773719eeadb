"""Templates with a tag, in the source: a call with the parts of the template, on the same lines."""

from __future__ import annotations

import re

from .nodes import child_nodes, field, strip, text_of
from .syntax import Node, parse

_TAG = re.compile(r"[\w$)\]]\s*`")
_PIECE = re.compile(r'\\(?:\r\n|[\s\S])|"|\r\n?|\n')


def untagged(text: str, file: str) -> str:
    """Return a file with the templates that have a tag as calls, ``tag(["a", "b"], x)``, or as plain templates.

    A file whose tags may read the parts as they are written, ``strings.raw``, stays as it is but for ``String.raw``.

    Raises:
        SyntaxProblem: It is not valid JavaScript.
    """
    if not _TAG.search(text):
        return text
    source = text.encode()
    reads_raw = ".raw" in text.replace("String.raw", "")
    edits: list[tuple[int, int, str]] = []

    def walk(node: Node) -> None:
        if node.type == "call_expression" and field(node, "arguments").type == "template_string":
            tag, template = strip(field(node, "function")), field(node, "arguments")
            if text_of(tag) == "String.raw":
                edits.append((tag.start_byte, template.end_byte, _raw(source, template)))
            elif not reads_raw:
                edits.append((template.start_byte, template.end_byte, _call(source, template)))
        for child in node.named_children:
            walk(child)

    walk(parse(text, file))
    # From the end, and what is inside of another template stays for the next look.
    last = len(source) + 1
    is_whole = True
    for start, end, new in sorted(edits, key=lambda each: -each[1]):
        if end > last:
            is_whole = False
            continue
        source = source[:start] + new.encode() + source[end:]
        last = start
    result = source.decode()
    return result if is_whole or result == text else untagged(result, file)


def _parts(source: bytes, template: Node) -> tuple[list[str], list[str]]:
    """Return the strings between the values of a template as they are written, and the values."""
    strings, values, at = [], [], template.start_byte + 1
    for each in child_nodes(template):
        if each.type == "template_substitution":
            strings.append(source[at : each.start_byte].decode())
            values.append(source[each.start_byte + 2 : each.end_byte - 1].decode().strip())
            at = each.end_byte
    strings.append(source[at : template.end_byte - 1].decode())
    return strings, values


def _call(source: bytes, template: Node) -> str:
    strings, values = _parts(source, template)
    literals = ", ".join(f'"{_PIECE.sub(_escaped, each)}"' for each in strings)
    call = ", ".join([f"[{literals}]", *values])
    missing = source[template.start_byte : template.end_byte].count(b"\n") - call.count("\n")
    lines = "\n" * missing
    return f"({call}{lines})"


def _escaped(piece: re.Match[str]) -> str:
    if piece[0][0] == "\\":
        return piece[0]
    return '\\"' if piece[0] == '"' else "\\n"


def _raw(source: bytes, template: Node) -> str:
    """Return a plain template of what ``String.raw`` gives."""
    strings, values = _parts(source, template)
    written = [re.sub(r"[\\`]|\$(?=\{)", r"\\\g<0>", each) for each in strings]
    return "`" + "".join(f"{one}${{{value}}}" for one, value in zip(written, values, strict=False)) + written[-1] + "`"
