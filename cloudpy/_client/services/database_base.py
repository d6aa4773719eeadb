"""The database of both APIs: the builders, which send nothing, and one operation as a call of the gateway."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ... import _transports
from ..._database import operation, transaction, values
from ..._database.base import Helpful, invalid, public_names
from ..._database.database_command import DatabaseCommand, command
from ..._database.document import DocumentTarget
from ..._database.operation import Operation
from ..._database.selection import Selection
from ..._database.values import Geo
from ..._transports import Response
from ..._wire import answer, jsontext
from ..._wire.suggest import did_you_mean
from ...errors import SYSTEM_ERROR, CloudSDKError, database_error_for_code, from_gateway
from .. import retry
from ..config import Config
from ..gateway import JSONCall
from .parameters import initialized

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Generic, Protocol, TypeVar

    from ..config import Env
    from ..retry import Steps

    Q = TypeVar("Q")
    T = TypeVar("T")

    class Cloud(Protocol):
        """The Cloud of either API."""

        _config: Config | None

        @property
        def _services_config(self) -> Config | None: ...

    class _Builder(Generic[Q]): ...
else:

    class _Builder:
        """Takes a type as parameter without `typing`, which costs a cold start."""

        __slots__ = ()

        def __class_getitem__(cls, _):
            return cls


_OPTIONS = ("env", "throwOnNotFound", "document_hook")


class DatabaseCall(JSONCall):
    """One operation as a call of the gateway."""

    __slots__ = ("_operation", "collection")

    def __init__(self, config: Config, operation: Operation, env: Env) -> None:
        super().__init__(
            config, operation.name, operation.action, {**operation.params, "action": operation.action}, env
        )
        self._operation = operation
        self.collection = operation.collection

    def secrets(self) -> Iterable[str | None]:
        from .. import redact

        yield from self.config.secrets()
        for text in _strings(self._params):
            yield from redact.secrets_in(_parsed(text))

    def result(self, response: Response) -> Any:
        try:
            value = jsontext.parse(response.body)
        except (ValueError, RecursionError):
            text = response.body.decode("utf-8", "replace")
            raise self._failed(f"the answer is no JSON: {text[:300]}") from None
        if not isinstance(value, dict):
            raise self._failed(f"the answer is no JSON object: {answer.printed(value)[:300]}")
        if value.get("code"):
            raise self._error(value)
        data = value if self._operation.whole else value.get("data")
        try:
            return self._operation.read(data if isinstance(data, dict) else {})
        except (KeyError, TypeError, ValueError, IndexError):
            raise self._failed(f"the answer has no data: {answer.printed(value)[:300]}") from None

    def _error(self, value: dict[str, Any]) -> CloudSDKError:
        message = answer.printed(value["message"]) if "message" in value else "undefined"
        request_id = answer.text_only(value.get("requestId")) or self.seq_id
        details = answer.failure(self.name, from_gateway(value["code"]), message, request_id)
        return database_error_for_code(code=answer.printed(value["code"]), api=self.api, **details)

    def _failed(self, cause: str) -> CloudSDKError:
        return CloudSDKError(api=self.api, **answer.failure(self.name, SYSTEM_ERROR, cause, self.seq_id))


class Session:
    """The account, the environment and the options of one ``database()``."""

    __slots__ = ("_cloud", "_hook", "config", "env", "options")

    def __init__(self, cloud: Cloud, options: Mapping[str, Any] | None, keywords: Mapping[str, Any]) -> None:
        self._cloud = cloud
        self.config = initialized(cloud._config, "database")
        if options is not None and not isinstance(options, Mapping):
            raise invalid(f"database:fail it takes one dict, or keywords, got a {type(options).__name__}")
        self.options = {**(options or {}), **keywords}
        for name in self.options:
            if name not in _OPTIONS:
                raise invalid(f"database:fail unknown option {name!r}; {did_you_mean(name, _OPTIONS)}")
        hook = self.options.get("document_hook")
        if hook is not None and not callable(hook):
            raise invalid(f"database:fail document_hook must be callable, got a {type(hook).__name__}")
        self._hook: Callable[[Any], Any] | None = hook
        self.env = self.config.env_for("database", {"env": self.options.get("env")}, "database")

    @property
    def throw_on_not_found(self) -> bool:
        """Whether reading a document that does not exist is an error: this database's option, else that of init()."""
        option = self.options.get("throwOnNotFound")
        if option is None:
            config = self._cloud._services_config
            option = config.throw_on_not_found if config else None
        return option is not False

    def selection(self, name: Any, transaction: str | None = None) -> Selection:
        """Return the documents of a collection."""
        as_in_node = self.config.javascript_values
        known = name if as_in_node and name else operation.collection_name(name)
        return Selection(known, transaction, drops_empty=as_in_node)

    def steps(self, operation: Operation) -> Steps[Any]:
        """Return the steps of an operation."""
        return DatabaseCall(self.config, operation, self.env).steps(idempotent=operation.idempotent)

    def send(self, operation: Operation) -> Any:
        """Send an operation, blocking."""
        return self._hooked(retry.run(self.steps(operation)))

    async def send_async(self, operation: Operation) -> Any:
        """Send an operation, awaiting."""
        return self._hooked(await retry.run_async(self.steps(operation)))

    def _hooked(self, result: Any) -> Any:
        """Return a result as the options want it: with records, each document replaced by what the hook returns."""
        if self.config.read:
            result = self.config.read(result)
        if self._hook is not None and isinstance(result, dict):
            for key in ("data", "list"):
                found = result.get(key)
                if isinstance(found, list):
                    found[:] = [self._hook(document) for document in found]  # in place: what kind of list it is stays
                elif found is not None:
                    result[key] = self._hook(found)
        return result

    def apply(self, function: Callable[[T], Any], transaction: T) -> Any:
        """Call the function of a transaction."""
        value = function(transaction)
        if hasattr(type(value), "__await__"):
            getattr(value, "close", lambda: None)()
            raise invalid("runTransaction:fail the function must be a def, for cloudpy.sync; this one is awaited")
        return value

    async def apply_async(self, function: Callable[[T], Any], transaction: T) -> Any:
        """Call the function of a transaction, and await it if it is an ``async def``."""
        value = function(transaction)
        return await value if hasattr(type(value), "__await__") else value

    def pause(self, max_seconds: float) -> None:
        """Wait a random part of `max_seconds`, blocking."""
        retry.Wait(retry.jitter(max_seconds)).run(_transports.blocking_transport())

    async def pause_async(self, max_seconds: float) -> None:
        """Wait a random part of `max_seconds`, awaiting."""
        await retry.Wait(retry.jitter(max_seconds)).run_async(_transports.async_transport())


class QueryBuilder(Helpful, _Builder["Q"]):
    """The methods that choose documents. `Q` is the class of the query that they return."""

    __slots__ = ("_selection", "_session")

    def __init__(self, session: Session, selection: Selection) -> None:
        self._session = session
        self._selection = selection

    @property
    def collectionName(self) -> str:
        """The name of the collection."""
        return self._selection.collection

    def where(self, condition: Any) -> Q:
        """Choose documents that meet a condition: ``{"done": False, "n": _.gt(1)}``. A second replaces the first."""
        return self._query(self._selection.where(condition))

    def orderBy(self, fieldPath: str, order: str) -> Q:
        """Sort by a field, ``"asc"`` or ``"desc"``; further calls add fields."""
        return self._query(self._selection.order_by(fieldPath, order))

    def limit(self, max: int) -> Q:
        """Return at most this many documents: 100 by default, 1000 at most."""
        return self._query(self._selection.limited(max))

    def skip(self, offset: int) -> Q:
        """Skip the first documents."""
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
    """One document by its id."""

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
            return "a document has no 'where': use db.collection(…).where(…)"
        return f"{type(self).__name__} has no {name!r}; {did_you_mean(name, public_names(type(self)))}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._target.id!r} of {self._target.collection!r}>"


class BaseTransaction(Helpful):
    """A transaction."""

    __slots__ = ("_session", "_state")

    def __init__(self, session: Session, state: transaction.State) -> None:
        self._session = session
        self._state = state

    def _inside(self, name: Any) -> Selection:
        return self._session.selection(name, self._state.id)

    def _missing(self, name: str) -> str:
        return f"a transaction has no {name!r}; {did_you_mean(name, public_names(type(self)))}"

    def __repr__(self) -> str:
        ended = "committed" if self._state.committed else "rolled back" if self._state.rolled_back else "running"
        return f"<{type(self).__name__} {ended}>"


class BaseDatabase(Helpful):
    """The part of the database that sends nothing."""

    command: DatabaseCommand = command
    Geo = Geo()
    serverDate = staticmethod(values.server_date)

    def __init__(self, cloud: Cloud, options: Mapping[str, Any] | None, keywords: Mapping[str, Any]) -> None:
        self._session = Session(cloud, options, keywords)

    def RegExp(
        self, params: Mapping[str, Any] | None = None, /, *, regexp: str = "", options: str = ""
    ) -> values.RegExp:
        """Return a regular expression for a condition, from one dict or keywords."""
        checked = not self._session.config.javascript_values
        return values.regexp(params, regexp=regexp, options=options, checked=checked)

    @property
    def config(self) -> dict[str, Any]:
        """Return the options of ``database()``."""
        return dict(self._session.options)

    def _missing(self, name: str) -> str:
        if name == "ObjectId":
            return "db.ObjectId is not offered, in Node neither: write {'$oid': '…'}"
        return f"the database has no {name!r}; {did_you_mean(name, public_names(type(self)))}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} env={self._session.env!r}>"


def _strings(params: Mapping[str, Any]) -> Iterable[str]:
    for value in params.values():
        for item in value if isinstance(value, list) else [value]:
            text = item.get("stageValue") if isinstance(item, dict) else item
            if isinstance(text, str):
                yield text


def _parsed(text: str) -> Any:
    try:
        return jsontext.parse(text)
    except ValueError:
        return None
