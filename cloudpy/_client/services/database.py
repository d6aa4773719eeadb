"""``cloudpy.database()``: the database, awaited. ``database_sync`` is generated from this module.

Builders never change: each method returns a new one, and only the last call of a chain sends something.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..._database import operation, transaction
from ..._database.aggregate import Stages
from ..._database.document import DocumentTarget
from ..._database.selection import Selection
from .database_base import BaseDatabase, BaseDocument, BaseTransaction, QueryBuilder, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import Any, Literal, TypeVar, overload

    from typing_extensions import Unpack

    from ..._typed import database as t
    from ..._typed.shapes import MISSING, MYPY, Given, Given1, Never

    R = TypeVar("R")


class Query(QueryBuilder["Query"]):
    """Documents of a collection that meet a condition."""

    __slots__ = ()

    def _query(self, selection: Selection) -> Query:
        return Query(self._session, selection)

    async def get(self) -> t.GetResult:
        """Read the documents: ``{"data": [{…}, …]}``, 100 at most unless ``limit()`` asks for more."""
        result: t.GetResult = await self._session.send_async(self._selection.get())
        return result

    async def count(self) -> t.CountResult:
        """Count the documents: ``{"total": 3}``."""
        result: t.CountResult = await self._session.send_async(self._selection.count())
        return result

    if TYPE_CHECKING:

        @overload
        async def update(self, options: t.Changes, /) -> t.UpdateResult: ...
        @overload
        async def update(self, **keywords: Unpack[t.Changes]) -> t.UpdateResult: ...

    async def update(self, options: Any = None, /, **keywords: Any) -> t.UpdateResult:  # type: ignore[misc]
        """Change all documents that match, or one of them with ``multi=False``: ``{"stats": {"updated": 2}}``.

        Args:
            options: the parameters as one dict, as in Node.
            **keywords: ``data``, the fields to set, nested objects field by field, and commands: ``{"n": _.inc(1)}``;
                ``multi``, False changes one document only.
        """
        result: t.UpdateResult = await self._session.send_async(self._selection.update(options, keywords))
        return result

    async def remove(self, options: t.Which = None, /, **keywords: Unpack[t.Which]) -> t.RemoveResult:  # type: ignore[assignment]
        """Remove all documents that match, or one of them with ``multi=False``: ``{"stats": {"removed": 2}}``."""
        result: t.RemoveResult = await self._session.send_async(self._selection.remove(options, {**keywords}))
        return result


class Collection(Query):
    """A collection: ``db.collection("todos")``."""

    __slots__ = ()

    def doc(self, docId: str | float) -> Document:
        """Return the document with this ``_id``."""
        target = self._selection.doc(docId)
        return Document(self._session, target, self)

    def aggregate(self) -> Aggregate:
        """Return an empty pipeline: add stages to it, and end with ``end()``."""
        self._selection.aggregate(())  # rejects a transaction here, where the call is written
        return Aggregate(self._session, self._selection)

    if TYPE_CHECKING:

        @overload
        async def add(self, options: t.OneDocument, /) -> t.AddResult: ...
        @overload
        async def add(self, options: t.ManyDocuments, /) -> t.AddManyResult: ...
        @overload
        async def add(self, *, data: t.Document) -> t.AddResult: ...
        @overload
        async def add(self, *, data: Sequence[t.Document]) -> t.AddManyResult: ...

        if not MYPY:  # names a wrong keyword: scripts/stub_shapes.py

            @overload
            async def add(
                self,
                *,
                data: t.Document | Given1 = MISSING,
                _keywords: Literal["data"] | Given = MISSING,
                **_unknown: Never,
            ) -> t.AddManyResult: ...

    async def add(self, options: Any = None, /, **keywords: Any) -> Any:  # type: ignore[misc]
        """Add a document, or a list of them: ``{"_id": …}`` or ``{"_ids": […]}``; without ``_id`` it gets one."""
        return await self._session.send_async(self._selection.add(options, keywords))


class Document(BaseDocument):
    """One document: ``db.collection("todos").doc("a")``."""

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

    async def get(self) -> t.GetDocumentResult:
        """Read the document: ``{"data": {…}}``.

        Raises:
            DocumentNotFoundError: it does not exist; with ``throwOnNotFound=False`` its data is None instead.
        """
        request = self._target.get(self._session.throw_on_not_found)
        result: t.GetDocumentResult = await self._session.send_async(request)
        return result

    if TYPE_CHECKING:

        @overload
        async def set(self, options: t.OneDocument, /) -> t.SetResult: ...
        @overload
        async def set(self, *, data: t.Document) -> t.SetResult: ...

        if not MYPY:  # names a wrong keyword: scripts/stub_shapes.py

            @overload
            async def set(
                self,
                *,
                data: t.Document | Given1 = MISSING,
                _keywords: Literal["data"] | Given = MISSING,
                **_unknown: Never,
            ) -> t.SetResult: ...

    async def set(self, options: Any = None, /, **keywords: Any) -> t.SetResult:  # type: ignore[misc]
        """Replace the document as a whole, or create it: ``{"_id": …, "stats": {"updated": 0, "created": 1}}``."""
        result: t.SetResult = await self._session.send_async(self._target.set(options, keywords))
        return result

    if TYPE_CHECKING:

        @overload
        async def update(self, options: t.OneDocument, /) -> t.UpdateResult: ...
        @overload
        async def update(self, *, data: t.Document) -> t.UpdateResult: ...

        if not MYPY:  # names a wrong keyword: scripts/stub_shapes.py

            @overload
            async def update(
                self,
                *,
                data: t.Document | Given1 = MISSING,
                _keywords: Literal["data"] | Given = MISSING,
                **_unknown: Never,
            ) -> t.UpdateResult: ...

    async def update(self, options: Any = None, /, **keywords: Any) -> t.UpdateResult:  # type: ignore[misc]
        """Change fields of the document, nested objects field by field; nothing happens if it does not exist."""
        result: t.UpdateResult = await self._session.send_async(self._target.update(options, keywords))
        return result

    async def remove(self) -> t.RemoveResult:
        """Remove the document: ``{"stats": {"removed": 1}}``."""
        result: t.RemoveResult = await self._session.send_async(self._target.remove())
        return result


class Aggregate(Stages["Aggregate"]):
    """An aggregation: ``db.collection("todos").aggregate().match(…).group(…).end()``."""

    def __init__(self, session: Session, selection: Selection, stages: tuple[tuple[str, str], ...] = ()) -> None:
        self._session = session
        self._selection = selection
        self._stages = stages
        self._drops_empty = selection.drops_empty

    def _with(self, stages: tuple[tuple[str, str], ...]) -> Aggregate:
        return Aggregate(self._session, self._selection, stages)

    async def end(self) -> t.AggregateResult:
        """Run the stages: ``{"list": [{…}, …]}``; the service returns 20 documents unless ``limit()`` asks for more."""
        result: t.AggregateResult = await self._session.send_async(self._selection.aggregate(self._stages))
        return result


class Transaction(BaseTransaction):
    """A transaction: what is done through its ``collection()`` happens as a whole, or not at all."""

    __slots__ = ()

    def collection(self, name: str) -> Collection:
        """Return a collection inside the transaction: ``add``, ``get``, and ``doc()`` with all it has."""
        return Collection(self._session, self._inside(name))

    async def commit(self) -> t.EndTransactionResult:
        """Make the changes last.

        Raises:
            TransactionConflictError: another transaction changed the same document.
            TransactionExpiredError: it has ended, or lasted more than 30 seconds.
        """
        result: t.EndTransactionResult = await self._session.send_async(transaction.commit(self._state))
        return result

    async def rollback(self, reason: Any = None) -> t.EndTransactionResult:
        """Undo the changes. Inside ``runTransaction``, `reason` is what that raises; see there."""
        result: t.EndTransactionResult = await self._session.send_async(transaction.rollback(self._state, reason))
        return result


class Database(BaseDatabase):
    """The database, awaited: ``cloudpy.database()``."""

    def collection(self, collectionName: str) -> Collection:
        """Return a collection."""
        return Collection(self._session, self._session.selection(collectionName))

    async def createCollection(self, collectionName: str) -> t.CreateCollectionResult:
        """Create a collection; adding to one that does not exist is an error."""
        request = operation.create_collection(collectionName)
        result: t.CreateCollectionResult = await self._session.send_async(request)
        return result

    async def startTransaction(self) -> Transaction:
        """Start a transaction; end it with ``commit()`` or ``rollback()`` within 30 seconds."""
        return Transaction(self._session, await self._session.send_async(transaction.start()))

    if TYPE_CHECKING:  # async only

        @overload
        async def runTransaction(self, function: Callable[[Transaction], Awaitable[R]], times: int = 3) -> R: ...
        @overload
        async def runTransaction(self, function: Callable[[Transaction], R], times: int = 3) -> R: ...

    async def runTransaction(self, function: Callable[[Transaction], Any], times: int = 3) -> Any:
        """Run a function in a transaction, and commit; retry it when another transaction changed the same documents.

        Args:
            function: a ``def`` or ``async def`` of the transaction. It may run several times.
            times: retries after a conflict.

        Returns:
            What the function returns.

        Raises:
            TransactionConflictError: the last retry met a conflict as well.
            TransactionRolledBackError: the function called ``rollback(reason)`` with something that is not an
                exception; an exception is raised itself.
        """
        transaction.check(function, times)
        steps = transaction.run(times)
        try:
            step = next(steps)
            while True:
                try:
                    value = await self._take(step, function)
                except BaseException as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(value)
        except StopIteration as done:
            return done.value
        finally:
            steps.close()

    async def _take(self, step: Any, function: Callable[[Transaction], Any]) -> Any:
        if isinstance(step, transaction.Run):
            return await self._session.apply_async(function, Transaction(self._session, step.transaction))
        if isinstance(step, transaction.Pause):
            return await self._session.pause_async(step.seconds)
        return await self._session.send_async(step)
