"""How WeChat Pay puts things: errors, moments, signatures, rows of a bill."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping

from .._wire import jsontext
from .responses import ApiResponse

_KEY = "local merchant key"  # signs nothing that is worth a thing


def broken(text: str) -> ApiResponse:
    """What WeChat Pay answers to a request that it does not understand."""
    return ApiResponse(
        jsontext.stringify({"return_code": "FAIL", "return_msg": text}).encode(), origin="pay", message=text
    )


def failed(code: str, text: str) -> ApiResponse:
    """What it answers to one that it cannot carry out."""
    told = {"return_code": "SUCCESS", "return_msg": "OK", "result_code": "FAIL", "err_code": code, "err_code_des": text}
    return ApiResponse(jsontext.stringify(told).encode(), origin="pay", message=text)


def sign(values: Mapping[str, str]) -> str:
    """A signature of the right shape."""
    text = "&".join(f"{name}={values[name]}" for name in sorted(values))
    return hashlib.md5(f"{text}&key={_KEY}".encode(), usedforsecurity=False).hexdigest().upper()


def snake(name: str) -> str:
    """``paySign`` -> ``pay_sign``"""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def china(seconds: float) -> time.struct_time:
    """The calendar's time of seconds since 1970."""
    return time.gmtime(seconds + 8 * 3600)  # WeChat Pay counts in UTC+8, wherever the merchant is


def stamp(seconds: float) -> str:
    """A time as it stands in answers: ``20261122093000``."""
    return time.strftime("%Y%m%d%H%M%S", china(seconds))


def moment(seconds: float) -> str:
    """A time as it stands in bills: ``2026-11-22 09:30:00``."""
    return time.strftime("%Y-%m-%d %H:%M:%S", china(seconds))


def row(paid_at: float, *texts: str) -> str:
    """The start of a row of a bill, where a backtick keeps a table from taking figures for numbers."""
    return ",".join(f"`{text}" for text in (moment(paid_at), *texts))
