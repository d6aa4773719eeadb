"""The contracts of all APIs, and a call of one."""

from __future__ import annotations

from typing import Any, TypedDict

from ... import contracts
from ...local.users import User
from .console import Console
from .route import ConsoleError, Request, Route
from .trial import call_api


class ApiSummary(TypedDict):
    """An API: its name, its namespace, and one line in each language."""

    name: str
    namespace: str
    summary: str
    summaryZh: str


class ApiList(TypedDict):
    """All APIs of cloud call."""

    apis: list[ApiSummary]


class Permission(TypedDict):
    """Whether a function may call the API."""

    function: str
    allowed: bool


class ApiDescription(TypedDict):
    """A contract, as ``cloudpy api show --json`` prints it, and which functions may call the API."""

    contract: Any
    sample: Any
    permissions: list[Permission]


class Trial(TypedDict):
    """A call: parameters, the user, and the function whose permissions apply; empty for the current one, and none.

    A file among the parameters is ``{"contentType", "value": {"base64": …}}``.
    """

    params: dict[str, Any]
    openid: str
    function: str
    convertCase: bool


class TrialError(TypedDict):
    """The error that the function would get, and the name of its class."""

    errCode: Any
    errMsg: str
    type: str


class TrialResult(TypedDict):
    """What the function would get: a result or an error. Bytes are ``{"base64": …}``."""

    result: Any
    error: TrialError | None
    ms: float


def _list(_: Console, __: Request) -> dict[str, Any]:
    rows = contracts.find("")
    return {
        "apis": [
            {
                "name": row["name"],
                "namespace": row["name"].rpartition(".")[0],
                "summary": row["summary"],
                "summaryZh": row["summary_zh"],
            }
            for row in rows
        ]
    }


def _show(console: Console, request: Request) -> dict[str, Any]:
    name = request.params["api"]
    contract = contracts.described(name)
    if contract is None:
        near = contracts.nearest(name)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise ConsoleError(404, "NOT_FOUND", contracts.refusal(name) or f"there is no contract of {name[:100]!r}{hint}")
    sample = contracts.sample_reply(name, contract.example_params)
    backend, functions = console.backend, console.cloud.functions if console.cloud else ()
    permissions = []
    for function in functions:
        allowed = backend.allowed(function)
        permissions.append({"function": function, "allowed": allowed == "all" or name in (allowed or ())})
    shown = sample.json if sample.body is None else {"contentType": sample.content_type, "buffer": "…"}
    return {"contract": contracts.plain(contract), "sample": shown, "permissions": permissions}


def _try(console: Console, request: Request) -> dict[str, Any]:
    value, backend = request.json, console.backend
    user = backend.users.find(value["openid"]) if value["openid"] else backend.users.default
    if user is None:
        raise ConsoleError(404, "NOT_FOUND", f"there is no user {value['openid'][:100]!r}: add one under Users")
    function = value["function"]
    if function and (console.cloud is None or function not in console.cloud.functions):
        raise ConsoleError(404, "NOT_FOUND", f"there is no function {function[:100]!r}")
    return call_api(
        backend,
        request.params["api"],
        value["params"],
        user=_known(user, backend.users.appid),
        function=function,
        convert_case=value["convertCase"],
    )


def _known(user: User, appid: str) -> User:
    return user if user.appid else User(user.openid, user.unionid, appid, user.client_ip)


ROUTES = (
    Route("GET", "/apis", _list, "All APIs of cloud call.", "所有云调用接口。", result=ApiList),
    Route("GET", "/apis/{api}", _show, "The contract of an API.", "接口定义。", result=ApiDescription),
    Route(
        "POST",
        "/apis/{api}/call",
        _try,
        "Call an API as a function would.",
        "以云函数的方式调用接口。",
        changes=True,
        body=Trial,
        result=TrialResult,
    ),
)
