"""Why a pushed message was rejected."""

from __future__ import annotations

from typing import Any

from ..errors import CloudSDKError

# The codes of WeChat's own WXBizMsgCrypt.
SIGNATURE = -40001
FORMAT = -40002
AES_KEY = -40004
APPID = -40005
DECRYPT = -40007
REPLAY = -501008


class PushError(CloudSDKError):
    """A request that is not a message of WeChat's, or one that was received already.

    Attributes:
        status: the HTTP status to answer it with.
    """

    def __init__(self, errCode: int = -1, errMsg: str = "", *, status: int = 400, **more: Any) -> None:  # noqa: N803
        super().__init__(errCode, f"push:fail {errMsg}", **more)
        self.status = status
