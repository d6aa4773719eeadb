"""Signed URLs of the object storage: to upload one file, or to download one, until they expire."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, quote, unquote

from .._wire.url import encode_component

PATH = "/storage/"
UPLOAD_LIFE = 900  # seconds within which an upload must begin
DEFAULT_AGE = 86400  # seconds until a download URL expires by default
_ESCAPED = re.compile("~([0-9A-F]{2})")


class ObjectStorageError(Exception):
    """An error of the object storage, which it sends as XML: code, message and HTTP status."""

    def __init__(self, code: str, message: str, status: int = 403) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status


class SignedUrls:
    """Signs and checks URLs with a key of this run; `clock` returns seconds since 1970."""

    def __init__(self, clock: Callable[[], float], random_bytes: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._key = random_bytes(32)

    def upload(self, env: str, path: str, file_id: str, base: str, method: str = "PUT") -> dict[str, str]:
        """Return the ``data`` of an answer to ``storage.getUploadMetadata``, for an upload by `method`."""
        ends = int(self._clock()) + UPLOAD_LIFE
        return {
            "url": f"{base}{url_path(env, path)}",
            "token": self._sign("token", env, path, ends),
            "authorization": f"q-sign-algorithm=sha256&q-end={ends}&q-signature={self._sign(method, env, path, ends)}",
            "fileId": file_id,
            "cosFileId": self._sign("id", env, path, 0),
        }

    def check_upload(self, target: str, headers: Mapping[str, str]) -> tuple[str, str]:
        """Return environment and path that a PUT may write.

        Raises:
            ObjectStorageError: the authorization is missing, wrong or expired.
        """
        env, path = split_target(target)
        self._check_upload("PUT", env, path, headers, headers.get("authorization", ""), encode_component(path))
        return env, path

    def check_form(self, target: str, fields: Mapping[str, str]) -> tuple[str, str]:
        """Return environment and path that the POST of a form may write; see ``check_upload``."""
        env, path = split_target(target)
        self._check_upload("POST", env, path, fields, fields.get("signature", ""), path)
        return env, path

    def _check_upload(
        self, method: str, env: str, path: str, values: Mapping[str, str], authorization: str, key: str
    ) -> None:
        match = re.fullmatch("q-sign-algorithm=sha256&q-end=([0-9]{1,12})&q-signature=([0-9a-f]{64})", authorization)
        if not match:
            raise ObjectStorageError("AccessDenied", "expected the authorization of getUploadMetadata")
        ends = int(match[1])
        if not hmac.compare_digest(match[2], self._sign(method, env, path, ends)):
            raise ObjectStorageError(
                "SignatureDoesNotMatch", "the authorization is for another path, or from another run"
            )
        if self._clock() > ends:
            raise ObjectStorageError("AccessDenied", "Request has expired")
        expected = {
            "signature": authorization,
            "x-cos-security-token": self._sign("token", env, path, ends),
            "x-cos-meta-fileid": self._sign("id", env, path, 0),
            "key": key,
        }
        for name, value in expected.items():
            if not hmac.compare_digest(values.get(name, "").encode("utf-8", "replace"), value.encode()):
                raise ObjectStorageError("AccessDenied", f"{name} does not belong to this upload")

    def download(self, env: str, path: str, age: float, base: str) -> str:
        """Return the URL of a file, valid for `age` seconds."""
        ends = int(self._clock() + age)
        return f"{base}{url_path(env, path)}?sign={self._sign('GET', env, path, ends)}&t={ends}"

    def check_download(self, target: str) -> tuple[str, str]:
        """Return environment and path of a download URL.

        Raises:
            ObjectStorageError: the URL is invalid or expired.
        """
        env, path = split_target(target)
        query = parse_qs(target.partition("?")[2])
        sign, ends = query.get("sign", [""])[-1], query.get("t", [""])[-1]
        if not re.fullmatch("[0-9]{1,12}", ends):
            raise ObjectStorageError("AccessDenied", "expected a URL of getTempFileURL")
        expected = self._sign("GET", env, path, int(ends))
        if not hmac.compare_digest(sign.encode("utf-8", "replace"), expected.encode()):
            raise ObjectStorageError("SignatureDoesNotMatch", "the URL was changed, or is from another run")
        if self._clock() >= int(ends):
            raise ObjectStorageError("AccessDenied", "Request has expired")
        return env, path

    def _sign(self, purpose: str, env: str, path: str, ends: int) -> str:
        text = "\0".join((purpose, env, path, str(ends))).encode("utf-8", "replace")
        return hmac.digest(self._key, text, "sha256").hex()


def url_path(env: str, path: str) -> str:
    """Return the path of a URL, in characters that no client escapes: some do it twice."""
    return f"{PATH}{_encoded(env).replace('/', '~2F')}/{_encoded(path)}"


def split_target(target: str) -> tuple[str, str]:
    """Return environment and path of a URL.

    Raises:
        ObjectStorageError: the path is not UTF-8.
    """
    rest = target.partition("?")[0][len(PATH) :]
    env, _, path = rest.partition("/")
    try:
        return _decoded(env), _decoded(path)
    except UnicodeDecodeError:
        raise ObjectStorageError("InvalidURI", "the path is not UTF-8", 400) from None


def _encoded(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="/").replace("~", "%7E").replace("%", "~")


def _decoded(part: str) -> str:
    return unquote(_ESCAPED.sub(r"%\1", part), errors="strict")
