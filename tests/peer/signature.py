"""The TC3 signature checked as a server checks it: from the request as it arrived and the secret, nothing else.

Written from the description of the algorithm, on purpose without a look at the product's own signing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import quote

from tests.peer.recorded import Recorded


def check(request: Recorded, secret_id: str, secret_key: str) -> None:
    """Raise an AssertionError that says what is wrong with the request's signature."""
    authorization = request.header("Authorization") or ""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "TC3-HMAC-SHA256", authorization
    claims = dict(item.split("=", 1) for item in rest.split(", "))
    assert list(claims) == ["Credential", "SignedParams", "SignedHeaders", "Signature"], authorization

    timestamp = request.header("X-Timestamp") or ""
    assert abs(time.time() - int(timestamp)) < 600, f"X-Timestamp {timestamp} is far from now"
    assert request.header("X-Signature-Expires") == "600"
    date = time.strftime("%Y-%m-%d", time.gmtime(int(timestamp)))
    scope = f"{date}/tcb/tc3_request"
    assert claims["Credential"] == f"{secret_id}/{scope}"

    params = _params(request)
    assert claims["SignedParams"].split(";") == [name for name, _ in params], "not all fields are signed"
    payload = hashlib.sha256()
    for name, value in params:
        payload.update(b"&" + name.encode() + b"=" + value + b"\r\n")

    names = claims["SignedHeaders"].split(";")
    assert names == sorted(names)
    lines = "".join(f"{name}:{_header(request, name)}\n" for name in names)
    # The package signs the method in lower case, though HTTP sends it in upper case.
    canonical = "\n".join(
        [
            request.method.lower(),
            request.base + request.path,
            request.query,
            lines,
            ";".join(names),
            payload.hexdigest(),
        ]
    )
    to_sign = "\n".join(["TC3-HMAC-SHA256", timestamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"TC3" + secret_key.encode()
    for step in (date, "tcb", "tc3_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    expected = hmac.digest(key, to_sign.encode(), "sha256").hex()
    assert claims["Signature"] == expected, f"wrong signature; the server signs\n{canonical}"


def signed_headers(request: Recorded) -> list[str]:
    """The names the signature covers."""
    return (request.header("Authorization") or "").partition("SignedHeaders=")[2].partition(",")[0].split(";")


def _params(request: Recorded) -> list[tuple[str, bytes]]:
    params = []
    if request.header("content-type") == "application/json":
        for name, value in request.values.items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            if text.strip():
                params.append((quote(name.lower(), safe="-_.~"), text.strip().encode("utf-8", "surrogatepass")))
    for part in request.parts:
        is_bytes = "content-type" in part.headers  # texts are trimmed and dropped when empty; bytes are neither
        value = part.body if is_bytes else part.body.decode("utf-8").strip().encode("utf-8")
        if value or is_bytes:
            params.append((quote(part.name.lower(), safe="-_.~"), value))
    return sorted(params)


def _header(request: Recorded, name: str) -> str:
    value = request.header(name)
    assert value is not None, f"{name} is signed but was not sent"
    if name == "content-type":
        return "multipart/form-data" if value.startswith("multipart/form-data") else value
    return value.strip().lower()
