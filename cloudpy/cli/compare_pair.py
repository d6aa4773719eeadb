"""Two functions of ``cloudpy compare``, with their events, rules and local WeChat."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..runner.process import base_environment
from .compare_events import Events, local_data
from .compare_options import Options

if TYPE_CHECKING:
    from ..compare.comparator import Comparator
    from ..compare.function import Function
    from ..compare.report import Report
    from ..compare.rules import Rules
    from ..compare.scenario import Scenario
    from ..local import LocalData


@dataclass(frozen=True)
class Pair:
    """Two functions, and what they are compared with.

    Attributes:
        first: the Node function, or whichever comes first.
        second: its port.
        scenarios: to run.
        rules: of the comparison.
        base: data of local.yaml.
    """

    first: Function
    second: Function
    scenarios: Sequence[Scenario]
    rules: Rules
    base: LocalData

    def comparator(self, options: Options) -> Comparator:
        """Return what compares them; entered, it starts their processes."""
        from ..compare import comparator, function  # here: it imports a server, which invalid files do not need

        return comparator.Comparator(
            self.first,
            self.second,
            self.rules,
            environment=base_environment(),
            base=self.base,
            modules=function.node_modules(options.modules) if options.modules else None,
            timeout=options.timeout,
            cold=options.cold,
            seed=options.seed,
        )

    def report(self) -> Report:
        """Return an empty report, with what is to be said first."""
        from ..compare import comparator, report

        note = comparator.permission_difference(self.first, self.second)
        return report.Report(self.first, self.second, notes=[note] if note else [])


def pair(left: str, right: str, events: Events, options: Options) -> Pair:
    """Return two functions and what they are compared with.

    Raises:
        UnusableError, LocalDataError, PathError: something is missing or invalid.
    """
    from ..compare import function as functions

    both = [
        functions.find_function(folder, options.handler, language)
        for folder, language in map(functions.parse_folder, (left, right))
    ]
    first, second = both
    if any(each.language == "node" for each in both):
        functions.node_program()
    base = local_data(options.local_yaml, first, second)
    path = events.path(first, second, base)
    scenarios = events.read(path, first, second)
    return Pair(first, second, scenarios, _rules(options.rules_path, path, both).ignoring(options.ignore), base)


def _rules(path: str | None, events: str, both: Sequence[Function]) -> Rules:
    from ..compare import rules

    if path is None:
        folders = [events if os.path.isdir(events) else os.path.dirname(events), both[1].folder, both[0].folder]
        candidates = [os.path.join(folder, rules.NAME) for folder in folders]
        path = next((each for each in candidates if os.path.lexists(each)), None)
    return rules.read(path) if path else rules.Rules()
