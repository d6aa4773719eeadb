"""The check of parameters and replies against contracts.

Only what is certain is a problem. An API without a contract has none.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .._wire.case import snake
from .catalog import Contract, get
from .schema import is_surely_valid
from .view import ANSWER_IN_BYTES, Fold, Unknown, join, own_name, renamed, unknowns, view, wire_name

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

# Minimum similarity of a key and a name. Where every unknown key is reported, it only adds a hint; elsewhere it decides
# whether the key is reported.
_HINT, _SURE = 0.7, 0.85
_ANNOTATIONS = ("errCode", "errMsg")


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: `path` is its place (`cloudidList[2]`, empty for the whole), `message` what was expected and got."""

    path: str
    message: str

    def __str__(self) -> str:
        return self.message


_ARTICLE = {
    "string": "a string",
    "number": "a number",
    "boolean": "a boolean",
    "object": "an object",
    "array": "a list",
}


def describe(value: Any) -> str:
    """Return a value for a message, with its JSON type, cut short: `7 (an integer)`, `'abc' (a string)`."""
    if value is None:
        return "None (null)"
    if isinstance(value, bool):
        return f"{value} (a boolean)"
    if isinstance(value, int):
        return f"{value} (an integer)" if abs(value) < 10**40 else "a very large integer"
    if isinstance(value, float):
        return f"{value!r} (a number)"
    if isinstance(value, str):
        return f"{value if len(value) <= 40 else value[:37] + '...'!r} (a string)"
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value)} bytes"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return f"a {type(value).__name__}"


A_FILE = "a file, {'contentType': 'image/png', 'value': bytes}"


def type_text(spec: Mapping[str, Any]) -> str:
    """Return the type of a JSON Schema in words: `a list of strings`, `a number or a string`; "" for any."""
    kinds = spec.get("type", [])
    if kinds == "file":
        return A_FILE
    item = spec.get("items", {}).get("type")
    if kinds == "array" and isinstance(item, str):
        return f"a list of {item}s"
    return " or ".join(_ARTICLE.get(each, each) for each in ([kinds] if isinstance(kinds, str) else kinds))


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of problems: an API's parameters or its reply."""

    api: str
    noun: Literal["parameter", "reply key"]

    def problem(self, path: str, says: str) -> Problem:
        """Return the problem at `path`; `says` is the predicate of its sentence."""
        if not path:
            whole = "the parameters" if self.noun == "parameter" else "the reply"
            return Problem(path, f"{self.api}: {whole} {says}")
        return Problem(path, f"{self.api}: {self.noun} '{path}' {says}")


def check_params(name: str, params: Any, *, convert_case: bool = True) -> list[Problem]:
    """Return the problems of `params` as parameters of the API `name`.

    `params` are as a program passes them: keys in camelCase, or in any spelling that case conversion turns into the
    same HTTPS name; with `convert_case=False` the HTTPS names. A file is `{"contentType": str, "value": bytes}`.
    Unknown parameters are problems where an official page lists all, elsewhere only when they look misspelt. Never
    raises for any `params`.
    """
    contract = get(name)
    if contract is None or not contract.known:
        return []
    side, fold = ("params", snake) if convert_case else ("wire params", str)
    return _check(Subject(name, "parameter"), side, params, contract, fold)


def check_reply(name: str, reply: Any) -> list[Problem]:
    """Return the problems of `reply` as a result of the API `name`.

    `reply` is as a call returns it: keys in camelCase, or `{"contentType": str, "buffer": bytes}` of an API that
    answers with a file. `errCode` and `errMsg` are allowed. Keys that WeChat would never send are problems where
    an official page lists the whole result. Never raises for any `reply`.
    """
    contract = get(name)
    if contract is None or not contract.known:
        return []
    side = "reply"
    if isinstance(reply, Mapping):
        reply = {key: value for key, value in reply.items() if key not in _ANNOTATIONS}
        if contract.binary == "yes" or (contract.binary == "maybe" and "buffer" in reply):
            side = "bytes"
    return _check(Subject(name, "reply key"), side, reply, contract, str)


@functools.lru_cache(maxsize=256)
def _view(name: str, side: str) -> dict[str, Any]:
    """Return the view of one side of a contract."""
    contract = get(name)
    assert contract is not None
    if side == "bytes":
        return view(ANSWER_IN_BYTES, own_name, strict=True)
    if side == "reply":
        return view(contract.result, own_name, strict=contract.certain)
    return view(contract.params, own_name if side == "params" else wire_name, strict=contract.certain)


@functools.lru_cache(maxsize=256)
def _validator(name: str, side: str) -> Validator:
    """Return the validator of one side of a contract.

    It is a JSON Schema validator that also knows bytes, files and tuples.
    """
    from jsonschema import Draft202012Validator, validators

    def is_file(checker: Any, value: Any) -> bool:
        if not isinstance(value, Mapping):
            return False
        kind = value.get("contentType", value.get("content_type"))
        return isinstance(kind, str) and isinstance(value.get("value"), bytes | bytearray | memoryview)

    def is_bytes(checker: Any, value: Any) -> bool:
        return isinstance(value, bytes | bytearray | memoryview)

    types = Draft202012Validator.TYPE_CHECKER.redefine_many({"file": is_file, "bytes": is_bytes})
    extend: Any = validators.extend  # its stub leaves it untyped
    validator: Validator = extend(Draft202012Validator, type_checker=types)(dict(_view(name, side)))
    return validator


def _check(subject: Subject, side: str, value: Any, contract: Contract, fold: Fold) -> list[Problem]:
    """Return the problems of `value`; spellings of a key with the same `fold` are the same key."""
    if not isinstance(value, Mapping):
        return [subject.problem("", f"must be an object, got {describe(value)}")]
    schema_view = _view(contract.name, side)
    value = renamed(schema_view, value, fold)
    unknown_keys = list(unknowns(schema_view, value))
    problems: list[Problem] = []
    if not is_surely_valid(value, schema_view, {}):
        errors = _validator(contract.name, side).iter_errors(value)
        for error in sorted(errors, key=lambda error: [str(step) for step in error.absolute_path]):
            problems += _problems_of(subject, error, unknown_keys)
    everything = contract.certain or side == "bytes"
    for unknown in unknown_keys:
        outermost = not unknown.where
        if everything and (outermost or subject.noun == "reply key"):
            problems.append(_unknown(subject, unknown, unknown.meant(_HINT)))
        elif meant := unknown.meant(_SURE):
            problems.append(_unknown(subject, unknown, meant))
    return list(dict.fromkeys(problems))


def _unknown(subject: Subject, unknown: Unknown, meant: str | None) -> Problem:
    path = join(unknown.where, unknown.key)
    if meant:
        return subject.problem(path, f"is not known; did you mean '{meant}'?")
    known = ", ".join(f"'{name}'" for name in unknown.known)
    return subject.problem(path, f"is not known; known are {known}" if known else "is not known; no keys are expected")


def _problems_of(subject: Subject, error: ValidationError, unknown_keys: list[Unknown]) -> Iterable[Problem]:
    """Return a validator's error as problems; unknown keys that a missing name explains are removed from the list."""
    path = _path(error)
    kind: Any = error.validator
    expected: Any = error.validator_value
    found: Any = error.instance
    schema: Any = error.schema
    if kind == "type" and expected == "file":
        return [subject.problem(path, f"must be {A_FILE}, got {_file(found)}")]
    if kind == "type":
        return [subject.problem(path, f"must be {type_text({**schema, 'type': expected})}, got {describe(found)}")]
    if kind == "enum":
        listed = ", ".join(repr(each) for each in expected)
        return [subject.problem(path, f"must be one of {listed}, got {describe(found)}")]
    if kind == "required":
        members = schema.get("properties", {})
        return [
            _missing(subject, path, name, members.get(name, {}), unknown_keys) for name in expected if name not in found
        ]
    if kind == "dependentRequired":
        return [
            subject.problem(join(path, also), f"is missing; it is needed when '{name}' is given")
            for name, needed in expected.items()
            if name in found
            for also in needed
            if also not in found
        ]
    if kind == "anyOf":
        options = ", or ".join(" and ".join(f"'{name}'" for name in option["required"]) for option in expected)
        return [subject.problem(path, f"lack {options}: one of these has to be given")]
    return [subject.problem(path, error.message)]


def _missing(subject: Subject, where: str, name: str, spec: Mapping[str, Any], unknown_keys: list[Unknown]) -> Problem:
    path = join(where, name)
    for unknown in unknown_keys:
        if unknown.where == where and unknown.meant(_HINT) == name:
            unknown_keys.remove(unknown)
            return subject.problem(path, f"is missing; got '{unknown.key}'; did you mean '{name}'?")
    give = type_text(spec)
    return subject.problem(path, f"is missing; it is {give}" if give else "is missing")


def _path(error: ValidationError) -> str:
    path = ""
    for step in error.absolute_path:
        path = f"{path}[{step}]" if isinstance(step, int) else join(path, step)
    return path


def _file(value: Any) -> str:
    """Return what was passed instead of a file, naming the wrong part."""
    if isinstance(value, Mapping) and "value" in value:
        return f"a 'value' that is {describe(value['value'])} and 'contentType' {value.get('contentType')!r:.60}"
    return describe(value)
