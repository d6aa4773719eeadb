"""The pages about data in a browser: open, add, edit, delete, and what happens when something changes meanwhile."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.devserver.dev_process import Dev, eventually, write

from .api_client import ApiClient
from .conftest import Pages
from .pages import PAYLOADS, overflows, serious

pytestmark = pytest.mark.once
KEYS = re.compile(r"\b(nav|common|users|database|responses|payments|apis)\.[a-zA-Z_]+\b")  # without words
LOCAL = """\
users:
  - openid: o-alice
  - openid: o-bob
answers:
  # harmless texts
  security.msgSecCheck: {result: {suggest: pass, label: 100}}
"""
FUNCTION = """
import cloudpy.sync as cloud
cloud.init(config=None)

def main(event, context):
    if event.get("do") == "who":
        return cloud.getWXContext()["OPENID"]
    if event.get("do") == "order":
        return dict(cloud.cloudPay.unifiedOrder({"body": event["body"], "outTradeNo": event["number"], "totalFee": 100,
            "spbillCreateIp": "127.0.0.1", "subMchId": "1900000109", "envId": "local", "functionName": "shop"}))
    if event.get("do") == "check":
        try:
            return dict(cloud.openapi.security.msgSecCheck({"content": "x"}))
        except cloud.CloudSDKError as error:
            return {"error": error.errCode}
    if event.get("do") == "query":
        return len(cloud.database().collection("todos").where({"city": "x", "n": 1}).get()["data"])
    return event
"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63000100000005"
    "00010d0a2db40000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("project")
    write(project, local_yaml=LOCAL)
    write(project / "shop", index=FUNCTION, config='{"permissions": {"openapi": ["security.msgSecCheck"]}}')
    return project


@pytest.fixture(scope="module")
def dev(project: Path) -> Iterator[Dev]:
    with Dev(project) as dev:
        api = ApiClient(dev)
        api.put_file("photos/pixel.png", PIXEL)
        api.put_file("notes/a.txt", "第一行\n<b>two</b>".encode())
        for name in ("todos", "empty"):
            api("POST", "/database", {"name": name})
        documents = [{"_id": f"t{n}", "title": f"任务 {n}", "done": n % 2 == 0, "n": n} for n in range(60)]
        api("POST", "/database/todos/documents", {"text": json.dumps(documents)})
        dev.post("shop", {"do": "order", "number": "n0", "body": "tea"}, x_wx_openid="o-bob")
        dev.post("shop", {"do": "query"})
        yield dev


@pytest.fixture
def api(dev: Dev) -> ApiClient:
    return ApiClient(dev)


def visit(page: Page, path: str) -> None:
    page.goto(page.url.partition("/_console")[0] + "/_console" + path)
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator(".loading")).to_have_count(0)


PATHS = (
    "/users",
    "/storage",
    "/storage/photos",
    "/database",
    "/database/todos",
    "/database/todos/aggregation",
    "/database/todos/indexes",
    "/database/empty",
    "/responses",
    "/responses/security.msgSecCheck",
    "/payments",
    "/payments/media",
    "/payments/tokens",
    "/apis",
    "/apis/security.msgSecCheck",
)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_page_can_be_used_by_all(dev: Dev, open_page: Pages, language: str) -> None:
    page = open_page(dev, language=language, color_scheme="dark" if language == "en" else "light")
    for place, path in enumerate(PATHS):
        visit(page, path)
        assert not KEYS.search(page.inner_text("main")), path
        if language == "en" or place % 4 == 1:
            assert [] == serious(page), path
    page.set_viewport_size({"width": 380, "height": 760})
    for path in PATHS if language == "en" else ():
        visit(page, path)
        assert not overflows(page), path


def test_a_user_is_added_by_keyboard_and_calls(dev: Dev, api: ApiClient, open_page: Pages) -> None:
    page = open_page(dev, "/users")
    page.get_by_role("button", name="Add a user").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("o-carol")
    page.keyboard.press("Tab")
    page.keyboard.type("<svg/onload=window.hit=1>")
    page.keyboard.press("Enter")
    row = page.get_by_role("row", name=re.compile("o-carol"))
    expect(row).to_contain_text("<svg/onload=window.hit=1>")
    page.get_by_role("button", name="Use: o-carol").click()
    expect(row.get_by_text("Current")).to_be_visible()
    assert dev.post("shop", {"do": "who"}).json() == "o-carol"
    # edited here and elsewhere at the same time
    page.get_by_role("button", name="Edit: o-carol").click()
    page.get_by_label("UnionID").fill("u-mine")
    seen = {"unionid": "<svg/onload=window.hit=1>", "appid": api("GET", "/users")["appid"], "clientIP": "127.0.0.1"}
    api("PUT", "/users/o-carol", {**seen, "unionid": "u-theirs", "seen": seen})
    expect(row).to_contain_text("u-theirs")
    open_page.allowed.append("409")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").get_by_text("changed meanwhile")).to_be_visible()
    assert page.get_by_label("UnionID").input_value() == "u-mine"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete: o-carol").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(row).to_have_count(0)
    assert dev.post("shop", {"do": "who"}).json() == "o-alice"
    assert page.evaluate("window.hit") is None


def test_files_are_uploaded_shown_and_deleted(dev: Dev, api: ApiClient, open_page: Pages) -> None:
    page = open_page(dev, "/storage/notes")
    files = [
        {"name": "new.txt", "mimeType": "text/plain", "buffer": b"<img src=x onerror=window.hit=1>"},
        {"name": "big.bin", "mimeType": "application/octet-stream", "buffer": bytes(5_000_000)},
        {"name": "<img src=x onerror=window.hit=1>.png", "mimeType": "image/png", "buffer": PIXEL},
    ]
    page.get_by_label("Files to upload").set_input_files(files)  # type: ignore[arg-type]
    for name in ("new.txt", "big.bin"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    expect(page.get_by_text("5 MB")).to_be_visible()
    page.get_by_role("button", name="new.txt").click()
    expect(page.locator(".preview pre")).to_have_text("<img src=x onerror=window.hit=1>")
    page.get_by_role("checkbox", name="Select: big.bin").check()
    api.put_file("notes/later.txt", b"x")
    api.put_file("notes/new.txt", b"other", replace=True)
    expect(page.get_by_role("button", name="later.txt")).to_be_visible()
    expect(page.locator(".preview pre")).to_have_text("other")
    expect(page.get_by_role("checkbox", name="Select: big.bin")).to_be_checked()
    # the same name again is asked about
    open_page.allowed.append("409")
    page.get_by_label("Files to upload").set_input_files(files[:1])  # type: ignore[arg-type]
    page.get_by_role("button", name="Replace", exact=True).click()
    expect(page.locator(".preview pre")).to_have_text("<img src=x onerror=window.hit=1>")
    page.locator("main").get_by_role("button", name="Delete", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("button", name="big.bin")).to_have_count(0)
    page.get_by_role("button", name="Temporary URL").click()
    page.get_by_role("button", name="Make and copy").click()
    url = page.locator("dialog pre").last
    expect(url).to_contain_text("/storage/local/notes/new.txt?sign=")
    assert page.evaluate("navigator.clipboard.readText()") == url.inner_text()
    assert page.evaluate("window.hit") is None
    visit(page, "/storage/photos")
    page.get_by_role("button", name="pixel.png").click()
    eventually(lambda: page.evaluate("document.querySelector('.preview img').naturalWidth") == 1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.path().read_bytes() == PIXEL


def test_files_are_dropped_on_the_page(dev: Dev, api: ApiClient, open_page: Pages) -> None:
    page = open_page(dev, "/storage/dropped")
    open_page.allowed.append("404")  # the folder appears with its first file
    drop = """element => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["hello"], "hello.txt", {type: "text/plain"}));
      element.dispatchEvent(new DragEvent("dragover", {dataTransfer: transfer, bubbles: true, cancelable: true}));
      element.dispatchEvent(new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
    }"""
    page.locator(".drop").evaluate(drop)
    expect(page.locator(".file.link", has_text="hello.txt")).to_be_visible()
    assert api("GET", "/storage/text", path="dropped/hello.txt")["text"] == "hello"


def test_documents_are_added_edited_and_deleted(dev: Dev, api: ApiClient, open_page: Pages) -> None:
    page = open_page(dev, "/database")
    page.get_by_role("button", name="New collection").click()
    page.get_by_label("Name").fill("trips")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No document yet")).to_be_visible()
    page.get_by_role("button", name="Add a document").click()
    editor = page.get_by_role("textbox", name="Document")
    editor.fill('{"_id": "a", "big": 9007199254740993, "at": {"$date": "2026-01-02T03:04:05.678Z"}, "whole": 1.0}')
    page.get_by_role("button", name="Format").click()
    page.get_by_role("dialog").get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("cell", name="9007199254740993")).to_be_visible()
    # edited by hand while a function changes it
    page.get_by_role("button", name='Edit: "a"').click()
    expect(editor).to_have_value(re.compile(r'"whole": 1\.0'))
    editor.fill(editor.input_value().replace("1.0", "2.0"))
    [one] = api("POST", "/database/trips/find", {})["documents"]
    theirs = one["text"].replace("9007199254740993", "9007199254740995")
    api("PUT", "/database/trips/document", {"id": one["id"], "rev": one["rev"], "text": theirs})
    open_page.allowed.append("409")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").get_by_text("nothing was overwritten")).to_be_visible()
    expect(page.get_by_role("heading", name="As it is in the database now")).to_be_visible()
    assert '"whole": 2.0' in editor.input_value()
    page.get_by_role("button", name="Keep mine, and save over it").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    [after] = api("POST", "/database/trips/find", {})["documents"]
    assert ('"whole": 2.0' in after["text"], "9007199254740993" in after["text"]) == (True, True)
    # export and import
    with page.expect_download() as download:
        page.get_by_label("Export").select_option("csv")
    exported = download.value.path().read_bytes()
    page.get_by_role("checkbox", name='Select: "a"').check()
    page.get_by_role("button", name="Delete 1").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("No document yet")).to_be_visible()
    file: Any = {"name": "trips.csv", "mimeType": "text/csv", "buffer": exported}
    page.get_by_label("Import").set_input_files(file)
    page.get_by_role("dialog").get_by_role("button", name="Import").click()
    expect(page.get_by_role("cell", name="9007199254740993")).to_be_visible()
    assert api("POST", "/database/trips/find", {})["documents"] == [after]
    open_page.allowed.append("404")  # the list may be read again just when the collection goes
    page.get_by_role("button", name="Delete the collection").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("trips", exact=True)).to_have_count(0)


def test_a_query_stays_while_documents_change(dev: Dev, api: ApiClient, open_page: Pages) -> None:
    page = open_page(dev, "/database/todos")
    expect(page.get_by_text("1–50 of 60")).to_be_visible()
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("51–60 of 60")).to_be_visible()
    page.get_by_text("Query", exact=True).click()
    page.get_by_label("Condition").fill('{"n": {"$lt": 3}}')
    page.get_by_label("orderBy").fill('{"n": -1}')
    page.get_by_label("skip").fill("0")
    page.get_by_label("Condition").press("Control+Enter")
    expect(page.get_by_text("1–3 of 3")).to_be_visible()
    cells = page.locator("tbody tr td:nth-child(2)")
    expect(cells).to_have_text(["t2", "t1", "t0"])
    page.get_by_label("orderBy").focus()
    page.keyboard.type("   ")
    api("POST", "/database/todos/documents", {"text": '{"_id": "new", "n": 1.5}'})
    expect(cells).to_have_text(["t2", "new", "t1", "t0"])
    assert page.get_by_label("orderBy").input_value().endswith("   ")
    expect(page.get_by_label("orderBy")).to_be_focused()
    page.get_by_role("button", name='Edit: "new"').focus()
    page.get_by_role("checkbox", name='Select: "t1"').evaluate("box => box.click()")
    [new] = api("POST", "/database/todos/find", {"where": '{"_id": "new"}'})["documents"]
    changed = {"id": new["id"], "rev": new["rev"], "text": '{"_id": "new", "n": 1.5, "title": "changed"}'}
    api("PUT", "/database/todos/document", changed)
    expect(page.get_by_role("cell", name="changed")).to_be_visible()
    expect(page.get_by_role("button", name='Edit: "new"')).to_be_focused()
    expect(page.get_by_role("checkbox", name='Select: "t1"')).to_be_checked()
    open_page.allowed.append("400")
    page.get_by_label("Condition").fill('{"n": {"$wrong": 3}}')
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert").get_by_text("unknown operator: $wrong")).to_be_visible()
    page.get_by_role("tab", name="Aggregation").click()
    page.get_by_label("Pipeline").fill('[{"$group": {"_id": "$done", "n": {"$sum": 1}}}, {"$match": {"_id": true}}]')
    page.get_by_label("Pipeline").press("Control+Enter")
    expect(page.locator(".json-documents")).to_contain_text('"n": 30')
    page.get_by_role("tab", name="Indexes").click()
    expect(page.locator(".index-head")).to_contain_text(["city ↑"])
    page.reload()
    expect(page.get_by_role("tab", name="Indexes")).to_have_attribute("aria-selected", "true")


def test_a_response_counts_at_once_and_is_written(dev: Dev, api: ApiClient, project: Path, open_page: Pages) -> None:
    name = "security.msgSecCheck"
    page = open_page(dev, "/responses")
    page.get_by_label("Name of an API").fill(name)
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Error").check()
    page.get_by_label("errCode").fill("87014")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".response-status").get_by_text("Set here", exact=True)).to_be_visible()
    assert dev.post("shop", {"do": "check"}).json() == {"error": 87014}
    # changed elsewhere while something is typed
    page.get_by_label("errMsg").fill("mine")
    api("PUT", f"/responses/{name}", {"value": {"fault": "reset"}})
    expect(page.get_by_text("It was changed elsewhere")).to_be_visible()
    assert page.get_by_label("errMsg").input_value() == "mine"
    page.get_by_role("button", name="Show the change").click()
    expect(page.get_by_role("radio", name="Fault")).to_be_checked()
    page.get_by_role("button", name="Write to local.yaml").click()
    expect(page.locator(".response-status").get_by_text("Not set here", exact=True)).to_be_visible()
    written = LOCAL.replace("{result: {suggest: pass, label: 100}}", "\n    fault: reset").replace(": \n", ":\n")
    assert (project / "local.yaml").read_text() == written
    assert dev.post("shop", {"do": "check"}).json() == {"error": -501001}
    page.get_by_role("radio", name="Reply").check()
    page.get_by_role("button", name="Fill with a sample").click()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("button", name="Reset all")).to_be_visible()
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.get_by_role("button", name="Reset all")).to_be_hidden()
    open_page.allowed.append("400")
    page.get_by_role("radio", name="Error").check()
    page.get_by_label("errCode").fill("0")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("must not be 0")).to_be_visible()


def test_an_order_is_paid_and_refunded(dev: Dev, open_page: Pages) -> None:
    page = open_page(dev, "/payments")
    dev.post("shop", {"do": "order", "number": "n1", "body": "<img src=x onerror=window.hit=1>"})
    row = page.get_by_role("row", name=re.compile("n1"))
    expect(row).to_contain_text("<img src=x onerror=window.hit=1>")
    page.get_by_role("button", name="Pay: n1").click()
    page.get_by_role("dialog").get_by_role("button", name="Pay").click()
    expect(page.get_by_text("The order n1 is paid")).to_be_visible()
    expect(page.get_by_role("link", name="See the invocation")).to_be_visible()
    page.keyboard.press("Escape")
    expect(row.get_by_text("Paid", exact=True)).to_be_visible()
    page.get_by_role("button", name="Refund: n1").click()
    page.get_by_label("Amount in fen").fill("101")
    open_page.allowed.append("409")
    page.get_by_role("dialog").get_by_role("button", name="Refund").click()
    expect(page.get_by_role("alert").get_by_text("from 1 to 100 fen")).to_be_visible()
    page.get_by_label("Amount in fen").fill("40")
    page.get_by_role("dialog").get_by_role("button", name="Refund").click()
    expect(row.get_by_text("refunded ¥ 0.40")).to_be_visible()
    page.get_by_role("tab", name="Media").click()
    file: Any = {"name": "a<b>.png", "mimeType": "image/png", "buffer": PIXEL}
    page.get_by_label("Upload media").last.set_input_files(file)
    expect(page.get_by_role("cell", name="a<b>.png", exact=True).last).to_be_visible()
    assert page.evaluate("window.hit") is None


def test_an_api_is_found_in_chinese_and_called(dev: Dev, open_page: Pages) -> None:
    page = open_page(dev, "/apis", language="zh-CN")
    page.get_by_placeholder("搜索接口名或说明").fill("小程序码")
    expect(page.locator(".apis li").first).to_be_visible()
    page.get_by_placeholder("搜索接口名或说明").fill("wxacode.get 数量较多")
    page.get_by_placeholder("搜索接口名或说明").fill("wxacode.getUnlimited")
    page.get_by_role("link", name=re.compile(r"wxacode\.getUnlimited")).click()
    page.get_by_label("用户", exact=True).select_option("o-bob")
    page.get_by_role("button", name="调用", exact=True).click()
    expect(page.get_by_alt_text("返回的图片")).to_be_visible()
    page.get_by_label("以云函数身份").select_option("shop")
    page.get_by_role("button", name="调用", exact=True).click()
    expect(page.locator(".trial-result")).to_contain_text("-604101")


def test_hostile_text_is_only_text(dev: Dev, api: ApiClient, open_page: Pages) -> None:
    api("POST", "/database", {"name": "hostile"})
    documents = [{"_id": payload, payload.replace("$", "").replace(".", ""): payload} for payload in PAYLOADS]
    api("POST", "/database/hostile/documents", {"text": json.dumps(documents)})
    for number, payload in enumerate(PAYLOADS):
        api("PUT", f"/responses/x.y{number}", {"value": {"reply": {"text": payload}}})
        api.put_file(f"hostile/{number}{payload.replace('/', '_').replace(chr(92), '_')}.txt", payload.encode())
        api("POST", "/media", payload.encode(), name=payload, type="text/html")
    page = open_page(dev, "/database/hostile")
    expect(page.locator("tbody tr")).to_have_count(len(PAYLOADS))
    page.get_by_role("button", name="JSON").click()
    expect(page.locator(".json-documents > li")).to_have_count(len(PAYLOADS))
    visit(page, "/storage/hostile")
    for number in range(len(PAYLOADS)):
        page.locator("tbody .file.link").nth(number).click()
        expect(page.locator(".preview pre")).to_be_visible()
    visit(page, "/responses/x.y0")
    visit(page, "/payments/media")
    expect(page.locator("tbody tr")).to_have_count(len(PAYLOADS) + 1)
    assert page.evaluate("window.hit") is None
    api("DELETE", "/responses")


def test_a_page_without_the_token_changes_nothing(dev: Dev, open_page: Pages) -> None:
    page = open_page(dev, "/users", token=False)
    page.get_by_role("button", name="Use: o-bob").click()
    expect(page.locator(".toast")).to_contain_text("can only read")
    assert dev.post("shop", {"do": "who"}).json() == "o-alice"
