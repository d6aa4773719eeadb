"""``name=value`` in all the ways that texts write it: the value of a telling name becomes ``***``.

Queries, forms, headers, JSON (inside JSON too), Python's and Node's way to show values, XML, .env files. Each pattern
begins at the first character of a name and takes the whole of it, so that no character is looked at more than a few
times.
"""

from __future__ import annotations

import re

from .secret_blocks import hide_blocks, hide_elements, hide_named, hide_options
from .secrets import header_name, secret_name

HIDDEN = "***"
# A name (JSON may write its letters as \u5bc6), the quote and bracket that close it, and what joins it to its value.
# %3D is = in a query inside a query.
_PAIR = re.compile(
    r"""(?<![\w.-])(?<!\\(?=u[0-9A-Fa-f]{4}))((?:[\w.-]|\\{1,4}u[0-9A-Fa-f]{4}){2,})"""
    r"""(?:(\\*["'])(?:\r?\n[\w-]{1,40}:[^\r\n]{0,200}){0,4}\r?\n\r?\n"""
    r"""|(\\*["'])?(?:\]?\s*(=>|:=|={1,3}|[:：＝,])\s*|(%(?:25)*3[Dd])|(>)))"""
)
_LETTER = re.compile(r"\\+u([0-9A-Fa-f]{4})")
# What no word of a sentence looks like: letters and digits, and no date.
_RANDOM = re.compile(r"(?!\d{4}-\d\d-)(?=[^\s\d]{0,80}\d)(?=[^\sA-Za-z]{0,80}[A-Za-z])[\w.+/=~-]{12,}", re.ASCII)
_TYPE = re.compile(r"[\w.|\[\] ]{1,60}=\s{0,9}")  # of a variable: password: str = "…"
_WORD_OF_ASCII = re.compile(r"(?![`<\[{(\"'])[!-~]{6,}")  # behind a colon of full width: no sentence
_HEADER = re.compile(
    r"""(?i)(?<![\w-])((?:proxy-)?authorization|x-cloudbase-context|(?:set-)?cookie)([ \t]*:[ \t]*)"""
    r"""(?:[^\r\n"'\\]|\\(?![rn]))+"""
)
# A header or a line of YAML; \n is how a repr shows where a line begins.
_LINE = re.compile(
    r"""(?m)((?:^|\\n|(?<![\w"'\\])["'])[ \t]*(?:[<>*-] )?)([^\W\d][\w-]*)([ \t]*:[ \t]*(?:[&!][\w!-]{1,40}[ \t]+)?)"""
    r"""((?:[^\s\\"']|\\(?![rn]))+)(?=[ \t\r]*(?:$|\\[rn]|["'])|[ \t]+\#)"""
)
_QUOTED = re.compile(r"""(?:[bBrRuUfF]{1,2})?(\\*)(["'`])""")
_QUOTE = re.compile(r"""(?<!\\)(\\*)(["'`])""")
_BRACKET = re.compile(r"""(?<!\\)(\\*)(["'])|([({\[])|([)}\]])""")
_PLAIN = re.compile(
    r"""(?:[^\s"'&,;\\(){}\[\]<>]|["'](?=\w)|,(?!\s|[\w.-]*=)|(?<![=:\s])[;)}\]{<](?=\w)(?![\w.-]*=)|\\(?![nrt"'\\]))+"""
)
_ESCAPED = re.compile(r"""(?:[^\s"'&,;\\(){}\[\]<>%]|%(?!(?:25)*26))+""")
_AUTH_SCHEME = re.compile(r"(?:Bearer|Basic|Token|Digest|TC3-HMAC-SHA256)[ \t]+", re.IGNORECASE)
_NO_SECRET = re.compile(
    r"None|True|False|null|true|false|undefined|NaN|\.{3}|…|\*+|%[sdr]|(?:None|null):|[|>][0-9+-]{0,2}"
)


def hide_pairs(text: str) -> str:
    """The text with ``***`` for each value that stands behind the name of a secret."""
    text = hide_elements(hide_options(hide_named(hide_blocks(text))))
    kept: list[str] = []
    end = 0
    for pair in _PAIR.finditer(text):
        if pair.start() < end or not secret_name(_letters(pair[1])):
            continue
        found = _value(text, pair)
        if found is not None and found[0] < found[1]:
            kept += [text[end : found[0]], HIDDEN]
            end = found[1]
    text = "".join([*kept, text[end:]])
    if ":" not in text:
        return text
    return _LINE.sub(_line, _HEADER.sub(rf"\1\2{HIDDEN}", text))


def _letters(name: str) -> str:
    return _LETTER.sub(lambda letter: chr(int(letter[1], 16)), name) if "\\" in name else name


def _line(found: re.Match[str]) -> str:
    if not secret_name(found[2]) or _NO_SECRET.fullmatch(found[4]):
        return found[0]
    return f"{found[1]}{found[2]}{found[3]}{HIDDEN}"


def _value(text: str, pair: re.Match[str]) -> tuple[int, int] | None:
    """Where the value of a pair stands; None when this is no pair."""
    name, joined, at = pair[1], pair[4], pair.end()
    before = text[pair.start() - 1 : pair.start()]
    quoted = pair[3] is not None and before in ("'", '"')
    if pair[2] is not None:  # name="token", an empty line, the value: a part of a form
        return at, _line_end(text, at)
    if pair[6] is not None:  # <token>…</token> is hidden already
        return None
    if pair[5] is not None:
        plain = _ESCAPED.match(text, at)
        return (at, plain.end()) if plain else None
    opened = _QUOTED.match(text, at)
    if joined in ("：", "＝"):
        word = None if "\n" in text[pair.end(4) : at] else _WORD_OF_ASCII.match(text, at)
        return word.span() if word else None
    if joined == ":" and not quoted:  # {token: 'x', pin: 12}, as Node shows values; else it is prose
        typed = _TYPE.match(text, at) if opened is None else None
        if typed and (behind_type := _QUOTED.match(text, typed.end())):
            return behind_type.end(), _closing_quote(text, behind_type)
        spaced = text[at - 1] in " \t" and text[at : at + 1].isdigit()
        random = _RANDOM.match(text, at)
        if random and not spaced:
            return random.span()
        if "." in name or not (opened or text[at : at + 1] in ("{", "[") or spaced):
            return None
    if joined == ",":  # ("token", "…"): a header, a default; ["--token", "…"]: a command
        behind = text[max(pair.start() - 2, 0) : max(pair.start() - 1, 0)]
        if not (quoted and opened) or not (behind == "(" or name.startswith("--") or _is_header(text, name, opened)):
            return None
    if opened:
        triple = opened[2] * 3
        documents = joined == ":" and not quoted  # class Token: """…"""
        if not opened[1] and not documents and text.startswith(triple, opened.end() - 1):
            close = text.find(triple, opened.end() + 2)
            return opened.end() + 2, close if close >= 0 else len(text)
        return opened.end(), _closing_quote(text, opened)
    return _unquoted(text, at)


def _is_header(text: str, name: str, opened: re.Match[str]) -> bool:
    """Whether this is ["Authorization", "…"], a header as JSON lists it."""
    return header_name(name) and text[_closing_quote(text, opened) :][:8].lstrip("\\\"' \t\r\n").startswith("]")


def _unquoted(text: str, at: int) -> tuple[int, int] | None:
    scheme = _AUTH_SCHEME.match(text, at)
    plain = _PLAIN.match(text, scheme.end() if scheme else at)
    end = plain.end() if plain else at
    if text[end : end + 1] in ("{", "[", "(") and (plain is None or text[end] == "("):
        return at, _closing_bracket(text, end)
    return None if plain is None or _NO_SECRET.fullmatch(text[at:end]) else (at, end)


def _closing_quote(text: str, opened: re.Match[str]) -> int:
    """Where a quoted text ends; JSON inside JSON has backslashes before its quotes, more of them at each level."""
    level = len(opened[1])
    for quote in _QUOTE.finditer(text, opened.end()):
        slashes = len(quote[1])
        if slashes < level or (quote[2] == opened[2] and (slashes - level) % (2 * (level + 1)) == 0):
            return quote.end() - 1 - min(slashes, level)
    return len(text)


def _closing_bracket(text: str, at: int) -> int:
    depth = 0
    end = at
    for mark in _BRACKET.finditer(text, at):
        if mark.start() < end:
            continue
        if mark[2]:
            opened = _QUOTED.match(text, mark.start())
            end = _closing_quote(text, opened) + len(mark[0]) if opened else mark.end()
        else:
            depth += 1 if mark[3] else -1
            if depth == 0:
                return mark.end()
    return len(text)


def _line_end(text: str, at: int) -> int:
    found = re.compile(r"[\r\n]").search(text, at)
    return found.start() if found else len(text)
