"""The responses of APIs as a local.yaml has them, under ``answers``."""

from __future__ import annotations

import base64
import binascii
import mimetypes
import os
from collections.abc import Iterator
from typing import Any, cast

from . import responses, schema
from .located_yaml import Document, Path
from .responses import ApiResponse, CannedResponse, Fault

OUTCOMES = ("reply", "error", "buffer", "file", "text", "fault")
KEYS = frozenset((*OUTCOMES, "when", "contentType", "delay", "times"))
_MAX_BODY_BYTES = 10 * 1024 * 1024  # of a file that is a response


def canned_responses(document: Document) -> Iterator[tuple[str, CannedResponse]]:
    """Yield the APIs of a local.yaml with their responses, in the order of the file.

    Raises:
        LocalDataError: a response is invalid.
    """
    for api, value in document.value.get("answers", {}).items():
        path: Path = ("answers", api)
        if not all(api.split(".")) or api.startswith("openapi."):
            raise document.error(path, "write the name of an API as in config.json, e.g. cloudbase.getOpenData")
        if isinstance(value, list):
            for index, entry in enumerate(value):
                yield api, _canned(document, entry, (*path, index))
        elif value and value.keys() <= KEYS:
            yield api, _canned(document, value, path)
        else:
            yield api, CannedResponse(_reply(document, value, path))


def _canned(document: Document, entry: Any, path: Path) -> CannedResponse:
    schema.check_response(document, entry, path)
    outcomes = [key for key in OUTCOMES if key in entry]
    if len(outcomes) > 1:
        raise document.error((*path, outcomes[1]), f"a response is either {' or '.join(outcomes)}, not both")
    if not outcomes and "delay" not in entry:
        raise document.error(path, f"has no response: add one of {', '.join(OUTCOMES)}")
    if "contentType" in entry and not {"buffer", "file"} & entry.keys():
        raise document.error((*path, "contentType"), "is only allowed with buffer or file")
    place = schema.find_bytes(entry.get("when"), (*path, "when"))
    if place:
        raise document.error(place, "when cannot match a file")
    answer = _response(document, entry, path, outcomes[0]) if outcomes else None
    return CannedResponse(answer, entry.get("when"), entry.get("times"), float(entry.get("delay", 0)))


def _response(document: Document, entry: dict[str, Any], path: Path, outcome: str) -> ApiResponse:
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
                raise document.error((*where, "errCode"), "must not be 0, which means success")
            return responses.error_response(value["errCode"], value.get("errMsg"), api=str(path[1]))
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
    place = schema.find_bytes(value, path)
    if place:
        raise document.error(place, "JSON has no form for !!binary: put a file under buffer")
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
        raise document.error(path, "must be bytes, as !!binary or as a base64 string") from None


def _file(document: Document, value: str, path: Path) -> bytes:
    name = os.path.join(os.path.dirname(os.path.abspath(document.path)), value)
    try:
        with open(name, "rb") as file:
            content = file.read(_MAX_BODY_BYTES + 1)
    except OSError as error:
        raise document.error(path, f"{name} cannot be read: {error.strerror}") from None
    if len(content) > _MAX_BODY_BYTES:
        raise document.error(path, f"{name} has more than {_MAX_BODY_BYTES} bytes")
    return content


def parse_responses(api: str, value: Any, path: str) -> list[CannedResponse]:
    """Return the responses of one API, written as in a local.yaml.

    Args:
        api: name of the API.
        value: its reply, a response, or a list of responses.
        path: the local.yaml that they could be in, for the paths of files and for errors.

    Raises:
        LocalDataError: the value is invalid.
    """
    document = Document(path, {"answers": {api: value}}, {(): 0})
    schema.check_local_yaml(document)
    return [canned for _, canned in canned_responses(document)]
