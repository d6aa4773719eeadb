"""What tests of pages share: a project of functions, checks that hold on every page, a console with a full history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.devserver.dev_process import write
from tests.needs_node import LEAVE_OUT

AXE = Path(__file__).parent.parent / "peer" / "node_modules" / "axe-core" / "axe.min.js"
# Text that runs, loads or closes something wherever it is read as HTML, as an address, or as a script.
PAYLOADS = (
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>",
    "<svg onload=window.hit=1>",
    '"><script>window.hit = 1</script>',
    "javascript:window.hit=1",
    "</textarea><script>window.hit = 1</script>",
    "</title><iframe srcdoc='<script>parent.hit = 1</script>'>",
    "{{constructor.constructor('window.hit = 1')()}}",
    "<a href='javascript:window.hit=1' autofocus onfocus='window.hit=1'>x</a>",
    "';window.hit=1;//",
    "<math><mtext></mtext><style><img src=x onerror=window.hit=1></style></math>",
)
ORDER = """\
import logging
import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    print("order of", event.get("item"))
    logging.warning("stock is low")
    sent = await cloud.callFunction(name="notify", data={"template": "T1"})
    return {"item": event.get("item"), "sent": sent["result"], "openid": cloud.getWXContext().get("OPENID")}
"""
NOTIFY = """\
import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    user = cloud.getWXContext()["OPENID"]
    return await cloud.openapi.subscribeMessage.send(touser=user, templateId=event["template"], data={})
"""
BROKEN = """\
def price(order):
    return order["amount"] * order["price"]


def main(event, context):
    print("checking")
    return price(event["order"])
"""
ECHO = "def main(event, context):\n    print(event.get('text', ''))\n    return event\n"
CONFIG = {
    "permissions": {"openapi": ["subscribeMessage.send"]},
    "timeout": 10,
    "triggers": [{"name": "nightly", "type": "timer", "config": "0 0 2 * * * *"}],
}


def project(folder: Path) -> Path:
    """Write some functions: one calls another, one raises, one gives its event back, one lacks a permission."""
    write(folder, local_yaml="users: [{openid: o-alice, unionid: u-alice}, {openid: o-bob}]\n")
    write(folder / "order", index=ORDER, config=json.dumps(CONFIG), env="API_KEY=hunter2hunter2\nSHOP=tea house\n")
    write(folder / "notify", index=NOTIFY, config=json.dumps({"permissions": {"openapi": ["subscribeMessage.send"]}}))
    write(folder / "broken", index=BROKEN)
    write(folder / "echo", index=ECHO)
    write(folder / "denied", index=NOTIFY, config="{}")
    return folder


def serious(page: Page) -> list[str]:
    """The findings of axe-core on a page that keep somebody from using it."""
    if LEAVE_OUT and not AXE.exists():
        pytest.skip("axe-core comes from npm, and there is no Node here")
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def covered(page: Page) -> bool:
    """Whether a button of the heading is above the text of the heading."""
    above: bool = page.evaluate("""() => {
        const title = document.querySelector("main .head h1"), range = document.createRange();
        range.selectNodeContents(title.parentElement);
        const texts = [...range.getClientRects()];
        return [...document.querySelectorAll("main .head .actions > *")].some((button) => {
            const one = button.getBoundingClientRect();
            return texts.some((two) => one.left < two.right && two.left < one.right && one.top < two.bottom && two.top < one.bottom);
        });
    }""")  # noqa: E501  a program of its own
    return above


def overflows(page: Page) -> bool:
    """Whether a page is wider than its window."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide
