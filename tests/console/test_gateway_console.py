"""The console of ``cloudpy gateway``: the pages about data, and a word where functions would be."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.once


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address of a console, with its token."""
    (tmp_path / "local.yaml").write_text("users: [{openid: o-alice}]\n", "utf-8")
    command = [sys.executable, "-m", "cloudpy", "gateway", "--console", "--json"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as gateway:
        assert gateway.stdout is not None
        yield json.loads(gateway.stdout.readline())["console"]
        gateway.send_signal(signal.SIGTERM)
        gateway.stdout.read()
    assert 0 == gateway.returncode


def test_data_is_shown_and_functions_are_not(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(address, "/users")
    expect(page.get_by_text("o-alice").first).to_be_visible()
    expect(page.locator("#read-only")).to_be_hidden()
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_text("There are no functions here")).to_be_visible()
    page.get_by_role("link", name="Invocations").click()
    expect(page.get_by_text("Start cloudpy dev in your project")).to_be_visible()


def test_an_api_is_called_without_permissions(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(address, "/apis/security.msgSecCheck")
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.locator(".trial-result").get_by_text('"suggest"')).to_be_visible()


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_pages_of_other_origins_are_rejected(address: str, headers: dict[str, str]) -> None:
    root = address.partition("/_console")[0]
    for path in ("/", "/_console/", "/_console/api/users"):
        with pytest.raises(urllib.error.HTTPError) as rejected:
            urllib.request.urlopen(urllib.request.Request(root + path, headers=headers))
        assert 403 == rejected.value.code
        rejected.value.close()
    with urllib.request.urlopen(root) as redirected:
        assert redirected.url == f"{root}/_console/"
