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

# Those that may have a number as a string with more digits
_WORDS_OF_PARTS = set("year month day date hour hours minute minutes min second seconds time m d h mm dd hh".split())
_WORDS_OF_PARTS |= set("price amount money total sum fee cost balance discount score rate weight num number".split())


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


def is_named_no_list(node: Node) -> bool:
    """Whether the name of a value says that it is no list."""
    return _last_word(node) in _WORDS | _WORDS_OF_FLAGS


def is_named_by_digits(node: Node) -> bool:
    """Whether the name of a value says that it may be a number as a string with more digits: "01", "0.00"."""
    return _last_word(node) in _WORDS_OF_PARTS


def _last_word(node: Node) -> str:
    words = _WORD.findall(name_of(node))
    return words[-1].lower() if words else ""
