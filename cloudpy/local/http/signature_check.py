"""Whether a request is signed as the gateway wants it, and in time."""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Iterable, Sequence

from ..._wire import signature
from .messages import HttpRequest

TOLERANCE = 600  # seconds that X-Timestamp may be off, either way
_REQUIRED = ("content-type", "host")


class SignatureError(ValueError):
    """The request is not signed as it should be; says where it differs, never with what."""


def check(
    request: HttpRequest, fields: Iterable[tuple[str, str | bytes]], *, secret_id: str, secret_key: str, now: float
) -> None:
    """Checks the signature of a request over its address, its headers and the fields of its body.

    Args:
        now: seconds since 1970.

    Raises:
        SignatureError: it does not hold.
    """
    given = signature.parse(request.headers.get("authorization", ""))
    if given is None:
        raise SignatureError(f"an Authorization header of {signature.ALGORITHM} with all its parts is wanted")
    if not hmac.compare_digest(given.secret_id.encode("utf-8", "replace"), secret_id.encode()):
        raise SignatureError(
            "the secret id is not known here: take TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY from the"
            " environment that this local WeChat prints, anew after each start"
        )
    stamp = request.headers.get("x-timestamp", "")
    if not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise SignatureError(f"X-Timestamp must be whole seconds since 1970, got {stamp[:20]!r}")
    timestamp = int(stamp)
    if abs(timestamp - now) > TOLERANCE:
        raise SignatureError(
            f"X-Timestamp is {timestamp - now:+.0f} s off, {TOLERANCE} s at most are taken: set the clock right"
        )
    date = time.strftime("%Y-%m-%d", time.gmtime(timestamp))
    if given.scope != f"{date}/{signature.SERVICE}/tc3_request":
        raise SignatureError(f"Credential must end in {date}/{signature.SERVICE}/tc3_request, got {given.scope[:60]!r}")
    if given.headers != sorted(set(given.headers)):
        raise SignatureError("SignedHeaders must be sorted, each name once")
    for name in (*_REQUIRED, *given.headers):
        if name not in given.headers or not request.headers.get(name):
            raise SignatureError(f"SignedHeaders and the request must both have {name[:60]!r}")
    try:
        payload = _payload(list(fields), given.params)
        wanted = _signature(request, given.headers, payload, secret_key, date, timestamp)
    except UnicodeEncodeError:
        raise SignatureError("address, headers and names of fields must be Unicode text") from None
    if not hmac.compare_digest(wanted, given.signature):
        raise SignatureError("the signature does not fit the request: address, headers, fields or key differ")


def _payload(fields: Sequence[tuple[str, str | bytes]], params: Sequence[str]) -> str:
    """Return the hash of the fields in the order of SignedParams.

    Clients before wx-server-sdk 4 name empty fields too, and sort by the rules of a language. A field with a value
    must be named: otherwise anyone could add one to a signed request.
    """
    covered = signature.covered_fields(fields)
    values = dict(covered)
    if len(values) != len(covered) or len(set(params)) != len(params):
        raise SignatureError("SignedParams and the request must have each name once")
    missing = sorted(values.keys() - set(params))
    unknown = sorted(set(params) - {name.lower() for name, _ in fields})
    if missing or unknown:
        wanted = "must have" if missing else "must not have"
        raise SignatureError(
            f"SignedParams {wanted} {(missing or unknown)[0][:60]!r}: it names every field that has a value, and no"
            " field that the request does not have"
        )
    return signature.fields_hash((name, values[name]) for name in params if name in values)


def _signature(
    request: HttpRequest, headers: Sequence[str], payload: str, secret_key: str, date: str, timestamp: int
) -> str:
    return signature.sign(
        method="post",  # as the Node package passes it
        url=f"http://{request.headers['host']}{request.target}",
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
