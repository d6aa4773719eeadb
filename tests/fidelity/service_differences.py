"""Which listed difference explains what Node and cloudpy made of a random case; none is a bug."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import DecodeError

from cloudpy.errors import from_gateway, text_of
from tests.fidelity.differences import ON_PURPOSE
from tests.fidelity.service_cases import Case
from tests.peer import oracle
from tests.peer.bench import Exchange, differing_parts
from tests.peer.faces import Outcome
from tests.peer.recorded import Recorded
from tests.peer.tagging import CURRENT_ENV, UNDEFINED, same

FILES = ("uploadFile", "downloadFile", "getTempFileURL", "deleteFile")
MESSAGES = ("getOpenData", "getVoIPSign", "getCloudCallSign")
_ENGINE = re.compile(
    r"Cannot read prop|Cannot destructure|JSON|is not a function|is not iterable|Invalid URL|index out of range"
    r"|invalid wire type|invalid end group|host:|The \"|Protocol \"|is not defined|object null is not|Non-whitespace"
    r"|Unclosed|Unexpected end|Invalid character|Attribute without|Unquoted|Unencoded|Text data outside|undefined|parse"
)
_SEQUENCE = re.compile(r"seqId=[^&\]]*")


def explained(case: Case, node: Exchange, ours: Exchange) -> str:
    """The name of the listed difference; "same" where there is none, and an empty string for one that nobody listed."""
    if case.service == "uploadFile" and not node.outcome.failed and not ours.outcome.failed:
        name = _named(case, _without_status(node), _without_status(ours))
        return "status of an upload" if name == "same" else name
    return _named(case, node, ours)


def _named(case: Case, node: Exchange, ours: Exchange) -> str:
    sent_alike = not list(_differing(node.requests, ours.requests))
    theirs, our = node.outcome, ours.outcome
    if sent_alike and _agree(theirs, our):
        return "same"
    name = _before_sending(case, node, ours)
    if not name and sent_alike:
        name = _answered(case, theirs, our)
    assert not name or name in ON_PURPOSE, name
    return name


def _before_sending(case: Case, node: Exchange, ours: Exchange) -> str:
    """Differences in what is sent, or in whether anything is."""
    theirs, our = node.outcome, ours.outcome
    if "the gateway named no " in str(our.errMsg) and "address" not in str(our.errMsg):
        return "incomplete upload credentials"
    params = case.steps[-1][0]
    if b"@userinfo@" in case.gateway.body and "address for the" in str(our.errMsg):
        return "URLs with a password"
    if "TCB_CONTEXT_CNFG" in case.variables and theirs.failed and our.failed and our.errCode in (-501007, -501001):
        return "invalid gateway address"
    if case.account and case.account["env"] is CURRENT_ENV and "resourceAppid" not in case.account:
        return "current environment of another Cloud"
    if "source.on is not a function" in str(theirs.errMsg):
        return "env of several services"
    if case.account and _initialised(case, our) is False:
        return "failed init of another account" if theirs.failed and our.failed else ""
    if case.account and "resourceAppid" in case.account and case.service not in ("callFunction", *FILES):
        refused = "invalid config: getCrossAccountInfo" in str(our.errMsg) and len(ours.requests) == 1
        if refused and theirs.failed:
            return "cloud calls of another account"
    if ours.requests[1 if case.account and "resourceAppid" in case.account else 0 :] or not our.failed:
        return ""
    if not isinstance(params.get("config", {}), (dict, type(None))):
        return "invalid options"
    if case.service in ("getOpenData", "getCloudCallSign") and "must be a list of" in str(our.errMsg):
        return "values that should be lists"
    if case.service == "getVoIPSign" and "timestamp must be whole seconds" in str(our.errMsg):
        return "invalid seconds"
    if case.service == "getTempFileURL" and "maxAge must be" in str(our.errMsg):
        return "maxAge that is not a number"
    if case.service in FILES and theirs.failed and len(node.requests) == len(ours.requests):
        return "messages about files"
    if case.service == "getTempFileURL" and "fileList[" in str(our.errMsg) and theirs.failed:
        return "messages about files"
    return ""


def _initialised(case: Case, our: Outcome) -> bool:
    assert case.grant
    good = case.grant.body.startswith(b"\x0a") and b"AKIDtheirs" in case.grant.body
    return good or "resourceAppid" not in (case.account or {})


def _answered(case: Case, theirs: Outcome, our: Outcome) -> str:
    """Differences in what came of the same requests."""
    if theirs.failed and our.failed:
        return _failures(case, theirs, our)
    if theirs.failed:
        root = case.service == "cloudPay" and case.gateway.body.strip() in (b"null", b"[]", b"[1]")
        return "responses that are not an object" if root else ""
    if our.failed:
        return _refused_by_us(case, our)
    return _results(case, theirs.result, our.result)


def _failures(case: Case, theirs: Outcome, our: Outcome) -> str:
    if "[native code]" in f"{theirs.errCode}{theirs.errMsg}" and our.errCode == -501001:
        return "codes that are names in JavaScript"
    if "(nested too deep to be shown)" in str(our.errMsg) and theirs.errCode in (our.errCode, -1):
        return "deeply nested responses"
    if "unknown wx response received" in str(our.errMsg) and _is_broken(case, str(our.errMsg)):
        return "malformed messages"
    name, message, words = case.service, _plain(theirs.errMsg), _plain(our.errMsg)
    code = our.errCode
    if case.service in ("callFunction", "callOpenAPI"):
        if message == words and theirs.errCode == -1 and code == _expected_code(case):
            return "codes of callFunction"
        if _ENGINE.search(message) and code == -501001 and words.startswith(f"{name}:fail the answer "):
            return "responses without data"
    if case.service in FILES:
        cause = message.removeprefix(f"{name}:fail ")
        if theirs.errCode == -1 and words.startswith(f"{name}:fail {code} {text_of(code)}. {cause}"):
            return "error codes of files" if code in (_expected_code(case), _file_code(case), -501001, -503001) else ""
        if case.service == "downloadFile" and cause.startswith("下载文件失败") and code == -503001:
            return "error codes of files"
        if case.service == "downloadFile" and theirs.errCode == -1 and code == _file_code(case):
            return "error of a single file"
        if _ENGINE.search(message) and theirs.errCode == -1 and code in (-501001, -503001):
            return "invalid URLs of files"
    if theirs.errMsg == our.errMsg and not isinstance(theirs.errCode, int) and code == -1:
        return "errcode that is not an integer"
    if _ENGINE.search(message) and code in (-501001, -601001):
        return "failures inside JavaScript"
    if "invalid JSON" in words or "openData json field" in words:
        return "responses without data"
    return ""


def _expected_code(case: Case) -> int:
    value = _json(case.gateway.body)
    code = value.get("code") if isinstance(value, dict) else None
    return from_gateway(code) if case.gateway.status == 200 else -501001


def _file_code(case: Case) -> int:
    value = _json(case.gateway.body)
    data = value.get("data") if isinstance(value, dict) else None
    items = data.get("download_list") if isinstance(data, dict) else None
    first = items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}
    return from_gateway(first.get("code"))


def _refused_by_us(case: Case, our: Outcome) -> str:
    words = str(our.errMsg)
    if "the answer has no data" in words or "the gateway's answer has no data" in words:
        return "responses without data"
    if "the answer nests too deep" in words:
        return "deeply nested responses"
    if "must hold objects" in words:
        return "files that are not objects"
    if (
        case.service == "uploadFile"
        and our.errCode in (-503001, -501001)
        and ("storage answered" in words or "[" in words)
    ):
        return "rejected uploads without a message"
    if ("unknown wx response received" in words or "broken respData" in words) and _is_broken(case, words):
        return "malformed messages"
    return ""


def _results(case: Case, theirs: Any, our: Any) -> str:
    if case.service in ("callFunction", "callOpenAPI"):
        if "result" not in theirs and our["result"] is None:
            return "missing results"
        if str(our.get("result")) in ("9007199254740993",):
            return "big integers"
        if our["result"] == [5] and theirs["result"] == 5:
            return "results that are not a string"
    if case.service == "cloudPay" and "result" in our:
        return "responses that are not an object"
    if case.service in FILES and "fileList" in our:
        if any("not a value" in str(file.get("status")) for file in theirs["fileList"]):
            return "codes that are names in JavaScript"
    if "9007199254740993" in str(our):
        return "big integers"
    return ""


def _agree(theirs: Outcome, our: Outcome) -> bool:
    if theirs.failed != our.failed:
        return False
    if theirs.failed:
        return theirs.errCode == our.errCode and _plain(theirs.errMsg) == _plain(our.errMsg)
    return same(_defined(theirs.result), our.result)


def _defined(value: Any) -> Any:
    """A value without what is undefined in it."""
    if isinstance(value, dict):
        return {key: _defined(item) for key, item in value.items() if item is not UNDEFINED}
    return [_defined(item) for item in value] if isinstance(value, list) else value


def _plain(text: Any) -> str:
    return _SEQUENCE.sub("seqId=…", str(text))


def _without_status(exchange: Exchange) -> Exchange:
    result = {key: value for key, value in exchange.outcome.result.items() if key != "statusCode"}
    return Exchange(exchange.face, Outcome(result=result), exchange.requests)


def _differing(theirs: list[Recorded], ours: list[Recorded]) -> Iterator[str]:
    if len(theirs) != len(ours):
        yield f"{len(theirs)} and {len(ours)} requests"
        return
    for their, our in zip(theirs, ours, strict=True):
        if their.method == "POST":
            yield from differing_parts(their, our)
        elif (their.method, their.target, their.body) != (our.method, our.target, our.body):
            yield f"{their.method} {their.target} and {our.method} {our.target}"
        elif [their.header(name) for name in ("host", "key", "signature")] != [
            our.header(name) for name in ("host", "key", "signature")
        ]:
            yield "headers of a transfer"


def _is_broken(case: Case, words: str) -> bool:
    """Whether Google's decoder refuses a message too; what has another wire type it passes over."""
    try:
        oracle.parse("CommOpenApiResp", case.gateway.body)
    except DecodeError:
        return True
    return " in wire type " in words


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
