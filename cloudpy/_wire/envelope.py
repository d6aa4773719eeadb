"""A request to the gateway whose unchanging parts are made once: what changes is its data, its tokens, id and time.

Most of a request repeats from call to call, what is signed included. Making all of it anew each time would cost more
than the rest of a call does; a test holds what comes out against the general functions of ``form`` and ``signature``.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from . import form, signature
from .javascript import SPACE, utf8

_TIME = "x-client-timestamp"
_DATA = "requestData"

Fields = Sequence[tuple[str, str]]
Lead = Sequence["tuple[str, str | bytes]"]


class Envelope:
    """What the requests of one function for one API have in common.

    Args:
        url: the gateway's address; a query it has stays in front of the request's own.
        env: id of the environment, the field behind the data.
        lead: the fields before the data.
        close: the fields at the end.
        headers: those that tell of the function and its machine; Host, Content-Type and the times are added.
    """

    __slots__ = (
        "_after",
        "_before",
        "_canonical",
        "_end",
        "_hash",
        "_headers",
        "_lead",
        "_mark",
        "_middle",
        "_names",
        "_secret_id",
        "_secret_key",
        "_signed",
        "_url",
    )

    def __init__(
        self, *, url: str, env: str, lead: Lead, close: Fields, headers: Fields, secret_id: str, secret_key: str
    ) -> None:
        self._secret_id = secret_id
        self._secret_key = secret_key
        self._url = url if "?" in url else f"{url}?"
        address, _, self._before = self._url.partition("?")
        host = address.split("/", 3)[2]
        lines = signature.canonical_headers([("Host", host), ("Content-Type", form.KIND), (_TIME, ""), *headers])
        above, _, below = "".join([f"{name}:{value}\n" for name, value in lines]).partition(f"{_TIME}:")
        self._signed = ";".join([name for name, _ in lines])
        self._canonical = f"post\n{address.partition(':')[2]}\n"
        self._after = f"\n{above}{_TIME}:", f"{below}\n{self._signed}\n"
        # In the order in which they are signed, these stand before the data and the tokens behind it.
        # Bytes are covered even when there are none of them, a text only when there is something in it.
        fields = [(name.lower(), value, _covered(value)) for name, value in (*lead, ("envName", env), *close)]
        covered = sorted([(name, data) for name, value, data in fields if data or isinstance(value, bytes)])
        self._names = [name for name, _ in covered]
        self._hash = hashlib.sha256(b"".join([b"&%b=%b\r\n" % (name.encode(), value) for name, value in covered]))
        self._mark = form.boundary()
        self._lead = form.encode_parts(lead, self._mark) + form.head(_DATA, self._mark)
        self._middle = b"\r\n" + form.encode_parts([("envName", env)], self._mark)
        self._end = form.encode(close, self._mark)
        self._headers = [("Host", host), ("Content-Type", f"{form.KIND}; boundary={self._mark}"), *headers]

    def fits(self, data: bytes) -> bool:
        """Whether `data` can go into this envelope: its boundary, kept from request to request, is not in it."""
        return self._mark.encode() not in data

    def seal(self, data: bytes, tokens: Fields, query: str, now: float) -> tuple[str, list[tuple[str, str]], bytes]:
        """Address, headers and body of one request.

        Args:
            data: the message that is sent.
            tokens: the fields that say on whose behalf; their names sort behind that of the data.
            query: the request's own query.
            now: seconds since 1970.
        """
        names = [*self._names, "requestdata"]
        digest = self._hash.copy()
        digest.update(b"&requestdata=%b\r\n" % data)
        for name, value in sorted([(name.lower(), value.strip(SPACE)) for name, value in tokens if value]):
            if value:
                names.append(name)
                digest.update(b"&%b=%b\r\n" % (name.encode(), utf8(value)))
        timestamp = int(now) - 1
        date = signature.utc_date(timestamp)
        milliseconds = str(int(now * 1000))
        before, after = self._after
        canonical = utf8(f"{self._canonical}{self._before}{query}{before}{milliseconds}{after}{digest.hexdigest()}")
        scope = f"{date}/{signature.SERVICE}/tc3_request"
        wanted = f"{signature.ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(canonical).hexdigest()}"
        made = hmac.digest(signature.signing_key(self._secret_key, date), wanted.encode(), "sha256").hex()
        authorization = (
            f"{signature.ALGORITHM} Credential={self._secret_id}/{scope}, SignedParams={';'.join(names)},"
            f" SignedHeaders={self._signed}, Signature={made}"
        )
        headers = [
            *self._headers,
            ("X-Client-Timestamp", milliseconds),
            ("Authorization", authorization),
            ("X-Signature-Expires", "600"),
            ("X-Timestamp", str(timestamp)),
        ]
        body = b"".join((self._lead, data, self._middle, form.encode_parts(tokens, self._mark), self._end))
        return f"{self._url}{query}", headers, body


def _covered(value: str | bytes) -> bytes:
    """What the signature covers of a field."""
    return value if isinstance(value, bytes) else utf8(value.strip(SPACE))
