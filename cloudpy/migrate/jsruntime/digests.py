"""Hashes, keys and ids of npm packages: crypto-js, bcryptjs, md5, nanoid; and the encodings of iconv-lite."""

from __future__ import annotations

import base64
import codecs
import hashlib
import hmac
import os
import secrets
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .codecs import buffer, to_bytes
from .coercion import number, text
from .values import Host, is_nil


def hash_text(name: str, value: Any, options: Any = UNDEFINED) -> str:
    """Return ``md5(value)`` of the packages md5, js-md5 and blueimp-md5, and ``sha1(value)``, in hexadecimal."""
    if not is_nil(options):
        raise NotTranslated(f"{name} with options is not translated")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = text(value)
    if not isinstance(value, (str, bytes)):
        raise Exception("Illegal argument " + text(value))
    return hashlib.new(name, to_bytes(value)).hexdigest()


_NANO = "useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict"


def nanoid(size: Any = 21) -> str:
    """Return ``nanoid(size)``."""
    return "".join(secrets.choice(_NANO) for _ in range(21 if size is UNDEFINED else int(number(size))))


def custom_alphabet(alphabet: Any, size: Any = 21) -> Any:
    """Return ``customAlphabet(alphabet, size)`` of nanoid: what makes such ids."""
    return lambda *given: "".join(secrets.choice(alphabet) for _ in range(given[0] if given else size))


_ENCODINGS = {
    "gbk": "gbk", "gb2312": "gbk", "cp936": "gbk", "win936": "gbk", "gb18030": "gb18030", "big5": "big5hkscs",
    "utf8": "utf-8", "utf16le": "utf-16-le", "ucs2": "utf-16-le", "utf16be": "utf-16-be",
}  # fmt: skip


def _encoding(name: Any) -> str:
    plain = "".join(sign for sign in text(name).lower() if sign.isalnum())
    if plain not in _ENCODINGS:
        raise NotTranslated(f"the encoding {text(name)} is not translated")
    return _ENCODINGS[plain]


def iconv_decode(content: Any, encoding: Any) -> str:
    """Return ``iconv.decode(content, encoding)`` of iconv-lite."""
    name = _encoding(encoding)
    content = buffer(content, "binary") if isinstance(content, str) else to_bytes(content)
    try:
        decoded = content.decode(name, "replace" if name == "utf-8" else "strict")
    except UnicodeDecodeError as error:
        raise NotTranslated(f"iconv.decode of bytes that are no {name}: {error}") from None
    return decoded.removeprefix("\ufeff")


def iconv_encode(value: Any, encoding: Any) -> bytes:
    """Return ``iconv.encode(value, encoding)`` of iconv-lite: ``?`` for a character that the encoding does not have."""
    name = _encoding(encoding)
    plain = text(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if name in ("gbk", "big5hkscs"):
        plain = "".join("?" if each > "\uffff" else each for each in plain)
    try:
        return plain.encode(name)
    except UnicodeEncodeError as error:
        raise NotTranslated(f"iconv.encode of a character that {name} does not have: {error}") from None


def bcrypt_hash(password: Any, salt: Any = 10) -> str:
    """Return ``bcrypt.hashSync(password, salt)``: the salt, or how many rounds."""
    import bcrypt

    salt = 10 if salt is UNDEFINED else salt
    chosen = bcrypt_salt(salt) if isinstance(salt, (int, float)) and not isinstance(salt, bool) else salt
    if not isinstance(password, str) or not isinstance(chosen, str):
        raise Exception("Illegal arguments: the password must be a string, the salt a string or a number")
    return bcrypt.hashpw(_password(password), chosen.encode()).decode()


def bcrypt_compare(password: Any, hashed: Any) -> bool:
    """Return ``bcrypt.compareSync(password, hashed)``."""
    import bcrypt

    if not isinstance(password, str) or not isinstance(hashed, str):
        raise Exception("Illegal arguments: both must be strings")
    return len(hashed) == 60 and bcrypt.checkpw(_password(password), hashed.encode())


def bcrypt_salt(rounds: Any = 10) -> str:
    """Return ``bcrypt.genSaltSync(rounds)``."""
    import bcrypt

    return bcrypt.gensalt(min(max(10 if rounds is UNDEFINED else int(rounds), 4), 31), prefix=b"2a").decode()


def _password(value: str) -> bytes:
    content = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    if b"\0" in content:
        raise NotTranslated("a password with a NUL character is not translated")
    return content[:72]  # bcrypt reads no more


class WordArray(Host):
    """Bytes of crypto-js."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    @property
    def sigBytes(self) -> int:
        return len(self._content)

    def toString(self, encoding: Any = UNDEFINED) -> str:
        return (HEX if is_nil(encoding) else encoding).stringify(self)

    def concat(self, other: Any) -> Any:
        self._content += other._content
        return self

    def clone(self) -> Any:
        return WordArray(self._content)


class Encoding(Host):
    """``CryptoJS.enc.Hex`` and the like."""

    def __init__(self, name: str) -> None:
        self._name = name

    def parse(self, value: Any) -> WordArray:
        if not isinstance(value, str):
            raise NotTranslated("CryptoJS.enc.….parse of what is no string is not translated")
        if self._name == "hex" and len(value) % 2:
            raise NotTranslated("CryptoJS.enc.Hex.parse of an odd number of digits is not translated")
        return WordArray(buffer(value, self._name))

    def stringify(self, words: Any) -> str:
        content = words._content
        if self._name == "utf8":
            try:
                return codecs.decode(content, "utf-8")
            except UnicodeDecodeError:
                raise Exception("Malformed UTF-8 data") from None
        if self._name == "latin1":
            return content.decode("latin-1")
        return content.hex() if self._name == "hex" else base64.b64encode(content).decode()


HEX = Encoding("hex")
BASE64 = Encoding("base64")
UTF8 = Encoding("utf8")
LATIN1 = Encoding("latin1")


def _message(value: Any) -> bytes:
    if isinstance(value, WordArray):
        return value._content
    if not isinstance(value, str):
        raise NotTranslated(f"a {type(value).__name__} for crypto-js is not translated")
    return to_bytes(value)


def crypto_hash(name: str, message: Any) -> WordArray:
    """Return ``CryptoJS.MD5(message)`` and the like."""
    return WordArray(hashlib.new(name, _message(message)).digest())


def crypto_hmac(name: str, message: Any, key: Any) -> WordArray:
    """Return ``CryptoJS.HmacSHA256(message, key)`` and the like."""
    return WordArray(hmac.new(_message(key), _message(message), name).digest())


class CipherParams(Host):
    """What ``CryptoJS.AES.encrypt`` gives."""

    def __init__(self, ciphertext: WordArray, key: WordArray, iv: Any, salt: bytes) -> None:
        self.ciphertext = ciphertext
        self.key = key
        self.iv = iv
        self._salt = salt

    def toString(self) -> str:
        start = b"Salted__" + self._salt if self._salt else b""
        return base64.b64encode(start + self.ciphertext._content).decode()


def _derived(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    """Return the key and the initialization vector that OpenSSL makes of a passphrase."""
    made = block = b""
    while len(made) < 48:
        block = hashlib.md5(block + to_bytes(passphrase) + salt).digest()  # noqa: S324
        made += block
    return made[:32], made[32:48]


def _aes(key: bytes, iv: bytes, options: dict[str, Any]) -> Any:
    from cryptography.hazmat.primitives.ciphers import Cipher as Machine
    from cryptography.hazmat.primitives.ciphers import algorithms, modes

    mode = options.get("mode", "CBC")
    if len(key) not in (16, 24, 32) or (mode != "ECB" and len(iv) != 16):
        raise NotTranslated("a key or an initialization vector of this length is not translated")
    return Machine(algorithms.AES(key), modes.ECB() if mode == "ECB" else getattr(modes, mode)(iv))  # noqa: S305


def _aes_options(key: Any, options: Any, salt: bytes) -> tuple[bytes, bytes, dict[str, Any]]:
    options = {} if is_nil(options) else options
    if options.keys() - {"iv", "mode", "padding"}:
        raise NotTranslated("these options of CryptoJS.AES are not translated")
    if isinstance(key, str):
        derived, iv = _derived(key, salt)
        return derived, options["iv"]._content if not is_nil(options.get("iv")) else iv, options
    iv = b"" if is_nil(options.get("iv")) else options["iv"]._content
    return key._content, iv, options


def aes_encrypt(message: Any, key: Any, options: Any = UNDEFINED) -> CipherParams:
    """Return ``CryptoJS.AES.encrypt(message, key, options)``; a string is a passphrase, words are the key itself."""
    salt = os.urandom(8) if isinstance(key, str) else b""
    secret, iv, options = _aes_options(key, options, salt)
    content, padding = _message(message), options.get("padding", "Pkcs7")
    if options.get("mode", "CBC") != "CTR" or padding != "NoPadding":
        count = 16 - len(content) % 16
        if padding == "Pkcs7":
            content += bytes([count]) * count
        elif padding == "ZeroPadding":
            content += bytes(count % 16)
        elif count % 16:
            raise NotTranslated("CryptoJS.AES.encrypt of a part of a block without padding is not translated")
    engine = _aes(secret, iv, options).encryptor()
    words = WordArray(engine.update(content) + engine.finalize())
    return CipherParams(words, WordArray(secret), WordArray(iv), salt)


def aes_decrypt(message: Any, key: Any, options: Any = UNDEFINED) -> WordArray:
    """Return ``CryptoJS.AES.decrypt(message, key, options)``."""
    if isinstance(message, dict):
        content = message["ciphertext"]._content
    else:
        content = message.ciphertext._content if hasattr(message, "ciphertext") else buffer(text(message), "base64")
    salt = message._salt if hasattr(message, "_salt") else b""
    if not salt and content.startswith(b"Salted__"):
        salt, content = content[8:16], content[16:]
    secret, iv, options = _aes_options(key, options, salt)
    padding = options.get("padding", "Pkcs7")
    if len(content) % 16 and options.get("mode", "CBC") != "CTR":
        raise NotTranslated("CryptoJS.AES.decrypt of a part of a block is not translated")
    engine = _aes(secret, iv, options).decryptor()
    plain = engine.update(content) + engine.finalize()
    if padding == "Pkcs7" and plain:
        plain = plain[: max(len(plain) - plain[-1], 0)]
    elif padding == "ZeroPadding":
        plain = plain.rstrip(b"\0")
    return WordArray(plain)
