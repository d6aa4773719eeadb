"""The documents of the local WeChat, as a test sets them up and reads them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._database import ejson, ejson_reader, query
from .._wire.suggest import did_you_mean
from ..errors import CloudSDKError
from ..local import LocalDataError
from ..local.collection_files import read
from ..local.database import DatabaseError, Engine
from ..local.database import ejson as stored
from ..local.database.query import parse
from .errors import StubError
from .session import Session
from .stub import Stub, is_any

__tracebackhide__ = True  # a failing test shows the test, not these lines
Document = Mapping[str, Any]
CONFLICT = (
    "[ResourceUnavailable.TransactionConflict] Transaction is conflict, maybe resource operated by others. Please check"
    " your request, but if the problem persists, contact us."
)
_EXTENSIONS = (".json", ".jsonl", ".yaml", ".yml")
MAX_LINES = 30  # of a comparison
MAX_CHARACTERS = 200  # of a value in a message
MAX_DOCUMENTS = 5  # of a message


class Database:
    """The database of one test, in memory.

    ::

        wechat.database["todos"].add({"_id": "a", "title": "tea", "done": False})
        wechat.invoke("functions/finish", {"id": "a"})
        assert wechat.database["todos"].one({"_id": "a"})["done"] is True

    Values are the same as in ``cloud.database()``: aware datetimes, ``db.Geo``, and ``db.command`` in conditions.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, *names: str) -> None:
        """Create empty collections; as in the cloud, a function cannot write to one that does not exist."""
        for name in names:
            _checked(self._engine.create, name)

    def load(self, source: str | os.PathLike[str] | Mapping[str, Any]) -> None:
        """Add documents from files, or from a dict.

        Args:
            source: a file named after its collection (``todos.jsonl``, ``todos.json``, ``todos.yaml``: JSON Lines as
                the cloud console exports them, or a list); a folder of such files; or a dict of collections,
                ``{"todos": [{…}], "users": "fixtures/users.json"}``.

        Raises:
            StubError: a file cannot be read, or a document cannot be added.
        """
        if isinstance(source, Mapping):
            for name, documents in source.items():
                if isinstance(documents, (str, os.PathLike)):
                    self._load(name, self._session.functions.resolve(os.fspath(documents)))
                elif isinstance(documents, Iterable) and not isinstance(documents, Mapping):
                    self[name].create()
                    self[name].add(*documents)
                else:
                    raise StubError(
                        f"database.load(): {name!r} must be a list of documents or a file's path,"
                        f" got {type(documents).__name__}"
                    )
            return
        path = self._session.functions.resolve(os.fspath(source))
        if not os.path.isdir(path):
            self._load(os.path.splitext(os.path.basename(path))[0], path)
            return
        files = sorted(name for name in os.listdir(path) if name.lower().endswith(_EXTENSIONS))
        if not files:
            raise StubError(f"database.load(): {path} has no files that end in {', '.join(_EXTENSIONS)}")
        for name in files:
            self._load(os.path.splitext(name)[0], os.path.join(path, name))

    def conflict(self, times: int = 1) -> Stub:
        """Make the next `times` transactions conflict when they are committed.

        The function sees a ``TransactionConflictError``, which ``runTransaction`` retries. The test fails if there
        are fewer transactions.
        """
        stub = Stub(
            self._session.backend.responses, self._session.violations, "database.commitTransaction", None, check=False
        )
        self._session.expectations.append(stub)
        return stub.error("DATABASE_TRANSACTION_CONFLICT", CONFLICT).times(times)

    def _load(self, name: str, path: str) -> None:
        try:
            documents = list(read(path))
        except LocalDataError as error:
            raise StubError(f"database.load(): {error}") from None
        self[name].create()
        _checked(self._engine.insert, name, documents)

    def __getitem__(self, name: str) -> Documents:
        if type(name) is not str or not name:
            raise TypeError(f"database[…]: the name of a collection must be a string, got {name!r}")
        return Documents(self._engine, name)

    def __contains__(self, name: object) -> bool:
        return name in self._engine.collections()

    def __iter__(self) -> Iterator[str]:
        return iter(self._engine.collections())

    def __len__(self) -> int:
        return len(self._engine.collections())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name} ({count})" for name, count in self._engine.collections().items())
        return f"<Database: {shown or 'no collections'}>"

    @property
    def _engine(self) -> Engine:
        return self._session.backend.documents.engine()


class Documents:
    """The documents of one collection, in the order in which they were added.

    It equals a list of the same documents: ``assert wechat.database["todos"] == [{"_id": "a", …}]``. pytest shows the
    differences.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self.name = name

    def add(self, *documents: Document) -> list[Any]:
        """Add documents, creating the collection when it does not exist.

        Returns:
            Their ``_id``; one is generated where it is missing.

        Raises:
            StubError: one cannot be stored, or its ``_id`` exists.
        """
        values = [self._stored(document, f"documents[{index}]") for index, document in enumerate(documents)]
        self.create()
        ids: list[Any] = _checked(self._engine.insert, self.name, values)
        return [self._read({"_id": one})["_id"] for one in ids]

    def find(self, condition: Any = None) -> list[dict[str, Any]]:
        """Return the documents that match a condition, as in ``where()``; all by default."""
        try:
            tree = query.encode_condition({} if condition is None else condition)
        except CloudSDKError as error:
            raise StubError(f"database[{self.name!r}].find(): {error}") from None
        text = ejson.dumps(tree)
        matches = _checked(self._engine.find, self._existing(), parse(text, lambda value: value))
        return [self._read(document) for document in matches]

    def one(self, condition: Any = None) -> dict[str, Any]:
        """Return the only document that matches a condition.

        Raises:
            AssertionError: no document matches, or several do; the message shows them.
        """
        matches = self.find(condition)
        if len(matches) == 1:
            return matches[0]
        what = f"documents in {self.name!r}" if condition is None else f"documents in {self.name!r} match {condition!r}"
        raise AssertionError(f"{len(matches)} {what}, expected one; there {_listed(matches or self.find())}")

    def ids(self) -> list[Any]:
        """Return the ``_id`` of every document."""
        return [document["_id"] for document in self.find()]

    def clear(self) -> None:
        """Remove all documents; the collection stays."""
        _checked(self._engine.remove, self._existing(), parse("{}", lambda value: value), multi=True)

    def assert_equal(self, documents: Iterable[Document]) -> None:
        """Fail with the differences unless these are the documents, in any order; ``ANY`` matches every value.

        Raises:
            AssertionError: names the missing and the unexpected documents, and the fields that differ.
        """
        lines = differences(list(documents), self.find())
        if lines:
            raise AssertionError("\n".join([f"the documents of {self.name!r} differ:", *lines]))

    def __getitem__(self, identifier: Any) -> dict[str, Any]:
        """Return the document with this ``_id``."""
        matches = self.find({"_id": identifier})
        if not matches:
            raise KeyError(f"no document {identifier!r} in {self.name!r}; there {_listed(self.find())}")
        return matches[0]

    def __contains__(self, identifier: object) -> bool:
        return self.name in self._engine.collections() and bool(self.find({"_id": identifier}))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.find())

    def __len__(self) -> int:
        return len(self.find())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Documents):
            other = other.find()
        if not isinstance(other, (list, tuple)):
            return NotImplemented
        return not differences(other, self.find())

    __hash__ = None  # type: ignore[assignment]  # its documents change

    def __repr__(self) -> str:
        return (
            f"<{self.name}: {self.find()!r}>" if self.name in self._engine.collections() else f"<{self.name}: missing>"
        )

    def create(self) -> None:
        """Create the collection if it does not exist."""
        if self.name not in self._engine.collections():
            _checked(self._engine.create, self.name)

    def _existing(self) -> str:
        names = list(self._engine.collections())
        if self.name not in names:
            hint = did_you_mean(self.name, names) if names else "the database has no collections"
            raise StubError(f"no collection {self.name!r}; {hint} (create one with database.create({self.name!r}))")
        return self.name

    def _stored(self, document: Any, path: str) -> Any:
        if not isinstance(document, Mapping) and not hasattr(type(document), "__dataclass_fields__"):
            raise StubError(f"database[{self.name!r}].add(): {path} must be a dict, got {type(document).__name__}")
        try:
            return stored.parse(ejson.dumps(ejson.encode(document, path)), path)
        except (CloudSDKError, DatabaseError) as error:
            raise StubError(f"database[{self.name!r}].add(): {error}") from None

    def _read(self, document: Any) -> dict[str, Any]:
        value: dict[str, Any] = ejson_reader.loads(stored.answer(document), geometries=True)
        return value


def _checked(call: Any, *arguments: Any, **keywords: Any) -> Any:
    try:
        return call(*arguments, **keywords)
    except DatabaseError as error:
        raise StubError(f"database: {error.message}") from None


def _listed(documents: list[dict[str, Any]]) -> str:
    if not documents:
        return "are no documents"
    shown = [_abbreviated(document) for document in documents[:MAX_DOCUMENTS]]
    more = f", and {len(documents) - MAX_DOCUMENTS} more" if len(documents) > MAX_DOCUMENTS else ""
    return f"{'is' if len(documents) == 1 else 'are'} {', '.join(shown)}{more}"


def differences(expected: Iterable[Any], actual: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the differences, one line each; none when the documents are equal in any order.

    Documents are paired by ``_id``; an expected one without an ``_id`` is compared with the rest.
    """
    rest = list(actual)
    lines: list[str] = []
    anonymous: list[Any] = []
    for document in expected:
        if not isinstance(document, Mapping) or "_id" not in document:
            anonymous.append(document)
            continue
        same = next((one for one in rest if _equal(one.get("_id"), document["_id"])), None)
        if same is None:
            lines.append(f"- {_abbreviated(document)}: missing")
        else:
            rest.remove(same)
            lines += [f"  {same['_id']!r}{line}" for line in _compare(document, same, "")]
    for document in anonymous:
        without = [{key: value for key, value in one.items() if key != "_id"} for one in rest]
        if document in without:
            del rest[without.index(document)]
        elif without and isinstance(document, Mapping):
            near = min(range(len(rest)), key=lambda index: len([*_compare(document, without[index], "")]))
            lines += [f"  {rest[near].get('_id')!r}{line}" for line in _compare(document, without[near], "")]
            del rest[near]
        else:
            lines.append(f"- {_abbreviated(document)}: missing")
    lines += [f"+ {_abbreviated(document)}: not expected" for document in rest]
    return lines if len(lines) <= MAX_LINES else [*lines[:MAX_LINES], f"… and {len(lines) - MAX_LINES} more"]


def _compare(expected: Any, actual: Any, path: str) -> Iterator[str]:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for key in dict.fromkeys((*expected, *actual)):
            here = f"{path}.{key}"
            if key not in actual:
                yield f"{here}: {_abbreviated(expected[key])} expected, missing"
            elif key not in expected:
                yield f"{here}: {_abbreviated(actual[key])} found, not expected"
            else:
                yield from _compare(expected[key], actual[key], here)
    elif isinstance(expected, (list, tuple)) and isinstance(actual, list) and len(expected) == len(actual):
        for index, pair in enumerate(zip(expected, actual, strict=True)):
            yield from _compare(*pair, f"{path}[{index}]")
    elif not _equal(expected, actual):
        yield f"{path}: {_abbreviated(expected)} expected, {_abbreviated(actual)} found"


def _equal(expected: Any, actual: Any) -> bool:
    if isinstance(expected, bool) is not isinstance(actual, bool) and not is_any(expected):
        return False  # 1 is not True in a document
    return bool(expected == actual)


def _abbreviated(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MAX_CHARACTERS else text[:MAX_CHARACTERS] + "…"
