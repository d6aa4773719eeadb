"""``cloudpy compare``: two functions over the same events, and where they differ."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ..runtime.loader import DEFAULT
from .echo import echo
from .process import base_environment, is_platforms
from .signals import end_with_signals

if TYPE_CHECKING:
    from ..compare.case import Case
    from ..compare.folder import Function
    from ..compare.judge import Comparison
    from ..compare.report import Report
    from ..compare.rules import Rules

_STYLES: dict[str, dict[str, Any]] = {
    "note": {"fg": "yellow"},
    "head": {"fg": "red", "bold": True},
    "place": {"fg": "cyan"},
    "value": {},
    "sum": {"bold": True},
}


class _UnusableError(click.ClickException):
    """Something given on the command line cannot be used."""

    exit_code = 2


@click.command(
    epilog="""\
\b
Examples:
  cloudpy compare node/steps python/steps --events events.yaml
  cloudpy compare node/steps python/steps --events events/ --ignore '$.requestId'
  cloudpy compare node/steps python/steps --events events.yaml --fuzz 500 --seed 1 --save failing/

\b
Exit codes: 0 both do the same, 1 they differ, 2 something given cannot be used.
"""
)
@click.argument("left", metavar="NODE_DIR")
@click.argument("right", metavar="PY_DIR")
@click.option(
    "--events",
    "events_path",
    required=True,
    metavar="FILE|DIR",
    help="YAML, JSON or JSON lines; see docs/comparing.md.",
)
@click.option("--openid", metavar="ID", help="Who calls, where an event does not say.  调用者的 openid")
@click.option("--unionid", metavar="ID", help="The caller's unionid, where an event does not say.")
@click.option("--function", metavar="NAME", help="Of a recording, the events of this function alone.")
@click.option("--ignore", multiple=True, metavar="PATH", help="What is not compared, as '$.list[*].time'. Repeatable.")
@click.option(
    "--rules",
    "rules_path",
    metavar="FILE",
    help="What is let pass.  [default: compare.yaml by the events, or in a DIR]",
)
@click.option("--local", "local_yaml", metavar="FILE", help="What WeChat knows.  [default: local.yaml in a DIR]")
@click.option("--node-modules", "modules", metavar="DIR", help="Npm packages beside those of NODE_DIR.")
@click.option("--handler", default=DEFAULT, show_default=True, metavar="FILE.FUNCTION", help="What is called, in both.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, 900, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="What an event may take.",
)
@click.option("--cold", is_flag=True, help="Fresh processes for every event: nothing is kept in modules.")
@click.option("--fuzz", type=click.IntRange(0), default=0, metavar="N", help="Make N events out of those given.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of --fuzz and of random numbers.")
@click.option("--save", metavar="DIR", help="Write the made events that differ there, one a file.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
@click.option("--junit", metavar="FILE", help="Write JUnit XML there.")
@click.option("--html", "page", metavar="FILE", help="Write a page there.")
def compare(
    left: str,
    right: str,
    events_path: str,
    openid: str | None,
    unionid: str | None,
    function: str | None,
    ignore: tuple[str, ...],
    rules_path: str | None,
    local_yaml: str | None,
    modules: str | None,
    handler: str,
    timeout: float,
    cold: bool,
    fuzz: int,
    seed: int,
    save: str | None,
    as_json: bool,
    junit: str | None,
    page: str | None,
) -> None:
    """Run two functions over the same events and say where they differ: NODE_DIR, and its port in PY_DIR.

    Each runs in a process of its own, against a local WeChat of its own that is fresh for every event and in the same
    state. Compared are results and errors, cloud calls with their files, and what is left behind. Any two may be given,
    two of Node or two of Python as well; a DIR that holds both is written node:DIR or python:DIR.
    """
    from ..compare import events, files, folder, report
    from ..compare.paths import PathError
    from ..errors import ConfigError
    from ..local import LocalDataError
    from ..local.data import NO_DATA, read

    end_with_signals()
    try:
        both = tuple(folder.function_in(name, handler, which) for name, which in map(folder.named, (left, right)))
        first, second = both
        if any(one.language == "node" for one in both):
            folder.node_program()
        found = report.Report(first, second)
        cases = [_by(case, openid, unionid) for case in events.read(events_path)]
        cases = events.of_function(cases, (second.title, first.title), function, events_path)
        rules = _rules(rules_path, events_path, both).ignoring(ignore)
        local = local_yaml or second.beside("local.yaml") or first.beside("local.yaml")
        base = read(local) if local else NO_DATA
        from ..compare import pair, study  # here: what can be wrong with the files is told without a server

        apart = study.permissions_apart(first, second)
        found.notes += [apart] if apart else []
        with pair.Pair(
            first,
            second,
            rules,
            environment={name: value for name, value in base_environment().items() if not is_platforms(name)},
            base=base,
            modules=folder.modules_in(modules) if modules else None,
            timeout=timeout,
            cold=cold,
            seed=seed,
        ) as running:
            study.study(running, found, cases, fuzz=fuzz, seed=seed, told=_progress(len(cases) + fuzz))
    except (LocalDataError, folder.UnusableError, PathError) as error:
        raise _UnusableError(str(error)) from None
    except ConfigError as error:
        raise _UnusableError(error.errMsg) from None
    except KeyboardInterrupt:
        echo("\ncloudpy: interrupted", err=True)
        sys.exit(130)
    except OSError as error:
        raise _UnusableError(f"the local WeChat finds no port to listen on: {error}") from None
    try:
        for path, text in ((junit, files.as_junit), (page, files.as_page)):
            if path:
                with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
                    file.write(text(found))
        if save:
            study.save(found, save)
    except OSError as error:
        raise _UnusableError(f"{error.filename} cannot be written: {error.strerror}") from None
    if as_json:
        echo(json.dumps(report.as_json(found)))
    else:
        _print(found)
    sys.exit(0 if found.equal else 1)


def _by(case: Case, openid: str | None, unionid: str | None) -> Case:
    """The event, with the caller of the command line where it names none."""
    if openid == "":
        raise click.UsageError("--openid must not be empty; leave it out for the first user of local.yaml")
    given = {"openid": openid, "unionid": unionid}
    missing = {key: value for key, value in given.items() if value is not None and case.raw.get(key) is None}
    return replace(case, raw={**case.raw, **missing}) if missing and not case.timer else case


def _rules(path: str | None, events: str, both: Sequence[Function]) -> Rules:
    from ..compare import rules

    if path is None:
        folders = [events if os.path.isdir(events) else os.path.dirname(events), both[1].folder, both[0].folder]
        candidates = [os.path.join(folder, rules.NAME) for folder in folders]
        path = next((one for one in candidates if os.path.lexists(one)), None)
    return rules.read(path) if path else rules.Rules()


def _progress(total: int) -> Any:
    """Tells on a terminal how far it is."""
    if sys.stderr is None or not sys.stderr.isatty():
        return lambda _: None
    done = 0

    def told(one: Comparison) -> None:
        nonlocal done
        done += 1
        end = "\r" if done < total else "\r\033[K"
        click.echo(f"{min(done, total)}/{total}{end}", err=True, nl=False)

    return told


def _print(found: Report) -> None:
    from ..compare.report import as_text

    for kind, text in as_text(found):
        echo(text, **_STYLES[kind])
