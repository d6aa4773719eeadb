"""What the name of a value says about it."""

from __future__ import annotations

import re

from .nodes import field, strip, text_of
from .syntax import Node

_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
# The last words of names that have strings or numbers: nobody puts a boolean, a list or an object there
_WORDS = set("id openid unionid appid uid oid pid cid guid uuid code errcode name nickname username".split())
_WORDS |= set("account phone mobile email password pwd vcode url path title index idx position num count total".split())
_WORDS |= set("size length price amount score year month hour minute page level msg message".split())
# Those that may have booleans and dates, too, but no list
_WORDS_OF_FLAGS = set("status state type kind flag mode role sex gender step date time day".split())

# Those that have numbers, or strings of digits: no date, and no text whose order matters
_WORDS_OF_NUMBERS = set(
    "count total size length price amount score num number age level points point balance max min".split()
)
_WORDS_OF_NUMBERS |= set(
    "limit quantity qty stock fee cost sum rate rank index idx width height weight players members".split()
)
_WORDS_OF_NUMBERS |= set("capacity page stars coins rounds round distance progress percent grade votes likes".split())
# Those that make a number of what follows: ``maxPlayers``, ``pointsToWin``
_FIRST_WORDS_OF_NUMBERS = {"max", "min", "total", "num", "count", "points"}

# Those that may have a number as a string with more digits
_WORDS_OF_PARTS = set("year month day date hour hours minute minutes min second seconds time m d h mm dd hh".split())
_WORDS_OF_PARTS |= set("price amount money total sum fee cost balance discount score rate weight num number".split())

# The last words of names that have strings alone
_WORDS_OF_TEXTS = set("name nickname username password email title content text message url path filename".split())
_WORDS_OF_TEXTS |= set("openid folder category keyword description remark".split())


def name_of(node: Node) -> str:
    """Return what a variable or a property is called; of ``name || ''`` that of the left side."""
    node = strip(node)
    if node.type == "binary_expression" and text_of(node.child_by_field_name("operator")) in ("||", "??"):
        other = field(node, "right")
        return name_of(field(node, "left")) if other.type in ("string", "number") else ""
    if node.type == "member_expression":
        return text_of(field(node, "property"))
    return text_of(node) if node.type == "identifier" else ""


def is_named_plainly(node: Node) -> bool:
    """Whether the name of a value says that it is a string or a number: ``user.openId``, ``count``."""
    return _last_word(node) in _WORDS


def is_named_text(node: Node) -> bool:
    """Whether the name of a value says that it is a string: ``nickName``, ``password``."""
    return _last_word(node) in _WORDS_OF_TEXTS


def is_named_no_list(node: Node) -> bool:
    """Whether the name of a value says that it is no list."""
    return _last_word(node) in _WORDS | _WORDS_OF_FLAGS


def is_named_by_digits(node: Node) -> bool:
    """Whether the name of a value says that it may be a number as a string with more digits: "01", "0.00"."""
    return _last_word(node) in _WORDS_OF_PARTS


def is_named_as_number(node: Node) -> bool:
    """Whether the name of a value says that it is a number, or digits: ``scoreA``, ``user.maxPlayers``."""
    words = _words(node)
    while len(words) > 1 and (len(words[-1]) == 1 or words[-1].isdecimal()):
        words.pop()
    return bool(words) and (words[-1] in _WORDS_OF_NUMBERS or words[0] in _FIRST_WORDS_OF_NUMBERS)


def _last_word(node: Node) -> str:
    return (_words(node) or [""])[-1]


def _words(node: Node) -> list[str]:
    return [each.lower() for each in _WORD.findall(name_of(node))]
