"""Node's ``crypto``: hashes, keyed hashes, ciphers, signatures; with hashlib and cryptography."""

from __future__ import annotations

import base64
import codecs
import hashlib
import hmac
import secrets
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .codecs import buffer, digest, to_bytes
from .coercion import text
from .values import Host, RangeError, is_nil

_HASHES = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}


def _hash_name(name: Any) -> str:
    """Return hashlib's name of a hash, which Node also takes as ``RSA-SHA256``."""
    plain = text(name).lower().removeprefix("rsa-").removesuffix("withrsaencryption").replace("sha-", "sha")
    if plain in _HASHES:
        return plain
    raise NotTranslated(f"the hash {text(name)} is not translated")


def _data(value: Any, encoding: Any) -> bytes:
    return buffer(value, encoding) if isinstance(value, str) else to_bytes(value)


class Hash(Host):
    """What ``crypto.createHash`` and ``crypto.createHmac`` give."""

    def __init__(self, hasher: Any) -> None:
        self._hasher = hasher
        self._done = False

    def update(self, data: Any, encoding: Any = UNDEFINED) -> Any:
        if self._done:
            raise Exception("Digest already called")
        self._hasher.update(_data(data, encoding))
        return self

    def digest(self, encoding: Any = UNDEFINED) -> Any:
        if self._done:
            raise Exception("Digest already called")
        self._done = True
        return digest(self._hasher.digest(), UNDEFINED if encoding == "buffer" else encoding)


def create_hash(name: Any) -> Hash:
    """Return ``crypto.createHash(name)``."""
    return Hash(hashlib.new(_hash_name(name)))


def create_hmac(name: Any, key: Any) -> Hash:
    """Return ``crypto.createHmac(name, key)``."""
    return Hash(hmac.new(to_bytes(key), digestmod=_hash_name(name)))


def timing_safe_equal(left: Any, right: Any) -> bool:
    """Return ``crypto.timingSafeEqual(left, right)``."""
    if not isinstance(left, bytes) or not isinstance(right, bytes):
        raise TypeError("The arguments must be instances of Buffer")
    if len(left) != len(right):
        raise RangeError("Input buffers must have the same byte length")
    return hmac.compare_digest(left, right)


def random_int(low: Any, high: Any = UNDEFINED) -> int:
    """Return ``crypto.randomInt(low, high)``, or ``crypto.randomInt(high)``."""
    low, high = (0, low) if high is UNDEFINED else (low, high)
    for each in (low, high):
        if not isinstance(each, int) or isinstance(each, bool):
            raise TypeError("The arguments must be safe integers")
    if high <= low:
        least = f'the value of "min" ({low})'
        raise RangeError(f'The value of "max" is out of range. It must be greater than {least}. Received {high}')
    return low + secrets.randbelow(high - low)


def pbkdf2(password: Any, salt: Any, rounds: Any, size: Any, name: Any) -> bytes:
    """Return ``crypto.pbkdf2Sync(password, salt, rounds, size, name)``."""
    return hashlib.pbkdf2_hmac(_hash_name(name), to_bytes(password), to_bytes(salt), rounds, size)


def scrypt(password: Any, salt: Any, size: Any) -> bytes:
    """Return ``crypto.scryptSync(password, salt, size)``."""
    return hashlib.scrypt(to_bytes(password), salt=to_bytes(salt), n=16384, r=8, p=1, dklen=size)


class _Writer:
    """Bytes that come piece by piece as text: a character that is cut waits for its rest."""

    def __init__(self, encoding: Any) -> None:
        self.kind = "" if is_nil(encoding) or encoding == "buffer" else text(encoding).lower().replace("-", "")
        self._held = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data: bytes, *, end: bool = False) -> Any:
        if not self.kind:
            return data
        if self.kind == "utf8":
            return self._decoder.decode(data, end)
        if self.kind != "base64":
            return digest(data, self.kind)
        data = self._held + data
        count = len(data) if end else len(data) - len(data) % 3
        self._held = data[count:]
        return base64.b64encode(data[:count]).decode()


class Cipher(Host):
    """What ``crypto.createCipheriv`` and ``crypto.createDecipheriv`` give."""

    def __init__(self, name: Any, key: Any, iv: Any, options: Any, *, decrypts: bool) -> None:
        from cryptography.hazmat.primitives.ciphers import Cipher as Machine
        from cryptography.hazmat.primitives.ciphers import algorithms, modes

        parts = text(name).lower().split("-")
        if parts in (["aes128"], ["aes192"], ["aes256"]):
            parts = ["aes", parts[0][3:], "cbc"]
        if len(parts) != 3 or parts[0] != "aes" or parts[1] not in ("128", "192", "256"):
            raise NotTranslated(f"the cipher {text(name)} is not translated")
        mode = {"cbc": modes.CBC, "ecb": modes.ECB, "ctr": modes.CTR, "gcm": modes.GCM}.get(parts[2])
        if mode is None or (not is_nil(options) and options.get("authTagLength", 16) != 16):
            raise NotTranslated(f"the cipher {text(name)} in this form is not translated")
        key, iv = to_bytes(key), b"" if is_nil(iv) else to_bytes(iv)
        if len(key) != int(parts[1]) // 8:
            raise RangeError("Invalid key length")
        if len(iv) != {"ecb": 0, "gcm": len(iv) or 1}.get(parts[2], 16):
            raise TypeError("Invalid initialization vector")
        if mode is modes.GCM and not 8 <= len(iv) <= 128:
            raise NotTranslated("an initialization vector of this length is not translated")
        machine = Machine(algorithms.AES(key), mode() if mode is modes.ECB else mode(iv))
        self._engine: Any = machine.decryptor() if decrypts else machine.encryptor()
        self._decrypts = decrypts
        self._is_gcm = mode is modes.GCM
        self._pads = parts[2] in ("cbc", "ecb")
        self._is_block = self._pads
        self._count = 0
        self._held = b""
        self._tag: Any = None
        self._writer: Any = None
        self._is_final = False

    def setAutoPadding(self, pads: Any = True) -> Any:
        self._pads = self._is_block and pads is not False and not is_nil(pads) and pads != 0
        return self

    def setAAD(self, data: Any) -> Any:
        self._engine.authenticate_additional_data(to_bytes(data))
        return self

    def setAuthTag(self, tag: Any, encoding: Any = UNDEFINED) -> Any:
        self._tag = _data(tag, encoding)
        if len(self._tag) != 16:
            raise NotTranslated("an authentication tag of less than 16 bytes is not translated")
        return self

    def getAuthTag(self) -> Any:
        if not self._is_final:
            raise Exception("Invalid state for operation getAuthTag")
        return self._engine.tag

    def update(self, data: Any, encoding: Any = UNDEFINED, form: Any = UNDEFINED) -> Any:
        if self._is_final:
            raise Exception("Trying to add data in unsupported state")
        content = _data(data, encoding)
        self._count += len(content)
        result = self._held + self._engine.update(content)
        self._held = b""
        if self._decrypts and self._pads:  # the last block may be padding
            keep = len(result) - 16 if self._count % 16 == 0 else len(result)
            result, self._held = result[: max(keep, 0)], result[max(keep, 0) :]
        return self._written(result, form, end=False)

    def final(self, form: Any = UNDEFINED) -> Any:
        if self._is_final:
            raise Exception("Invalid state")
        self._is_final = True
        if self._decrypts and self._is_gcm:
            return self._written(self._authenticated(), form, end=True)
        if self._is_block and not self._decrypts and self._pads:
            size = 16 - self._count % 16
            return self._written(self._engine.update(bytes([size]) * size) + self._engine.finalize(), form, end=True)
        if self._is_block and (self._count % 16 or (self._decrypts and self._pads and not self._count)):
            raise _ssl_error("1C80006B", "wrong final block length")
        result = self._held + self._engine.finalize()
        if self._decrypts and self._pads:
            size = result[-1]
            if not 1 <= size <= 16 or result[-size:] != bytes([size]) * size:
                raise _ssl_error("1C800064", "bad decrypt")
            result = result[:-size]
        return self._written(result, form, end=True)

    def _authenticated(self) -> bytes:
        from cryptography.exceptions import InvalidTag

        try:
            if self._tag is not None:
                result: bytes = self._engine.finalize_with_tag(self._tag)
                return result
        except InvalidTag:
            pass
        raise Exception("Unsupported state or unable to authenticate data")

    def _written(self, data: bytes, form: Any, *, end: bool) -> Any:
        kind = _Writer(form).kind
        if self._writer is None:
            self._writer = _Writer(form)
        elif kind != self._writer.kind:
            if end and kind and not self._writer.kind:
                self._writer = _Writer(form)
            elif kind:
                raise Exception("Cannot change encoding")
            else:
                return data
        return self._writer.write(data, end=end)


def _ssl_error(number: str, reason: str) -> Exception:
    error = Exception(f"error:{number}:Provider routines::{reason}")
    error.code = f"ERR_OSSL_{reason.upper().replace(' ', '_')}"  # type: ignore[attr-defined]
    return error


def create_cipher(name: Any, key: Any, iv: Any, options: Any = UNDEFINED) -> Cipher:
    """Return ``crypto.createCipheriv(name, key, iv, options)``."""
    return Cipher(name, key, iv, options, decrypts=False)


def create_decipher(name: Any, key: Any, iv: Any, options: Any = UNDEFINED) -> Cipher:
    """Return ``crypto.createDecipheriv(name, key, iv, options)``."""
    return Cipher(name, key, iv, options, decrypts=True)


def _private_key(key: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if not isinstance(key, (str, bytes)):
        raise NotTranslated("a key that is no text in PEM form is not translated")
    try:
        return load_pem_private_key(to_bytes(key), None)
    except ValueError:
        raise _decoder_error() from None


def _public_key(key: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from cryptography.x509 import load_pem_x509_certificate

    if not isinstance(key, (str, bytes)):
        raise NotTranslated("a key that is no text in PEM form is not translated")
    content = to_bytes(key)
    try:
        if b"BEGIN CERTIFICATE" in content:
            return load_pem_x509_certificate(content).public_key()
        return _private_key(key).public_key() if b"PRIVATE KEY" in content else load_pem_public_key(content)
    except ValueError:
        raise _decoder_error() from None


def _decoder_error() -> Exception:
    error = Exception("error:1E08010C:DECODER routines::unsupported")
    error.code = "ERR_OSSL_UNSUPPORTED"  # type: ignore[attr-defined]
    return error


class Signature(Host):
    """What ``crypto.createSign`` and ``crypto.createVerify`` give."""

    def __init__(self, name: Any) -> None:
        self._name = _hash_name(name)
        self._content = b""

    def update(self, data: Any, encoding: Any = UNDEFINED) -> Any:
        self._content += _data(data, encoding)
        return self

    def write(self, data: Any) -> Any:
        self.update(data)
        return True

    def end(self, data: Any = UNDEFINED) -> Any:
        return self if data is UNDEFINED else self.update(data)

    def sign(self, key: Any, form: Any = UNDEFINED) -> Any:
        private = _private_key(key)
        return digest(private.sign(self._content, *_scheme(private, self._name)), form)

    def verify(self, key: Any, signature: Any, encoding: Any = UNDEFINED) -> bool:
        from cryptography.exceptions import InvalidSignature

        public = _public_key(key)
        try:
            public.verify(_data(signature, encoding), self._content, *_scheme(public, self._name))
        except InvalidSignature:
            return False
        return True


def _scheme(key: Any, name: str) -> list[Any]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding

    algorithm = getattr(hashes, name.upper())()
    if hasattr(key, "curve"):
        return [ec.ECDSA(algorithm)]
    if not hasattr(key, "key_size"):
        raise NotTranslated("a key that is neither RSA nor of an elliptic curve is not translated")
    return [padding.PKCS1v15(), algorithm]


def create_signature(name: Any) -> Signature:
    """Return ``crypto.createSign(name)``, or ``crypto.createVerify(name)``."""
    return Signature(name)


def _padded(key: Any) -> tuple[Any, Any]:
    """Return the key of an RSA operation, and its padding."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    options = key if isinstance(key, dict) else {"key": key}
    kind, name = options.get("padding", 4), options.get("oaepHash", "sha1")
    if options.keys() - {"key", "padding", "oaepHash"} or kind not in (1, 4):
        raise NotTranslated("these options of an RSA key are not translated")
    if kind == 1:
        return options["key"], padding.PKCS1v15()
    algorithm = getattr(hashes, _hash_name(name).upper())()
    return options["key"], padding.OAEP(padding.MGF1(algorithm), algorithm, None)


def public_encrypt(key: Any, data: Any) -> bytes:
    """Return ``crypto.publicEncrypt(key, data)``."""
    plain, padding = _padded(key)
    return _public_key(plain).encrypt(to_bytes(data), padding)


def private_decrypt(key: Any, data: Any) -> bytes:
    """Return ``crypto.privateDecrypt(key, data)``."""
    plain, padding = _padded(key)
    if not hasattr(padding, "mgf"):
        raise NotTranslated("crypto.privateDecrypt with RSA_PKCS1_PADDING, which Node refuses, is not translated")
    try:
        return _private_key(plain).decrypt(to_bytes(data), padding)
    except ValueError:
        raise Exception("error:02000079:rsa routines::oaep decoding error") from None
