"""``cloudpy.sync.database()``: the database, blocking. The twins of ``database``."""

from __future__ import annotations

from collections.abc import Mapping

from ... import _transports
from ..._database import operation, transaction
from ..._database.aggregate import Stages
from ..._database.document import DocumentTarget
from ..._database.invalid import invalid
from ..._database.selection import Selection
from .. import retry
from .database_base import BaseDatabase, BaseDocument, BaseTransaction, QueryBuilder
from .database_call import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeVar, overload

    from typing_extensions import Unpack

    from ..._typed import database as t

    R = TypeVar("R")


class Query(QueryBuilder["Query"]):
    """As ``database.Query``, blocking."""

    __slots__ = ()

    def _query(self, selection: Selection) -> Query:
        return Query(self._session, selection)

    def get(self) -> t.GetResult:
        """Read the documents: ``{"data": [{…}, …]}``, 100 at most unless ``limit()`` says otherwise."""
        result: t.GetResult = self._session.send(self._selection.get())
        return result

    def count(self) -> t.CountResult:
        """Count the documents: ``{"total": 3}``."""
        result: t.CountResult = self._session.send(self._selection.count())
        return result

    if TYPE_CHECKING:

        @overload
        def update(self, options: t.Changes, /) -> t.UpdateResult: ...
        @overload
        def update(self, **keywords: Unpack[t.Changes]) -> t.UpdateResult: ...

    def update(self, options: Any = None, /, **keywords: Any) -> t.UpdateResult:  # type: ignore[misc]
        """Change all documents that match, or one of them with ``multi=False``; see ``Query.update``."""
        result: t.UpdateResult = self._session.send(self._selection.update(options, keywords))
        return result

    if TYPE_CHECKING:

        @overload
        def remove(self, options: t.Which, /) -> t.RemoveResult: ...
        @overload
        def remove(self, **keywords: Unpack[t.Which]) -> t.RemoveResult: ...

    def remove(self, options: Any = None, /, **keywords: Any) -> t.RemoveResult:  # type: ignore[misc]
        """Remove all documents that match, or one of them with ``multi=False``."""
        result: t.RemoveResult = self._session.send(self._selection.remove(options, keywords))
        return result


class Collection(Query):
    """As ``database.Collection``, blocking."""

    __slots__ = ()

    def doc(self, docId: str | float) -> Document:
        """Return the document with this ``_id``."""
        target = DocumentTarget(self.collectionName, docId, self._selection.transaction)
        return Document(self._session, target, self)

    def aggregate(self) -> Aggregate:
        """Return an empty pipeline: add stages to it, and end with ``end()``."""
        self._selection.aggregate(())
        return Aggregate(self._session, self._selection)

    if TYPE_CHECKING:

        @overload
        def add(self, options: t.OneDocument, /) -> t.AddResult: ...
        @overload
        def add(self, options: t.ManyDocuments, /) -> t.AddManyResult: ...
        @overload
        def add(self, *, data: t.Document) -> t.AddResult: ...
        @overload
        def add(self, *, data: Sequence[t.Document]) -> t.AddManyResult: ...

    def add(self, options: Any = None, /, **keywords: Any) -> Any:  # type: ignore[misc]
        """Add a document, or a list of them; see ``Collection.add``."""
        return self._session.send(self._selection.add(options, keywords))


class Document(BaseDocument):
    """As ``database.Document``, blocking."""

    __slots__ = ("_collection",)

    def __init__(self, session: Session, target: DocumentTarget, collection: Collection) -> None:
        super().__init__(session, target)
        self._collection = collection

    @property
    def collection(self) -> Collection:
        """The collection that the document is in."""
        return self._collection

    def field(self, projection: Mapping[str, Any]) -> Document:
        """Choose the fields; see ``Query.field``."""
        return Document(self._session, self._target.field(projection), self._collection)

    def get(self) -> t.GetDocumentResult:
        """Read the document; see ``Document.get``."""
        result: t.GetDocumentResult = self._session.send(self._target.get(self._session.throw_on_not_found))
        return result

    if TYPE_CHECKING:

        @overload
        def set(self, options: t.OneDocument, /) -> t.SetResult: ...
        @overload
        def set(self, *, data: t.Document) -> t.SetResult: ...

    def set(self, options: Any = None, /, **keywords: Any) -> t.SetResult:  # type: ignore[misc]
        """Replace the document as a whole, or create it; see ``Document.set``."""
        result: t.SetResult = self._session.send(self._target.set(options, keywords))
        return result

    if TYPE_CHECKING:

        @overload
        def update(self, options: t.OneDocument, /) -> t.UpdateResult: ...
        @overload
        def update(self, *, data: t.Document) -> t.UpdateResult: ...

    def update(self, options: Any = None, /, **keywords: Any) -> t.UpdateResult:  # type: ignore[misc]
        """Change fields of the document; see ``Document.update``."""
        result: t.UpdateResult = self._session.send(self._target.update(options, keywords))
        return result

    def remove(self) -> t.RemoveResult:
        """Remove the document: ``{"stats": {"removed": 1}}``."""
        result: t.RemoveResult = self._session.send(self._target.remove())
        return result


class Aggregate(Stages["Aggregate"]):
    """As ``database.Aggregate``, blocking."""

    def __init__(self, session: Session, selection: Selection, stages: tuple[tuple[str, str], ...] = ()) -> None:
        self._session = session
        self._selection = selection
        self._stages = stages

    def _with(self, stages: tuple[tuple[str, str], ...]) -> Aggregate:
        return Aggregate(self._session, self._selection, stages)

    def end(self) -> t.AggregateResult:
        """Run the stages; see ``Aggregate.end``."""
        result: t.AggregateResult = self._session.send(self._selection.aggregate(self._stages))
        return result


class Transaction(BaseTransaction):
    """As ``database.Transaction``, blocking."""

    __slots__ = ()

    def collection(self, name: str) -> Collection:
        """Return a collection inside the transaction; see ``Transaction.collection``."""
        return Collection(self._session, self._inside(name))

    def commit(self) -> t.EndTransactionResult:
        """Make the changes last; see ``Transaction.commit``."""
        result: t.EndTransactionResult = self._session.send(transaction.commit(self._state))
        return result

    def rollback(self, reason: Any = None) -> t.EndTransactionResult:
        """Undo the changes; see ``Transaction.rollback``."""
        result: t.EndTransactionResult = self._session.send(transaction.rollback(self._state, reason))
        return result


class Database(BaseDatabase):
    """The database, blocking: ``cloudpy.sync.database()``."""

    def collection(self, collectionName: str) -> Collection:
        """Return a collection."""
        return Collection(self._session, Selection(operation.collection_name(collectionName)))

    def createCollection(self, collectionName: str) -> t.CreateCollectionResult:
        """Create a collection; adding to one that does not exist is an error."""
        result: t.CreateCollectionResult = self._session.send(operation.create_collection(collectionName))
        return result

    def startTransaction(self) -> Transaction:
        """Start a transaction; see ``Database.startTransaction``."""
        return Transaction(self._session, self._session.send(transaction.start()))

    def runTransaction(self, function: Callable[[Transaction], R], times: int = 3) -> R:
        """Run a function in a transaction, and commit; see ``Database.runTransaction``."""
        transaction.check(function, times)
        steps = transaction.run(times)
        try:
            step = next(steps)
            while True:
                try:
                    value = self._perform(step, function)
                except BaseException as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(value)
        except StopIteration as done:
            result: R = done.value
            return result
        finally:
            steps.close()

    def _perform(self, step: Any, function: Callable[[Transaction], Any]) -> Any:
        if isinstance(step, transaction.Run):
            value = function(Transaction(self._session, step.transaction))
            if hasattr(type(value), "__await__"):
                getattr(value, "close", lambda: None)()
                raise invalid("runTransaction:fail the function must be a def, for cloudpy.sync; this one is awaited")
            return value
        if isinstance(step, transaction.Pause):
            return retry.Wait(retry._jitter(step.seconds)).run(_transports.blocking_transport())
        return self._session.send(step)
