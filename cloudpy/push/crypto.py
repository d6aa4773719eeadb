"""Signatures and the encryption of the safe mode (安全模式), as WeChat publishes them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Any

from ..errors import INVALID_PARAM, ConfigError
from .errors import APPID, DECRYPT, PushError

_BLOCK = 32  # bytes: WeChat pads to the length of the key, not to the block of AES
_RANDOM = 16  # bytes before the length of the message
_HEAD = _RANDOM + 4
_KEY_LENGTH = 43  # characters of an EncodingAESKey


def signature(*parts: str) -> str:
    """Return WeChat's signature over Token, timestamp, nonce and, in the safe mode, the encrypted text."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324  WeChat's signatures are SHA-1


def is_signed(expected: str, *parts: str) -> bool:
    """Whether `expected` is the signature of the parts."""
    return hmac.compare_digest(expected.encode("utf-8", "replace"), signature(*parts).encode())


class MessageCipher:
    """Encrypts and decrypts messages of one account.

    Args:
        encoding_aes_key: the 43 characters of the console.
        appid: of the account; of the platform for a third-party platform.

    Raises:
        ConfigError: the key is unusable, or the package ``cryptography`` is not installed.
    """

    def __init__(self, encoding_aes_key: str, appid: str) -> None:
        self._key = _decoded(encoding_aes_key)
        self._appid = appid.encode()
        try:
            from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        except ImportError:
            raise ConfigError(
                INVALID_PARAM,
                "the safe mode of pushed messages needs the package cryptography: pip install cryptography",
            ) from None
        self._cipher: Any = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))

    def encrypt(self, message: bytes, random: bytes | None = None) -> str:
        """Return the text for ``Encrypt``.

        Args:
            message: the content, JSON or XML.
            random: the first 16 bytes; random by default.
        """
        begin = secrets.token_bytes(_RANDOM) if random is None else random
        content = begin + len(message).to_bytes(4, "big") + message + self._appid
        pad = _BLOCK - len(content) % _BLOCK
        encryptor = self._cipher.encryptor()
        encrypted: bytes = encryptor.update(content + bytes([pad]) * pad) + encryptor.finalize()
        return base64.b64encode(encrypted).decode()

    def decrypt(self, text: str) -> bytes:
        """Return the message in ``Encrypt``.

        Raises:
            PushError: it was not encrypted with this key, or is for another appid.
        """
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise PushError(DECRYPT, "Encrypt is not base64") from None
        if not data or len(data) % _BLOCK:
            raise _undecryptable()
        decryptor = self._cipher.decryptor()
        content: bytes = decryptor.update(data) + decryptor.finalize()
        pad = content[-1]
        if not 1 <= pad <= _BLOCK or content[-pad:] != bytes([pad]) * pad:
            raise _undecryptable()
        content = content[:-pad]
        end = _HEAD + int.from_bytes(content[_RANDOM:_HEAD], "big")
        if len(content) < _HEAD or end > len(content):
            raise _undecryptable()
        if not hmac.compare_digest(content[end:], self._appid):
            found = content[end:].decode("ascii", "replace")[:40]
            raise PushError(APPID, f"the message is for appid {found!r}, not for {self._appid.decode()!r}", status=403)
        return content[_HEAD:end]

    def __repr__(self) -> str:  # no key
        return f"<MessageCipher {self._appid.decode()}>"


def _decoded(key: str) -> bytes:
    if isinstance(key, str) and len(key) == _KEY_LENGTH and key.isascii() and key.isalnum():  # type: ignore[redundant-expr]
        return base64.b64decode(f"{key}=")
    found = f"a string of {len(key)} characters" if isinstance(key, str) else f"a {type(key).__name__}"  # type: ignore[redundant-expr]
    raise ConfigError(
        INVALID_PARAM,
        f"encoding_aes_key must be the EncodingAESKey of the console, {_KEY_LENGTH} letters and digits, got {found}",
    )


def _undecryptable() -> PushError:
    return PushError(DECRYPT, "the message was not encrypted with this EncodingAESKey", status=403)
