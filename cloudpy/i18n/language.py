"""The language of the user: ``zh`` (any Chinese) or ``en``."""

from __future__ import annotations

import os
from collections.abc import Mapping

LANGUAGES = ("zh", "en")
VARIABLE = "CLOUDPY_LANG"
_CHINESE = 0x04  # the primary language of Windows' LANGID


def detect(environ: Mapping[str, str] = os.environ) -> str:
    """Return the language that the environment asks for, in the order of gettext; `VARIABLE` comes first.

    Where no variable is set, Windows is asked for the language of its user interface.
    """
    chosen = _language(environ.get(VARIABLE, ""))
    if chosen:
        return chosen
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    if locale and not _language(locale):
        return "en"  # C and POSIX switch LANGUAGE off
    if locale or os.name != "nt":
        preferred = environ.get("LANGUAGE", "").split(":") if locale else []
        return next((found for found in map(_language, [*preferred, locale]) if found), "en")
    return _windows_language()


def _language(value: str) -> str:
    """Return zh or en for ``zh_CN.UTF-8``, ``zh-Hans`` or ``de``; empty for C, POSIX and nothing."""
    name = value.partition(".")[0].replace("-", "_").partition("_")[0].strip().lower()
    if name in ("", "c", "posix"):
        return ""
    return "zh" if name in ("zh", "chinese") else "en"


def _windows_language() -> str:
    import ctypes

    number: int = getattr(ctypes, "windll").kernel32.GetUserDefaultUILanguage()  # noqa: B009 - only on Windows
    return "zh" if number & 0x3FF == _CHINESE else "en"
