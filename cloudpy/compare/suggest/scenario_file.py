"""A file of proposed events, which people keep and edit: YAML with one event after the other."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from ...i18n import translated
from .examples import CALLER, OTHER_USER
from .proposal import Proposal

NAME = "events.yaml"


def as_yaml(proposal: Proposal, file: str, users: Sequence[str] = ()) -> str:
    """Return the events of a proposal as a file for ``--events``.

    Args:
        proposal: of a function.
        file: name of the file that was read.
        users: openids of local.yaml; without any, two are made up.
    """
    name = os.path.basename(file)
    head = translated(f"Proposed by cloudpy compare --suggest from {name}. Edit it: what is here is compared.")
    lines = [f"# {head}"]
    if not users:
        lines += ["users:", f"  - {{openid: {CALLER}, unionid: u-local}}", f"  - {{openid: {OTHER_USER}}}"]
    if proposal.env:
        lines.append(f"env: {_flow(proposal.env)}")
    if proposal.collections:
        lines.append(f"# {translated('Every event starts with these documents, unless it has its own.')}")
        lines += ["database:", *_collections(proposal.collections, "  ")]
    lines.append("events:")
    for each in proposal.events:
        lines += [f"  - name: {_flow(each.purpose)}", f"    event: {_flow(each.event)}"]
        if each.openid:
            lines.append(f"    openid: {each.openid}")
        if each.collections:
            lines += ["    database:", *_collections(each.collections, "      ")]
    text = "\n".join(lines) + "\n"
    for made_up, user in zip((CALLER, OTHER_USER), users, strict=False):
        text = text.replace(made_up, user)
    return text


def _collections(collections: dict[str, list[dict[str, Any]]], indent: str) -> list[str]:
    lines = [f"{indent}collections:"]
    for name, documents in collections.items():
        lines.append(f"{indent}  {_flow(name)}:{'' if documents else ' []'}")
        lines += [f"{indent}    - {_flow(document)}" for document in documents]
    return lines


def _flow(value: Any) -> str:
    """Return a value as JSON, which is YAML too, without characters that YAML does not allow."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)
