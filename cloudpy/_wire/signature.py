"""TC3-HMAC-SHA256 signatures for the gateway (service ``tcb``): of the URL, the headers and the fields of a form."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterable, Sequence

from .javascript import SPACE, utf8

ALGORITHM = "TC3-HMAC-SHA256"
SERVICE = "tcb"

# The key depends on the secret and the day alone: the last one is kept, which saves three of four HMACs.
_last_key: tuple[str, str, hmac.HMAC | None] = ("", "", None)
_last_date: tuple[int, str] = (-1, "")


def authorization(
    *,
    method: str,
    url: str,
    headers: Sequence[tuple[str, str]],
    fields: Iterable[tuple[str, str | bytes]],
    secret_id: str,
    secret_key: str,
    timestamp: int,
) -> str:
    """Return the Authorization header of a request.

    Args:
        method: as it is signed; the Node package signs ``post`` in lower case.
        url: the URL with the query.
        headers: the headers to sign, including Host and Content-Type.
        fields: the fields of the form; empty strings are not signed.
        secret_id: the id of the credentials.
        secret_key: the key of the credentials.
        timestamp: seconds since 1970, also sent as X-Timestamp.
    """
    lines = canonical_headers(headers)
    payload, names = payload_hash(fields)
    signed = ";".join([name for name, _ in lines])
    date = utc_date(timestamp)
    digest = sign(
        method=method,
        url=url,
        header_lines=[f"{name}:{value}" for name, value in lines],
        signed_headers=signed,
        payload=payload,
        secret_key=secret_key,
        date=date,
        timestamp=timestamp,
    )
    return (
        f"{ALGORITHM} Credential={secret_id}/{date}/{SERVICE}/tc3_request, SignedParams={';'.join(names)},"
        f" SignedHeaders={signed}, Signature={digest}"
    )


def cloud_api_authorization(
    *,
    method: str,
    url: str,
    headers: Sequence[tuple[str, str]],
    body: str,
    secret_id: str,
    secret_key: str,
    timestamp: int,
) -> str:
    """Return the Authorization header of a request whose whole body is signed, as for Tencent Cloud's API v3.

    Args:
        method: as it is sent.
        url: the URL with the query.
        headers: the headers to sign, including Host and Content-Type.
        body: the body.
        secret_id: the id of the credentials.
        secret_key: the key of the credentials.
        timestamp: seconds since 1970.
    """
    lines = canonical_headers(headers)
    signed = ";".join([name for name, _ in lines])
    date = utc_date(timestamp)
    path, _, query = url.partition("://")[2].partition("?")
    canonical = utf8(
        "\n".join(
            (
                method,
                f"/{path.partition('/')[2]}",
                query,
                *[f"{name}:{value}" for name, value in lines],
                "",
                signed,
                hashlib.sha256(utf8(body)).hexdigest(),
            )
        )
    )
    to_sign = f"{ALGORITHM}\n{timestamp}\n{date}/{SERVICE}/tc3_request\n{hashlib.sha256(canonical).hexdigest()}"
    digest = signature(secret_key, date, to_sign)
    return (
        f"{ALGORITHM} Credential={secret_id}/{date}/{SERVICE}/tc3_request, SignedHeaders={signed},"
        f" Signature={digest}, Timestamp={timestamp}"
    )


def sign(
    *,
    method: str,
    url: str,
    header_lines: Sequence[str],
    signed_headers: str,
    payload: str,
    secret_key: str,
    date: str,
    timestamp: int,
) -> str:
    """Return the hexadecimal signature of a request whose parts are canonical."""
    address, _, query = url.partition("?")
    # utf8(): environment variables need not be UTF-8, and must not make this fail
    canonical = utf8("\n".join((method, address.partition(":")[2], query, *header_lines, "", signed_headers, payload)))
    to_sign = f"{ALGORITHM}\n{timestamp}\n{date}/{SERVICE}/tc3_request\n{hashlib.sha256(canonical).hexdigest()}"
    return signature(secret_key, date, to_sign)


def canonical_headers(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the headers as they are signed: sorted, trimmed and in lower case.

    Content-Type keeps its case; that of a form loses its boundary.
    """
    lines = []
    for name, value in headers:
        name = name.lower()
        if name != "content-type":
            value = value.strip(SPACE).lower()
        elif value.startswith("multipart/form-data"):
            value = "multipart/form-data"
        lines.append((name, value))
    lines.sort()
    return lines


def payload_hash(fields: Iterable[tuple[str, str | bytes]]) -> tuple[str, list[str]]:
    """Return the SHA-256 of the fields and the names it covers, sorted: all but empty strings."""
    covered = sorted(covered_fields(fields))
    return fields_hash(covered), [name for name, _ in covered]


def covered_fields(fields: Iterable[tuple[str, str | bytes]]) -> list[tuple[str, bytes]]:
    """Return the fields as they are signed: names in lower case, strings trimmed, without empty strings."""
    covered: list[tuple[str, bytes]] = []
    for name, value in fields:
        if isinstance(value, str):
            data = utf8(value.strip(SPACE)) if value else b""
            if data:
                covered.append((name.lower(), data))
        else:
            covered.append((name.lower(), value))
    return covered


def fields_hash(covered: Iterable[tuple[str, bytes]]) -> str:
    """Return the hexadecimal SHA-256 of fields as ``covered_fields`` returns them, in the given order."""
    return hashlib.sha256(signed_payload(covered)).hexdigest()


def signed_payload(covered: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the bytes that are hashed of fields as ``covered_fields`` returns them, in the given order."""
    return b"".join([b"&%b=%b\r\n" % (name.encode(), data) for name, data in covered])


def utc_date(timestamp: int) -> str:
    """Return the UTC date of `timestamp`; the last one is cached."""
    global _last_date
    day = timestamp // 86400
    if _last_date[0] != day:
        _last_date = (day, time.strftime("%Y-%m-%d", time.gmtime(timestamp)))
    return _last_date[1]


def signature(secret_key: str, date: str, to_sign: str) -> str:
    """Return the hexadecimal HMAC of a string with the key of a day."""
    global _last_key
    last_secret, last_date, key = _last_key
    if key is None or last_secret != secret_key or last_date != date:
        data = utf8(f"TC3{secret_key}")
        for step in (date, SERVICE, "tc3_request"):
            data = hmac.digest(data, step.encode(), "sha256")
        key = hmac.new(data, None, "sha256")
        _last_key = secret_key, date, key
    digest = key.copy()
    digest.update(to_sign.encode())
    return digest.hexdigest()
