"""What the TypeScript compiler writes around a file, undone: some keep its output in place of the source."""

from __future__ import annotations

import re

_HELPER = re.compile(
    r"^var (__\w+) = \(this && this\.\1\) \|\| (?:[^\n]*\};[ \t]*$|.*?^\S[^\n]*;[ \t]*$)", re.MULTILINE | re.DOTALL
)
_ES_MODULE = re.compile(r'^Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);', re.MULTILINE)
_NO_VALUES = re.compile(r"^(?:exports\.\w+ = )+void 0;", re.MULTILINE)
_REQUIRE = r"require\((?:\"[^\"]+\"|'[^']+')\)"
_DEFAULT = re.compile(rf"^((?:const|var) (\w+) = )__importDefault\(({_REQUIRE})\);", re.MULTILINE)
_WHOLE = re.compile(rf"__importStar\(({_REQUIRE})\)")
_UNBOUND = re.compile(r"\(0, (\w+(?:\.\w+)+)\)(?=\()")
_REST = re.compile(r"__rest\((\w+(?:\.\w+)*), \[((?:\"\w+\"(?:, )?)*)\]\)")
_ENUM = re.compile(
    r"^var (\w+);\n\(function \(\1\) \{\n(.*?)^\}\)\(\1 (?:\|\| \((exports\.\1 = )?\1 = \{\}\)|"
    r"= (exports\.\1) \|\| \(exports\.\1 = \{\}\))\);",
    re.MULTILINE | re.DOTALL,
)
_MEMBER = re.compile(r'^(\s*)(\w+)\["([^"\\]+)"\] = ((?:"[^"\\]*"|-?\d+));(\s*//.*)?$')
_NUMBERED = re.compile(r'^(\s*)(\w+)\[\2\["([^"\\]+)"\] = (-?\d+)\] = "\3";(\s*//.*)?$')
_COMMENT = re.compile(r"\s*(?://|/?\*)|\s*$")


def undone(text: str) -> str:
    """Return a file as its author may have written it in JavaScript, line by line; any other file as it is."""
    if not _ES_MODULE.search(text):
        return text
    text = _HELPER.sub(_blank, text)
    text = _NO_VALUES.sub("", _ES_MODULE.sub("", text))
    for found in _DEFAULT.finditer(text):
        text = re.sub(rf"\b{found[2]}\.default\b", found[2], text)
    text = _DEFAULT.sub(r"\1\3;", text)
    text = _UNBOUND.sub(r"\1", _WHOLE.sub(r"\1", text))
    text = text.replace("__assign(", "Object.assign(")
    text = _REST.sub(_rest, text)
    return _ENUM.sub(_enum, text)


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _rest(found: re.Match[str]) -> str:
    taken = ", ".join(f"{name}: _{place}" for place, name in enumerate(re.findall(r'"(\w+)"', found[2])))
    return f"(({{ {taken}, ...rest }}) => rest)({found[1]})"


def _enum(found: re.Match[str]) -> str:
    """Return an enum as an object; one in an unknown form stays as it is."""
    name, lines = found[1], []
    for line in found[2].splitlines():
        member, numbered = _MEMBER.match(line), _NUMBERED.match(line)
        if member is not None and member[2] == name:
            lines.append(f'{member[1]}"{member[3]}": {member[4]},{member[5] or ""}')
        elif numbered is not None and numbered[2] == name:
            lines.append(
                f'{numbered[1]}"{numbered[3]}": {numbered[4]}, "{numbered[4]}": "{numbered[3]}",{numbered[5] or ""}'
            )
        elif _COMMENT.match(line):
            lines.append(line)
        else:
            return found[0]
    export = f" exports.{name} = {name};" if found[3] or found[4] else ""
    return f"\nconst {name} = {{\n" + "\n".join(lines) + f"\n}};{export}"
