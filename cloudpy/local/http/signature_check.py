"""The check of a request's signature and timestamp, as strict as the gateway's."""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from ..._wire import authorization as authorizations
from ..._wire import signature
from .message import HttpRequest

MAX_CLOCK_SKEW = 600  # seconds, either way
_REQUIRED = ("content-type", "host")


class SignatureError(ValueError):
    """A request is not signed correctly; the message says where, never with what."""


def check(
    request: HttpRequest, fields: Iterable[tuple[str, str | bytes]], *, secret_id: str, secret_key: str, now: float
) -> None:
    """Check the signature of a request over its URL, headers and fields.

    Args:
        request: the request.
        fields: fields of its body, in order.
        secret_id: expected secret id.
        secret_key: secret key of the signature.
        now: seconds since 1970.

    Raises:
        SignatureError: the signature is wrong, or too old.
    """
    authorization = authorizations.parse(request.headers.get("authorization", ""))
    if authorization is None:
        raise SignatureError(f"expected a complete Authorization header of {signature.ALGORITHM}")
    if not hmac.compare_digest(authorization.secret_id.encode("utf-8", "replace"), secret_id.encode()):
        raise SignatureError(
            "unknown secret id: use the TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY that this local WeChat prints,"
            " new ones after each start"
        )
    stamp = request.headers.get("x-timestamp", "")
    if not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise SignatureError(f"X-Timestamp must be seconds since 1970, an integer, got {stamp[:20]!r}")
    timestamp = int(stamp)
    if abs(timestamp - now) > MAX_CLOCK_SKEW:
        raise SignatureError(
            f"X-Timestamp is {timestamp - now:+.0f} s off, at most {MAX_CLOCK_SKEW} s are allowed: set the clock"
        )
    date = time.strftime("%Y-%m-%d", time.gmtime(timestamp))
    if authorization.scope != f"{date}/{signature.SERVICE}/tc3_request":
        raise SignatureError(
            f"Credential must end in {date}/{signature.SERVICE}/tc3_request, got {authorization.scope[:60]!r}"
        )
    if authorization.headers != sorted(set(authorization.headers)):
        raise SignatureError("SignedHeaders must be sorted, each name once")
    for name in (*_REQUIRED, *authorization.headers):
        if name not in authorization.headers or not request.headers.get(name):
            raise SignatureError(f"SignedHeaders and the request must both have {name[:60]!r}")
    try:
        payload = _payload(list(fields), authorization.params)
        expected = [
            _signature(request, target, authorization.headers, payload, secret_key, date, timestamp)
            for target in _targets(request.target)
        ]
    except UnicodeEncodeError:
        raise SignatureError("URL, headers and names of fields must be valid Unicode") from None
    if not any(hmac.compare_digest(each, authorization.signature) for each in expected):
        raise SignatureError("the signature does not match the request: URL, headers, fields or key differ")


def _payload(fields: Sequence[tuple[str, str | bytes]], params: Sequence[str]) -> str:
    """Return the hash of the fields in the order of SignedParams.

    Clients before wx-server-sdk 4 name empty fields too, and sort by a locale. Every field with a value must be named:
    otherwise anyone could add one to a signed request.
    """
    covered = signature.covered_fields(fields)
    values = dict(covered)
    if len(values) != len(covered) or len(set(params)) != len(params):
        raise SignatureError("SignedParams and the request must have each name once")
    missing = sorted(values.keys() - set(params))
    unknown = sorted(set(params) - {name.lower() for name, _ in fields})
    if missing or unknown:
        verb = "must have" if missing else "must not have"
        raise SignatureError(
            f"SignedParams {verb} {(missing or unknown)[0][:60]!r}: it names every field that has a value, and only"
            " fields of the request"
        )
    return signature.fields_hash((name, values[name]) for name in params if name in values)


def _targets(target: str) -> list[str]:
    """Return what may have been signed: Node escapes the id of an environment, such as 填入您的环境ID, afterwards."""
    written = unquote(target)
    return [target] if written == target else [target, written]


def _signature(
    request: HttpRequest,
    target: str,
    headers: Sequence[str],
    payload: str,
    secret_key: str,
    date: str,
    timestamp: int,
) -> str:
    return signature.sign(
        method="post",  # as the Node package passes it
        url=f"http://{request.headers['host']}{target}",
        header_lines=[
            f"{name}:{value}"
            for name, value in signature.canonical_headers((name, request.headers[name]) for name in headers)
        ],
        signed_headers=";".join(headers),
        payload=payload,
        secret_key=secret_key,
        date=date,
        timestamp=timestamp,
    )
