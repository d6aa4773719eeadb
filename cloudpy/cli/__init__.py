"""The command ``cloudpy``. Each subcommand is imported when it is called, and not before."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from .._version import VERSION
from ..runtime.printable import printable
from .console import escape_unencodable

# Name -> the line that --help shows for it. The subcommand `x` is the function `x` of the module `cloudpy.cli.x`.
SUBCOMMANDS = {
    "run": "Run a cloud function once, against a local WeChat.  在本机运行云函数",
    "dev": "Run all functions on one port, and take up what you save.  本地云环境，热更新",
    "serve": "Serve a cloud function over HTTP, in production too.  部署运行云函数",
    "gateway": "Start a local WeChat that any SDK can call, Node's too.  启动本地微信网关",
    "db": "Look at the documents of the local database, import and export them.  管理本地数据库",
    "cloudid": "Make a CloudID in a gateway that runs.  在运行中的网关里生成 CloudID",
    "api": "Show what an API takes and gives.  查询接口的参数和返回值",
    "new": "Begin a cloud function: code, settings, a test.  新建云函数",
    "check": "Say what is wrong with functions before they are uploaded.  上传前检查",
    "migrate": "Draft the Python of a Node cloud function.  把 Node 云函数翻译成 Python",
    "event": "Print a sample event for `cloudpy run`.  生成示例事件",
    "compare": "Run a Node function and its Python port side by side.  对比 Node 与 Python 云函数",
    "env": "Show the variables that a function will see.  查看函数的环境变量",
    "package": "Make what is uploaded: code, libraries, entry.  打包部署产物",
}

EPILOG = """\
\b
Start here:
  cloudpy run examples/get_open_data
  cloudpy run FOLDER --event '{"cloudID": "xxx"}' --openid o-alice

\b
Exit codes: 0 it worked, 1 the function failed, 2 the command was not understood.
"""


class Subcommands(click.Group):
    """A group whose commands live in modules of their own, so that one costs nothing while another runs."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command that the arguments name."""
        escape_unencodable()
        return super().main(*args, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in SUBCOMMANDS if find_spec(f"{__name__}.{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand; the texts of users in its error are shown, and never obeyed by the terminal."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            vars(error)["message"] = printable(error.message)  # final, as click declares it
            raise
        except FileNotFoundError:
            if _has_folder():
                raise
            raise click.ClickException("the current folder is gone; change to another one with cd") from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUBCOMMANDS[name]) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            from .._wire.suggest import did_you_mean

            ctx.fail(f"there is no command {name!r}; {did_you_mean(name, known)}")
        return super().resolve_command(ctx, args)


def _has_folder() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"cloudpy {VERSION}")
        ctx.exit()


@click.group(cls=Subcommands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Show the version."
)
def main(**_: Any) -> None:
    """WeChat cloud call (云调用) from Python: run cloud functions on your own machine.

    No account and no network is needed: a local WeChat answers the calls.
    """
