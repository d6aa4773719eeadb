"""Whether a stub says what WeChat could say: names, parameters and replies measured against the contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import contracts
from .._database.invalid import did_you_mean
from .any import is_any
from .errors import StubError

__tracebackhide__ = True  # a failing test shows the test, and the function, not these lines


_BESIDE = frozenset(("getOpenData", "getVoIPSign", "getCloudCallSign"))  # calls that are none of openapi


def check_api(api: str, where: str) -> None:
    """Refuses a name that cloud call does not have.

    Raises:
        StubError: naming the nearest one.
    """
    if contracts.get(api) is not None or api in _BESIDE or api.startswith("cloudPay."):
        return
    if api.startswith("database."):
        from ..local.database.actions import ACTIONS  # here: many tests have nothing to do with documents

        if api not in ACTIONS:
            raise StubError(f"{where}: the database has no action {api!r}; {did_you_mean(api, ACTIONS)}")
        return
    bare = api.removeprefix("cloud.").removeprefix("openapi.")
    if bare != api and contracts.get(bare) is not None:
        raise StubError(f"{where}: write the name without what stands before it, {bare!r}")
    reason = contracts.refusal(api)
    if reason:
        raise StubError(f"{where}: {reason}")
    near = contracts.nearest(api)
    hint = f"did you mean {near[0]!r}?" if near else "`cloudpy api find WORD` looks for one"
    raise StubError(f"{where}: there is no API {api!r}; {hint} For one that is too new to be known: check=False")


def check_when(api: str, when: Mapping[str, Any], where: str) -> None:
    """Refuses parameters that no call of the API has. Some of them are enough, and ANY fits everywhere.

    Raises:
        StubError: naming them.
    """
    anys = [*_anys(when)]
    told = [
        str(problem)
        for problem in contracts.check_params(api, when)
        if not (_about_absence(problem.message) or any(_within(problem.path, path) for path in anys))
    ]
    if told:
        raise StubError(f"{where}: no call would fit when={when!r}:{_lines(told)}")


def check_reply(api: str, reply: Mapping[str, Any], where: str) -> None:
    """Refuses a reply that WeChat would never send.

    Raises:
        StubError: naming the keys.
    """
    told = [str(problem) for problem in contracts.check_reply(api, reply)]
    if told:
        raise StubError(
            f"{where}: WeChat would never send this reply:{_lines(told)}\nchange it; or take it as it is: check=False"
        )


def check_kind(api: str, kind: str, where: str) -> None:
    """Refuses a file, or plain text, from an API that surely answers something else.

    Raises:
        StubError: it does.
    """
    contract = contracts.get(api)
    if contract is None or not contract.certain:
        return
    answers = {"no": "JSON: use .reply({…})", "yes": "a file: use .buffer(bytes, content_type)"}.get(contract.binary)
    if answers and (kind, contract.binary) != ("buffer", "yes"):
        raise StubError(f"{where}: {api} answers {answers}; or take it as it is: check=False")


def _lines(told: list[str]) -> str:
    return "".join(f"\n  - {line}" for line in told)


def _about_absence(message: str) -> bool:
    # A stub may leave out what a call must have; what looks misspelt says what was got in its place.
    return ("is missing" in message and "; got '" not in message) or "one of these has to be given" in message


def _anys(value: Any, path: str = "") -> Iterator[str]:
    if is_any(value):
        yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _anys(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _anys(item, f"{path}[{index}]")


def _within(path: str, outer: str) -> bool:
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))
