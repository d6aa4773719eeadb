"""One request of cloudpy's, as plain values, for the contestants that send it without cloudpy."""

from __future__ import annotations

import itertools

_count = itertools.count()

HEADERS = {
    "Content-Type": "multipart/form-data; boundary=--------------------------c4a1f2a7f8c14d6a9b0e2f35",
    "User-Agent": "cloudpy/0.1.0",
    "X-TCB-Source": ",unknown",
    "X-Client-Timestamp": "1700000001000",
    "X-SDK-Version": "wx-server-sdk/4.0.2",
    "Authorization": "TC3-HMAC-SHA256 Credential=id/2023-11-14/tcb/tc3_request, SignedParams=action;apiname;envname;"
    "requestdata, SignedHeaders=content-type;host;user-agent;x-client-timestamp;x-sdk-version;x-tcb-source, "
    "Signature=" + "0" * 64,
    "X-Signature-Expires": "600",
    "X-Timestamp": "1700000000",
}
BODY = b"x" * 1004  # as long as the form of the call that the others make


def query() -> str:
    """Return the query of one request: on this wire no two are alike."""
    return f"env=bench-env&seqId=18c9e7f0000_{next(_count):x}"
