"""The pages about functions, as users have them: open, invoke, look, change, reload; many of all; hostile text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.devserver.dev_process import Dev, eventually, write

from .filled_dev import COUNT
from .pages import ECHO, ORDER, PAYLOADS, covered, overflows, project, serious

pytestmark = pytest.mark.once
Open = Callable[..., Page]
KEYS = re.compile(r"\b(nav|common|overview|invocations?|logs|timers|invoke|call|functions)\.[a-z]+\b")  # without words
PATHS = ("/", "/functions", "/functions/order", "/invoke/order", "/invocations", "/logs", "/timers")


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    with Dev(project(tmp_path_factory.mktemp("project"))) as dev:
        dev.post("order", {"item": "tea"}, x_wx_openid="o-bob")
        dev.post("broken", {"order": {"price": 2}})
        yield dev


def last(dev: Dev, function: str) -> str:
    found = dev.request("GET", f"/_console/api/invocations?function={function}&limit=1").json()["items"]
    return str(found[-1]["id"])


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_page_can_be_used_by_all(dev: Dev, open_page: Open, language: str) -> None:
    paths = [*PATHS, f"/invocations/{last(dev, 'order')}", f"/invocations/{last(dev, 'broken')}"]
    page = open_page(dev, language=language, color_scheme="dark" if language == "en" else "light")
    for path in paths:
        page.goto(page.url.partition("/_console")[0] + "/_console" + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".loading")).to_have_count(0)
        assert [] == serious(page), path
        assert not KEYS.search(page.inner_text("body")), path
    page.set_viewport_size({"width": 380, "height": 760})
    for path in paths:
        page.goto(page.url.partition("/_console")[0] + "/_console" + path)
        expect(page.locator(".loading")).to_have_count(0)
        assert not overflows(page) and not covered(page), path


def test_a_function_is_invoked_by_keyboard_as_another_user(dev: Dev, open_page: Open) -> None:
    page = open_page(dev, "/invoke/order")
    page.get_by_label("User", exact=True).fill("o-bob")
    editor = page.get_by_role("textbox", name="Event")
    editor.fill('{"item": ')
    expect(page.get_by_text("Line 1, column 10")).to_be_visible()
    editor.fill('{"item": "green tea", "n": 12345678901234567890}')
    expect(page.get_by_text("Valid JSON")).to_be_visible()
    editor.press("Control+Enter")
    result = page.get_by_role("region", name="Result")
    expect(result.get_by_text('"green tea"')).to_be_visible()
    expect(result.get_by_text('"o-bob"')).to_be_visible()
    page.get_by_role("link", name="Calls, output and more").click()
    expect(page.get_by_role("heading", name="order", level=1)).to_be_focused()
    expect(page.get_by_text("12345678901234567890")).to_be_visible()
    expect(page.get_by_text("order of green tea")).to_be_visible()
    page.get_by_text("callFunction notify").click()
    page.get_by_role("link", name="Open the invocation of notify").click()
    expect(page.get_by_role("heading", name="notify")).to_be_visible()
    call = page.locator("details.call", has_text="subscribeMessage.send")
    call.locator("summary").press("Enter")
    expect(call.get_by_text('"templateId"')).to_be_visible()
    expect(call.get_by_text('"errmsg"')).to_be_visible()


def test_an_event_with_megabytes_is_formatted_and_a_repeated_key_is_named(dev: Dev, open_page: Open) -> None:
    page = open_page(dev, "/invoke/echo")
    editor = page.get_by_role("textbox", name="Event")
    editor.fill('{"b": [{"b": 1}, {"b": "b\\\\"}], "c": {"\\u0062": {}, "b": 2}}')
    expect(page.get_by_text('"b" is there twice')).to_be_visible()
    editor.fill('{"b": [{"b": 1}, {"b": "b\\\\"}], "c": {"\\u0062": {}}}')
    expect(page.get_by_text("Valid JSON")).to_be_visible()
    editor.evaluate(r"""(area) => {
        area.value = JSON.stringify({ image: "x".repeat(8e6), quotes: '\\"'.repeat(1e5) });
        area.dispatchEvent(new Event("input"));
    }""")
    page.get_by_role("button", name="Format").click()
    assert editor.evaluate("(area) => area.value.split('\\n').length") == 4
    assert editor.evaluate("(area) => JSON.parse(area.value).quotes.length") == 200_000


def test_what_is_typed_is_kept_and_events_are_saved(dev: Dev, open_page: Open) -> None:
    page = open_page(dev, "/invoke/echo")
    page.get_by_label("Template").select_option("http POST")
    editor = page.get_by_role("textbox", name="Event")
    expect(editor).to_have_value(re.compile('"httpMethod": "POST"'))
    editor.fill('{"text": "kept"}')
    page.reload()
    expect(page.get_by_role("textbox", name="Event")).to_have_value('{"text": "kept"}')
    open_page.allowed.append("status of 400")  # type: ignore[attr-defined]  # Chromium reports each of them
    page.get_by_role("button", name="Save as").click()
    page.get_by_role("dialog").get_by_label("Name").fill("../bad")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog").get_by_text("cannot be the name of an event")).to_be_visible()
    page.get_by_role("dialog").get_by_label("Name").fill("早上")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    editor.fill("{}")
    page.goto(page.url + "?event=早上")
    expect(page.get_by_role("textbox", name="Event")).to_have_value(re.compile('"kept"'))
    page.get_by_role("button", name="CloudID").click()
    page.get_by_role("dialog").get_by_role("button", name="Insert").click()
    expect(page.get_by_role("textbox", name="Event")).to_have_value(re.compile(r'"cloudID": \{\s*"cloudID"'))
    page.get_by_role("textbox", name="Event").press("Control+Enter")
    expect(page.get_by_role("region", name="Result").get_by_text('"phoneNumber"')).to_be_visible()


def test_the_list_grows_while_what_is_open_stays(dev: Dev, open_page: Open) -> None:
    page = open_page(dev, f"/invocations/{last(dev, 'broken')}")
    page.get_by_text("Traceback", exact=True).click()
    expect(page.get_by_text("KeyError: 'amount'").last).to_be_visible()
    expect(page.locator(".here", has_text='order["amount"]')).to_be_visible()
    dev.post("echo", {"text": "while it is open"})
    listed = open_page(dev, "/invocations")
    expect(listed.locator(".vrow").first).to_contain_text("echo")
    listed.get_by_role("searchbox").fill("while it is")
    expect(listed.locator(".vrow")).to_have_count(1)
    dev.post("echo", {"text": "while it is searched"})
    expect(listed.locator(".vrow")).to_have_count(2)
    listed.get_by_label("State").select_option("failed")
    expect(listed.get_by_text("Nothing matches")).to_be_visible()
    listed.get_by_role("button", name="Clear the filters").click()
    expect(listed.locator(".vrow", has_text="broken").first).to_be_visible()
    listed.get_by_label("State").select_option("failed")
    listed.reload()
    expect(listed.get_by_label("State")).to_have_value("failed")
    expect(listed.locator(".vrow", has_text="echo")).to_have_count(0)
    expect(page.get_by_text("KeyError: 'amount'").last).to_be_visible()  # still open


def test_logs_are_followed_searched_and_cleared(tmp_path: Path, open_page: Open) -> None:
    with Dev(project(tmp_path)) as dev:
        page = open_page(dev, "/logs")
        expect(page.get_by_text("No output yet")).to_be_visible()
        for number in range(60):
            dev.post("echo", {"text": f"ERROR: bad {number}" if number % 20 == 0 else f"line {number}"})
        expect(page.locator(".vrow").last).to_contain_text("line 59")
        page.get_by_label("Level").select_option("error")
        expect(page.locator(".vrow")).to_have_count(3)
        page.get_by_role("searchbox").fill("bad 40")
        expect(page.locator(".vrow")).to_have_count(1)
        page.get_by_role("link", name="echo").click()
        expect(page.get_by_role("heading", name="echo")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("searchbox")).to_have_value("bad 40")
        page.get_by_role("button", name="Clear").click()
        expect(page.get_by_text("Nothing matches")).to_be_visible()


def test_a_missing_permission_is_written_by_a_button(tmp_path: Path, open_page: Open) -> None:
    folder = project(tmp_path)
    with Dev(folder) as dev:
        page = open_page(dev, "/functions/denied")
        card = page.get_by_role("region", name="Permissions")
        expect(card.get_by_text("subscribeMessage.send")).to_be_visible()
        card.get_by_role("button", name="Add them to config.json (1)").click()
        expect(card.get_by_role("button")).to_have_count(0)
        assert {"permissions": {"openapi": ["subscribeMessage.send"]}} == json.loads(
            (folder / "denied" / "config.json").read_text()
        )
        assert 200 == eventually(lambda: dev.post("denied", {"template": "T"}).status == 200 and 200)
        page.goto(page.url.replace("denied", "order"))
        expect(page.get_by_text("tea house")).to_be_visible()
        assert "hunter2" not in page.content()
        write(folder / "later", index="def main(event, context):\n    return 1\n")
        page.get_by_role("link", name="Functions").first.click()
        expect(page.get_by_role("link", name="later")).to_be_visible()


def test_a_timer_is_fired_and_timers_are_switched(dev: Dev, open_page: Open) -> None:
    page = open_page(dev, "/timers")
    page.get_by_role("button", name="Fire now").click()
    expect(page.locator("td .actions a")).to_be_visible()
    page.get_by_role("switch").check(force=True)
    assert eventually(lambda: dev.request("GET", "/_console/api/timers").json()["firing"])
    other = open_page(dev, "/timers")
    expect(other.get_by_role("switch")).to_be_checked()
    page.get_by_role("switch").uncheck(force=True)
    expect(other.get_by_role("switch")).not_to_be_checked()


def test_the_longest_names_fit_a_phone(tmp_path: Path, open_page: Open) -> None:
    name, user = "f" * 60, "o" * 128
    write(tmp_path / name, index=ECHO)
    with Dev(tmp_path) as dev:
        dev.post(name, {}, x_wx_openid=user)
        page = open_page(dev, viewport={"width": 380, "height": 760})
        root = page.url.rstrip("/")
        for path in (
            "/",
            f"/functions/{name}",
            f"/invoke/{name}",
            "/invocations",
            f"/invocations/{last(dev, name)}",
            "/logs",
        ):
            page.goto(root + path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.locator(".loading")).to_have_count(0)
            if path == "/invocations":
                expect(page.get_by_role("option", name=user)).to_have_count(1)
            assert not overflows(page) and not covered(page), path


def test_a_function_that_is_removed_is_gone_until_it_comes_back(tmp_path: Path, open_page: Open) -> None:
    write(tmp_path / "other", index=ECHO)
    folder = write(tmp_path / "echo", index=ECHO)
    with Dev(tmp_path) as dev:
        page = open_page(dev, "/functions/echo")
        open_page.allowed.append("404")  # type: ignore[attr-defined]
        expect(page.get_by_role("region", name="Settings")).to_be_visible()
        away = folder.rename(tmp_path / ".away")
        expect(page.get_by_text("there is no function 'echo'")).to_be_visible()
        away.rename(folder)
        expect(page.get_by_role("region", name="Settings")).to_be_visible()


def test_what_is_wrong_in_a_config_is_said_in_words(tmp_path: Path, open_page: Open) -> None:
    timers = [{"name": "never", "type": "timer", "config": "0 0 0 31 2 * *"}]
    folder = write(tmp_path / "order", index=ORDER, config=json.dumps({"triggers": timers}))
    with Dev(tmp_path) as dev:
        page = open_page(dev, "/functions/order")
        expect(page.get_by_text("'0 0 0 31 2 * *' never comes")).to_be_visible()
        write(folder, config='{"permissions": ')
        problem = page.locator("main .note.bad").first
        expect(problem).to_contain_text("config.json is not JSON: line 1")
        assert not re.search("errCode|while the function was being loaded", problem.inner_text())


def test_text_from_right_to_left_moves_nothing_around_it(dev: Dev, open_page: Open) -> None:
    dev.post("echo", {"text": "a\u202eb", "n": 1})
    page = open_page(dev, f"/invocations/{last(dev, 'echo')}")
    quote = page.locator(".json .s").first
    comma = quote.evaluate("""(one) => {
        const range = document.createRange();
        range.selectNode(one.nextSibling);
        return range.getBoundingClientRect().left - one.getBoundingClientRect().right;
    }""")
    assert abs(comma) < 1


def test_a_page_without_a_token_changes_nothing(dev: Dev, open_page: Open) -> None:
    page = open_page(dev, "/invoke/echo", token=False)
    expect(page.locator("#read-only")).to_be_visible()
    page.get_by_role("button", name="Invoke Ctrl").click()
    expect(page.locator(".toast.bad")).to_contain_text("can only read")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("filled")
    for number in range(60):
        write(folder / f"f{number:02}", index="def main(event, context):\n    return event\n")
    with Dev(folder, "--instances", "1", program=("-m", "tests.console.filled_dev")) as dev:
        yield dev


def test_ten_thousand_invocations_scroll_without_gaps(filled: Dev, open_page: Open) -> None:
    page = open_page(filled, "/invocations")
    rows = page.locator(".vrow")
    expect(rows.first).to_contain_text(str(COUNT - 1))
    assert rows.count() < 100
    size = page.evaluate("[...document.querySelectorAll('.vlist')][0].scrollHeight")
    assert size == COUNT * 44
    for share in (0.5, 0.25, 0.9, 1.0):
        page.evaluate(f"const list = document.querySelector('.vlist'); list.scrollTop = {share} * list.scrollHeight")
        page.wait_for_function(WITHOUT_GAPS)
    expect(rows.last).to_contain_text("ValueError: 0")
    page.evaluate("document.querySelector('.vlist').scrollTop = 4400")
    expect(page.locator(".vrow.blank")).to_have_count(0)
    seen = page.locator(".vrow", has_text=f'"number": {COUNT - 102}')
    before = seen.bounding_box()
    filled.post("f01", {"new": True})
    expect(page.get_by_text(f"{COUNT + 1:,} invocations")).to_be_visible()
    assert before == seen.bounding_box()  # what is read stays where it is
    page.locator(".vrow a").first.focus()
    for _ in range(30):
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('.vrow') !== null")
    print(
        "first paint",
        page.evaluate("performance.getEntriesByType('paint').map(one => Math.round(one.startTime))"),
        "ms",
    )


WITHOUT_GAPS = """() => {
  const list = document.querySelector('.vlist').getBoundingClientRect();
  const boxes = [...document.querySelectorAll('.vrow:not(.blank)')].map(row => row.getBoundingClientRect());
  const shown = boxes.filter(box => box.bottom > list.top && box.top < list.bottom).sort((a, b) => a.top - b.top);
  return shown.length > 0 && shown[0].top <= list.top + 1 && shown.at(-1).bottom >= list.bottom - 2
    && shown.every((box, at) => at === 0 || Math.abs(box.top - shown[at - 1].bottom) < 1);
}"""


def test_sixty_functions_are_found(filled: Dev, open_page: Open) -> None:
    page = open_page(filled, "/functions")
    expect(page.locator("tbody tr")).to_have_count(60)
    page.get_by_role("searchbox").fill("f5")
    expect(page.locator("tbody tr")).to_have_count(10)


def test_nothing_that_functions_say_is_read_as_html(tmp_path: Path, open_page: Open) -> None:
    echo = "def main(event, context):\n    print(event['text'])\n    return event\n"
    raises = "def main(event, context):\n    raise ValueError(event['text'])\n"
    odd = "<img src=x onerror=window.hit=1>&'\""
    write(tmp_path / odd, index=echo)
    write(tmp_path / "raises", index=raises, env=f"COLOUR={PAYLOADS[0]!r}\n")
    write(tmp_path / "broken", index=f"def main(event, context):\n    return {PAYLOADS[3]}\n")
    with Dev(tmp_path) as dev:
        for payload in PAYLOADS:
            event = {"text": payload, payload: [payload]}
            headers = {"x-wx-openid": payload.replace(" ", "")[:100]}
            for name in ("%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D1%3E%26'%22", "raises"):
                assert dev.request("POST", f"/{name}", json.dumps(event), headers).status in (200, 500)
        ids = [one["id"] for one in dev.request("GET", "/_console/api/invocations").json()["items"]]
        page = open_page(dev)
        root = page.url.partition("/_console")[0] + "/_console"
        address = "/functions/%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D1%3E%26'%22"
        paths = [
            "/",
            "/functions",
            address,
            "/functions/raises",
            "/functions/broken",
            "/invocations",
            "/logs",
            "/timers",
        ]
        paths += [f"/invocations/{one}" for one in ids[-4:]]
        for path in (*paths, "/timers", "/invoke", "/invocations?search=%3Cscript%3Ewindow.hit%3D1%3C/script%3E"):
            page.goto(root + path)
            expect(page.locator(".loading")).to_have_count(0)
            assert page.evaluate("window.hit") is None, path
            assert (
                0
                == page.locator("main script, main iframe, main img, main math, main [onerror], main [onload]").count()
            ), path
