"""Random calls of the services beside openapi, with odd answers, environments and accounts; each known by a number."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.peer import oracle
from tests.peer.answers import JSON_ERROR, wechat
from tests.peer.bench import CREDENTIALS, ENV
from tests.peer.recorded import Recorded
from tests.peer.recorder import OCTETS, Answer
from tests.peer.tagging import CURRENT_ENV

VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 1.5, 10**9, "", "text", "0", "5", "null", "中😀", [], [1, None], [5], {}, {"a": None},
    [[]], "SYS_ERR", "SUCCESS", "a\u2028b",
]  # fmt: skip
CODES = [
    "SYS_ERR", "INVALID_PARAM", "STORAGE_FILE_NONEXIST", "STORAGE_EXCEED_AUTHORITY", "FUNCTION_NOT_FOUND",
    "FUNCTIONS_EXECUTE_FAIL", "EXCEED_REQUEST_LIMIT", "SIGN_PARAM_INVALID", "SUCCESS", "toString", "", 0, 5, -1, None,
    True, ["SYS_ERR"], {"a": 1},
]  # fmt: skip
TEXTS = [
    "", " ", "null", "5", '"x"', "[]", "{}", "[1]", "true", "not json", "<html></html>", "\ufeff{}", "{", '{"a":1,}',
    '{"data":{}}', "NaN", "{} {}", "\x00",
]  # fmt: skip
INNER = [
    "text", '"text"', "5", "null", "[1]", '{"a":1}', '"{\\"a\\":1}"', "007", "NaN", "1e400", "-1e400", "1.", "{",
    '{"a":"x\ny"}', '"a\tb"', "[" * 300 + "]" * 300, '{"__proto__":1}', '{"a":1,"a":2}', " {} ", "\ufeff{}",
    '"\\ud800"', "9007199254740993", '{"errcode":40003,"errmsg":"m"}',
]  # fmt: skip
# put into the text of an answer, where a value may stand
RAW = ["1e400", "-1e400", "[" * 1100 + "]" * 1100, '"a\nb"', '"\\ud800"', "1e5", "-0", '"\x7f"', "1.0"]
_IDS = "<RequestId>r</RequestId><TraceId>t</TraceId></Error>"
XML = [
    "",
    " ",
    "no xml",
    "<Error><Code>AccessDenied</Code><Message>m</Message>" + _IDS,
    '<?xml version="1.0" encoding="utf-8"?><Error xmlns="http://x"><Code>AccessDenied</Code><Message>a &lt; b &#20013;'
    "</Message>" + _IDS,
    "<Error ><Code >SignatureDoesNotMatch</Code><Message>m</Message>" + _IDS,
    "<Error><Code><![CDATA[NoSuchBucket]]></Code><Message>m</Message><RequestId>r</RequestId><TraceId/></Error>",
    "<Error><Code></Code><Message>m</Message>" + _IDS,
    "<Error><Message>m</Message></Error>",
    "<Error/>",
    "<Error></Error>",
    "<Error>words</Error>",
    "<Error><Code>AccessDenied</Code><Message>m",
    "<Error><Code>AccessDenied</Code><Message>m</Message></Error",
    "<!-- c --><Error><Code>AccessDenied</Code><Message>m</Message>" + _IDS,
    "<Other><Error><Code>A</Code></Error></Other>",
    "<PostResponse><Key>a</Key></PostResponse>",
    "<error><code>AccessDenied</code></error>",
    '<!DOCTYPE Error [<!ENTITY a "AccessDenied">]><Error><Code>&a;</Code><Message>m</Message></Error>',
    "<Error><Code>A</Code><Code>B</Code><Message>m</Message>" + _IDS,
    "\ufeff<Error><Code>AccessDenied</Code><Message>m</Message>" + _IDS,
    "{}",
]
ADDRESSES: list[Any] = [
    "@base@/get/a.png?sign=a&t=1", "@base@/get/a b/中.png", "@base@/get/a%20b", "@base@/a?", "@base@/a#x", "@base@/a?#",
    "@base@", "@base@?a=1", "@base@/a/../b", "@base@/a/./b/..", "@base@//a//b", "@base@\\a\\b", "@base@/a\tb",
    "@base@/%7Ea~", "@base@/a'b\"c<d>e`f{g}|h^i", "@base@/a?b'c\"d<e>", "@base@/%zz", "@upper@/a", "@userinfo@/a",
    "@base@/a;b=c,d+e@f:g!$&*()", "@base@/%2e%2e/a", "", None, 5, "nonsense", "ftp://127.0.0.1/a",
    "http://", "//x/a", " @base@/a ",
]  # fmt: skip
ORDER = {"outTradeNo": "o", "totalFee": 1}
VOIP = {"groupId": "g", "timestamp": 1_700_000_000, "nonce": "n"}
ENVS: list[Any] = [
    ENV, None, "", CURRENT_ENV, {"functions": "f", "storage": "s"}, {"default": "d"}, {"default": CURRENT_ENV}, "UPPER",
]  # fmt: skip
OWN = [None, {}, {"env": "other"}, {"env": ""}, {"env": CURRENT_ENV}, {"env": None}]
SERVICES = (
    "callFunction callOpenAPI getOpenData getVoIPSign getCloudCallSign cloudPay uploadFile downloadFile getTempFileURL"
    " deleteFile"
).split()


@dataclass
class Case:
    """One call.

    Attributes:
        steps: from a Cloud to the call, as `Bench.walk` takes them.
        init: options of the Cloud; `account` those of ``new Cloud()`` instead, or None.
        variables: beside those that lead to the recorder.
        answers: what the gateway, the upload and the download answer; `address` is what the gateway names for them.
    """

    number: int
    service: str
    steps: list[Any]
    init: dict[str, Any]
    account: dict[str, Any] | None
    variables: dict[str, str | None]
    gateway: Answer
    put: Answer = field(default_factory=lambda: Answer(b"", None))
    get: Answer = field(default_factory=lambda: Answer(b"bytes", "image/png"))
    grant: Answer | None = None

    def choose(self, base: str) -> Callable[[Recorded], Answer]:
        def choose(request: Recorded) -> Answer:
            if request.method != "POST":
                return self.put if request.method == "PUT" else self.get
            if self.grant and request.fields.get("apiName") == b"getCrossAccountToken":
                return self.grant
            replaced = _placed(self.gateway.body, base)
            return Answer(replaced, self.gateway.content_type, self.gateway.status, self.gateway.reason)

        return choose


def make(number: int, seed: int = 20261127) -> Case:
    """The case of that number."""
    draw = random.Random(f"{seed}/{number}")
    service = draw.choice(SERVICES)
    variables: dict[str, str | None] = {"TCB_ENV": "current", "TCB_CONTEXT_KEYS": "TCB_ENV,TCB_SESSIONTOKEN"}
    init: dict[str, Any] = {"env": _often(draw, ENV, ENVS)}
    if draw.random() < 0.7:
        init.update(CREDENTIALS)
        if draw.random() < 0.2:
            init["sessionToken"] = draw.choice(["", "session", "中"])
    else:
        variables.update(TENCENTCLOUD_SECRETID="AKIDvar", TENCENTCLOUD_SECRETKEY="var")
        variables["TENCENTCLOUD_SESSIONTOKEN"] = draw.choice([None, "", "session"])
    if draw.random() < 0.2:
        variables["TCB_SESSIONTOKEN"] = draw.choice(["", "session"])
    if draw.random() < 0.03:
        variables["TCB_CONTEXT_CNFG"] = draw.choice(
            ['{"URL":"nonsense"}', '{"URL":"127.0.0.1/admin"}', '{"URL":5}', '{"URL":"http://"}', '{"URL":["a"]}']
        )
    account = None
    if draw.random() < 0.1:
        account = {"resourceEnv": "other-env", **init, "env": draw.choice([ENV, ENV, None, CURRENT_ENV])}
        if draw.random() < 0.6:
            account["resourceAppid"] = "wxother"
    params = _params(draw, service)
    steps = [*(["cloudPay", draw.choice(["refund", "downloadBill"])] if service == "cloudPay" else [service]), [params]]
    case = Case(number, service, steps, init, account, variables, _gateway(draw, service))
    case.put = Answer(
        draw.choice(XML).encode(), draw.choice([None, "application/xml"]), _often(draw, 200, [403, 500, 404])
    )
    if draw.random() < 0.2:
        case.get = Answer(draw.choice(XML).encode(), "application/xml", draw.choice([404, 403, 500, 200]))
    if account:
        case.grant = _grant(draw)
    return case


def _often(draw: random.Random, usual: Any, others: list[Any]) -> Any:
    return usual if draw.random() < 0.6 else draw.choice(others)


def _params(draw: random.Random, service: str) -> dict[str, Any]:
    params: dict[str, Any] = {
        "callFunction": {"name": "f", "data": {"a": draw.choice(VALUES)}},
        "callOpenAPI": {"api": "a.b", "data": {"aB": draw.choice(VALUES)}},
        "getOpenData": {"list": draw.choice([[], ["a"], ["a", "中", ""]])},
        "getVoIPSign": dict(VOIP),
        "getCloudCallSign": {"parameterList": draw.choice([[], ["a"], None])},
        "cloudPay": {**ORDER, "aB": {"cD": draw.choice(VALUES)}},
        "uploadFile": {"cloudPath": draw.choice(["a.txt", "a b/中", "x'(1)*!~;,.txt"]), "fileContent": b"file"},
        "downloadFile": {"fileID": draw.choice(["cloud://e.b/a", "cloud://e.b/中", "a"])},
        "getTempFileURL": {"fileList": _files(draw)},
        "deleteFile": {"fileList": draw.choice([[], ["a"], ["a", "b", "中"]])},
    }[service]
    if draw.random() < 0.2 and service not in ("cloudPay", "getVoIPSign", "getCloudCallSign"):
        params["config"] = draw.choice(OWN)
    if draw.random() < 0.05:
        params[draw.choice(list(params))] = draw.choice(VALUES)
    return params


def _files(draw: random.Random) -> list[Any]:
    kinds: list[Any] = [
        "a",
        "",
        {"fileID": "b", "maxAge": 60},
        {"fileID": "b", "maxAge": None},
        {"fileID": None, "maxAge": 60},
        {"fileID": "b", "maxAge": 60, "urlType": None},
        {"fileID": "b", "maxAge": 60, "urlType": "COS_URL"},
        {"fileID": 5, "maxAge": 1.5},
    ]
    return [draw.choice(kinds) for _ in range(draw.randrange(4))]


def _gateway(draw: random.Random, service: str) -> Answer:
    kind = draw.random()
    content_type = _often(draw, JSON_ERROR, ["application/json", OCTETS, "text/html", None])
    status = _often(draw, 200, [200, 200, 200, 403, 500, 502])
    if kind < 0.1:
        return Answer(draw.choice(TEXTS).encode(), content_type, status)
    if kind < 0.13:
        return Answer(draw.randbytes(draw.randrange(40)), content_type, status)
    if kind < 0.3:
        error = {
            name: draw.choice(values)
            for name, values in (("code", CODES), ("message", VALUES), ("requestId", VALUES))
            if draw.random() < 0.9
        }
        return _answer(draw, error, content_type, status)
    if service in ("getOpenData", "getVoIPSign", "getCloudCallSign"):
        return _message(draw, service)
    if service == "cloudPay":
        value = {"return_code": draw.choice(VALUES), "a_b": draw.choice(VALUES), "errcode": draw.choice([0, 5, "x"])}
        return _answer(draw, value, _often(draw, OCTETS, [JSON_ERROR]), status)
    data = _data(draw, service) if draw.random() < 0.85 else draw.choice(VALUES)
    value = {"data": data, "requestId": draw.choice(["r", "r", None, 5])}
    return _answer(draw, value, content_type, status)


def _answer(draw: random.Random, value: dict[str, Any], content_type: str | None, status: int) -> Answer:
    if draw.random() < 0.25:
        value = {**value, "more": "@raw@"}
    text = json.dumps(value, ensure_ascii=draw.random() < 0.5)
    return Answer(text.replace('"@raw@"', draw.choice(RAW)).encode("utf-8", "replace"), content_type, status)


def _data(draw: random.Random, service: str) -> Any:
    if service in ("callFunction", "callOpenAPI"):
        key = "response_data" if service == "callFunction" else "responseData"
        return {key: draw.choice(INNER) if draw.random() < 0.8 else draw.choice(VALUES)}
    if service == "uploadFile":
        data = {
            "url": _often(draw, ADDRESSES[0], ADDRESSES),
            "token": "token",
            "authorization": "q-sign=x",
            "fileId": "cloud://e.b/a",
            "cosFileId": "cos",
        }
        for name in list(data):
            if name != "url" and draw.random() < 0.05:
                if draw.random() < 0.5:
                    del data[name]
                else:
                    data[name] = draw.choice(VALUES)
        return data
    key = "delete_list" if service == "deleteFile" else "download_list"
    if draw.random() < 0.15:
        return {key: draw.choice(VALUES)}
    if draw.random() < 0.05:
        return {}
    return {key: [_item(draw) for _ in range(draw.randrange(1 if service == "downloadFile" else 0, 4))]}


def _item(draw: random.Random) -> Any:
    if draw.random() < 0.1:
        return draw.choice(VALUES)
    item = {
        "code": _often(draw, "SUCCESS", CODES),
        "fileID": _often(draw, "cloud://e.b/a", VALUES),
        "maxAge": 600,
        "tempFileURL": _often(draw, ADDRESSES[0], ADDRESSES),
        "message": "m",
    }
    for name in list(item):
        if draw.random() < 0.05:
            del item[name]
    return item


def _message(draw: random.Random, service: str) -> Answer:
    if draw.random() < 0.1:
        return wechat(b"", "", svrkit_error_code=draw.choice([7, -7]))
    if draw.random() < 0.1:
        return wechat(b"", "", error_code=draw.choice([-604101, 5]))
    if service == "getOpenData":
        texts = [draw.choice(INNER) for _ in range(draw.randrange(3))]
        listed = [{"cloud_id": "a", "json": text} for text in texts]
        return wechat(oracle.build("ApiGetOpenDataByCloudIdResp", data_list=listed), "")
    name = "ApiVoipSignResp" if service == "getVoIPSign" else "GetCloudCallSignResp"
    return wechat(oracle.build(name, signature=draw.choice(["", "s", "中"])), "")


def _grant(draw: random.Random) -> Answer:
    kind = draw.random()
    if kind < 0.1:
        return wechat(b"", "", error_code=-601012)
    if kind < 0.2:
        return Answer(b'{"code":"SYS_ERR","message":"m"}', JSON_ERROR)
    credentials = {"secret_id": "AKIDtheirs", "secret_key": "theirs", "token": draw.choice(["t", ""])}
    return wechat(oracle.build("AuthorizationInfo", tcb_credentials=credentials, wx_param=b"\0wx"), OCTETS)


def _placed(body: bytes, base: str) -> bytes:
    """The body with the recorder's address in it."""
    host = base.removeprefix("http://")
    text = body.replace(b"@base@", base.encode()).replace(b"@upper@", f"HTTP://{host}".encode())
    return text.replace(b"@userinfo@", f"http://user:pw@{host}".encode())
