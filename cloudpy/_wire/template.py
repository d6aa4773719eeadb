"""The part of a request to the gateway that many calls share: address, headers and credentials.

A test compares a template's requests with what the general functions of ``form`` and ``signature`` make.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from . import form, signature
from .javascript import utf8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TIME = "x-client-timestamp"


class RequestTemplate:
    """Renders the requests of one function, for any API.

    Args:
        url: the gateway's address; its query, if any, precedes the request's own.
        headers: the headers about the function and its machine; Host, Content-Type and the times are added.
        secret_id: the id of the credentials.
        secret_key: the key that signs.
    """

    __slots__ = (
        "_canonical_end",
        "_canonical_headers",
        "_canonical_start",
        "_headers",
        "_host",
        "_secret_id",
        "_secret_key",
        "_signed_headers",
        "_url",
    )

    def __init__(self, url: str, headers: Sequence[tuple[str, str]], secret_id: str, secret_key: str) -> None:
        self._secret_id = secret_id
        self._secret_key = secret_key
        self._headers = headers
        self._url = url if "?" in url else f"{url}?"
        address, _, url_query = self._url.partition("?")
        self._host = address.split("/", 3)[2]
        lines = signature.canonical_headers([("Host", self._host), ("Content-Type", form.KIND), (_TIME, ""), *headers])
        self._signed_headers = ";".join([name for name, _ in lines])
        above, _, below = "".join([f"{name}:{value}\n" for name, value in lines]).partition(f"{_TIME}:")
        self._canonical_start = f"post\n{address.partition(':')[2]}\n{url_query}"
        self._canonical_headers = f"\n{above}{_TIME}:"
        self._canonical_end = f"{below}\n{self._signed_headers}\n"

    def form(
        self, fields: Sequence[tuple[str, str | bytes]], query: str, now: float
    ) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return the address, the headers and the body of a request whose body is a form.

        Args:
            fields: the fields of the form.
            query: the request's own query.
            now: seconds since 1970.
        """
        boundary = form.boundary()
        milliseconds = str(int(now * 1000))
        timestamp = int(now) - 1
        payload, names = signature.payload_hash(fields)
        canonical = utf8(
            f"{self._canonical_start}{query}{self._canonical_headers}{milliseconds}{self._canonical_end}{payload}"
        )
        date = signature.utc_date(timestamp)
        scope = f"{date}/{signature.SERVICE}/tc3_request"
        to_sign = f"{signature.ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(canonical).hexdigest()}"
        digest = signature.signature(self._secret_key, date, to_sign)
        headers = [
            ("Host", self._host),
            ("Content-Type", f"{form.KIND}; boundary={boundary}"),
            *self._headers,
            ("X-Client-Timestamp", milliseconds),
            (
                "Authorization",
                f"{signature.ALGORITHM} Credential={self._secret_id}/{scope}, SignedParams={';'.join(names)},"
                f" SignedHeaders={self._signed_headers}, Signature={digest}",
            ),
            ("X-Signature-Expires", "600"),
            ("X-Timestamp", str(timestamp)),
        ]
        return f"{self._url}{query}", headers, form.encode(fields, boundary)

    def json(
        self, body: Mapping[str, Any], query: str, now: float, more_headers: Sequence[tuple[str, str]] = ()
    ) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return the address, the headers and the body of a request whose body is a JSON object.

        Args:
            body: the object.
            query: the request's own query.
            now: seconds since 1970.
            more_headers: further headers of this request.
        """
        from . import jsontext  # here: a form does not need it

        quote = jsontext.quote_plainly
        url = f"{self._url}{query}"
        timestamp = int(now) - 1
        headers = [
            ("Host", self._host),
            ("Content-Type", "application/json"),
            ("X-Client-Timestamp", str(int(now * 1000))),
            *self._headers,
            *more_headers,
        ]
        # Values that are not strings are signed as JavaScript's own JSON writes them.
        fields = [
            (key, item if isinstance(item, str) else jsontext.stringify(item, quote=quote))
            for key, item in body.items()
        ]
        authorization = signature.authorization(
            method="post",
            url=url,
            headers=headers,
            fields=fields,
            secret_id=self._secret_id,
            secret_key=self._secret_key,
            timestamp=timestamp,
        )
        headers += [
            ("Authorization", authorization),
            ("X-Signature-Expires", "600"),
            ("X-Timestamp", str(timestamp)),
        ]
        return url, headers, jsontext.stringify(body, quote=quote).encode()
