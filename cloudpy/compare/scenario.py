"""Scenarios of a comparison: an event, who sends it when, and what the local WeChat knows. Read from files."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path as FilePath
from typing import Any, NoReturn

from ..local import (
    FAULTS,
    ApiResponse,
    Backend,
    CannedResponse,
    ContractCatalog,
    LocalData,
    LocalDataError,
    User,
    error_response,
    located_yaml,
    schema,
)
from ..local import data as local_data
from ..local.located_yaml import Document
from ..runtime import client_event, kind_of
from . import rules

DEFAULT_CLOCK = 1767225600.0  # 2026-01-01T00:00:00Z, the same in every run
_MAX_CLOCK = 4e9  # seconds; a larger number is probably milliseconds
_SCHEMA = FilePath(__file__).with_name("events.schema.json")
_LOCAL_KEYS = ("users", "open_data", "answers", "permissions", "unknown", "env", "database")
_SHARED = {*_LOCAL_KEYS, "openid", "unionid", "appid", "clock"}  # what a file may say once for all its events
_LINES = (".jsonl", ".ndjson")
_SUFFIXES = (".yaml", ".yml", ".json", *_LINES)
_OTHER_FILES = {rules.NAME, "local.yaml", "config.json", "package.json", "package-lock.json"}
_LIST = "events"


class _Unchecked(ContractCatalog):
    """The API catalogue without warnings about parameters, which would be repeated for every event."""

    def problems(self, api: str, params: Mapping[str, Any]) -> tuple[str, ...]:
        return ()


_CATALOG = _Unchecked()  # shared, because it caches what it has read


@dataclass(frozen=True)
class Scenario:
    """One event and everything that belongs to it.

    Attributes:
        name: of the scenario in a report.
        raw: the scenario as written in a file; JSON only.
        function: name of the function it was recorded from, or empty.
        clock: time of the event in seconds since 1970.
        timer: whether a timer invokes the function.
        local: what it says about the local WeChat.
        faults: by API, the only answer it gives.
    """

    name: str
    raw: Mapping[str, Any]
    function: str
    clock: float
    timer: bool
    local: LocalData
    faults: Mapping[str, ApiResponse]

    def backend(self, base: LocalData, config: str | None, *, seed: int, frozen: bool) -> Backend:
        """Return a new local WeChat for one function; with equal arguments two of them behave alike.

        Args:
            base: data of local.yaml.
            config: path of the function's config.json, or None.
            seed: of everything random.
            frozen: stop its clock.

        Raises:
            ConfigError: config.json is invalid.
        """
        source = random.Random(f"{seed}\n{self.name}")
        backend = local_data.build(
            self._merged(base),
            config=config,
            clock=(lambda: self.clock) if frozen else _running_clock(self.clock),
            random_bytes=source.randbytes,
            catalog=_CATALOG,
            observe=lambda *_: None,  # keep calls out of the log
        )
        backend.documents.repeat(f"{seed}\n{self.name}")
        # The same for all events of a run, because an SDK may cache the keys of its first call.
        keys = random.Random(seed)
        backend.secret_id, backend.secret_key = f"AKIDcompare{keys.randbytes(14).hex()}", keys.randbytes(16).hex()
        caller = self.caller(backend)
        for cloud_id, entry in self.local.open_data.items():
            life = 0 if entry.expired else None
            backend.open_data.add(cloud_id, entry.data, openid=entry.openid or caller.openid, life=life)
        return backend

    def caller(self, backend: Backend) -> User:
        """Return the calling user and add it to `backend`."""
        openid = self.raw.get("openid")
        user = backend.users.add(openid) if openid else backend.users.default
        unionid, appid = self.raw.get("unionid"), self.raw.get("appid")
        return backend.users.add(
            replace(user, unionid=user.unionid if unionid is None else unionid, appid=appid or user.appid)
        )

    def event(self, backend: Backend) -> dict[str, Any]:
        """Return the handler's event: with ``userInfo`` if a mini program sends it, and with its CloudIDs created."""
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
        local = self.local
        answers = [*local.answers, *((api, CannedResponse(answer)) for api, answer in self.faults.items())]
        answered = {api for api, _ in answers}
        own = {name for name, _ in local.collections}
        return replace(
            base,
            database=None,  # in memory: every event starts with its documents and those of local.yaml
            collections=(*local.collections, *(each for each in base.collections if each[0] not in own)),
            env=local.env if "env" in self.raw else base.env,
            users=local.users or base.users,
            answers=(*answers, *(answer for answer in base.answers if answer[0] not in answered)),
            permissions=base.permissions if local.permissions is None else local.permissions,
            unknown=local.unknown or base.unknown,
        )


def parse(document: Document, name: str) -> Scenario:
    """Return the scenario that a mapping describes; `name` is its default name.

    Raises:
        LocalDataError: it is invalid; names file, line and key.
    """
    value = document.value
    if kind_of(value) != "client":  # a platform's event, as `cloudpy event` prints it
        document = Document(document.path, {"event": value}, {(): 1})
        value = document.value
    schema.check_schema(document, _SCHEMA)
    for key in ("event", "cloudIDs"):
        path = schema.find_bytes(value.get(key), (key,))
        if path:
            raise document.error(path, "JSON cannot represent !!binary")
    if not isinstance(value.get("database", {}), dict) or "folder" in value.get("database", {}):
        raise document.error(("database",), "an event has collections, and no folder; its documents are in memory")
    local = local_data.parse_local_data(document.only(_LOCAL_KEYS))
    faults = {api: _fault(document, api, value["faults"][api]) for api in value.get("faults", {})}
    for api in faults.keys() & {api for api, _ in local.answers}:
        raise document.error(("faults", api), "is also under answers; keep one of them")
    return Scenario(
        name=value.get("name", name).encode("utf-8", "replace").decode(),  # it is printed, and seeds random numbers
        raw=value,
        function=value.get("function", ""),
        clock=_clock(document, value.get("clock", DEFAULT_CLOCK)),
        timer=value.get("timer", value.get("trigger") == "timer" or kind_of(value["event"]) == "timer"),
        local=local,
        faults=faults,
    )


def from_mapping(name: str, raw: Mapping[str, Any]) -> Scenario:
    """Return the scenario of a mapping that is not in a file; raises as `parse` does."""
    return parse(Document(name, dict(raw), {(): 1}), name)


def read(path: str) -> list[Scenario]:
    """Read the scenarios in a file, or in all files of a folder sorted by name; their names become unique.

    Raises:
        LocalDataError: a file is invalid, with file, line and key; or there is no event in it.
    """
    scenarios = [scenario for file in _files(path) for scenario in _read_file(file)]
    if not scenarios:
        raise LocalDataError(path, 0, "contains no event")
    counts: dict[str, int] = {}
    for index, scenario in enumerate(scenarios):
        count = counts[scenario.name] = counts.get(scenario.name, 0) + 1
        if count > 1:
            scenarios[index] = replace(scenario, name=f"{scenario.name} ({count})")
    return scenarios


def select(scenarios: list[Scenario], titles: tuple[str, ...], name: str | None, path: str) -> list[Scenario]:
    """Return the scenarios of one function of a recording.

    Args:
        scenarios: all of them.
        titles: names of the compared functions.
        name: the function that the user named, or None.
        path: of the recording, for errors.

    Raises:
        LocalDataError: there are several functions, and it is unclear which is meant.
    """
    recorded = {scenario.function for scenario in scenarios if scenario.function}
    if name is not None:
        selected = [scenario for scenario in scenarios if scenario.function == name]
        if not selected:
            raise LocalDataError(path, 0, f"no event is of the function {name!r}; there are {_listed(recorded)}")
        return selected
    if len(recorded) <= 1:
        return scenarios
    matching = recorded & set(titles)
    if len(matching) != 1:
        raise LocalDataError(path, 0, f"has events of {_listed(recorded)}; select one with --function NAME")
    return [scenario for scenario in scenarios if not scenario.function or scenario.function in matching]


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "no events with a function name"


def _files(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    names = sorted(name for name in os.listdir(path) if name.endswith(_SUFFIXES) and name not in _OTHER_FILES)
    if not names:
        raise LocalDataError(path, 0, f"contains no file whose name ends in {', '.join(_SUFFIXES)}")
    return [os.path.join(path, name) for name in names]


def _read_file(path: str) -> Iterator[Scenario]:
    content = located_yaml.read_bytes(path)
    stem = os.path.splitext(os.path.basename(path))[0]
    if path.endswith(_LINES):
        for number, line in enumerate(content.splitlines(), 1):
            if line.strip():
                value = _parse_json(line, path, number)
                if not isinstance(value, dict):
                    raise LocalDataError(path, number, f"must be a mapping, not {located_yaml.kind_of(value)}")
                yield parse(Document(path, value, {(): number}), f"{stem}:{number}")
    elif path.endswith(".json"):
        value = _parse_json(content, path, 1)
        if not isinstance(value, (dict, list)):
            raise LocalDataError(path, 1, f"must be a mapping or a list of them, not {located_yaml.kind_of(value)}")
        document = Document(path, value if isinstance(value, dict) else {_LIST: value}, {(): 1})
        try:
            yield from list(_parse_all(document, stem))
        except LocalDataError as problem:
            _raise_with_line(document, content, stem, problem)
    else:
        yield from _parse_all(located_yaml.parse(content, path, list_under=_LIST), stem)


def _parse_all(document: Document, stem: str) -> Iterator[Scenario]:
    events = document.value.get(_LIST)
    if not isinstance(events, list) or not document.value.keys() <= _SHARED | {_LIST}:
        yield parse(document, stem)
        return
    for index, value in enumerate(events):
        if not isinstance(value, dict):
            raise document.error((_LIST, index), f"must be a mapping, not {located_yaml.kind_of(value)}")
        yield parse(_with_shared(document.part((_LIST, index)), document), f"{stem}[{index}]")


def _with_shared(event: Document, file: Document) -> Document:
    """Return an event with what its file says for all of them; its own collections replace those of the same name."""
    shared = file.only(_SHARED)
    if not shared.value:
        return event
    value = {**shared.value, **event.value}
    seeds = [_collections(each.value) for each in (shared, event)]
    if all(isinstance(each, dict) for each in seeds):
        value["database"] = {**event.value["database"], "collections": {**seeds[0], **seeds[1]}}
    lines = {**shared.lines_of(shared.value), **event.lines_of(event.value)}
    return Document(event.path, value, {(): event.line(()), **lines})


def _collections(value: Mapping[str, Any]) -> Any:
    database = value.get("database")
    return database.get("collections") if isinstance(database, dict) else None


def _raise_with_line(document: Document, content: bytes, stem: str, problem: LocalDataError) -> NoReturn:
    """Raise the error with its line, found by parsing the JSON as YAML."""
    try:
        lines = located_yaml.parse(content, document.path, list_under=_LIST)
    except LocalDataError:
        raise problem from None
    list(_parse_all(document.with_lines_of(lines), stem))
    raise problem


def _parse_json(content: bytes, path: str, line: int) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_reject_constant)
    except UnicodeDecodeError as problem:
        raise LocalDataError(path, line + content.count(b"\n", 0, problem.start), "is not UTF-8") from None
    except json.JSONDecodeError as problem:
        message = f"is not valid JSON: column {problem.colno}: {problem.msg}"
        raise LocalDataError(path, line + problem.lineno - 1, message) from None
    except RecursionError:
        raise LocalDataError(path, line, "is nested too deeply") from None
    except ValueError as problem:
        raise LocalDataError(path, line, f"is not valid JSON: {problem}") from None


def _reject_constant(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is not allowed")


def _fault(document: Document, api: str, value: Any) -> ApiResponse:
    if isinstance(value, str) and value in FAULTS:
        return ApiResponse(fault=value)
    if isinstance(value, int) and not isinstance(value, bool) and value:
        return error_response(value)
    if isinstance(value, str) and value.isupper():  # a code of the gateway, such as SYS_ERR
        return error_response(value)
    raise document.error(
        ("faults", api),
        f"must be an errCode other than 0, or one of {', '.join(FAULTS)}, not {located_yaml.kind_of(value)}",
    )


def _clock(document: Document, value: Any) -> float:
    try:
        if isinstance(value, str):
            text = f"{value[:-1]}+00:00" if value.endswith("Z") else value
            moment = datetime.fromisoformat(text)
            value = (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
        if 0 <= value < _MAX_CLOCK:
            return float(value)
    except ValueError:
        pass
    raise document.error(("clock",), "must be seconds since 1970, or a string such as 2026-01-31T08:00:00Z")


def _running_clock(start: float) -> Callable[[], float]:
    started = time.monotonic()
    return lambda: start + time.monotonic() - started
