"""``cloud.callOpenAPI``: an API of WeChat's by its name, in the older form whose parameters are JSON as they are."""

from __future__ import annotations

from collections.abc import Mapping

from ..config import Config
from .json_call import NestedCall, json_text
from .parameters import check_types, initialized, one

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..retry import Steps

_NAME = "callOpenAPI"


def steps(config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Steps[Any]:
    """The steps of ``callOpenAPI(params)``; whoever drives them gets the result or the error."""
    config = initialized(config, _NAME)
    given = one(_NAME, params, keywords)
    check_types(_NAME, given, {"api": "string"})
    data = given.get("data")
    if data or isinstance(data, (list, tuple)):
        check_types(_NAME, given, {"data": "object"})
    api = given["api"]
    if config.permissions is not None:
        config.permissions.check(api)
    body = {
        "action": "wx.api",
        "apiName": api,
        "cgiName": None if given.get("version") == "v1" else "commrpcv2",
        "requestData": json_text(_NAME, "data", data) if isinstance(data, Mapping) else "",
    }
    env = config.env_for("functions", given.get("config"), _NAME)
    call = NestedCall(config, _NAME, api, body, env, "responseData", given)
    if config.account is not None:
        raise call.of_another_account()
    return call.all_steps()
