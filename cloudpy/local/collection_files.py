"""Files of documents: JSON Lines as the cloud's console exports and imports them, JSON, CSV, YAML."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timezone
from typing import IO, TYPE_CHECKING, Any, Literal, get_args

from .csv_files import read_csv, write_csv
from .located_yaml import LocalDataError

if TYPE_CHECKING:
    from .database import Engine

Format = Literal["lines", "array", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)
BATCH_SIZE = 1000  # documents
MAX_LINE_BYTES = 16 * 1024 * 1024
_YAML = (".yaml", ".yml")


def documents_of(source: str | Sequence[Any], where: str) -> Sequence[Any]:
    """Return the documents of a seed: those of a file, or those in `where`, the local.yaml.

    Raises:
        LocalDataError: they are invalid.
    """
    if isinstance(source, str):
        return list(read(source))
    return [_value(document, where) for document in source]


def read(path: str, progress: Callable[[int], None] = lambda count: None) -> Iterator[dict[str, Any]]:
    """Yield the documents of a file.

    Args:
        path: path of the file: YAML (``.yaml``, ``.yml``) with a list, CSV (``.csv``); any other is JSON, an array or
            a document on each line. Values are Extended JSON.
        progress: called with the number of bytes read so far.

    Raises:
        LocalDataError: the file cannot be read; the message names the line.
    """
    if path.lower().endswith(_YAML):
        yield from _yaml(path)
        return
    if path.lower().endswith(".csv"):
        yield from read_csv(path)
        return
    try:
        with open(path, "rb") as file:
            start = file.read(100).lstrip(b"\xef\xbb\xbf \t\r\n")
            file.seek(0)
            yield from _array(path, file) if start[:1] == b"[" else _lines(path, file, progress)
    except OSError as error:
        raise LocalDataError(path, 0, f"cannot be read: {error.strerror}") from None


def _lines(path: str, file: IO[bytes], progress: Callable[[int], None]) -> Iterator[dict[str, Any]]:
    done = 0
    for number, line in enumerate(file, 1):
        done += len(line)
        if len(line) > MAX_LINE_BYTES:
            raise LocalDataError(path, number, f"has more than {MAX_LINE_BYTES} bytes on one line")
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield _parsed(line, path, number)
        progress(done)


def _array(path: str, file: IO[bytes]) -> Iterator[dict[str, Any]]:
    from .database import DatabaseError, ejson

    try:
        found = ejson.parse(file.read().removeprefix(b"\xef\xbb\xbf"), "the file")
    except (DatabaseError, UnicodeDecodeError) as error:
        raise LocalDataError(path, 0, str(error)) from None
    for index, document in enumerate(found):
        if type(document) is not dict:
            raise LocalDataError(path, 0, f"[{index}] must be an object, a document")
        yield document


def _parsed(line: bytes, path: str, number: int) -> dict[str, Any]:
    from .database import DatabaseError, ejson

    try:
        document = ejson.parse(line, "the document")
    except UnicodeDecodeError:
        raise LocalDataError(path, number, "is not UTF-8: save it as UTF-8") from None
    except DatabaseError as error:
        raise LocalDataError(path, number, f"{error}; expected one document in JSON on each line") from None
    if type(document) is not dict:
        raise LocalDataError(path, number, "expected an object, one document on each line")
    return document


def _yaml(path: str) -> Iterator[dict[str, Any]]:
    from .located_yaml import DOCUMENTS_KEY, parse, read_bytes

    document = parse(read_bytes(path), path, list_under=DOCUMENTS_KEY)
    found = document.value.get(DOCUMENTS_KEY)
    if not isinstance(found, list):
        raise LocalDataError(path, 1, "expected a list of documents")
    for index, one in enumerate(found):
        if not isinstance(one, dict):
            raise document.error((DOCUMENTS_KEY, index), "expected a mapping, a document")
        yield _value(one, path)


def _value(plain: Any, where: str) -> Any:
    """Return a value of YAML as a value of the database; Extended JSON such as ``{$date: …}`` is read."""
    from .database import DatabaseError, ejson

    try:
        return ejson.parse(ejson.plain(_dated(plain)), "a document")
    except DatabaseError as error:
        raise LocalDataError(where, 0, str(error)) from None


def _dated(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {str(name): _dated(item) for name, item in plain.items()}
    if isinstance(plain, list):
        return [_dated(item) for item in plain]
    if isinstance(plain, bytes):
        import base64

        return {"$binary": {"base64": base64.b64encode(plain).decode(), "subType": "00"}}
    if isinstance(plain, date):
        at = plain if isinstance(plain, datetime) else datetime(plain.year, plain.month, plain.day)
        at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)  # YAML's own rule
        return {"$date": {"$numberLong": str(round(at.timestamp() * 1000))}}
    return plain


def load(engine: Engine, name: str, path: str, progress: Callable[[int], None] = lambda count: None) -> int:
    """Insert the documents of a file into a collection, created if missing, and return their number.

    Documents are inserted in batches: batches before an error stay.

    Raises:
        LocalDataError: the file cannot be read.
        DatabaseError: a document cannot be inserted.
    """
    documents = read(path, progress)
    total = 0
    batch: list[Any] = []
    for document in documents:
        batch.append(document)
        if len(batch) == BATCH_SIZE:
            total += _insert(engine, name, batch)
            batch = []
    return total + _insert(engine, name, batch)


def _insert(engine: Engine, name: str, batch: list[Any]) -> int:
    if name not in engine.collections():
        engine.create(name)
    engine.insert(name, batch)
    return len(batch)


def dump(documents: Iterable[Any], write: Callable[[str], object], form: Format = "lines") -> int:
    """Write documents, and return their number.

    Args:
        documents: the documents.
        write: called with each piece of text.
        form: ``lines`` for JSON Lines, as the cloud's console imports them; ``array`` for one JSON array; ``csv``.
    """
    from .database import ejson

    if form == "csv":
        return write_csv(documents, write)
    count = 0
    begin, between, end = ("[\n", ",\n", "\n]\n") if form == "array" else ("", "\n", "\n")
    for document in documents:
        # UTF-8 has no form for an unpaired surrogate; JSON has an escape.
        text = ejson.UNPAIRED_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", ejson.relaxed(document))
        write((between if count else begin) + text)
        count += 1
    if form == "array" and not count:
        write("[]\n")
    elif count:
        write(end)
    return count


def format_of(path: str) -> Format:
    """Return the format of a file that is written: CSV by its name, else JSON Lines."""
    return "csv" if path.lower().endswith(".csv") else "lines"


def replace_file(path: str, documents: Iterable[Any], form: Format | None = None) -> int:
    """Write a file, which appears when complete, and return the number of documents; `form` is by its name if None."""
    import tempfile

    folder = os.path.dirname(os.path.abspath(path))
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".cloudpy-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            count = dump(documents, file.write, form or format_of(path))
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return count
