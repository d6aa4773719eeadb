"""The frame of the console's pages: menu, languages, themes, what happens without a token and without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.devserver.dev_process import Dev, write

FUNCTION = "def main(event, context):\n    return event\n"
pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    project = tmp_path_factory.mktemp("project")
    write(project / "hello", index=FUNCTION)
    with Dev(project) as dev:
        yield dev


def test_the_token_leaves_the_address_and_changes_are_allowed(dev: Dev, open_page: Callable[..., Page]) -> None:
    page = open_page(dev)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert "token" not in page.url
    expect(page.locator("#read-only")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("link", name="hello")).to_be_visible()
    expect(page.locator("#read-only")).to_be_hidden()


def test_without_a_token_the_page_says_that_it_only_reads(dev: Dev, open_page: Callable[..., Page]) -> None:
    page = open_page(dev, token=False)
    expect(page.locator("#read-only")).to_be_visible()
    expect(page.get_by_text("open the address that cloudpy printed")).to_be_visible()
    expect(page.get_by_role("link", name="hello")).to_be_visible()


def test_a_page_with_an_old_token_takes_the_new_one(dev: Dev, open_page: Callable[..., Page]) -> None:
    page = open_page(dev)
    page.evaluate("sessionStorage.setItem('cloudpy.token', 'of the server before')")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#read-only")).to_be_visible()
    address = dev.said(lambda line: line["log"] == "ready")["console"]
    third = page.context.new_page()
    third.goto(address)
    expect(other.locator("#read-only")).to_be_hidden()
    page.reload()
    expect(page.locator("#read-only")).to_be_hidden()


def test_languages_and_themes_are_remembered(dev: Dev, open_page: Callable[..., Page]) -> None:
    page = open_page(dev, language="zh-CN", color_scheme="dark")
    expect(page.get_by_role("heading", name="总览")).to_be_visible()
    assert ("zh-CN", "dark") == tuple(
        page.evaluate("[document.documentElement.lang, document.documentElement.dataset.theme]")
    )
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.get_by_role("button", name="Light theme").click()
    page.reload()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert "light" == page.evaluate("document.documentElement.dataset.theme")


def test_the_page_says_that_the_server_has_ended(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    write(tmp_path / "hello", index=FUNCTION)
    with Dev(tmp_path) as dev:
        page = open_page(dev)
        expect(page.locator("#live")).to_have_text("Live")
    expect(page.get_by_text("cloudpy has ended")).to_be_visible()
    expect(page.locator("#live")).to_have_text("Ended")
    expect(page.get_by_role("link", name="hello")).to_be_visible()


def test_everything_can_be_reached_by_keyboard(dev: Dev, open_page: Callable[..., Page]) -> None:
    dev.post("hello", {"first": 1})
    dev.post("hello", {"second": 2})
    page = open_page(dev)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.get_by_role("link", name="Invocations", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Invocations")).to_be_focused()
    expect(page.locator(".vrow")).to_have_count(2)
    page.get_by_role("list", name="Invocations").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".vrow", has_text="first").get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="hello")).to_be_focused()
    expect(page.get_by_role("group", name="Event").get_by_text('"first"')).to_be_visible()
    page.get_by_role("group", name="Event").get_by_role("button").first.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("group", name="Event").get_by_text('"first"')).to_be_hidden()


def test_on_a_phone_the_menu_opens_and_closes(dev: Dev, open_page: Callable[..., Page]) -> None:
    page = open_page(dev, viewport={"width": 380, "height": 700})
    expect(page.get_by_role("link", name="Timers")).to_be_hidden()
    page.get_by_role("button", name="Open the menu").press("Enter")
    expect(page.get_by_role("link", name="Overview")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Open the menu")).to_be_focused()
    expect(page.get_by_role("link", name="Timers")).to_be_hidden()
    page.get_by_role("button", name="Open the menu").click()
    page.get_by_role("link", name="Timers").click()
    expect(page.get_by_role("heading", name="Timers")).to_be_visible()
    expect(page.get_by_role("link", name="Timers")).to_be_hidden()


def test_a_page_that_is_not_there_says_so(dev: Dev, open_page: Callable[..., Page]) -> None:
    page = open_page(dev, "/nothing/at/all")
    expect(page.get_by_text("There is no such page")).to_be_visible()
    page.go_back()
    page = open_page(dev, "/invocations/none")
    expect(page.get_by_text("This invocation is not kept any more")).to_be_visible()
    open_page.allowed.append("status of 404")  # type: ignore[attr-defined]  # Chromium reports each of them
