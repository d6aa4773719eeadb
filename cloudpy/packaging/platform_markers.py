"""What a requirement means on the platform: its markers, asked of the Python there, not of the one that runs here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name


@dataclass(frozen=True, slots=True)
class Difference:
    """How what pip chose, by the markers of this Python, differs from what the platform's Python needs.

    Attributes:
        lacking: requirements that nothing chosen meets, without markers.
        needless: normalised names that were chosen and that nothing needs there.
    """

    lacking: tuple[str, ...]
    needless: frozenset[str]

    def needs(self, chosen: Mapping[str, Any]) -> bool:
        """Whether an item of the report is not among the needless."""
        return str(canonicalize_name(chosen["metadata"]["name"])) not in self.needless


class Platform:
    """CPython of a version on Linux x86_64."""

    def __init__(self, python: str) -> None:
        full = f"{python}.0"
        self._environment = {
            "implementation_name": "cpython",
            "implementation_version": full,
            "os_name": "posix",
            "platform_machine": "x86_64",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": full,
            "python_version": python,
            "sys_platform": "linux",
        }

    def line(self, text: str) -> str:
        """A line of a requirements.txt without its marker; empty when the marker says that it is not for there."""
        head, options = text, ""
        if not text.startswith("-"):
            head, space, rest = text.partition(" --")  # such as --hash=…
            options = space + rest
        try:
            requirement = Requirement(head)
        except InvalidRequirement:  # an option, a path: pip knows
            return text
        if not self._applies(requirement, ()):
            return ""
        return _without_marker(requirement) + options

    def difference(self, chosen: Sequence[Mapping[str, Any]]) -> Difference:
        """Follows what was chosen from what was asked for, by the platform's markers.

        Args:
            chosen: ``install`` of pip's installation report.
        """
        by_name = {str(canonicalize_name(each["metadata"]["name"])): each for each in chosen}
        todo = [
            (name, frozenset(each.get("requested_extras", ()))) for name, each in by_name.items() if each["requested"]
        ]
        done: set[tuple[str, frozenset[str]]] = set()
        lacking: dict[str, None] = {}
        while todo:
            name, extras = step = todo.pop()
            if step in done:
                continue
            done.add(step)
            for text in by_name[name]["metadata"].get("requires_dist", ()):
                try:
                    requirement = Requirement(text)
                except InvalidRequirement:  # of an old wheel; pip has made of it what it could
                    continue
                if not self._applies(requirement, extras):
                    continue
                needed = str(canonicalize_name(requirement.name))
                found = by_name.get(needed)
                if found is None or not requirement.specifier.contains(found["metadata"]["version"], prereleases=True):
                    lacking[_without_marker(requirement)] = None
                if found is not None:
                    todo.append((needed, frozenset(requirement.extras)))
        return Difference(tuple(sorted(lacking)), frozenset(by_name) - {name for name, _ in done})

    def _applies(self, requirement: Requirement, extras: Sequence[str] | frozenset[str]) -> bool:
        marker = requirement.marker
        return marker is None or any(marker.evaluate({**self._environment, "extra": extra}) for extra in ("", *extras))

    def __repr__(self) -> str:
        return f"<Platform: Python {self._environment['python_version']}>"


def _without_marker(requirement: Requirement) -> str:
    requirement.marker = None
    return str(requirement)
