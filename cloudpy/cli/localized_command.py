"""Commands whose help is in the user's language. The source has English; the catalogue has the Chinese."""

from __future__ import annotations

import copy
import gettext
import inspect
import sys
from collections.abc import Iterator

import click

from .. import i18n
from .help_formatter import Context

_RAW = "\b\n"  # click's mark of a paragraph that keeps its lines: a heading and examples


def localized(command: click.Command) -> click.Command:
    """Return a copy of a command whose help is in the language in use, with those of its subcommands."""
    command = copy.copy(command)
    command.context_class = Context
    if i18n.current() == "en":
        return command
    command.help = _page(command.help)
    command.epilog = _page(command.epilog)
    command.short_help = i18n.translated(command.short_help) if command.short_help else None
    vars(command)["_help_option"] = None  # click keeps it, with its text
    command.params = [_parameter(each) for each in command.params]
    if isinstance(command, click.Group):
        command.commands = {name: localized(each) for name, each in command.commands.items()}
    return command


def translate_click() -> None:
    """Let click print its own messages in the language in use. It calls gettext through a name in each module."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != "click":
            continue
        if getattr(module, "_", None) is gettext.gettext:
            setattr(module, "_", _click_message)  # noqa: B010 - click's types do not have the name
        if getattr(module, "ngettext", None) is gettext.ngettext:
            setattr(module, "ngettext", _click_plural)  # noqa: B010


def help_messages(command: click.Command, place: str) -> Iterator[tuple[str, str]]:
    """Yield each English message of a command's help and where it is, with those of its subcommands."""
    for text in (command.help, command.epilog, command.short_help):
        for paragraph in _paragraphs(text or ""):
            yield from ((message, f"{place} --help") for message in _of_paragraph(paragraph))
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            yield parameter.help, f"{place} {parameter.opts[0]}"
    for name, inner in getattr(command, "commands", {}).items():
        yield from help_messages(inner, f"{place} {name}")


def _paragraphs(text: str) -> list[str]:
    return [each.strip("\n") for each in inspect.cleandoc(text).partition("\f")[0].split("\n\n") if each.strip()]


def _is_list(paragraph: str) -> bool:
    """Whether a paragraph has a heading and indented lines, such as commands, which stay as they are."""
    return paragraph.startswith(_RAW) and "\n  " in paragraph


def _of_paragraph(paragraph: str) -> list[str]:
    """Return the messages of a paragraph: itself on one line, or of a list the headings and comments."""
    if not _is_list(paragraph):
        return [" ".join(paragraph.removeprefix(_RAW).split())]
    return [
        line.strip() for line in paragraph.removeprefix(_RAW).splitlines() if line[:1].strip() or "  # " in line[:4]
    ]


def _page(text: str | None) -> str | None:
    return None if text is None else "\n\n".join(_translated(each) for each in _paragraphs(text))


def _translated(paragraph: str) -> str:
    messages = _of_paragraph(paragraph)
    if not _is_list(paragraph):
        return i18n.translated(messages[0])
    return _RAW + "\n".join(
        line.replace(line.strip(), i18n.translated(line.strip())) if line.strip() in messages else line
        for line in paragraph.removeprefix(_RAW).splitlines()
    )


def _parameter(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option) or not parameter.help:
        return parameter
    parameter = copy.copy(parameter)
    parameter.help = i18n.translated(parameter.help or "")
    return parameter


def _click_message(message: str) -> str:
    return i18n.template(gettext.gettext(message))


def _click_plural(one: str, several: str, number: int) -> str:
    return i18n.template(gettext.ngettext(one, several, number))
