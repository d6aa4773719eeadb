"""One event of a comparison, and the local WeChat in which it is handled."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path as FilePath
from typing import Any

from ..local import (
    FAULTS,
    ApiResponse,
    Backend,
    CannedResponse,
    ContractCatalog,
    LocalData,
    User,
    error_response,
    schema,
)
from ..local import data as local_data
from ..local.located_yaml import Document, kind
from ..runtime import client_event, kind_of

CLOCK = 1767225600.0  # 2026-01-01T00:00:00Z: the same for every run, so that a run can be had again
_SCHEMA = FilePath(__file__).with_name("events.schema.json")
_LOCAL = ("users", "open_data", "answers", "permissions", "unknown", "env")


class _Quiet(ContractCatalog):
    """What is wrong with parameters is said elsewhere; here it would be said a thousand times."""

    def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        return ()


_KNOWLEDGE = _Quiet()  # shared: what it has read it keeps


@dataclass(frozen=True)
class Case:
    """One event with all that belongs to it.

    Attributes:
        name: what it is called in a report.
        raw: as it is written in a file, JSON alone.
        function: the function it was recorded from, or empty.
        clock: the moment at which it happens, in seconds since 1970.
        timer: nobody calls.
        local: what it says of the local WeChat.
        faults: by API, the one answer it gives.
    """

    name: str
    raw: Mapping[str, Any]
    function: str
    clock: float
    timer: bool
    local: LocalData
    faults: Mapping[str, ApiResponse]

    def backend(self, base: LocalData, config: str | None, *, seed: int, standing: bool) -> Backend:
        """A fresh local WeChat for one function; two that are made alike behave alike.

        Raises:
            ConfigError: the config.json at `config` cannot be used.
        """
        source = random.Random(f"{seed}\n{self.name}")
        backend = local_data.build(
            self._merged(base),
            config=config,
            clock=(lambda: self.clock) if standing else _going_from(self.clock),
            random_bytes=source.randbytes,
            catalog=_KNOWLEDGE,
            observe=lambda call, answer: None,  # nothing of it goes to the log
        )
        backend.documents.repeat(f"{seed}\n{self.name}")
        # The same for all events of a run: the SDKs may have kept them since their first.
        keys = random.Random(seed)
        backend.secret_id, backend.secret_key = f"AKIDcompare{keys.randbytes(14).hex()}", keys.randbytes(16).hex()
        caller = self.caller(backend)
        for cloud_id, entry in self.local.open_data.items():  # what the event brings along is the caller's
            life = 0 if entry.expired else None
            backend.open_data.add(cloud_id, entry.data, openid=entry.openid or caller.openid, life=life)
        return backend

    def caller(self, backend: Backend) -> User:
        """Who calls, made known to `backend`."""
        openid = self.raw.get("openid")
        user = backend.users.add(openid) if openid else backend.users.default
        unionid, appid = self.raw.get("unionid"), self.raw.get("appid")
        return backend.users.add(
            replace(user, unionid=user.unionid if unionid is None else unionid, appid=appid or user.appid)
        )

    def event(self, backend: Backend) -> dict[str, Any]:
        """What the handler is given: with ``userInfo`` when a mini program sends it, and its CloudIDs minted."""
        event = dict(self.raw["event"])
        caller = self.caller(backend)
        for key, data in self.raw.get("cloudIDs", {}).items():
            cloud_id = backend.open_data.mint(data, openid=caller.openid)
            if isinstance(data, dict):
                data = {**data, "watermark": {"appid": caller.appid, "timestamp": int(self.clock)}}
            event[key] = {"cloudID": cloud_id, "data": data}
        if kind_of(event) != "client" or self.timer:
            return event
        return client_event(event, openid=caller.openid, appid=caller.appid)

    def _merged(self, base: LocalData) -> LocalData:
        own = self.local
        answers = [*own.answers, *((api, CannedResponse(answer)) for api, answer in self.faults.items())]
        said = {api for api, _ in answers}
        return replace(
            base,
            database=None,  # in memory: each side, and each event, begins with what local.yaml says
            env=own.env if "env" in self.raw else base.env,
            users=own.users or base.users,
            answers=(*answers, *(one for one in base.answers if one[0] not in said)),
            permissions=base.permissions if own.permissions is None else own.permissions,
            unknown=own.unknown or base.unknown,
        )


def case_of(document: Document, name: str) -> Case:
    """The case that a mapping describes, called `name` unless it says another.

    Raises:
        LocalDataError: it cannot be used, naming file, line and key.
    """
    value = document.value
    if kind_of(value) != "client":  # a platform's event, as `cloudpy event` prints it
        document = Document(document.path, {"event": value}, {(): 1})
        value = document.value
    schema.check_by(document, _SCHEMA)
    for key in ("event", "cloudIDs"):
        found = schema.binary(value.get(key), (key,))
        if found:
            raise document.error(found, "JSON has no form for !!binary")
    local = local_data.parse_local_data(document.only(_LOCAL))
    faults = {api: _fault(document, api, value["faults"][api]) for api in value.get("faults", {})}
    for api in faults.keys() & {api for api, _ in local.answers}:
        raise document.error(("faults", api), "has an answer under answers, too; say one of them")
    return Case(
        name=value.get("name", name).encode("utf-8", "replace").decode(),  # it seeds, and it is printed
        raw=value,
        function=value.get("function", ""),
        clock=_clock(document, value.get("clock", CLOCK)),
        timer=value.get("timer", value.get("trigger") == "timer" or kind_of(value["event"]) == "timer"),
        local=local,
        faults=faults,
    )


def varied(name: str, raw: Mapping[str, Any]) -> Case:
    """The case of a mapping that is in no file; raises as `case_of` does."""
    return case_of(Document(name, dict(raw), {(): 1}), name)


def _fault(document: Document, api: str, value: Any) -> ApiResponse:
    if isinstance(value, str) and value in FAULTS:
        return ApiResponse(fault=value)
    if isinstance(value, int) and not isinstance(value, bool) and value:
        return error_response(value)
    if isinstance(value, str) and value.isupper():  # the gateway's own, as SYS_ERR
        return error_response(value)
    raise document.error(
        ("faults", api), f"must be an errCode other than 0, or one of {', '.join(FAULTS)}, is {kind(value)}"
    )


def _clock(document: Document, value: Any) -> float:
    try:
        if isinstance(value, str):
            text = f"{value[:-1]}+00:00" if value.endswith("Z") else value
            moment = datetime.fromisoformat(text)
            value = (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
        if 0 <= value < 4e9:  # beyond that, milliseconds were meant
            return float(value)
    except ValueError:
        pass
    raise document.error(("clock",), "must be seconds since 1970, or a text such as 2026-01-31T08:00:00Z")


def _going_from(moment: float) -> Callable[[], float]:
    begun = time.monotonic()
    return lambda: moment + time.monotonic() - begun
