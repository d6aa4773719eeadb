"""``cloudpy compare`` over two folders of functions."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import click

from .compare_events import Events
from .compare_options import Options, print_lines
from .compare_pair import pair
from .console import FAILED, UnusableError, echo, exit_interrupted
from .progress import Progress

if TYPE_CHECKING:
    from ..compare.project import Compared

_OF_ONE = ("watch", "save", "page", "junit", "function")


def compare_project(left: str, right: str, options: Options) -> int:
    """Compare the functions of the same name in two folders, print a summary, and return the exit code."""
    from ..compare import project

    for name in _OF_ONE:
        if getattr(options, name):
            option = {"page": "html"}.get(name, name)
            raise click.UsageError(f"--{option} is for one function; name its folders instead of those of the project")
    names = project.names(left, options.handler)
    done: list[Compared] = []
    try:
        with Progress() as progress:
            for number, name in enumerate(names):
                progress.count(number, len(names), name)
                done.append(_compared(os.path.join(left, name), os.path.join(right, name), name, options))
    except KeyboardInterrupt:
        _print(done, options)
        exit_interrupted()
    _print(done, options)
    return 0 if all(each.equal for each in done) else FAILED


def _compared(left: str, right: str, name: str, options: Options) -> Compared:
    from ..compare import comparator
    from ..compare.function import UnusableError as Unusable
    from ..compare.project import Compared, no_port
    from ..errors import ConfigError
    from ..local import LocalDataError

    if not os.path.isdir(right):
        return Compared(name, problem=no_port(right))
    try:
        two = pair(left, right, Events(options, name), options)
        report = two.report()
        with two.comparator(options) as running:
            comparator.compare_functions(running, report, two.scenarios, fuzz=options.fuzz, seed=options.seed)
    except (Unusable, LocalDataError) as error:
        return Compared(name, problem=str(error))
    except UnusableError as error:
        return Compared(name, problem=error.message)
    except ConfigError as error:
        return Compared(name, problem=error.errMsg)
    return Compared(name, report)


def _print(done: list[Compared], options: Options) -> None:
    from ..compare import project

    if options.as_json:
        echo(json.dumps(project.as_object(done)))
    else:
        print_lines(project.as_text(done))
