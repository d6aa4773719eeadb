"""The pages about replay, recordings and the state, and the story of a user in the whole console."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.devserver.dev_process import Dev, eventually, write

from .pages import PAYLOADS, overflows, serious

pytestmark = pytest.mark.once
Open = Callable[..., Page]
KEYS = re.compile(r"\b(nav|common|replay|recordings|state)\.[a-z]+\b")  # without words
FUNCTION = """\
import cloudpy.sync as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

def main(event, context):
    cloud.database().collection("notes").add(data={"title": event.get("title", "tea")})
    return {"openid": cloud.getWXContext()["OPENID"], "title": event.get("title")}
"""
LOCAL = "users: [{openid: o-alice}, {openid: o-bob}]\ndatabase: {collections: {notes: []}}\n"


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Dev]:
    write(tmp_path / "note", index=FUNCTION)
    write(tmp_path, local_yaml=LOCAL)
    with Dev(tmp_path, "--timeout", "60") as dev:
        yield dev


def at(page: Page, path: str) -> None:
    page.goto(page.url.partition("/_console")[0] + "/_console" + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".loading")).to_have_count(0)


def test_an_invocation_is_replayed_and_exported(dev: Dev, open_page: Open, tmp_path: Path) -> None:
    first = dev.post("note", {"title": "茶"}, x_wx_openid="o-bob").headers["x-request-id"]
    page = open_page(dev, f"/invocations/{first}")
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page).not_to_have_url(re.compile(first))
    expect(page.get_by_role("region", name="Result").get_by_text('"o-bob"')).to_be_visible()
    page.get_by_role("button", name="Replay at the same time").click()
    expect(page.get_by_text("Replayed", exact=True).first).to_be_visible()

    page.get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("def test_note(wechat):")).to_be_visible()
    assert [] == serious(page)
    dialog.get_by_role("button", name="Save in the project").click()
    expect(page.get_by_text("Saved as")).to_be_visible()
    assert 1 == len(list(tmp_path.glob("test_note_*.py")))
    dialog.get_by_role("tab", name="curl").click()
    expect(dialog.get_by_text(f"{dev.url}/note")).to_be_visible()
    dialog.get_by_role("button", name="Copy").click()
    assert "x-wx-openid: o-bob" in page.evaluate("navigator.clipboard.readText()")
    dialog.get_by_role("tab", name="cloudpy compare").press("Enter")
    expect(dialog.get_by_text('"function": "note"')).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_session_is_recorded_and_replayed(dev: Dev, open_page: Open) -> None:
    page = open_page(dev, "/recordings")
    open_page.allowed.append("400 (Bad Request)")  # type: ignore[attr-defined]
    expect(page.get_by_text("No recordings yet")).to_be_visible()
    page.get_by_role("button", name="Start recording").click()
    page.get_by_label("Name").fill("../no")
    page.get_by_role("dialog").get_by_role("button", name="Start recording").click()
    expect(page.get_by_text("is not a name")).to_be_visible()
    page.get_by_label("Name").fill("我的")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Recording “我的”")).to_be_visible()
    dev.post("note", {"title": "茶"}, x_wx_openid="o-bob")
    dev.post("note", {"title": PAYLOADS[1], "all": list(PAYLOADS)})
    expect(page.get_by_role("row", name="我的").get_by_role("cell", name="2", exact=True)).to_be_visible()
    page.get_by_role("button", name="Stop recording").click()
    expect(page.get_by_role("button", name="Start recording")).to_be_visible()
    page.get_by_role("link", name="我的", exact=True).click()
    for payload in PAYLOADS:
        expect(page.get_by_text(json.dumps(payload)[1:-1]).first).to_be_visible()
    page.get_by_role("button", name="Replay all").click()
    expect(page.get_by_text("Replayed: 2, all returned")).to_be_visible()
    assert page.evaluate("window.hit === undefined")
    page.go_back()
    page.get_by_role("button", name="Delete: 我的").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No recordings yet")).to_be_visible()


def test_the_state_is_exported_reset_and_imported(dev: Dev, open_page: Open) -> None:
    dev.post("note", {"title": "茶"})
    page = open_page(dev, "/state")
    documents = page.locator("dt:text-is('Documents') + dd")
    expect(documents).to_have_text("1")
    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_role("dialog").get_by_label("Name").fill("before")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="before")).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset").click()
    expect(documents).to_have_text("0")
    dev.post("note", {"title": "1"})
    dev.post("note", {"title": "2"})
    expect(documents).to_have_text("2")
    page.get_by_role("button", name="Import: before").click()
    page.get_by_role("dialog").get_by_role("button", name="Import").click()
    expect(documents).to_have_text("1")
    page.get_by_role("button", name="Delete: before").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No exports yet")).to_be_visible()


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_the_pages_in_both_languages_and_narrow(language: str, dev: Dev, open_page: Open) -> None:
    dev.post("note", {"title": "茶"})
    page = open_page(dev, "/state", language=language)
    token = dev.said(lambda line: line["log"] == "ready")["console"].partition("token=")[2]
    headers = {"X-Console-Token": token, "Content-Type": "application/json"}
    for path, value in (("/recordings", {"name": "r"}), ("/recordings/stop", {}), ("/state/exports", {"name": "e"})):
        assert 200 == dev.request("POST", f"/_console/api{path}", json.dumps(value), headers).status
    for path in ("/state", "/recordings", "/recordings/r"):
        at(page, path)
        assert [] == serious(page), path
        assert not KEYS.search(page.inner_text("body")), path
        page.set_viewport_size({"width": 380, "height": 760})
        assert not overflows(page), path
        page.set_viewport_size({"width": 1280, "height": 800})


def test_without_a_token_nothing_is_changed(dev: Dev, open_page: Open) -> None:
    dev.post("note", {"title": "茶"})
    page = open_page(dev, "/state", token=False)
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("read-only").first).to_be_visible()
    assert 1 == dev.request("GET", "/_console/api/state").json()["counts"]["documents"]


STORY = """\
import cloudpy as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    user = cloud.getWXContext()["OPENID"]
    await cloud.database().collection("notes").add(data={"by": user, "title": event["title"]})
    try:
        await cloud.openapi.security.msgSecCheck(content=event["title"], version=2, scene=1, openid=user)
    except cloud.CloudSDKError as error:
        return {"by": user, "errCode": error.errCode}
    return {"by": user, "errCode": 0}
"""


def test_the_story_of_a_user(dev: Dev, open_page: Open, tmp_path: Path) -> None:
    page = open_page(dev)
    # save a function
    write(tmp_path / "story", index=STORY, config='{"permissions": {"openapi": ["security.msgSecCheck"]}}')
    expect(page.get_by_role("link", name="story")).to_be_visible()
    # invoke it from the page as bob
    at(page, "/invoke/story")
    page.get_by_label("User", exact=True).fill("o-bob")
    page.get_by_role("textbox", name="Event").fill('{"title": "茶"}')
    page.get_by_role("textbox", name="Event").press("Control+Enter")
    expect(page.get_by_role("region", name="Result").get_by_text('"o-bob"')).to_be_visible()
    # see its write in the database
    at(page, "/database/notes")
    expect(page.get_by_role("cell", name="茶", exact=True)).to_be_visible()
    # change what an API answers to an error
    at(page, "/responses/security.msgSecCheck")
    page.get_by_role("radio", name="Error").check()
    page.get_by_label("errCode").fill("87014")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Set here").first).to_be_visible()
    # replay
    at(page, "/invocations")
    page.get_by_role("link", name="story").first.click()
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.get_by_role("region", name="Result").get_by_text("87014")).to_be_visible()
    # export as a test, and run it
    page.get_by_role("button", name="Export").click()
    page.get_by_role("dialog").get_by_role("button", name="Save in the project").click()
    test = eventually(lambda: next(tmp_path.glob("test_story_*.py"), None))
    expect(page.get_by_text("Saved as")).to_be_visible()
    program = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test.name]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=120)
    assert "1 passed" in done.stdout, test.read_text() + done.stdout
    assert "87014" in test.read_text()
