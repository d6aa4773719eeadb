"""Functions of Node and of npm packages that a helper, or one expression of Python, does: what each takes and gives."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """How a call is written.

    Attributes:
        python: the function of Python; or an expression, in which ``{0}`` is the first argument.
        least: how many arguments it has at least; `most`: at most.
        result: words of the type that it gives; a number means bytes, or a string where that argument is an encoding.
        awaits: what its promise resolves to; empty for what gives no promise.
    """

    python: str
    least: int
    most: int
    result: str
    awaits: str = ""


_UUID = Entry("str(uuid.uuid4())", 0, 0, "ascii")
_JWT = {
    "sign": Entry("js.jwt_sign", 2, 4, "str"),
    "verify": Entry("js.jwt_verify", 2, 4, ""),
    "decode": Entry("js.jwt_decode", 1, 2, ""),
}
_QUERY = {
    "stringify": Entry("js.query_text", 1, 1, "ascii"),
    "parse": Entry("js.query_values", 1, 1, "obj"),
    "escape": Entry("js.encode_component", 1, 1, "ascii"),
}
_CRYPTO = {
    "createHash": Entry("js.create_hash", 1, 1, "hash"),
    "createHmac": Entry("js.create_hmac", 2, 2, "hash"),
    "createCipheriv": Entry("js.create_cipher", 3, 4, "cipher"),
    "createDecipheriv": Entry("js.create_decipher", 3, 4, "cipher"),
    "createSign": Entry("js.create_signature", 1, 1, "signature"),
    "createVerify": Entry("js.create_signature", 1, 1, "signature"),
    "randomBytes": Entry("os.urandom", 1, 1, "bytes"),
    "randomUUID": _UUID,
    "randomInt": Entry("js.random_int", 1, 2, "int"),
    "timingSafeEqual": Entry("js.timing_safe_equal", 2, 2, "bool"),
    "pbkdf2Sync": Entry("js.pbkdf2", 5, 5, "bytes"),
    "scryptSync": Entry("js.scrypt", 3, 3, "bytes"),
    "publicEncrypt": Entry("js.public_encrypt", 2, 2, "bytes"),
    "privateDecrypt": Entry("js.private_decrypt", 2, 2, "bytes"),
}

# Package -> function, with dots, or "" for the package itself -> how its call is written
FUNCTIONS: dict[str, dict[str, Entry]] = {
    "crypto": _CRYPTO,
    "jsonwebtoken": _JWT,
    "path": {
        "extname": Entry("js.extension", 1, 1, "str"),
        "basename": Entry("js.last_part", 1, 2, "str"),
    },
    "querystring": _QUERY,
    "uuid": {"v4": _UUID},
}
# Package -> what it has besides functions -> the expression for it
VALUES: dict[str, dict[str, str]] = {
    "crypto": {"constants.RSA_PKCS1_PADDING": "1", "constants.RSA_PKCS1_OAEP_PADDING": "4"},
    "jsonwebtoken": {
        "JsonWebTokenError": "js.JsonWebTokenError",
        "NotBeforeError": "js.NotBeforeError",
        "TokenExpiredError": "js.TokenExpiredError",
    },
}
# Package -> class -> how ``new`` of it is written
CLASSES: dict[str, dict[str, Entry]] = {}
# Word of a type -> method -> how its call is written; `python` is the method's name, which is JavaScript's
METHODS: dict[str, dict[str, Entry]] = {
    "hash": {"update": Entry("update", 1, 2, "hash"), "digest": Entry("digest", 0, 1, "0")},
    "cipher": {
        "update": Entry("update", 1, 3, "2"),
        "final": Entry("final", 0, 1, "0"),
        "setAutoPadding": Entry("setAutoPadding", 0, 1, "cipher"),
        "setAAD": Entry("setAAD", 1, 1, "cipher"),
        "setAuthTag": Entry("setAuthTag", 1, 2, "cipher"),
        "getAuthTag": Entry("getAuthTag", 0, 0, "bytes"),
    },
    "signature": {
        "update": Entry("update", 1, 2, "signature"),
        "write": Entry("write", 1, 1, "bool"),
        "end": Entry("end", 0, 1, "signature"),
        "sign": Entry("sign", 1, 2, "1"),
        "verify": Entry("verify", 2, 3, "bool"),
    },
}
_REQUEST = "request"
METHODS["request"] = {
    "on": Entry("on", 2, 2, _REQUEST),
    "once": Entry("once", 2, 2, _REQUEST),
    "write": Entry("write", 1, 2, "bool"),
    "end": Entry("end", 0, 2, _REQUEST),
    "setTimeout": Entry("setTimeout", 1, 2, _REQUEST),
    "setHeader": Entry("setHeader", 2, 2, _REQUEST),
    "destroy": Entry("destroy", 0, 1, _REQUEST),
    "abort": Entry("abort", 0, 0, _REQUEST),
}
METHODS["reply"] = {
    "on": Entry("on", 2, 2, "reply"),
    "once": Entry("once", 2, 2, "reply"),
    "setEncoding": Entry("setEncoding", 0, 1, "reply"),
    "resume": Entry("resume", 0, 0, "reply"),
}
# Word of a type -> property -> words of its type
MEMBERS: dict[str, dict[str, str]] = {
    "reply": {"statusCode": "nat", "statusMessage": "str", "headers": "rec"},
}
# Properties that helpers make only for programs that name them
PROPERTIES = {"expiredAt"}
