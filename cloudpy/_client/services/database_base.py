"""What the async and the blocking clients of the database have in common: everything that sends nothing."""

from __future__ import annotations

from collections.abc import Mapping

from ..._database import operation, transaction, values
from ..._database.command import DatabaseCommand, command
from ..._database.document import DocumentTarget
from ..._database.geo import Geo
from ..._database.invalid import Helpful, public_names
from ..._database.selection import Selection
from ..._wire.suggest import did_you_mean
from .database_call import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Generic, TypeVar

    from .open import BaseOpen

    Q = TypeVar("Q")

    class _Builder(Generic[Q]): ...
else:

    class _Builder:
        """Takes a type as parameter without `typing`, which costs a cold start."""

        __slots__ = ()

        def __class_getitem__(cls, _):
            return cls


class QueryBuilder(Helpful, _Builder["Q"]):
    """The methods that choose documents, the same in both clients. `Q` is the query they make."""

    __slots__ = ("_selection", "_session")

    def __init__(self, session: Session, selection: Selection) -> None:
        self._session = session
        self._selection = selection

    @property
    def collectionName(self) -> str:
        """The name of the collection."""
        return self._selection.collection

    def where(self, condition: Any) -> Q:
        """Choose documents that meet a condition: ``{"done": False, "n": _.gt(1)}``. It replaces an earlier one."""
        return self._query(self._selection.where(condition))

    def orderBy(self, fieldPath: str, order: str) -> Q:
        """Sort by a field, ``"asc"`` or ``"desc"``; called again, by a further one."""
        return self._query(self._selection.order_by(fieldPath, order))

    def limit(self, max: int) -> Q:
        """Get so many documents: 100 when left out, 1000 at most."""
        return self._query(self._selection.limited(max))

    def skip(self, offset: int) -> Q:
        """Leave out the first documents."""
        return self._query(self._selection.skipping(offset))

    def field(self, projection: Mapping[str, Any]) -> Q:
        """Choose the fields: ``{"name": True}``, ``{"secret": False}``, ``{"tags": _.project.slice(3)}``."""
        return self._query(self._selection.field(projection))

    def _query(self, selection: Selection) -> Q:
        raise NotImplementedError

    def _missing(self, name: str) -> str:
        if name in ("doc", "add", "aggregate"):
            return f"a query has no {name!r}: it belongs to db.collection(…), before where(), orderBy(), limit()"
        if name == "watch":
            return "watch() is not offered in cloud functions, in Node neither"
        return f"{type(self).__name__} has no {name!r}; {did_you_mean(name, public_names(type(self)))}"

    def __repr__(self) -> str:  # no values: they may be personal
        return f"<{type(self).__name__} of {self.collectionName!r}>"


class BaseDocument(Helpful):
    """One document by its id, the same in both clients."""

    __slots__ = ("_session", "_target")

    def __init__(self, session: Session, target: DocumentTarget) -> None:
        self._session = session
        self._target = target

    @property
    def _id(self) -> Any:
        return self._target.id

    def _missing(self, name: str) -> str:
        if name == "delete":
            return "a document has no 'delete': use remove()"
        if name == "where":
            return "a document has no 'where': it is chosen by its id; use db.collection(…).where(…)"
        return f"{type(self).__name__} has no {name!r}; {did_you_mean(name, public_names(type(self)))}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._target.id!r} of {self._target.collection!r}>"


class BaseTransaction(Helpful):
    """A transaction, the same in both clients."""

    __slots__ = ("_session", "_state")

    def __init__(self, session: Session, state: transaction.State) -> None:
        self._session = session
        self._state = state

    def _inside(self, name: Any) -> Selection:
        return Selection(operation.collection_name(name), self._state.id)

    def _missing(self, name: str) -> str:
        return f"a transaction has no {name!r}; {did_you_mean(name, public_names(type(self)))}"

    def __repr__(self) -> str:
        ended = "committed" if self._state.committed else "rolled back" if self._state.rolled_back else "running"
        return f"<{type(self).__name__} {ended}>"


class BaseDatabase(Helpful):
    """What the database offers without sending anything."""

    command: DatabaseCommand = command
    Geo = Geo()
    serverDate = staticmethod(values.server_date)
    RegExp = staticmethod(values.regexp)

    def __init__(self, cloud: BaseOpen, options: Mapping[str, Any] | None, keywords: Mapping[str, Any]) -> None:
        self._session = Session(cloud, options, keywords)

    @property
    def config(self) -> dict[str, Any]:
        """The options of ``database()``."""
        return dict(self._session.options)

    def _missing(self, name: str) -> str:
        if name == "ObjectId":
            return "db.ObjectId is not offered, in Node neither: write {'$oid': '…'}"
        return f"the database has no {name!r}; {did_you_mean(name, public_names(type(self)))}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} env={self._session.env!r}>"
