"""Secrets in text, wherever a name comes with its value; the value becomes ``***``.

Queries, forms, headers, JSON (inside JSON too), the ways Python and Node print values, XML, YAML, .env files, options
of commands. Each pattern begins at the first character of a name and takes the whole of it, so no character is looked
at more than a few times.
"""

from __future__ import annotations

import re

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
# Not a word of a sentence: letters and digits, and not a date.
_RANDOM = re.compile(r"(?!\d{4}-\d\d-)(?=[^\s\d]{0,80}\d)(?=[^\sA-Za-z]{0,80}[A-Za-z])[\w.+/=~-]{12,}", re.ASCII)
_TYPE = re.compile(r"[\w.|\[\] ]{1,60}=\s{0,9}")  # of a variable: password: str = "…"
_WORD_OF_ASCII = re.compile(r"(?![`<\[{(\"'])[!-~]{6,}")  # after a colon of full width: not a sentence
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
# A line of YAML whose value is on the lines below it; | and > begin a string of several lines.
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


def hide_pairs(text: str) -> str:
    """Return the text with ``***`` in place of each value that follows the name of a secret."""
    text = _hide_elements(_hide_options(_hide_named(_hide_blocks(text))))
    parts: list[str] = []
    end = 0
    for pair in _PAIR.finditer(text):
        if pair.start() < end or not secret_name(_letters(pair[1])):
            continue
        span = _value(text, pair)
        if span is not None and span[0] < span[1]:
            parts += [text[end : span[0]], HIDDEN]
            end = span[1]
    text = "".join([*parts, text[end:]])
    if ":" not in text:
        return text
    return _LINE.sub(_line, _HEADER.sub(rf"\1\2{HIDDEN}", text))


def _letters(name: str) -> str:
    return _LETTER.sub(lambda letter: chr(int(letter[1], 16)), name) if "\\" in name else name


def _line(match: re.Match[str]) -> str:
    if not secret_name(match[2]) or _NO_SECRET.fullmatch(match[4]):
        return match[0]
    return f"{match[1]}{match[2]}{match[3]}{HIDDEN}"


def _value(text: str, pair: re.Match[str]) -> tuple[int, int] | None:
    """Return the span of the value of a pair; None when this is not a pair."""
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
    """Return the end of a quoted string; JSON inside JSON has backslashes before its quotes, more at each level."""
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
    match = re.compile(r"[\r\n]").search(text, at)
    return match.start() if match else len(text)


def _hide_blocks(text: str) -> str:
    """Return the text with ``***`` in place of the lines below the name of a secret in YAML."""
    if "\n" not in text:
        return text
    parts: list[str] = []
    end = 0
    for head in _BLOCK.finditer(text):
        if head.start() < end or not secret_name(head[2]):
            continue
        lines, behind = _below(text, head.end(), len(head[1]), head[3] is not None)
        if lines:
            parts += [text[end : head.end()], *lines]
            end = behind
    return "".join([*parts, text[end:]])


def _below(text: str, at: int, indent: int, is_text: bool) -> tuple[list[str], int]:
    """Return the lines that belong to a name, hidden, and their end."""
    lines: list[str] = []
    while at < len(text):
        line = _BELOW.match(text, at)
        assert line is not None
        if line[2]:
            deep = len(line[1]) > indent or (not is_text and len(line[1]) == indent and line[2].startswith("- "))
            if not deep or (not is_text and not lines and _MEMBER.match(line[2]) is None):
                break
            lines.append(f"{line[1]}{'- ' if line[2].startswith('- ') else ''}{HIDDEN}{line[3]}")
        else:
            lines.append(line[0])
        at = line.end()
    return (lines, at) if any(line.strip() for line in lines) else ([], at)


def _hide_elements(text: str) -> str:
    """Return the text with ``***`` in place of the content of XML elements named after a secret."""
    if "<" not in text:
        return text
    parts: list[str] = []
    end = 0
    for match in _ELEMENT.finditer(text):
        begin = match.end()
        if match.start() < end or not secret_name(match[2]):
            continue
        close = text.find("]]>" if match[4] else "<", begin)
        if close < 0:  # cut short; or no XML but a type, Promise<Token>, with a sentence behind it
            cut = re.compile(r"\S*").match(text, begin)
            assert cut is not None
            close = cut.end()
        elif not match[4] and not text.startswith("</", close):
            continue
        if begin < close:
            parts += [text[end:begin], HIDDEN]
            end = close
    return "".join([*parts, text[end:]])


def _hide_options(text: str) -> str:
    """Return the text with ``***`` in place of the values of a command's options: ``--password …``."""
    return _OPTION.sub(_option, text) if "--" in text else text


def _option(match: re.Match[str]) -> str:
    if _PLACEHOLDER.fullmatch(match[2]) or not secret_name(match[1].strip()):
        return match[0]
    return f"{match[1]}{HIDDEN}"


def _hide_named(text: str) -> str:
    """Return the text with ``***`` in place of a value whose name is in the field before it."""
    return _NAMED.sub(_named, text) if "value" in text or "Value" in text or "VALUE" in text else text


def _named(match: re.Match[str]) -> str:
    value = 9 if match[9] is not None else 10
    if not secret_name(match[4]) or not match[value]:
        return match[0]
    begin, end = match.span(value)
    return f"{match[0][: begin - match.start()]}{HIDDEN}{match[0][end - match.start() :]}"
