"""JSON Web Tokens: what jsonwebtoken does, with PyJWT."""

from __future__ import annotations

import base64
import math
import re
import time
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import call, text
from .dates import Date
from .jsons import parse_json, stringify
from .values import is_nil, truthy


class JsonWebTokenError(Exception):
    """A token that is not valid."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.name = type(self).__name__


class TokenExpiredError(JsonWebTokenError):
    """A token whose time is over."""

    def __init__(self, message: str, at: Any) -> None:
        super().__init__(message)
        self._at = at

    @property
    def expiredAt(self) -> Any:
        return Date(self._at * 1000)


class NotBeforeError(JsonWebTokenError):
    """A token whose time has not come."""

    def __init__(self, message: str, at: Any) -> None:
        super().__init__(message)
        self._at = at

    @property
    def date(self) -> Any:
        raise NotTranslated("the date of a NotBeforeError is not translated")


_UNITS = {
    "ms msec millisecond": 0.001, "s sec second": 1, "m min minute": 60, "h hr hour": 3600, "d day": 86400,
    "w week": 604800, "y yr year": 31557600,
}  # fmt: skip
_SPANS = {name: seconds for names, seconds in _UNITS.items() for name in names.split()}


def _seconds(span: str) -> Any:
    """Return the seconds of ``"7d"``, ``"2 hours"`` or ``"1000"`` (milliseconds); None for any other text."""
    found = re.fullmatch(r"(-?(?:[0-9]+)?\.?[0-9]+) *([a-z]+)?", span, re.IGNORECASE) if len(span) <= 100 else None
    if found is None:
        return None
    unit = (found[2] or "ms").lower()
    unit = unit if unit in _SPANS else unit.removesuffix("s")
    return float(found[1]) * _SPANS[unit] if unit in _SPANS else None


def _moment(span: Any, start: Any) -> Any:
    """Return the second that is `span` after `start`; None for a span that is not one."""
    if isinstance(span, str):
        seconds = _seconds(span)
        return None if seconds is None else math.floor(start + seconds)
    return start + span


def _bytes_of(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _part_of(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _is_pem(key: Any) -> bool:
    return "-----BEGIN " in (key.decode("latin-1") if isinstance(key, bytes) else key)


def _key(secret: Any, name: str, error: type[Exception]) -> Any:
    if isinstance(secret, dict):
        raise NotTranslated("a key of jsonwebtoken that is an object is not translated")
    if not isinstance(secret, (str, bytes)):
        raise error(f"{name} is not valid key material")
    return secret.encode() if isinstance(secret, str) else secret


def _algorithm(name: str) -> Any:
    import jwt

    return jwt.PyJWS().get_algorithm_by_name(name)


_SIGNED = ("HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_CLAIMS = {"audience": "aud", "issuer": "iss", "subject": "sub", "jwtid": "jti"}
_SIGN = {"algorithm", "expiresIn", "notBefore", "noTimestamp", "keyid", "header", *_CLAIMS}


def _check_sign(claims: dict[str, Any], options: dict[str, Any]) -> None:
    for name in ("iat", "exp", "nbf"):
        if name in claims and (not isinstance(claims[name], (int, float)) or isinstance(claims[name], bool)):
            raise Exception(f'"{name}" should be a number of seconds')
    for option, claim in (("expiresIn", "exp"), ("notBefore", "nbf")):
        if option in options and claims.get(claim, UNDEFINED) is not UNDEFINED and options[option] is not UNDEFINED:
            raise Exception(f'Bad "options.{option}" option the payload already has an "{claim}" property.')
    for name, value in options.items():
        if name not in _SIGN:
            raise NotTranslated(f"the option {name} of jwt.sign is not translated")
        whole = isinstance(value, int) or (isinstance(value, float) and value == value and value % 1 == 0)
        if name in ("expiresIn", "notBefore") and (
            isinstance(value, bool) or not (whole or (isinstance(value, str) and value))
        ):
            raise Exception(f'"{name}" should be a number of seconds or string representing a timespan')
        if name in ("issuer", "subject", "jwtid", "keyid") and not isinstance(value, str):
            raise Exception(f'"{name}" must be a string')
        if name == "audience" and not isinstance(value, (str, list)):
            raise Exception('"audience" must be a string or array')
        if name == "algorithm" and value not in (*_SIGNED, "none"):
            raise Exception('"algorithm" must be a valid string enum value')
        if name == "noTimestamp" and not isinstance(value, bool):
            raise Exception('"noTimestamp" must be a boolean')


def jwt_sign(payload: Any, secret: Any, options: Any = UNDEFINED, callback: Any = UNDEFINED) -> Any:
    """Return ``jwt.sign(payload, secret, options)``, or call ``callback(error, token)``."""
    if callable(options):
        options, callback = UNDEFINED, options
    if not is_nil(callback):
        return _called_back(callback, jwt_sign, payload, secret, options)
    options = dict(options) if truthy(options) else {}
    name = options.get("algorithm") or "HS256"
    name = "HS256" if name is UNDEFINED else name
    if not truthy(secret) and name != "none":
        raise Exception("secretOrPrivateKey must have a value")
    if not isinstance(payload, dict) or name == "none":
        raise NotTranslated("jwt.sign of what is no object, or with the algorithm none, is not translated")
    key = _key(secret, "secretOrPrivateKey", Exception)
    if _is_pem(key) and str(name).startswith("HS"):
        raise Exception(f"secretOrPrivateKey must be a symmetric key when using {name}")
    if not _is_pem(key) and str(name)[:2] in ("RS", "PS", "ES"):
        raise Exception(f"secretOrPrivateKey must be an asymmetric key when using {name}")
    claims = dict(payload)
    _check_sign(claims, options)
    start = claims["iat"] if truthy(claims.get("iat", UNDEFINED)) else math.floor(time.time())
    if options.get("noTimestamp") is True:
        claims.pop("iat", None)
    else:
        claims["iat"] = start
    for option, claim in (("notBefore", "nbf"), ("expiresIn", "exp")):
        if option in options:
            claims[claim] = _moment(options[option], start)
            if claims[claim] is None:
                example = 'eg: "1d", "20h", 60'
                raise Exception(f'"{option}" should be a number of seconds or string representing a timespan {example}')
    for option, claim in _CLAIMS.items():
        if option in options:
            if claims.get(claim, UNDEFINED) is not UNDEFINED:
                raise Exception(f'Bad "options.{option}" option. The payload already has an "{claim}" property.')
            claims[claim] = options[option]
    header = {"alg": name, "typ": "JWT", "kid": options.get("keyid", UNDEFINED), **options.get("header", {})}
    signed = ".".join(_part_of(text(stringify(each)).encode()) for each in (header, claims))
    algorithm = _algorithm(name)
    prepared = algorithm.prepare_key(key)
    if getattr(prepared, "key_size", 2048) < 2048 and name[:2] in ("RS", "PS"):
        raise Exception(f"secretOrPrivateKey has a minimum key size of 2048 bits for {name}")
    return f"{signed}.{_part_of(algorithm.sign(signed.encode(), prepared))}"


_VERIFY = {
    "algorithms", "ignoreExpiration", "ignoreNotBefore", "clockTolerance", "clockTimestamp", "complete", "maxAge",
    "nonce", *_CLAIMS,
}  # fmt: skip


def jwt_verify(token: Any, secret: Any, options: Any = UNDEFINED, callback: Any = UNDEFINED) -> Any:
    """Return ``jwt.verify(token, secret, options)``, or call ``callback(error, payload)``."""
    if callable(options):
        options, callback = UNDEFINED, options
    if not is_nil(callback):
        return _called_back(callback, jwt_verify, token, secret, options)
    options = {name: value for name, value in options.items() if truthy(value)} if truthy(options) else {}
    if options.keys() - _VERIFY:
        raise NotTranslated(f"the option {min(options.keys() - _VERIFY)} of jwt.verify is not translated")
    header, payload, signature = _parsed_token(token)
    if signature and not truthy(secret):
        raise JsonWebTokenError("secret or public key must be provided")
    if not signature:
        raise JsonWebTokenError(
            "jwt signature is required"
            if truthy(secret)
            else 'please specify "none" in "algorithms" to verify unsigned tokens'
        )
    key = _key(secret, "secretOrPublicKey", JsonWebTokenError)
    _check_signature(token, _claim(header, "alg"), key, options)
    _check_time(payload, options)
    _check_claims(payload, options)
    if options.get("complete") is True:
        return {"header": header, "payload": payload, "signature": signature}
    return payload


def _called_back(callback: Any, function: Any, *arguments: Any) -> Any:
    try:
        value = function(*arguments)
    except Exception as error:
        return call(callback, error, UNDEFINED)
    return call(callback, None, value)


def _parsed_token(token: Any) -> tuple[Any, Any, str]:
    if not truthy(token):
        raise JsonWebTokenError("jwt must be provided")
    if not isinstance(token, str):
        raise JsonWebTokenError("jwt must be a string")
    if token.count(".") != 2:
        raise JsonWebTokenError("jwt malformed")
    found = jwt_decode(token, {"complete": True})
    if found is None:
        raise JsonWebTokenError("invalid token")
    return found["header"], found["payload"], found["signature"]


def jwt_decode(token: Any, options: Any = UNDEFINED) -> Any:
    """Return ``jwt.decode(token, options)``: what the token says, unchecked; null for what is no token."""
    written = text(token)
    if not re.fullmatch(r"[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]*", written):
        return None
    parts = written.split(".")
    try:
        header = parse_json(_loose(parts[0], "latin-1"))
    except SyntaxError:
        return None
    if not truthy(header):
        return None
    payload: Any = _loose(parts[1])
    if _claim(header, "typ") == "JWT" or truthy(_claim(options, "json")):
        payload = parse_json(payload)
    else:
        try:
            value = parse_json(payload)
            payload = value if isinstance(value, (dict, list)) else payload
        except SyntaxError:
            pass
    if _claim(options, "complete") is True:
        return {"header": header, "payload": payload, "signature": parts[2]}
    return payload


def _loose(part: str, encoding: str = "utf-8") -> str:
    """Return the text of a part as Node reads it: a single character at its end says nothing."""
    part = part[:-1] if len(part) % 4 == 1 else part
    return _bytes_of(part).decode(encoding, "replace")


def _check_signature(token: str, name: Any, key: bytes, options: dict[str, Any]) -> None:
    allowed = options.get("algorithms")
    if allowed is None:
        allowed = _SIGNED[:3] if not _is_pem(key) else _SIGNED[9:] if _is_curve(key) else _SIGNED[3:9]
    if name not in allowed:
        raise JsonWebTokenError("invalid algorithm")
    if name not in _SIGNED:
        raise NotTranslated(f"the algorithm {text(name)} of a token is not translated")
    if name.startswith("HS") and _is_pem(key):
        raise JsonWebTokenError(f"secretOrPublicKey must be a symmetric key when using {name}")
    if not name.startswith("HS") and not _is_pem(key):
        raise JsonWebTokenError(f"secretOrPublicKey must be an asymmetric key when using {name}")
    algorithm = _algorithm(name)
    signed, _, part = token.rpartition(".")
    prepared = algorithm.prepare_key(key)
    if hasattr(prepared, "private_bytes"):
        prepared = prepared.public_key()
    written = part if len(part) % 4 != 1 else part[:-1]
    # of the last character some bits say nothing: Node compares the texts of a keyed hash
    is_exact = not name.startswith("HS") or _part_of(_bytes_of(written)) == part
    if not is_exact or not algorithm.verify(signed.encode(), prepared, _bytes_of(written)):
        raise JsonWebTokenError("invalid signature")


def _is_curve(key: bytes) -> bool:
    try:
        return hasattr(_algorithm("ES256").prepare_key(key), "curve")
    except Exception:  # of another kind
        return False


def _check_time(payload: Any, options: dict[str, Any]) -> None:
    now = options.get("clockTimestamp", math.floor(time.time()))
    tolerance = options.get("clockTolerance", 0)
    start, end = _claim(payload, "nbf"), _claim(payload, "exp")
    if start is not UNDEFINED and "ignoreNotBefore" not in options:
        if not isinstance(start, (int, float)) or isinstance(start, bool):
            raise JsonWebTokenError("invalid nbf value")
        if start > now + tolerance:
            raise NotBeforeError("jwt not active", start)
    if end is not UNDEFINED and "ignoreExpiration" not in options:
        if not isinstance(end, (int, float)) or isinstance(end, bool):
            raise JsonWebTokenError("invalid exp value")
        if now >= end + tolerance:
            raise TokenExpiredError("jwt expired", end)


def _claim(payload: Any, name: str) -> Any:
    return payload.get(name, UNDEFINED) if isinstance(payload, dict) else UNDEFINED


def _check_claims(payload: Any, options: dict[str, Any]) -> None:
    for option, claim in {**_CLAIMS, "nonce": "nonce"}.items():
        if option not in options:
            continue
        wanted, found = options[option], _claim(payload, claim)
        choices = wanted if isinstance(wanted, list) and option in ("audience", "issuer") else [wanted]
        if not all(isinstance(each, str) for each in choices):
            raise NotTranslated(f"the option {option} of jwt.verify is translated for texts alone")
        targets = found if isinstance(found, list) and option == "audience" else [found]
        if not any(each in choices for each in targets if isinstance(each, str)):
            joined = (" or " if option == "audience" else ",").join(choices)
            raise JsonWebTokenError(f"jwt {option} invalid. expected: {joined}")
    if "maxAge" in options:
        start = _claim(payload, "iat")
        if not isinstance(start, (int, float)) or isinstance(start, bool):
            raise JsonWebTokenError("iat required when maxAge is specified")
        # an iat of 0 counts from now, as in jsonwebtoken
        end = _moment(options["maxAge"], start or math.floor(time.time()))
        if end is None:
            example = 'eg: "1d", "20h", 60'
            raise JsonWebTokenError(
                f'"maxAge" should be a number of seconds or string representing a timespan {example}'
            )
        if options.get("clockTimestamp", math.floor(time.time())) >= end + options.get("clockTolerance", 0):
            raise TokenExpiredError("maxAge exceeded", end)
