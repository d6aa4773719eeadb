"""One operation of the database as a call of the gateway, and what the clients of one ``database()`` share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ... import _transports
from ..._database.invalid import invalid
from ..._database.operation import Operation
from ..._error_codes import SYSTEM_ERROR, from_gateway
from ..._transports import Response
from ..._wire import answer, jsontext
from ..._wire.suggest import did_you_mean
from ...errors import CloudSDKError, database_answered
from .. import retry
from ..config import Config
from ..gateway import JSONCall
from .parameters import initialized

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..gateway import Env
    from ..retry import Steps
    from .open import BaseOpen

_OPTIONS = ("env", "throwOnNotFound")


class DatabaseCall(JSONCall):
    """One operation as a call of the gateway."""

    __slots__ = ("_operation", "collection")

    def __init__(self, config: Config, operation: Operation, env: Env) -> None:
        super().__init__(
            config, operation.name, operation.action, {**operation.params, "action": operation.action}, env
        )
        self._operation = operation
        self.collection = operation.collection

    def secrets(self) -> Iterable[str]:
        from .. import redact

        return {secret for text in _texts(self._params) for secret in redact.secrets_in(_parsed(text))}

    def result(self, response: Response) -> Any:
        try:
            value = jsontext.parse(response.body)
        except (ValueError, RecursionError):
            text = response.body.decode("utf-8", "replace")
            raise self._failed(f"the answer is no JSON: {text[:300]}") from None
        if not isinstance(value, dict):
            raise self._failed(f"the answer is no JSON object: {answer.printed(value)[:300]}")
        if value.get("code"):
            raise self._refused(value)
        data = value if self._operation.whole else value.get("data")
        try:
            return self._operation.read(data if isinstance(data, dict) else {})
        except (KeyError, TypeError, ValueError, IndexError):
            raise self._failed(f"the answer has no data: {answer.printed(value)[:300]}") from None

    def _refused(self, value: dict[str, Any]) -> CloudSDKError:
        message = answer.printed(value["message"]) if "message" in value else "undefined"
        request_id = answer.text_only(value.get("requestId")) or self.seq_id
        details = answer.failure(self.name, from_gateway(value["code"]), message, request_id)
        return database_answered(code=answer.printed(value["code"]), api=self.api, **details)

    def _failed(self, cause: str) -> CloudSDKError:
        return CloudSDKError(api=self.api, **answer.failure(self.name, SYSTEM_ERROR, cause, self.seq_id))


class Session:
    """What the clients of one ``database()`` share: the account, the environment and the options."""

    __slots__ = ("_cloud", "config", "env", "options")

    def __init__(self, cloud: BaseOpen, options: Mapping[str, Any] | None, keywords: Mapping[str, Any]) -> None:
        self._cloud = cloud
        self.config = initialized(cloud._config, "database")
        if options is not None and not isinstance(options, Mapping):
            raise invalid(f"database:fail it takes one dict, or keywords, got a {type(options).__name__}")
        self.options = {**(options or {}), **keywords}
        for name in self.options:
            if name not in _OPTIONS:
                raise invalid(f"database:fail unknown option {name!r}; {did_you_mean(name, _OPTIONS)}")
        self.env = self.config.env_for("database", {"env": self.options.get("env")}, "database")

    @property
    def throw_on_not_found(self) -> bool:
        """Whether reading a document that is not there is an error: the own option, else that of init()."""
        own = self.options.get("throwOnNotFound")
        if own is None:
            services = self._cloud._for_services
            own = services.throw_on_not_found if services else None
        return own is not False

    def steps(self, operation: Operation) -> Steps[Any]:
        """The steps of an operation; whoever drives them gets the result or the error."""
        return DatabaseCall(self.config, operation, self.env).steps(repeatable=operation.idempotent)

    async def send_async(self, operation: Operation) -> Any:
        """Send an operation, awaiting."""
        return await retry.drive_async(self.steps(operation), _transports.async_transport())

    def send(self, operation: Operation) -> Any:
        """Send an operation, blocking."""
        return retry.drive(self.steps(operation), _transports.blocking_transport())


def _texts(params: Mapping[str, Any]) -> Iterable[str]:
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
