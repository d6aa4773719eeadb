"""Reference → the command: every command, argument and option, from click."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from cloudpy import i18n
from cloudpy.cli import main
from cloudpy.cli.localized_command import localized

from .markdown import Text, code, fence, table

PATH = "reference/cli.md"
_TITLE = Text("cloudpy: commands and options", "cloudpy 命令与选项")
_INTRO = Text(
    "`cloudpy COMMAND --help` prints what stands here. [The command line](../commands.md) shows how the "
    "commands work together.",
    "`cloudpy 命令 --help` 会打印同样的内容。各命令如何配合使用，见[命令行](../commands.md)。",
)
_CODES = Text(
    "Exit codes: 0 success; 1 the function failed, or a check found something; 2 the command was used wrongly.",
    "退出码：0 成功；1 云函数出错，或检查发现问题；2 命令用法有误。",
)
_OPTION = Text("option", "选项")
_MEANING = Text("meaning", "说明")
_DEFAULT = Text("default", "默认值")


def pages(language: str) -> dict[str, str]:
    """Return the page of the command."""
    parts = [f"# {_TITLE.of(language)}\n", _INTRO.of(language) + "\n", _CODES.of(language) + "\n"]
    i18n.use(language)
    try:
        for words, command in commands():
            parts += _command(words, localized(command), language)
    finally:
        i18n.use("")
    return {PATH: "\n".join(parts)}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command as it is typed, groups before what is in them."""
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        yield f"cloudpy {name}", command
        if isinstance(command, click.Group):
            yield from ((f"cloudpy {name} {sub}", each) for sub, each in sorted(command.commands.items()))


def _command(words: str, command: click.Command, language: str) -> Iterator[str]:
    yield f"{'##' if words.count(' ') == 1 else '###'} {words}\n"
    yield _help(inspect.cleandoc(command.help or "")) + "\n"
    context = click.Context(command, info_name=words)
    if not isinstance(command, click.Group):
        yield fence("text", f"{words} {' '.join(command.collect_usage_pieces(context))}")
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    if options:
        head = [_OPTION.of(language), _MEANING.of(language), _DEFAULT.of(language)]
        yield table(head, [_option(each, context) for each in options])
    if command.epilog:
        yield fence("text", _help(inspect.cleandoc(command.epilog)).replace("\b\n", "").strip())


def _option(option: click.Option, context: click.Context) -> list[str]:
    record = option.get_help_record(context)
    assert record is not None
    names = record[0]
    default = option.default if isinstance(option.default, str | int | float) else None
    shown = "" if default is None or isinstance(default, bool) or not option.show_default else code(default)
    return [code(names), option.help or "", shown]


def _help(text: str) -> str:
    """Return a help text as paragraphs of Markdown."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    return "\n\n".join(" ".join(part.split()) if "\b" not in part else part for part in paragraphs)
