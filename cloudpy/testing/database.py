"""The documents of the local WeChat, as a test arranges them and looks at them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .._database import ejson, ejson_reader, query
from .._database.invalid import did_you_mean
from ..errors import CloudSDKError
from ..local import LocalDataError
from ..local.collection_files import read
from ..local.database import DatabaseError, Engine
from ..local.database import ejson as stored
from ..local.database.query import parse
from ..local.documents import Documents as Databases
from .difference import differences
from .errors import StubError
from .stub import Stub

if TYPE_CHECKING:
    from .session import Core

__tracebackhide__ = True  # a failing test shows the test, not these lines
Document = Mapping[str, Any]
CONFLICT = (
    "[ResourceUnavailable.TransactionConflict] Transaction is conflict, maybe resource operated by others. Please check"
    " your request, but if the problem persists, contact us."
)
_KINDS = (".json", ".jsonl", ".yaml", ".yml")


class InMemory(Databases):
    """The databases of one test, in memory, with what its local.yaml says; one for every environment if any will do."""

    def __init__(self, of: Databases, env: str, clock: Any, *, any_env: bool) -> None:
        super().__init__(None, env, clock)
        self._any_env = any_env
        self.seed(of.seeds)

    def engine(self, env: str = "") -> Engine:
        return super().engine("" if self._any_env else env)


class Database:
    """What the function under test finds in the database, and what it left there; in memory, gone when the test ends.

    ::

        wechat.database["todos"].add({"_id": "a", "title": "tea", "done": False})
        wechat.invoke("functions/finish", {"id": "a"})
        assert wechat.database["todos"].one({"_id": "a"})["done"] is True

    Values are those of ``cloud.database()``: aware datetimes, ``db.Geo``, commands of ``db.command`` in conditions.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def create(self, *names: str) -> None:
        """Create empty collections; as in the cloud, the function cannot write to one that does not exist."""
        for name in names:
            _checked(self._engine.create, name)

    def load(self, source: str | os.PathLike[str] | Mapping[str, Any]) -> None:
        """Add documents from files, or from a dict.

        Args:
            source: a file named after its collection (``todos.jsonl``, ``todos.json``, ``todos.yaml``: JSON Lines as
                the cloud's console exports them, or a list); a folder of such files; or a dict of collections,
                ``{"todos": [{…}], "users": "fixtures/users.json"}``.

        Raises:
            StubError: a file cannot be read, or a document cannot be added.
        """
        if isinstance(source, Mapping):
            for name, documents in source.items():
                if isinstance(documents, (str, os.PathLike)):
                    self._load(name, self._core.functions.resolve(os.fspath(documents)))
                elif isinstance(documents, Iterable) and not isinstance(documents, Mapping):
                    self[name]._create()
                    self[name].add(*documents)
                else:
                    raise StubError(
                        f"database.load(): {name!r} must be a list of documents or a file's path,"
                        f" got {type(documents).__name__}"
                    )
            return
        path = self._core.functions.resolve(os.fspath(source))
        if not os.path.isdir(path):
            return self._load(os.path.splitext(os.path.basename(path))[0], path)
        files = sorted(name for name in os.listdir(path) if name.lower().endswith(_KINDS))
        if not files:
            raise StubError(f"database.load(): {path} has no file that ends in {', '.join(_KINDS)}")
        for name in files:
            self._load(os.path.splitext(name)[0], os.path.join(path, name))

    def conflict(self, times: int = 1) -> Stub:
        """Let the next `times` transactions meet a conflict when they are committed.

        One that is not met fails the test. What the function sees is a ``TransactionConflictError``, which
        ``runTransaction`` retries.
        """
        stub = Stub(self._core.backend.responses, self._core.ledger, "database.commitTransaction", None, check=False)
        self._core.stubs.append(stub)
        return stub.error("DATABASE_TRANSACTION_CONFLICT", CONFLICT).times(times)

    def _load(self, name: str, path: str) -> None:
        try:
            documents = list(read(path))
        except LocalDataError as error:
            raise StubError(f"database.load(): {error}") from None
        self[name]._create()
        _checked(self._engine.insert, name, documents)

    def __getitem__(self, name: str) -> Documents:
        if not isinstance(name, str) or not name:
            raise TypeError(f"database[…]: a collection is named by a string, got {name!r}")
        return Documents(self._engine, name)

    def __contains__(self, name: object) -> bool:
        return name in self._engine.collections()

    def __iter__(self) -> Iterator[str]:
        return iter(self._engine.collections())

    def __len__(self) -> int:
        return len(self._engine.collections())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name} ({count})" for name, count in self._engine.collections().items())
        return f"<Database: {shown or 'no collection'}>"

    @property
    def _engine(self) -> Engine:
        return self._core.backend.documents.engine()


class Documents:
    """The documents of one collection, in the order in which they were added.

    It equals a list of documents: ``assert wechat.database["todos"] == [{"_id": "a", …}]``; what differs is shown.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self.name = name

    def add(self, *documents: Document) -> list[Any]:
        """Add documents, creating the collection when it does not exist.

        Returns:
            their ``_id``; one that has none gets one.

        Raises:
            StubError: one cannot be stored, or its ``_id`` exists.
        """
        values = [self._stored(document, f"documents[{index}]") for index, document in enumerate(documents)]
        self._create()
        ids: list[Any] = _checked(self._engine.insert, self.name, values)
        return [self._read({"_id": one})["_id"] for one in ids]

    def find(self, condition: Any = None) -> list[dict[str, Any]]:
        """Return the documents that meet a condition, as in ``where()``; all when it is left out."""
        try:
            tree = query.encode({} if condition is None else condition)
        except CloudSDKError as error:
            raise StubError(f"database[{self.name!r}].find(): {error}") from None
        text = ejson.dumps(tree)
        matches = _checked(self._engine.find, self._existing(), parse(text, lambda value: value))
        return [self._read(document) for document in matches]

    def one(self, condition: Any = None) -> dict[str, Any]:
        """Return the only document that meets a condition.

        Raises:
            AssertionError: none does, or several do; with what is there.
        """
        matches = self.find(condition)
        if len(matches) == 1:
            return matches[0]
        what = f"documents in {self.name!r}" if condition is None else f"documents in {self.name!r} meet {condition!r}"
        there = matches or self.find()
        raise AssertionError(f"{len(matches)} {what}, not one; there {_listed(there)}")

    def ids(self) -> list[Any]:
        """Return the ``_id`` of every document."""
        return [document["_id"] for document in self.find()]

    def clear(self) -> None:
        """Remove all documents; the collection stays."""
        _checked(self._engine.remove, self._existing(), parse("{}", lambda value: value), multi=True)

    def assert_equal(self, documents: Iterable[Document]) -> None:
        """Fail with what differs unless these are the documents, in any order; ``ANY`` fits every value.

        Raises:
            AssertionError: naming the documents that are missing or more, and the fields that differ.
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
        return f"<{self.name}: {self.find()!r}>" if self.name in self._engine.collections() else f"<{self.name}: none>"

    def _create(self) -> None:
        if self.name not in self._engine.collections():
            _checked(self._engine.create, self.name)

    def _existing(self) -> str:
        names = list(self._engine.collections())
        if self.name not in names:
            hint = did_you_mean(self.name, names) if names else "there is none"
            raise StubError(f"no collection {self.name!r}; {hint} (database.create({self.name!r}) makes one)")
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
    shown = [repr(document)[:200] for document in documents[:5]]
    more = f", and {len(documents) - 5} more" if len(documents) > 5 else ""
    return f"{'is' if len(documents) == 1 else 'are'} {', '.join(shown)}{more}"
