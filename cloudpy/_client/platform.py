"""What kind of machine this process runs on."""

from __future__ import annotations

from collections.abc import Mapping


class Platform:
    """The platform, looked at once, at init(): it cannot change under a process.

    Attributes:
        tag: ``scf``, ``cbr``, ``sumeru``, ``tencentcloud`` or ``unknown``. Unlike Node, no metadata server is asked.
        inside: whether this is Tencent's own network.
        region: e.g. ``ap-shanghai``; empty when not known.
    """

    __slots__ = ("inside", "region", "tag")

    def __init__(self, environ: Mapping[str, str]) -> None:
        if environ.get("TENCENTCLOUD_RUNENV") == "SCF":
            self.tag = "scf"
        elif environ.get("CBR_ENV_ID"):
            self.tag = "cbr"
        elif environ.get("SUMERU_ENV") in ("formal", "pre", "test"):
            self.tag = "sumeru"
        else:
            self.tag = "tencentcloud" if environ.get("TENCENTCLOUD") == "true" else "unknown"
        self.inside = self.tag != "unknown"
        self.region = environ.get("TENCENTCLOUD_REGION", "")
