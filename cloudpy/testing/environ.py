"""os.environ inside the kit: as the platform would fill it, and as it was before when the kit ends."""

from __future__ import annotations

import os
from collections.abc import Mapping


class Environ:
    """Variables that are set for a while."""

    def __init__(self) -> None:
        self._before: dict[str, str | None] = {}
        self._resting: Mapping[str, str] = {}
        self._running: list[Mapping[str, str]] = []  # of the invocations, the innermost last
        self._now: dict[str, str | None] = {}

    def rest(self, variables: Mapping[str, str]) -> None:
        """Sets what holds between invocations, and nothing else."""
        self._resting = variables
        self._apply()

    def during(self, variables: Mapping[str, str]) -> None:
        """Sets what holds for one invocation; variables of another that it lacks are taken away."""
        self._running.append(variables)
        self._apply()

    def back(self, variables: Mapping[str, str]) -> None:
        """To what held before that invocation: the variables of the function that called it, or of none."""
        self._running = [each for each in self._running if each is not variables]
        self._apply()

    def _apply(self) -> None:
        if self._running:
            self._set({**self._before, **dict.fromkeys(self._resting), **self._running[-1]})
        else:
            self._set({**self._before, **self._resting})

    def restore(self) -> None:
        """To what was there before the first variable was set."""
        self._resting, self._running = {}, []
        self._now = {}
        self._set(self._before)
        self._before, self._now = {}, {}

    def original(self) -> dict[str, str]:
        """The variables as they are without the kit's."""
        found = {**os.environ}
        for name, value in self._before.items():
            found.pop(name, None)
            if value is not None:
                found[name] = value
        return found

    def _set(self, variables: Mapping[str, str | None]) -> None:
        for name, value in list(variables.items()):
            if name not in self._before:
                self._before[name] = os.environ.get(name)
            elif name in self._now and self._now[name] == value:
                continue  # most stay the same from one invocation to the next
            self._now[name] = value
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def __repr__(self) -> str:  # no variables: tokens are among them
        return f"<Environ of {len(self._before)} variables>"
