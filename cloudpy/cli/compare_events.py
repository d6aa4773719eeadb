"""The events of ``cloudpy compare``: read from a file, or proposed and written to one."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from ..i18n import translated
from ..runner.discovery import project_file
from .console import UnusableError, echo

if TYPE_CHECKING:
    from ..compare.function import Function
    from ..compare.scenario import Scenario
    from ..local import LocalData
    from .compare_options import Options


class Events:
    """Where the events of two functions are.

    Args:
        options: of the command.
        name: of one function of a project, or empty; then ``--events`` is a folder with a file for each.
    """

    def __init__(self, options: Options, name: str = "") -> None:
        self._options = options
        self._name = name
        self.proposed: list[str] = []  # what each event is for

    def path(self, first: Function, second: Function, base: LocalData) -> str:
        """Return the path of the events; with ``--suggest`` they are written first, unless they are there.

        Raises:
            UnusableError: no file has events.
        """
        options = self._options
        given = options.events_path
        if given and self._name:
            given = os.path.join(given, f"{self._name}.yaml")
        found = given or next((path for each in (second, first) if (path := each.sibling("events.yaml"))), None)
        if not options.suggest:
            if found is None:
                raise UnusableError(
                    f"no events.yaml in {second.folder}: propose events with --suggest, or pass --events FILE"
                )
            return found
        target = found or os.path.join(second.folder, "events.yaml")
        if os.path.lexists(target):  # of a project, those that are missing are proposed
            if not self._name:
                echo(translated(f"{target} is there already, and is used: delete it to have events proposed"), err=True)
            return target
        self.proposed = write(first, target, options.count, base)
        if not self._name and not options.as_json:
            say(self.proposed, target)
        return target

    def read(self, path: str, first: Function, second: Function) -> list[Scenario]:
        """Read the events in a file; raises LocalDataError."""
        from ..compare import scenario

        scenarios = [self._with_caller(each) for each in scenario.read(path)]
        return scenario.select(scenarios, (second.title, first.title), self._options.function, path)

    def _with_caller(self, scenario: Scenario) -> Scenario:
        """Return the scenario with the caller of the command line, unless it names one."""
        if self._options.openid == "":
            raise click.UsageError("--openid must not be empty; omit it for the first user of local.yaml")
        options = {"openid": self._options.openid, "unionid": self._options.unionid}
        missing = {key: value for key, value in options.items() if value is not None and scenario.raw.get(key) is None}
        return replace(scenario, raw={**scenario.raw, **missing}) if missing and not scenario.timer else scenario


def propose(folder: str, path: str | None, count: int, handler: str) -> None:
    """Write proposed events for the function in `folder`, and print what each is for.

    Raises:
        UnusableError: the function cannot be read; of the console, when the file cannot be written.
    """
    from ..compare import function as functions

    name, language = functions.parse_folder(folder)
    function = functions.find_function(name, handler, language)
    target = path or os.path.join(function.folder, "events.yaml")
    say(write(function, target, count, local_data(None, function, function)), target)


def local_data(path: str | None, first: Function, second: Function) -> LocalData:
    """Return what the local WeChat knows: the data in `path`, or those beside the functions and of the project.

    Raises:
        LocalDataError: a file is invalid.
    """
    from ..local.data import read_both

    if path:
        return read_both(path, None, has_config=True)
    beside = second.sibling("local.yaml") or first.sibling("local.yaml")
    return read_both(beside, project_file(second.folder, "local.yaml"), has_config=True)


def write(function: Function, path: str, count: int, base: LocalData) -> list[str]:
    """Write proposed events to a file, and return what each is for.

    Raises:
        UnusableError: the function cannot be read; of the console, when the file is there or cannot be written.
    """
    from ..compare.suggest import scenario_file
    from ..compare.suggest.source import suggest

    if os.path.lexists(path):
        raise UnusableError(f"{path} is there already: delete it to have events proposed, or omit --suggest to use it")
    proposal = suggest(function, count)
    text = scenario_file.as_yaml(proposal, function.filename, [user.openid for user in base.users])
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UnusableError(f"{path} cannot be written: {error.strerror}") from None
    return [each.purpose for each in proposal.events]


def say(purposes: list[str], path: str) -> None:
    """Print what each proposed event is for, and where they are."""
    for each in purposes:
        echo(f"  {each}")
    count = len(purposes)
    echo(
        translated(
            f"1 event proposed in {path}"
            if count == 1
            else f"{count} events proposed in {path}: edit them, and keep them"
        )
    )
