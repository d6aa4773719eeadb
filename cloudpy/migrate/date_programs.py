"""Whether all dates of a program are datetimes, so that those of documents stay what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .date_creations import DOCUMENT_METHODS
from .inference import Types
from .jstypes import is_open, js_type
from .module import Module
from .nodes import arguments_of, field, is_called, text_of
from .syntax import Node


def settle_dates(files: Mapping[Module, Types], shared: Mapping[Module, frozenset[str]]) -> frozenset[str]:
    """Note in each file what the dates of documents become.

    Args:
        files: The types of the files of the program.
        shared: What this has returned for other programs, for the files that they have, too.

    Returns:
        ``hooked`` where the dates of documents become JavaScript's, ``kept`` where the program may have any of those.
    """
    others = [(types, each) for module, types in files.items() for each in module.methods_of_dates]
    others = [(types, each) for types, each in others if _may_be_of_document(types, each)]
    looks = any(module.looks_at_dates for module in files)
    is_plain = not looks and not any("kept" in each for each in shared.values())
    is_plain = is_plain and all(_is_plain(types, each) for types, each in others)
    is_plain = is_plain and all(types.dates.zone(each) for types in files.values() for each in _made(types))
    is_hooked = looks or (bool(others) and not is_plain)
    for module in files:
        module.has_datetimes = is_plain
        module.handles_dates = is_hooked or "hooked" in shared.get(module, ())
    return frozenset(["hooked"] * is_hooked + ["kept"] * (not is_plain))


def _may_be_of_document(types: Types, method: Node) -> bool:
    owner = field(method, "object")
    type_ = types.of(owner)
    return not types.is_datetime(owner) and (
        not type_ or is_open(type_) or ("date" in type_ and type_ != js_type("date"))
    )


def _is_plain(types: Types, method: Node) -> bool:
    """Whether a method of what may be a date of a document is that of a datetime, and of nothing else."""
    is_method = is_called(method) and method.parent is not None and not arguments_of(method.parent)
    is_known = is_method and "?." not in text_of(method) and text_of(field(method, "property")) in DOCUMENT_METHODS
    return is_known and types.facts.is_loud(method) and is_open(types.of(field(method, "object")))


def _made(types: Types) -> Iterator[Node]:
    pending = [types.module.root]
    while pending:
        node = pending.pop()
        if node.type == "new_expression" and text_of(field(node, "constructor")) == "Date":
            yield node
        pending += node.named_children
