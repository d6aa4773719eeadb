"""Mistakes in the port, each a small patch of programs/desk_python/index.py."""

from __future__ import annotations

PLANTED: dict[str, tuple[str, str]] = {
    "a wrong default": ('or "guest"', 'or "Guest"'),
    "a wrong default of a parameter": ('event.get("scene") or 2', 'event.get("scene") or 1'),
    "swapped fields": ('"openid": context["OPENID"]', '"openid": context["APPID"]'),
    "a missing call": (
        '    await cloud.openapi.security.imgSecCheck(media={"contentType": "image/png", "value": value})\n',
        "",
    ),
    "an extra call": (
        "    days = found",
        "    await cloud.openapi.security.msgSecCheck(content='x')\n    days = found",
    ),
    "a changed error code": ('"code": err.errCode', '"code": -1'),
    "another error is caught": ("err.errCode == 87014", "err.errCode == 87015"),
    "a lost await": ("await cloud.openapi.security.imgSecCheck", "cloud.openapi.security.imgSecCheck"),
    "off by one": ('(event["number"] - 1) * size', 'event["number"] * size'),
    "off by one at the end": ("begin + size < len", "begin + size <= len"),
    "the wrong user": ("openid=openid", 'openid="o-alice"'),
    "the wrong bytes of a file": (
        'type="image", media={"contentType": "image/png", "value": value}',
        'type="image", media={"contentType": "image/png", "value": value[:-1] + b"!"}',
    ),
    "a file of another type": (
        'type="image", media={"contentType": "image/png"',
        'type="image", media={"contentType": "image/jpeg"',
    ),
    "another order": ('enumerate(event["to"])', 'reversed(list(enumerate(event["to"])))'),
    "a swallowed error": ("        raise\n", '        return {"ok": False, "label": None}\n'),
    "a text for a number": ("width=280", 'width="280"'),
    "a missing key for null": ('        "next": None,\n', ""),
    "null for a missing key": (
        'if context.get("UNIONID"):\n        found["unionid"] = context["UNIONID"]',
        'found["unionid"] = context.get("UNIONID")',
    ),
    "other words of an error": ("nobody could be told", "nobody was told"),
    "an accident for an error": ('raise Exception(f"no such action: {action}")', "return {}[action]"),
    "another time zone": ("now(timezone.utc)", "now(timezone(timedelta(hours=8)))"),
    "it gives up too early": ("            failed.append(", "            raise\n            failed.append("),
    "text for bytes": ('"image": made["buffer"]', '"image": base64.b64encode(made["buffer"]).decode()'),
    "the last for the sum": ('sum(day["step"] for day in days)', 'days[-1]["step"]'),
    "a letter in the error it returns": ("these are not your steps", "These are not your steps"),
}


def patched(source: str, old: str, new: str) -> str:
    """The source with one mistake in it."""
    assert source.count(old) == 1, f"{old!r} is there {source.count(old)} times"
    source = source.replace(old, new)
    return source.replace("import datetime, timezone", "import datetime, timedelta, timezone")
