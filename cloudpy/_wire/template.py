"""The parts of requests that stay the same from call to call, rendered once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from . import form
from .javascript import utf8
from .signature import (
    ALGORITHM,
    SERVICE,
    authorization,
    canonical_headers,
    covered_fields,
    signature,
    signed_payload,
    utc_date,
)

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

    Attributes:
        host: the host, with its port if any.
        target: the path and the query that a request line begins with.
        signed_headers: the names of the signed headers.
        canonical: what is signed before the query, between that and the time, and after it.
    """

    __slots__ = ("_url", "canonical", "headers", "host", "secret_id", "secret_key", "signed_headers", "target")

    def __init__(self, url: str, headers: Sequence[tuple[str, str]], secret_id: str, secret_key: str) -> None:
        self.secret_id = secret_id
        self.secret_key = secret_key
        self.headers = headers
        self._url = url if "?" in url else f"{url}?"
        address, _, url_query = self._url.partition("?")
        self.host = address.split("/", 3)[2]
        self.target = f"/{self._url.split('/', 3)[3]}" if address.count("/") > 2 else f"/?{url_query}"
        lines = canonical_headers([("Host", self.host), ("Content-Type", form.KIND), (_TIME, ""), *headers])
        self.signed_headers = ";".join([name for name, _ in lines])
        above, _, below = "".join([f"{name}:{value}\n" for name, value in lines]).partition(f"{_TIME}:")
        self.canonical = (
            f"post\n{address.partition(':')[2]}\n{url_query}",
            f"\n{above}{_TIME}:",
            f"{below}\n{self.signed_headers}\n",
        )

    def form(self, fields: Sequence[tuple[str, str | bytes]], varying: str) -> FormTemplate:
        """Return the template of forms that have these fields and differ in the value of one of them.

        Args:
            fields: the fields; those that are empty strings are not signed.
            varying: the name of the one that differs; its values are bytes.

        Raises:
            ValueError: the URL or a header contains a line break.
        """
        for text in (self._url, self.secret_id, *(text for header in self.headers for text in header)):
            if "\n" in text or "\r" in text:
                raise ValueError("the URL or a header of the request contains a line break")
        return FormTemplate(self._url, self, fields, varying)

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
            ("Host", self.host),
            ("Content-Type", "application/json"),
            ("X-Client-Timestamp", str(int(now * 1000))),
            *self.headers,
            *more_headers,
        ]
        # Values that are not strings are signed as JavaScript's own JSON writes them.
        fields = [
            (key, item if isinstance(item, str) else jsontext.stringify(item, quote=quote))
            for key, item in body.items()
        ]
        signed = authorization(
            method="post",
            url=url,
            headers=headers,
            fields=fields,
            secret_id=self.secret_id,
            secret_key=self.secret_key,
            timestamp=timestamp,
        )
        headers += [
            ("Authorization", signed),
            ("X-Signature-Expires", "600"),
            ("X-Timestamp", str(timestamp)),
        ]
        return url, headers, jsontext.stringify(body, quote=quote).encode()


class FormTemplate:
    """Renders the requests of one API, whose forms differ in one field. See ``RequestTemplate.form``."""

    __slots__ = ("_again", "_body", "_boundary", "_canonical", "_head", "_payload", "_secret_key", "_url")

    def __init__(
        self, url: str, template: RequestTemplate, fields: Sequence[tuple[str, str | bytes]], varying: str
    ) -> None:
        self._url = url
        self._again = template, fields, varying
        self._secret_key = template.secret_key
        # The forms have one boundary: render() sees to it that no value contains it.
        self._boundary = form.boundary()
        hole = form.boundary().encode()  # where the value will be
        filled = [(name, hole if name == varying else value) for name, value in fields]
        self._body = _around(hole, form.encode(filled, self._boundary))
        covered = sorted(covered_fields(filled))
        self._payload = _around(hole, signed_payload(covered))
        self._canonical = template.canonical
        signed = f"SignedParams={';'.join([name for name, _ in covered])}, SignedHeaders={template.signed_headers}"
        above = "".join([f"{name}: {value}\r\n" for name, value in template.headers])
        self._head = (
            f"POST {template.target}",
            f" HTTP/1.1\r\nHost: {template.host}\r\nContent-Type: {form.KIND}; boundary={self._boundary}\r\n"
            f"{above}X-Client-Timestamp: ",
            f"\r\nAuthorization: {ALGORITHM} Credential={template.secret_id}/",
            f"/{SERVICE}/tc3_request, {signed}, Signature=",
            "\r\nX-Signature-Expires: 600\r\nX-Timestamp: ",
            "\r\nContent-Length: ",
            "\r\n\r\n",
        )

    def render(self, data: bytes, query: str, now: float) -> tuple[str, bytes, bytes]:
        """Return the URL, the head and the body of one request.

        Args:
            data: the value of the field that differs.
            query: the request's own query, without characters that need escapes.
            now: seconds since 1970.
        """
        if self._boundary.encode() in data:
            return FormTemplate(self._url, *self._again).render(data, query, now)
        milliseconds, timestamp = int(now * 1000), int(now) - 1
        before, after = self._payload
        payload = hashlib.sha256(before + data + after).hexdigest()
        start, above, below = self._canonical
        canonical = utf8(f"{start}{query}{above}{milliseconds}{below}{payload}")
        date = utc_date(timestamp)
        to_sign = f"{ALGORITHM}\n{timestamp}\n{date}/{SERVICE}/tc3_request\n{hashlib.sha256(canonical).hexdigest()}"
        digest = signature(self._secret_key, date, to_sign)
        before, after = self._body
        body = before + data + after
        line, host, credential, scope, expires, length, end = self._head
        head = (
            f"{line}{query}{host}{milliseconds}{credential}{date}{scope}{digest}{expires}{timestamp}"
            f"{length}{len(body)}{end}"
        )
        return f"{self._url}{query}", utf8(head), body


def _around(hole: bytes, text: bytes) -> tuple[bytes, bytes]:
    before, _, after = text.partition(hole)
    return before, after
