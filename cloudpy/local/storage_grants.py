"""Permissions to upload one file, and addresses of files: signed, and good for some time."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, quote, unquote

from .._wire.url import encode_component

PATH = "/storage/"
UPLOAD_LIFE = 900  # seconds in which an upload has to begin
DEFAULT_AGE = 86400  # seconds that an address is good when none are asked for
_ESCAPED = re.compile("~([0-9A-F]{2})")


class ObjectStorageError(Exception):
    """What the object storage answers as XML: a code, words, and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 403) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status


class SignedUrls:
    """Signs and checks, with a key of this run; `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float], random_bytes: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._key = random_bytes(32)

    def upload(self, env: str, path: str, file_id: str, base: str, method: str = "PUT") -> dict[str, str]:
        """Return the ``data`` of an answer to ``storage.getUploadMetadata``, for an upload by `method`."""
        ends = int(self._clock()) + UPLOAD_LIFE
        return {
            "url": f"{base}{address(env, path)}",
            "token": self._sign("token", env, path, ends),
            "authorization": f"q-sign-algorithm=sha256&q-end={ends}&q-signature={self._sign(method, env, path, ends)}",
            "fileId": file_id,
            "cosFileId": self._sign("id", env, path, 0),
        }

    def check_upload(self, target: str, headers: Mapping[str, str]) -> tuple[str, str]:
        """Return environment and path that a PUT may write.

        Raises:
            RefusedError: it may not.
        """
        env, path = located(target)
        self._check_upload("PUT", env, path, headers, headers.get("authorization", ""), encode_component(path))
        return env, path

    def check_form(self, target: str, fields: Mapping[str, str]) -> tuple[str, str]:
        """Return environment and path that the POST of a form may write; see ``check_upload``."""
        env, path = located(target)
        self._check_upload("POST", env, path, fields, fields.get("signature", ""), path)
        return env, path

    def _check_upload(self, method: str, env: str, path: str, values: Mapping[str, str], proof: str, key: str) -> None:
        found = re.fullmatch("q-sign-algorithm=sha256&q-end=([0-9]{1,12})&q-signature=([0-9a-f]{64})", proof)
        if not found:
            raise ObjectStorageError("AccessDenied", "the authorization of getUploadMetadata is wanted")
        ends = int(found[1])
        if not hmac.compare_digest(found[2], self._sign(method, env, path, ends)):
            raise ObjectStorageError("SignatureDoesNotMatch", "the authorization is for another path, or another run")
        if self._clock() > ends:
            raise ObjectStorageError("AccessDenied", "Request has expired")
        wanted = {
            "signature": proof,
            "x-cos-security-token": self._sign("token", env, path, ends),
            "x-cos-meta-fileid": self._sign("id", env, path, 0),
            "key": key,
        }
        for name, value in wanted.items():
            if not hmac.compare_digest(values.get(name, "").encode("utf-8", "replace"), value.encode()):
                raise ObjectStorageError("AccessDenied", f"{name} is not the one that belongs to this upload")

    def download(self, env: str, path: str, age: float, base: str) -> str:
        """An address of a file that is good for `age` seconds."""
        ends = int(self._clock() + age)
        return f"{base}{address(env, path)}?sign={self._sign('GET', env, path, ends)}&t={ends}"

    def check_download(self, target: str) -> tuple[str, str]:
        """Environment and path that an address is for.

        Raises:
            RefusedError: it is none of ours, or it is too old.
        """
        env, path = located(target)
        query = parse_qs(target.partition("?")[2])
        sign, ends = query.get("sign", [""])[-1], query.get("t", [""])[-1]
        if not re.fullmatch("[0-9]{1,12}", ends):
            raise ObjectStorageError("AccessDenied", "an address of getTempFileURL is wanted")
        wanted = self._sign("GET", env, path, int(ends))
        if not hmac.compare_digest(sign.encode("utf-8", "replace"), wanted.encode()):
            raise ObjectStorageError("SignatureDoesNotMatch", "the address was changed, or is of another run")
        if self._clock() >= int(ends):
            raise ObjectStorageError("AccessDenied", "Request has expired")
        return env, path

    def _sign(self, what: str, env: str, path: str, ends: int) -> str:
        text = "\0".join((what, env, path, str(ends))).encode("utf-8", "replace")
        return hmac.digest(self._key, text, "sha256").hex()


def address(env: str, path: str) -> str:
    """Path of an address. Clients escape what they are given, twice even: it has only what all leave as it is."""
    return f"{PATH}{_plain(env).replace('/', '~2F')}/{_plain(path)}"


def located(target: str) -> tuple[str, str]:
    """Environment and path of an address.

    Raises:
        RefusedError: it has none.
    """
    rest = target.partition("?")[0][len(PATH) :]
    env, _, path = rest.partition("/")
    try:
        return _text(env), _text(path)
    except UnicodeDecodeError:
        raise ObjectStorageError("InvalidURI", "the path is no UTF-8", 400) from None


def _plain(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="/").replace("~", "%7E").replace("%", "~")


def _text(part: str) -> str:
    return unquote(_ESCAPED.sub(r"%\1", part), errors="strict")
