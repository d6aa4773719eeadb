"""The console's requests about data, to the server of a running ``cloudpy dev``: what they do is what functions see."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloudpy.devserver.console.api import ROUTES, Console, ConsoleError
from cloudpy.local import Backend
from tests.devserver.dev_process import Dev, write

from .api_client import ApiClient

pytestmark = pytest.mark.once
FUNCTION = """
import cloudpy.sync as cloud
cloud.init(config=None)

def main(event, context):
    kind = event.get("do")
    if kind == "who":
        return cloud.getWXContext()["OPENID"]
    if kind == "check":
        try:
            return dict(cloud.openapi.security.msgSecCheck({"content": event["text"], "version": 2, "scene": 2,
                                                            "openid": "o-alice"}))
        except cloud.CloudSDKError as error:
            return {"error": error.errCode}
    if kind == "order":
        return dict(cloud.cloudPay.unifiedOrder({"body": "tea", "outTradeNo": event["number"], "totalFee": 100,
            "spbillCreateIp": "127.0.0.1", "subMchId": "1900000109", "envId": "local", "functionName": "shop"}))
    if kind == "query":
        db = cloud.database()
        _ = db.command
        db.collection("todos").where({"done": False, "at": _.gt(1)}).orderBy("rank", "desc").get()
        return [document["_id"] for document in db.collection("todos").get()["data"]]
    if kind == "token":
        return 1
    return event
"""
LOCAL = """\
# the people
users:
  - openid: o-alice  # the first
  - openid: o-bob

answers:
  # a check
  security.msgSecCheck: {result: {suggest: pass, label: 100}}  # harmless
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("project")
    write(project, local_yaml=LOCAL)
    config = json.dumps({"permissions": {"openapi": ["security.msgSecCheck"]}})
    write(project / "shop", index=FUNCTION, config=config)
    return project


@pytest.fixture(scope="module")
def dev(project: Path) -> Iterator[Dev]:
    with Dev(project) as dev:
        yield dev


@pytest.fixture
def api(dev: Dev) -> ApiClient:
    return ApiClient(dev)


def test_users_are_added_chosen_edited_and_removed(dev: Dev, api: ApiClient) -> None:
    fields = {"unionid": "", "appid": "", "clientIP": ""}
    listed = api("GET", "/users")
    assert [(user["openid"], user["declared"], user["current"]) for user in listed["users"]] == [
        ("o-alice", True, True),
        ("o-bob", True, False),
    ]
    added = api("POST", "/users", {"openid": "o-carol", **fields, "unionid": "u-1"})
    assert added == {"unionid": "u-1", "appid": listed["appid"], "clientIP": "127.0.0.1"}
    assert api.error("POST", "/users", {"openid": "o-carol", **fields})[:2] == (409, "EXISTS")
    assert dev.post("shop", {"do": "who"}).json() == "o-alice"
    api("PUT", "/current-user", {"openid": "o-carol"})
    assert dev.post("shop", {"do": "who"}).json() == "o-carol"
    assert dev.post("shop", {"do": "who"}, x_wx_openid="o-bob").json() == "o-bob"
    edited = {**added, "unionid": "u-2"}
    assert api("PUT", "/users/o-carol", {**edited, "seen": added}) == edited
    assert api.error("PUT", "/users/o-carol", {**added, "seen": added})[:2] == (409, "CHANGED")
    api("DELETE", "/users/o-carol")
    assert dev.post("shop", {"do": "who"}).json() == "o-alice"
    assert api.error("DELETE", "/users/o-carol")[:2] == (404, "NOT_FOUND")
    status, code, message = api.error("DELETE", "/users/o-alice")
    assert (status, code) == (409, "DECLARED")
    assert "local.yaml" in message
    wrong: Any
    for wrong in ({"openid": ""}, {"openid": "a b"}, {"openid": "x" * 129}, {"openid": "o", "clientIP": "here"}):
        assert api.error("POST", "/users", {"openid": "o", **fields, **wrong})[:2] == (400, "INVALID_PARAM")


@pytest.mark.parametrize("name", [".", ".."])
def test_names_that_no_address_can_have_are_refused(name: str, api: ApiClient) -> None:
    user = {"openid": name, "unionid": "", "appid": "", "clientIP": ""}
    assert (400, "INVALID_PARAM") == api.error("POST", "/users", user)[:2]
    assert (400, "INVALID_PARAM") == api.error("POST", "/database", {"name": name})[:2]


def test_the_current_user_is_who_calls(tmp_path: Path) -> None:
    write(tmp_path, local_yaml=LOCAL)
    write(tmp_path / "shop", index=FUNCTION)
    write(tmp_path / "own", index=FUNCTION, local_yaml="users: [{openid: o-own}]\n")
    with Dev(tmp_path) as dev:
        api = ApiClient(dev)
        listed = api("GET", "/users")
        assert [user["openid"] for user in listed["users"] if user["current"]] == ["o-alice"]
        assert listed["own"] == [{"function": "own", "openid": "o-own"}]
        assert dev.post("own", {"do": "who"}).json() == "o-own"
        api("PUT", "/current-user", {"openid": "o-bob"})
        assert dev.post("own", {"do": "who"}).json() == "o-bob"
        assert api("GET", "/users")["own"] == []
    with Dev(tmp_path, "--openid", "o-given") as dev:
        listed = ApiClient(dev)("GET", "/users")
        assert [user["openid"] for user in listed["users"] if user["current"]] == ["o-given"]
        assert listed["own"] == []


def test_files_are_uploaded_in_pieces_listed_shown_and_deleted(dev: Dev, api: ApiClient) -> None:
    content = bytes(range(256)) * 40_000  # 10 MB: three pieces
    stored = api.put_file("big/data 1%.bin", content)
    assert stored == {"fileID": "cloud://local.local/big/data 1%.bin", "size": len(content)}
    assert api.ask("GET", "/storage/file", path="big/data 1%.bin", download="true").body == content
    api.put_file("big/page.html", b"<script>alert(1)</script>")
    api.put_file("big/sub/photo.png", b"\x89PNG\r\n\x1a\n")
    top = api("GET", "/storage")
    assert [(one["name"], one["isFolder"]) for one in top["entries"]] == [("big", True)]
    inside = api("GET", "/storage", folder="big")["entries"]
    assert [(one["name"], one["size"]) for one in inside] == [
        ("sub", 0),
        ("data 1%.bin", len(content)),
        ("page.html", 25),
    ]
    found = api("GET", "/storage", search="PHOTO")["entries"]
    assert [one["path"] for one in found] == ["big/sub/photo.png"]
    page = api.ask("GET", "/storage/file", path="big/page.html")
    assert page.headers["content-type"] == "text/plain; charset=utf-8"
    assert "sandbox" in page.headers["content-security-policy"]
    assert api.ask("GET", "/storage/file", path="big/sub/photo.png").headers["content-type"] == "image/png"
    assert api("GET", "/storage/text", path="big/page.html") == {"text": "<script>alert(1)</script>", "more": False}
    assert api("GET", "/storage/text", path="big/data 1%.bin") == {"text": None, "more": True}
    url = api("POST", "/storage/url", {"path": "big/page.html", "maxAge": 60})["url"]
    assert url.startswith(api("GET", "/status")["gateway"])
    assert api.error("POST", "/storage/uploads", {"path": "big/page.html", "replace": False})[:2] == (409, "EXISTS")
    api.put_file("big/page.html", b"new", replace=True)
    for path in ("", "/a", "a//b", "../x", "big"):
        assert api.error("POST", "/storage/uploads", {"path": path, "replace": True})[:2] == (400, "INVALID_PARAM")
    assert api("POST", "/storage/delete", {"files": ["big/page.html", "none"], "folders": ["big/sub"]}) == {
        "deleted": 2
    }
    assert [one["name"] for one in api("GET", "/storage", folder="big")["entries"]] == ["data 1%.bin"]
    api("POST", "/storage/delete", {"files": [], "folders": ["big"]})
    assert api.error("GET", "/storage", folder="big")[:2] == (404, "NOT_FOUND")
    assert api.ask("GET", "/storage/file", path="big/page.html").status == 404


def test_a_piece_out_of_turn_is_refused_and_an_upload_can_be_cancelled(api: ApiClient) -> None:
    begun = api("POST", "/storage/uploads", {"path": "a.txt", "replace": False})["upload"]
    api("PUT", f"/storage/uploads/{begun}", b"one", offset=0)
    status, code, message = api.error("PUT", f"/storage/uploads/{begun}", b"two", offset=0)
    assert (status, code) == (409, "WRONG_OFFSET")
    assert "byte 3" in message
    api("DELETE", f"/storage/uploads/{begun}")
    assert api.error("POST", f"/storage/uploads/{begun}")[:2] == (404, "NOT_FOUND")
    assert api.ask("GET", "/storage/file", path="a.txt").status == 404


def test_documents_keep_their_types_and_are_not_overwritten_in_silence(dev: Dev, api: ApiClient) -> None:
    api("POST", "/database", {"name": "todos"})
    assert api.error("POST", "/database", {"name": "todos"})[0] == 400
    text = """{"_id": "1", "big": 9007199254740993, "small": {"$numberLong": "5"}, "whole": 1.0,
      "at": {"$date": "2026-01-02T03:04:05.678Z"}, "oid": {"$oid": "0123456789abcdef01234567"},
      "place": {"type": "Point", "coordinates": [113.5, 23]}, "price": {"$numberDecimal": "1.10"}, "done": false}"""
    assert api("POST", "/database/todos/documents", {"text": text}) == {"ids": ['"1"']}
    found = api("POST", "/database/todos/find", {})
    [one] = found["documents"]
    for part in ('"big": 9007199254740993', '"whole": 1.0', '{\n    "$date": "2026-01-02T03:04:05.678Z"\n  }'):
        assert part in one["text"]
    assert one["cells"]["small"] == {"type": "long", "text": "5"}
    assert one["cells"]["at"] == {"type": "date", "text": "2026-01-02T03:04:05.678Z"}
    assert one["cells"]["price"] == {"type": "decimal", "text": "1.10"}
    # saved as it was read: nothing has changed
    same = api("PUT", "/database/todos/document", {"id": one["id"], "rev": one["rev"], "text": one["text"]})
    assert same["rev"] == one["rev"]
    # changed by a function meanwhile
    edited = one["text"].replace('"done": false', '"done": true')
    changed = api("PUT", "/database/todos/document", {"id": one["id"], "rev": one["rev"], "text": edited})
    status, code, message = api.error(
        "PUT", "/database/todos/document", {"id": one["id"], "rev": one["rev"], "text": one["text"]}
    )
    assert (status, code) == (409, "CHANGED")
    assert "nothing was overwritten" in message
    outcome = api("POST", "/database/todos/delete", {"documents": [{"id": one["id"], "rev": one["rev"]}]})
    assert outcome == {"deleted": 0, "changed": [one["id"]]}
    api("POST", "/database/todos/delete", {"documents": [{"id": one["id"], "rev": changed["rev"]}]})
    gone = {"id": one["id"], "rev": changed["rev"], "text": edited}
    assert api.error("PUT", "/database/todos/document", gone)[:2] == (409, "CHANGED")
    assert api("POST", "/database/todos/find", {})["total"] == 0
    assert api.error("GET", "/database/todos/document", id=one["id"])[:2] == (404, "NOT_FOUND")
    api("DELETE", "/database/todos")
    assert api.error("POST", "/database/todos/find", {})[0] == 404


def test_queries_aggregations_and_the_indexes_that_they_need(dev: Dev, api: ApiClient) -> None:
    api("POST", "/database", {"name": "todos"})
    text = json.dumps([{"_id": str(n), "done": n % 2 == 0, "at": n, "rank": -n} for n in range(30)])
    api("POST", "/database/todos/documents", {"text": text})
    found = api(
        "POST",
        "/database/todos/find",
        {"where": '{"done": true, "at": {"$gte": 10}}', "orderBy": '{"at": -1}', "field": '{"at": true}', "limit": 3},
    )
    assert [one["cells"]["at"]["text"] for one in found["documents"]] == ["28", "26", "24"]
    assert (found["total"], found["columns"]) == (10, ["_id", "at"])
    stages = '[{"$group": {"_id": "$done", "n": {"$sum": 1}}}, {"$sort": {"_id": 1}}]'
    grouped = api("POST", "/database/todos/aggregate", {"pipeline": stages})["documents"]
    assert [json.loads(one["text"]) for one in grouped] == [{"_id": False, "n": 15}, {"_id": True, "n": 15}]
    assert api("GET", "/indexes")["indexes"] == [], "queries of the console do not count"
    assert len(dev.post("shop", {"do": "query"}).json()) == 30
    [index] = api("GET", "/indexes")["indexes"]
    assert index["fields"] == [
        {"name": "done", "order": 1},
        {"name": "rank", "order": -1},
        {"name": "at", "order": 1},
    ]
    assert (index["collection"], index["queries"]) == ("todos", 1)
    for body, words in (
        ({"where": "{"}, "not valid Extended JSON"),
        ({"where": "[]"}, "where must be an object"),
        ({"where": '{"a": {"$wrong": 1}}'}, "unknown operator"),
        ({"orderBy": '{"a": 2}'}, "must be 1"),
        ({"limit": 0}, "limit from 1"),
        ({"where": 1}, "where must be a string"),
    ):
        status, _, message = api.error("POST", "/database/todos/find", body)
        assert (status, words in message) == (400, True), message


@pytest.mark.parametrize("form", ["lines", "array", "csv"])
def test_an_export_is_imported_again(api: ApiClient, form: str) -> None:
    name = f"export-{form}"
    api("POST", "/database", {"name": name})
    documents = [
        '{"_id": "1", "text": "a,\\"b\\"\\n是", "n": 9007199254740993, "at": {"$date": "2026-01-02T03:04:05Z"}}',
        '{"_id": 2, "text": "12", "tags": ["x", null], "flag": true}',
    ]
    api("POST", f"/database/{name}/documents", {"text": f"[{','.join(documents)}]"})
    before = api("POST", f"/database/{name}/find", {})["documents"]
    file = api.ask("GET", f"/database/{name}/export", format=form)
    assert "attachment" in file.headers["content-disposition"]
    api("DELETE", f"/database/{name}")
    end = "csv" if form == "csv" else "json"
    assert api("POST", f"/database/{name}/import", file.body, name=f"x.{end}") == {"count": 2}
    assert api("POST", f"/database/{name}/find", {})["documents"] == before
    status, _, message = api.error("POST", f"/database/{name}/import", b'{"a": 1}\n{', name="mine.json")
    assert (status, message[:12]) == (400, "mine.json:2:")


def test_a_response_is_set_written_and_reset(dev: Dev, api: ApiClient, project: Path) -> None:
    name = "security.msgSecCheck"
    check = {"do": "check", "text": "x"}
    assert dev.post("shop", check).json()["result"] == {"suggest": "pass", "label": 100}
    before = api("GET", f"/responses/{name}")
    assert (before["set"], before["files"][0]["line"], before["known"]) == (None, 8, True)
    assert 40003 in [error["code"] for error in before["errors"]]
    api("PUT", f"/responses/{name}", {"value": {"error": {"errCode": 87014}}})
    assert dev.post("shop", check).json() == {"error": 87014}
    listed = api("GET", "/responses")
    assert listed["apis"][0] == {"api": name, "set": True, "files": ["local.yaml"], "kinds": ["error"]}
    seen = before["files"][0]["value"]
    path = str(project / "local.yaml")
    assert api.error("POST", f"/responses/{name}/write", {"path": path, "seen": None})[:2] == (409, "CHANGED")
    assert api.error("POST", f"/responses/{name}/write", {"path": "/etc/passwd", "seen": None})[:2] == (
        404,
        "NOT_FOUND",
    )
    after = api("POST", f"/responses/{name}/write", {"path": path, "seen": seen})
    assert after["set"] is None
    assert (project / "local.yaml").read_text() == LOCAL.replace(
        "  security.msgSecCheck: {result: {suggest: pass, label: 100}}  # harmless\n",
        "  security.msgSecCheck:\n    error:\n      errCode: 87014  # harmless\n",
    )
    assert dev.post("shop", check).json() == {"error": 87014}
    text = (project / "local.yaml").read_text()
    (project / "local.yaml").write_text(f"{text}answers: {{}}\n")
    [problem] = api("GET", "/responses")["problems"]
    assert "duplicate key" in problem
    (project / "local.yaml").write_text(text)
    assert api("GET", "/responses")["problems"] == []
    api("PUT", f"/responses/{name}", {"value": {"fault": "reset", "delay": 0.01}})
    assert dev.post("shop", check).json()["error"] == -501001
    api("DELETE", f"/responses/{name}")
    assert dev.post("shop", check).json() == {"error": 87014}
    value = after["files"][0]["value"]
    api("POST", f"/responses/{name}/remove", {"path": path, "seen": value})
    assert dev.post("shop", check).json().keys() >= {"result"}, "the sample"
    wrong: Any
    for wrong in ({"fault": "nonsense"}, {"error": {"errCode": 0}}, [], 5, {"reply": {}, "error": {"errCode": 1}}):
        assert api.error("PUT", f"/responses/{name}", {"value": wrong})[:2] == (400, "INVALID_PARAM"), wrong
    assert api.error("POST", f"/responses/{name}/write", {"path": path, "seen": None})[:2] == (409, "NOT_SET")


def test_an_order_is_paid_and_refunded_and_the_function_is_told(dev: Dev, api: ApiClient) -> None:
    dev.post("shop", {"do": "order", "number": "n1"}, x_wx_openid="o-bob")
    dev.post("shop", {"do": "order", "number": "n2"})
    newest, order = api("GET", "/orders")["orders"]
    assert newest["outTradeNo"] == "n2"
    assert (order["outTradeNo"], order["fee"], order["state"], order["openid"]) == ("n1", 100, "NOTPAY", "o-bob")
    paid = api("POST", "/orders/1900000109/n1/pay", {"notify": True})
    assert paid["order"]["state"] == "SUCCESS"
    assert paid["event"]["outTradeNo"] == "n1"
    assert paid["invocation"]
    assert paid["problem"] == ""
    assert api.error("POST", "/orders/1900000109/n1/pay", {"notify": False})[:2] == (409, "WRONG_STATE")
    refunded = api("POST", "/orders/1900000109/n1/refund", {"outRefundNo": "", "fee": 40})
    assert (refunded["refunded"], refunded["refunds"][0]["outRefundNo"]) == (40, "n1-1")
    status, code, message = api.error("POST", "/orders/1900000109/n1/refund", {"outRefundNo": "r2", "fee": 61})
    assert (status, code) == (409, "WRONG_STATE")
    assert "60" in message
    assert api("POST", "/orders/1900000109/n2/close")["state"] == "CLOSED"
    assert api.error("POST", "/orders/1/n2/close")[:2] == (404, "NOT_FOUND")


def test_media_are_uploaded_shown_and_removed(api: ApiClient) -> None:
    media = api("POST", "/media", b"\x89PNG", name="a.png", type="image/png")["mediaId"]
    [one] = api("GET", "/media")["media"]
    assert (one["mediaId"], one["name"], one["size"]) == (media, "a.png", 4)
    assert api.ask("GET", f"/media/{media}").headers["content-type"] == "image/png"
    api("DELETE", f"/media/{media}")
    assert api("GET", "/media")["media"] == []
    assert api.ask("GET", f"/media/{media}").status == 404


def test_tokens_are_masked_and_can_expire(dev: Dev, api: ApiClient) -> None:
    gateway, appid = api("GET", "/status")["gateway"], api("GET", "/users")["appid"]
    path = f"/cgi-bin/token?grant_type=client_credential&appid={appid}&secret=s"
    with urllib.request.urlopen(gateway + path) as answer:
        token = json.load(answer)["access_token"]
    listed = api.ask("GET", "/tokens")
    assert token.encode() not in listed.body
    one = listed.json()["tokens"][0]
    assert (one["account"], one["valid"], one["token"]) == (appid, True, f"{token[:4]}***")
    api("POST", f"/tokens/{one['id']}/expire")
    assert api("GET", "/tokens")["tokens"][0]["valid"] is False


def test_an_api_is_described_and_called_as_a_user(api: ApiClient) -> None:
    assert len(api("GET", "/apis")["apis"]) == 336
    found = api("GET", "/apis/security.msgSecCheck")
    assert found["permissions"] == [{"function": "shop", "allowed": True}]
    assert found["contract"]["https"]["method"] == "POST"
    trial: dict[str, Any] = {"params": {"content": "x"}, "openid": "o-bob", "function": "", "convertCase": True}
    called = api("POST", "/apis/security.msgSecCheck/call", trial)
    assert called["error"] is None
    assert called["result"]["errCode"] == 0
    refused = api("POST", "/apis/wxacode.get/call", {**trial, "function": "shop", "params": {"path": "p"}})
    assert refused["error"]["errCode"] == -604101
    picture = api("POST", "/apis/wxacode.get/call", {**trial, "params": {"path": "p"}})
    assert picture["result"]["contentType"].startswith("image/")
    assert picture["result"]["buffer"]["base64"]
    file = {"contentType": "image/png", "value": {"base64": "iVBORw0KGgo="}}
    checked = api("POST", "/apis/security.imgSecCheck/call", {**trial, "params": {"media": file}})
    assert checked["error"] is None
    status, code, message = api.error("GET", "/apis/security.msgSecChek")
    assert (status, code) == (404, "NOT_FOUND")
    assert "security.msgSecCheck" in message
    assert api.error("POST", "/apis/security.msgSecCheck/call", {**trial, "openid": "o-eve"})[0] == 404
    minted = api("POST", "/cloudids", {"openid": "o-bob", "data": {"phoneNumber": "1"}, "life": 300})
    data = api("POST", "/apis/cloudbase.getOpenData/call", {**trial, "params": {"cloudidList": [minted["cloudID"]]}})
    assert data["result"]["dataList"][0]["json"]["data"]["phoneNumber"] == "1"


def test_the_handlers_work_without_functions(tmp_path: Path) -> None:
    backend = Backend(storage=tmp_path)
    console = Console(backend=backend, gateway="http://127.0.0.1:1")
    known = {"api": "security.msgSecCheck"}
    for route in ROUTES:
        needed = getattr(route.query, "__required_keys__", ())
        if route.method == "GET" and not needed and not route.functions and "{" not in route.path.replace("{api}", ""):
            route.handler(console, route.request(known, {}, b"", ""))
    value = json.dumps({"value": {"fault": "reset"}}).encode()
    [put] = [route for route in ROUTES if (route.method, route.path) == ("PUT", "/responses/{api}")]
    put.handler(console, put.request(known, {}, value, "application/json"))
    assert backend.overrides.apis() == ["security.msgSecCheck"]
    [to_file] = [route for route in ROUTES if route.path == "/responses/{api}/write"]
    body = json.dumps({"path": "local.yaml", "seen": None}).encode()
    with pytest.raises(ConsoleError, match=r"is not a local\.yaml of this console"):
        to_file.handler(console, to_file.request(known, {}, body, "application/json"))


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.changes], ids=lambda route: f"{route.method} {route.path}"
)
def test_nothing_changes_without_the_token(api: ApiClient, route: Any) -> None:
    path = route.path.replace("{", "").replace("}", "")
    answer = api.ask(route.method, path, {}, token=False)
    assert answer.status == 403
    assert "address that cloudpy printed" in answer.json()["errMsg"]
