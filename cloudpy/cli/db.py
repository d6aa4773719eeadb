"""``cloudpy db``: show, import, export and delete documents of the local database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from .completion import complete_envs
from .console import confirm, echo, echo_json
from .progress import Progress

if TYPE_CHECKING:
    from ..local.collection_files import Format
    from ..local.database import Engine

DEFAULT = os.path.join(".cloudpy", "database")


_DATABASE: tuple[tuple[str, ...], dict[str, Any]] = (
    ("--database",),
    {"metavar": "FOLDER", "help": "Folder of the documents.  [default: as in local.yaml, or .cloudpy/database]"},
)
_ENV: tuple[tuple[str, ...], dict[str, Any]] = (
    ("--env", "env_id"),
    {"metavar": "ENVID", "shell_complete": complete_envs, "help": "Environment id.  [default: as in local.yaml]"},
)


class _FailedError(click.ClickException):
    """The database rejects an operation."""


def _folder_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Accept --database and --env after the command's name as well as before it."""

    def chosen(index: int) -> Callable[[click.Context, click.Parameter, str | None], None]:
        def choose(context: click.Context, _: click.Parameter, value: str | None) -> None:
            if value is not None and context.obj is not None:
                place = list(context.obj)
                place[index] = os.path.abspath(value) if index == 0 else value
                context.obj = tuple(place)

        return choose

    for index, option in enumerate((_DATABASE, _ENV)):
        names, options = option
        command = click.option(*names, **options, expose_value=False, callback=chosen(index))(command)
    return command


@click.group(
    epilog="""\
\b
Examples:
  cloudpy db import todos todos.json
  cloudpy db show todos --where '{"done": false}'
  cloudpy db export todos todos.json
"""
)
@click.option(*_DATABASE[0], **_DATABASE[1])
@click.option(*_ENV[0], **_ENV[1])
@click.pass_context
def db(context: click.Context, database: str | None, env_id: str | None) -> None:
    """Show, import, export and delete documents of the local database.

    Files are JSON Lines, as the cloud's console exports and imports them. While `cloudpy gateway` or `cloudpy dev` has
    the database open, you can show and export documents, but not change them.
    """
    from ..local import LocalDataError, read

    folder, env = database, env_id
    if os.path.lexists("local.yaml"):
        try:
            data = read("local.yaml")
        except LocalDataError as error:
            raise _FailedError(str(error)) from None
        folder, env = folder or data.database, env or data.env
    context.obj = (os.path.abspath(folder or DEFAULT), env or "local")


@contextmanager
def _opened(context: click.Context, *, reading: bool = False) -> Iterator[Engine]:
    from ..local import LocalDataError
    from ..local.database import DatabaseError, Engine, StoreError
    from ..local.database.store import FILE
    from ..local.documents import env_folder

    folder, env = context.obj
    engine = None
    try:
        path: str | None = os.path.join(folder, env_folder(env))
        if reading and not os.path.exists(os.path.join(folder, env_folder(env), FILE)):
            path = None  # nothing was written yet; do not create a folder
        engine = Engine(path, read_only=reading)
        yield engine
    except (StoreError, DatabaseError, LocalDataError) as error:
        raise _FailedError(str(error)) from None
    finally:
        if engine is not None:
            engine.close()


@db.command("list")
@_folder_options
@click.pass_context
def list_(context: click.Context) -> None:
    """Print each collection and its number of documents."""
    with _opened(context, reading=True) as engine:
        collections = engine.collections()
    for name, count in collections.items():
        echo(f"{count:>8}  {name}")
    if not collections:
        hint = "`cloudpy run` only keeps documents if local.yaml names a folder: `database: FOLDER`"
        echo(f"no collections in {context.obj[0]}; {hint}", err=True)


@db.command()
@click.argument("collection")
@click.option("--where", "condition", default="{}", metavar="JSON", help="A query of the database.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Maximum number of documents.")
@_folder_options
@click.pass_context
def show(context: click.Context, collection: str, condition: str, limit: int) -> None:
    """Print documents of COLLECTION, one per line."""
    from ..local.database import Query, ejson

    with _opened(context, reading=True) as engine:
        query = Query(ejson.parse(condition, "--where"))
        found = engine.find(collection, query, limit=limit)
        total = engine.count(collection, query)
    for document in found:
        echo_json(ejson.relaxed(document))
    if total > len(found):
        echo(f"{len(found)} of {total}; use --limit for more", err=True)


@db.command("import")
@click.argument("collection")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@_folder_options
@click.pass_context
def import_(context: click.Context, collection: str, file: str) -> None:
    """Insert the documents of FILE into COLLECTION.

    The collection is created if it does not exist. FILE is JSON Lines, a JSON array, CSV, or a YAML list. Values may
    be Extended JSON, such as {"$date": "2026-01-02T03:04:05Z"}.
    """
    from ..local import collection_files

    size = os.path.getsize(file)
    with _opened(context) as engine, Progress() as progress:
        count = collection_files.load(engine, collection, file, lambda done: progress.bytes(done, size))
    echo(f"{count} documents imported into {collection}", err=True)


@db.command()
@click.argument("collection")
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@_folder_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["lines", "array", "csv"]),
    help="JSON Lines, one JSON array, or CSV.  [default: csv if FILE ends in .csv, else lines]",
)
@click.pass_context
def export(context: click.Context, collection: str, file: str | None, form: Format | None) -> None:
    """Export COLLECTION to FILE or standard output."""
    from ..local import collection_files
    from ..local.database import Query

    with _opened(context, reading=True) as engine:
        documents = engine.find(collection, Query({}))
    if file is None:
        collection_files.dump(documents, lambda text: click.echo(text.encode(), nl=False), form or "lines")
        return
    try:
        count = collection_files.replace_file(file, documents, form)
    except OSError as error:
        raise _FailedError(f"{file} cannot be written: {error.strerror or error}") from None
    echo(f"{count} documents of {collection} written to {file}", err=True)


@db.command()
@click.argument("collection")
@click.option("--yes", is_flag=True, help="Skip the confirmation.")
@_folder_options
@click.pass_context
def drop(context: click.Context, collection: str, yes: bool) -> None:
    """Delete COLLECTION and its documents."""
    with _opened(context) as engine:
        count = engine.collections().get(collection)
        if count and not yes:
            confirm(f"delete {collection} with {count} documents?")
        engine.drop(collection)
    echo(f"{collection} deleted", err=True)


@db.command()
@click.option("--yes", is_flag=True, help="Skip the confirmation.")
@_folder_options
@click.pass_context
def reset(context: click.Context, yes: bool) -> None:
    """Delete all collections.

    The next start loads those of local.yaml again.
    """
    with _opened(context) as engine:
        collections = engine.collections()
        if sum(collections.values()) and not yes:
            confirm(f"delete {len(collections)} collections with {sum(collections.values())} documents?")
        for name in collections:
            engine.drop(name)
    echo(f"{len(collections)} collections deleted", err=True)
