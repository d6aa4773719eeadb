"""The command ``cloudpy``. A subcommand is imported when it is called."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from .._version import VERSION
from ..runtime.printable import printable
from .console import escape_unencodable, exit_interrupted

# Name -> the line that --help shows for it. The subcommand `x` is the function `x` of the module `cloudpy.cli.x`.
SUBCOMMANDS = {
    "run": "Run a cloud function once, against a local WeChat.  在本机运行云函数",
    "dev": "Serve all functions on one port, with hot reload.  本地云环境，热更新",
    "serve": "Serve a cloud function over HTTP, for production.  部署运行云函数",
    "gateway": "Start a local WeChat for any SDK, including Node's.  启动本地微信网关",
    "db": "List, import and export documents of the local database.  管理本地数据库",
    "cloudid": "Create a CloudID in a running gateway.  在运行中的网关里生成 CloudID",
    "api": "Show an API's parameters and result.  查询接口的参数和返回值",
    "new": "Create a cloud function from a template.  新建云函数",
    "check": "Lint functions before deploying.  上传前检查",
    "migrate": "Translate a Node cloud function to Python.  把 Node 云函数翻译成 Python",
    "event": "Print a sample event for `cloudpy run`.  生成示例事件",
    "compare": "Compare a Node function with its Python port.  对比 Node 与 Python 云函数",
    "env": "Show a function's environment variables.  查看函数的环境变量",
    "package": "Build the deployment package.  打包部署产物",
    "completion": "Complete commands and names in bash, zsh and fish.  命令行补全",
}

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
        """Run a subcommand; control characters in its error message are escaped."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            vars(error)["message"] = printable(error.message)  # final, as click declares it
            raise
        except (KeyboardInterrupt, click.Abort):
            exit_interrupted()
        except FileNotFoundError:
            if _current_folder_exists():
                raise
            raise click.ClickException("the current folder was deleted; change to another one with cd") from None

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
def main(**_: Any) -> None:
    """Run and test WeChat cloud functions (微信云函数) on your own machine.

    A local WeChat answers cloud calls (云调用): no account, no network.
    """
