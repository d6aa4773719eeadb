"""The command ``cloudpy``. A subcommand is imported when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from .. import i18n
from .._version import VERSION
from ..i18n.language import LANGUAGES, VARIABLE
from ..runtime.printable import printable
from .console import escape_unencodable, exit_interrupted
from .help_formatter import Context
from .localized_command import localized, translate_click

# Name -> the line that --help shows for it. The subcommand `x` is the function `x` of the module `cloudpy.cli.x`.
SUBCOMMANDS = {
    "run": "Run a cloud function once, against a local WeChat.",
    "dev": "Serve all functions on one port, with hot reload.",
    "replay": "Invoke everything in a recording of cloudpy dev again.",
    "serve": "Serve a cloud function over HTTP, for production.",
    "gateway": "Start a local WeChat for any SDK, including Node's.",
    "db": "List, import and export documents of the local database.",
    "cloudid": "Create a CloudID in a running gateway.",
    "api": "Show an API's parameters and result.",
    "new": "Create a cloud function from a template.",
    "check": "Lint functions before deploying.",
    "migrate": "Translate a Node cloud function to Python.",
    "event": "Print a sample event for `cloudpy run`.",
    "compare": "Compare a Node function with its Python port.",
    "env": "Show a function's environment variables.",
    "package": "Build the deployment package.",
    "completion": "Complete commands and names in bash, zsh and fish.",
}

# What other tools have as commands, and how it is done here
ELSEWHERE = {
    "test": "pytest runs the tests: `pytest DIR`, after `pip install pytest`",
    "deploy": "cloudpy does not deploy: run `cloudpy package DIR --target scf`, which prints how to upload the package"
    " with WeChat DevTools, the console of CloudBase, or its CLI (tcb)",
    "logs": "cloudpy does not read logs of the cloud: see the function's log in the console of CloudBase, or run"
    " `tcb fn log NAME`; `cloudpy dev` shows those of your machine",
    "invoke": "cloudpy does not call functions in the cloud: use the console of CloudBase, or `tcb fn invoke NAME`;"
    " `cloudpy run DIR` runs one on your machine",
}
ELSEWHERE |= {"upload": ELSEWHERE["deploy"], "publish": ELSEWHERE["deploy"]}
ELSEWHERE |= {"log": ELSEWHERE["logs"], "call": ELSEWHERE["invoke"]}

EPILOG = """\
\b
Start here:
  cloudpy run examples/get_open_data
  cloudpy run FOLDER --event '{"cloudID": "xxx"}' --openid o-alice

\b
Exit codes: 0 success, 1 failed or something was found, 2 usage error,
130 interrupted with Ctrl-C.
"""


class Subcommands(click.Group):
    """A group that imports only the command that runs."""

    context_class = Context

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run the command that the arguments name, in the language of the user."""
        escape_unencodable()
        args = sys.argv[1:] if args is None else list(args)
        i18n.use(_language_option(args))
        translate_click()
        command = localized(self)
        return super(Subcommands, command).main(args, *rest, **extra)  # type: ignore[misc]

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in SUBCOMMANDS if find_spec(f"{__name__}.{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return localized(command)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand; control characters in its error message are escaped."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            vars(error)["message"] = printable(i18n.translated(error.message))  # final, as click declares it
            raise
        except (KeyboardInterrupt, click.Abort):
            exit_interrupted()
        except FileNotFoundError:
            if _current_folder_exists():
                raise
            text = i18n.translated("the current folder was deleted; change to another one with cd")
            raise click.ClickException(text) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(i18n.template("Commands")):
            formatter.write_dl([(name, i18n.translated(SUBCOMMANDS[name])) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            from .._wire.suggest import did_you_mean

            if name in ELSEWHERE:
                ctx.fail(ELSEWHERE[name])
            ctx.fail(f"there is no command {name!r}; {did_you_mean(name, known)}")
        return super().resolve_command(ctx, args)


def _language_option(args: list[str]) -> str:
    """Return the value of ``--lang`` before the subcommand, also after ``--help``, which click would obey first."""
    for index, word in enumerate(args):
        name, equals, value = word.partition("=")
        if name == "--lang":
            value = value if equals else "".join(args[index + 1 : index + 2])
            return value if value in LANGUAGES else ""
        if not word.startswith("-"):
            break
    return ""


def _current_folder_exists() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _print_version(ctx: click.Context, _: click.Parameter, requested: bool) -> None:
    if requested and not ctx.resilient_parsing:
        click.echo(f"cloudpy {VERSION}")
        ctx.exit()


@click.group(cls=Subcommands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Show the version."
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    help=f"Language of help and messages, Chinese or English.  [default: {VARIABLE}, or that of the system]",
)
def main(**_: Any) -> None:
    """Run and test WeChat cloud functions (微信云函数) on your own machine.

    A local WeChat answers cloud calls (云调用): no account, no network.
    """
