"""``cloudpy env``: the environment variables of a function, and their origins."""

from __future__ import annotations

import json
import os
from typing import NamedTuple

import click

from .._client import redact
from ..runner.process import INSTANCE_VARIABLES, base_environment, is_platform_variable
from ..runtime import FunctionDir, LoadError
from .completion import complete_envs, complete_functions
from .console import echo
from .run import load_backend, load_caller, load_env_files, local_files, sibling

_ORIGINS = {
    "invocation": "the platform, with each invocation",
    "instance": "the platform, when an instance starts",
    "file": ".env files; in the cloud, the function's settings",
    "shell": "your shell; in the cloud, the function's settings",
}


class Variable(NamedTuple):
    """One variable; the value of a secret is masked."""

    name: str
    value: str
    secret: bool
    origin: str


@click.command(
    epilog="""\
\b
Examples:
  cloudpy env functions/steps
  cloudpy env functions/steps --openid o-alice --json
"""
)
@click.argument("folder", metavar="DIR", shell_complete=complete_functions)
@click.option("--openid", metavar="ID", help="The caller.  [default: the first user of local.yaml]")
@click.option("--unionid", metavar="ID", help="The caller's unionid.")
@click.option("--appid", metavar="ID", help="The mini program that the caller uses.")
@click.option(
    "--env",
    metavar="ID",
    shell_complete=complete_envs,
    help="Environment id.  [default: as in local.yaml, or local]",
)
@click.option("--timer", is_flag=True, help="As invoked by a timer, without a user.")
@click.option(
    "--local",
    "local_yaml",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="[default: DIR/local.yaml, if it exists]",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of {name, value, secret, origin}.")
def env(
    folder: str,
    openid: str | None,
    unionid: str | None,
    appid: str | None,
    env: str | None,
    timer: bool,
    local_yaml: str | None,
    as_json: bool,
) -> None:
    """Show the variables that cloudpy run passes to the function in DIR, and their origins.

    Secrets are masked. Variables of an invocation are also in context["environment"]. Variables that the platform sets,
    such as TENCENTCLOUD_*, never come from your shell.
    """
    from ..local import environment

    try:
        path = FunctionDir(folder).folder
    except LoadError as error:
        raise click.UsageError(str(error)) from None
    local, project = local_files(path, local_yaml)
    backend = load_backend(local, sibling(path, "config.json"), env, project=project)
    caller = load_caller(backend, openid, unionid, appid)
    platform_variables = environment(
        backend, "http://127.0.0.1:PORT", user=caller, function=os.path.basename(path) or "index", timer=timer
    )
    variables = [
        _variable(name, value, "instance" if name in INSTANCE_VARIABLES else "invocation")
        for name, value in platform_variables.items()
    ]
    files = load_env_files(path)
    variables += [_variable(name, value, "file") for name, value in files.items() if name not in platform_variables]
    variables += [
        _variable(name, value, "shell")
        for name, value in base_environment().items()
        if not is_platform_variable(name) and name not in platform_variables and name not in files
    ]
    order = list(_ORIGINS)
    variables.sort(key=lambda each: (order.index(each.origin), each.name))
    echo(_as_json(variables) if as_json else _as_text(variables))


def _variable(name: str, value: str, origin: str) -> Variable:
    if redact.secret_name(name):
        return Variable(name, _masked(value), True, origin)
    hidden = redact.text(value)
    return Variable(name, hidden, hidden != value, origin)


def _masked(value: str) -> str:
    """Return only the length of a secret, which shows whether it is empty or cut."""
    return f"*** ({len(value)} characters)" if value else ""


def _as_json(variables: list[Variable]) -> str:
    return json.dumps([each._asdict() for each in variables], ensure_ascii=False, indent=2)


def _as_text(variables: list[Variable]) -> str:
    lines: list[str] = []
    for origin, words in _ORIGINS.items():
        lines += ["", f"# {words}"] if lines else [f"# {words}"]
        for variable in variables:
            if variable.origin == origin:
                lines.append(f"{variable.name}={json.dumps(variable.value, ensure_ascii=False)[1:-1]}")
    return "\n".join(lines)
