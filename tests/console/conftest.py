"""A browser for the tests of the console: one for all of them, a new profile for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.devserver.dev_process import Dev
from tests.needs_browser import PROGRAM

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TIMEOUT = 30_000  # ms: keeps a fault from holding up the suite, and decides nothing


# For the package, not for the session: as long as it is there, the thread has a running event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        yield browser
        browser.close()


class Pages:
    """Opens pages of a console; what they write to the browser's console is an error.

    Attributes:
        messages: what the pages wrote, and the errors in their scripts.
        allowed: parts of messages that are expected.
        failed: requests that were answered with an error.
    """

    def __init__(self, browser: Browser) -> None:
        self.messages: list[str] = []
        self.allowed: list[str] = []
        self.failed: list[str] = []
        self._browser = browser
        self._contexts: list[Any] = []

    def __call__(
        self, console: Dev | str, path: str = "/", *, token: bool = True, language: str = "en-US", **options: Any
    ) -> Page:
        """Open a page of ``cloudpy dev``: its address with the token comes first, as a user opens it.

        Args:
            console: a running one, or its address with the token.
            path: of the page, as in ``/invocations``.
            token: whether the address has the token.
            language: of the browser.
            options: of the browser's context: ``viewport``, ``color_scheme``, …
        """
        address = console if isinstance(console, str) else console.said(lambda line: line["log"] == "ready")["console"]
        root, _, secret = address.partition("/?token=")
        context = self._browser.new_context(locale=language, **{"viewport": {"width": 1280, "height": 800}, **options})
        self._contexts.append(context)
        context.set_default_timeout(TIMEOUT)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page: Page = context.new_page()
        page.on("console", lambda message: self.messages.append(f"{message.type}: {message.text}"))
        page.on("response", lambda answer: answer.status >= 400 and self.failed.append(f"{answer.status} {answer.url}"))
        page.on("pageerror", lambda error: self.messages.append(f"error: {error}"))
        page.goto(f"{root}{path}{f'?token={secret}' if token else ''}")
        page.wait_for_selector("main h1, main .empty")
        return page

    def check(self) -> None:
        unexpected = [text for text in self.messages if not any(part in text for part in self.allowed)]
        assert [] == unexpected, self.failed

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages, and fails the test for what they write to the browser's console: see `Pages`."""
    pages = Pages(browser)
    yield pages
    pages.close()
    pages.check()
