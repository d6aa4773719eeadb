"""The part ``answers:`` of a local.yaml: from what is written there to canned answers."""

from __future__ import annotations

import base64
import binascii
import mimetypes
import os
from collections.abc import Iterator
from typing import Any, cast

from . import responses, schema
from .located_yaml import MAX_SIZE, Document, Path
from .responses import ApiResponse, CannedResponse, Fault

_OUTCOMES = ("reply", "error", "buffer", "file", "text", "fault")
_KEYS = {*_OUTCOMES, "when", "contentType", "delay", "times"}


def read(document: Document) -> Iterator[tuple[str, CannedResponse]]:
    """Each API and one of its answers, in the order of the file.

    Raises:
        LocalDataError: an answer cannot be used.
    """
    for api, value in document.value.get("answers", {}).items():
        path: Path = ("answers", api)
        if not all(api.split(".")) or api.startswith("openapi."):
            raise document.error(path, "write the name of an API as in config.json, e.g. cloudbase.getOpenData")
        if isinstance(value, list):
            for index, entry in enumerate(value):
                yield api, _canned(document, entry, (*path, index))
        elif value and value.keys() <= _KEYS:
            yield api, _canned(document, value, path)
        else:
            yield api, CannedResponse(_reply(document, value, path))


def _canned(document: Document, entry: Any, path: Path) -> CannedResponse:
    schema.check_answer(document, entry, path)
    outcomes = [key for key in _OUTCOMES if key in entry]
    if len(outcomes) > 1:
        raise document.error((*path, outcomes[1]), f"an answer is either {' or '.join(outcomes)}, not both")
    if not outcomes and "delay" not in entry:
        raise document.error(path, f"says no answer: give one of {', '.join(_OUTCOMES)}")
    if "contentType" in entry and not {"buffer", "file"} & entry.keys():
        raise document.error((*path, "contentType"), "goes with buffer or file alone")
    found = schema.binary(entry.get("when"), (*path, "when"))
    if found:
        raise document.error(found, "a file cannot be asked for in when")
    answer = _answer(document, entry, path, outcomes[0]) if outcomes else None
    return CannedResponse(answer, entry.get("when"), entry.get("times"), float(entry.get("delay", 0)))


def _answer(document: Document, entry: dict[str, Any], path: Path, outcome: str) -> ApiResponse:
    value = entry[outcome]
    where = (*path, outcome)
    match outcome:
        case "reply":
            return _reply(document, value, where)
        case "error":
            if str(value["errCode"]).strip().removeprefix("-").isdigit() and not isinstance(value["errCode"], int):
                raise document.error(
                    (*where, "errCode"), f"expected a number: write {value['errCode'].strip()}, no quotes"
                )
            if value["errCode"] == 0 or value["errCode"] == "":
                raise document.error((*where, "errCode"), "an error has a code other than 0")
            return responses.error_response(value["errCode"], value.get("errMsg"))
        case "text":
            return responses.text_response(value)
        case "fault":
            return ApiResponse(fault=cast("Fault", value))
        case "file":
            content = _file(document, value, where)
            guessed = mimetypes.guess_type(value)[0] or "application/octet-stream"
            return responses.file_response(content, entry.get("contentType", guessed))
    return responses.file_response(_bytes(document, value, where), entry.get("contentType", "application/octet-stream"))


def _reply(document: Document, value: dict[str, Any], path: Path) -> ApiResponse:
    found = schema.binary(value, path)
    if found:
        raise document.error(found, "JSON has no form for !!binary: an answer that is a file goes under buffer")
    try:
        return responses.reply_response(value)
    except ValueError as error:
        raise document.error(path, str(error)) from None


def _bytes(document: Document, value: Any, path: Path) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (AttributeError, binascii.Error, ValueError):
        raise document.error(path, "must be bytes, as !!binary or as base64 text") from None


def _file(document: Document, value: str, path: Path) -> bytes:
    name = os.path.join(os.path.dirname(os.path.abspath(document.path)), value)
    try:
        with open(name, "rb") as file:
            content = file.read(2 * MAX_SIZE + 1)
    except OSError as error:
        raise document.error(path, f"{name} cannot be read: {error.strerror}") from None
    if len(content) > 2 * MAX_SIZE:
        raise document.error(path, f"{name} has more than {2 * MAX_SIZE} bytes")
    return content
