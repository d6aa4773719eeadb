"""``cloud.callFunction``: another cloud function of the environment, run to its end."""

from __future__ import annotations

from collections.abc import Mapping

from ..config import Config
from ..context import Variables
from .json_call import NestedCall, json_text
from .parameters import check_types, initialized, one, refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..retry import Steps

_NAME = "callFunction"


def steps(config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Steps[Any]:
    """The steps of ``callFunction(params)``; whoever drives them gets the result or the error."""
    config = initialized(config, _NAME)
    given = one(_NAME, params, keywords)
    check_types(_NAME, given, {"name": "string"})
    if "data" in given:
        check_types(_NAME, given, {"data": "object"})
    if not given["name"]:
        raise refused(_NAME, "函数名不能为空")
    body = {
        "action": "functions.invokeFunction",
        "function_name": given["name"],
        "request_data": json_text(_NAME, "data", given.get("data") or {}),
    }
    env = config.env_for("functions", given.get("config"), _NAME)
    return _Call(config, _NAME, given["name"], body, env, "response_data", given).all_steps()


class _Call(NestedCall):
    __slots__ = ()
    tells_request_id = True

    def headers(self, variables: Variables) -> list[tuple[str, str]]:
        route = variables.get("TCB_ROUTE_KEY")
        return [("X-TCB-Route-Key", route)] if route else []
