"""``getCrossAccountToken``: the permission to use the resources that another account shares."""

from __future__ import annotations

import base64
import json
import os

from ..._transports import Response
from ..._wire import answer, messages
from ..._wire.protobuf import DecodeError
from ...errors import WX_SYSTEM_ERROR, CloudSDKError
from .. import retry
from ..config import Account, Config
from ..context import Variables
from ..gateway import FormCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_API = "getCrossAccountToken"


def authorize(config: Config, options: dict[str, Any]) -> retry.Steps[Config]:
    """Return the steps to the config for the other account; without ``resourceAppid`` nothing is asked."""
    if not options.get("resourceAppid"):
        return config
    token_data = {"resource_appid": options["resourceAppid"], "resource_env": options["resourceEnv"]}
    data = messages.encode("CommApiData", {"api_type": messages.TOKEN_API, "token_data": token_data})
    fields = (("action", "wx.openApi"), ("apiName", _API))
    # Node asks from the function's own environment, whether the platform lists its variable or not.
    env = config.env or Variables().get("TCB_ENV") or os.environ.get("TCB_ENV")
    message = yield from _TokenCall(config, _API, _API, fields, data, env).steps(idempotent=True)
    credentials = message["tcb_credentials"]
    authorization = json.dumps({"mpToken": base64.b64encode(message["wx_param"]).decode()}, separators=(",", ":"))
    return config.for_account(
        Account(
            options["resourceEnv"],
            credentials["secret_id"],
            credentials["secret_key"],
            credentials["token"],
            base64.b64encode(authorization.encode()).decode(),
        )
    )


class _TokenCall(FormCall):
    __slots__ = ()

    def result(self, response: Response) -> dict[str, Any]:
        content_type = response.headers.get("content-type", "")
        data = answer.read_message(self.api, content_type, response.body, self.seq_id)["resp_data"]
        try:
            message = messages.decode("AuthorizationInfo", data)
        except DecodeError as error:
            raise self._unusable(f"the answer is not an AuthorizationInfo: {error}") from None
        credentials = message["tcb_credentials"]
        if not credentials or not credentials["secret_id"] or not credentials["secret_key"]:
            raise self._unusable("the answer has no credentials")
        return message

    def _unusable(self, what: str) -> CloudSDKError:
        return CloudSDKError(api=self.api, **answer.failure(self.name, WX_SYSTEM_ERROR, what, self.seq_id))
