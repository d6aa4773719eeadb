"""Writes the pictures of the console for the documentation: each page, light in Chinese and dark in English.

It runs functions of a small shop in `cloudpy dev`, and photographs the pages with the system's Chromium:
``.venv/bin/python scripts/console_screenshots.py``. Pictures have 256 colours, which keeps them small.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, ViewportSize, sync_playwright  # noqa: E402

from tests.console.conftest import ARGUMENTS  # noqa: E402
from tests.needs_browser import PROGRAM  # noqa: E402

PICTURES = ROOT / "docs" / "images" / "console"
WINDOW: ViewportSize = {"width": 1240, "height": 760}
NARROW: ViewportSize = {"width": 380, "height": 760}
ORDER = """\
import logging

import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    db = cloud.database()
    print("order received:", event["item"])
    if event["amount"] > 5:
        logging.warning("only 3 of %s are left", event["item"])
    added = await db.collection("orders").add(data={**event, "state": "paid", "at": db.serverDate()})
    await cloud.callFunction(name="notify", data={"order": added["_id"]})
    placed = await cloud.cloudPay.unifiedOrder(
        body=event["item"],
        outTradeNo=added["_id"],
        spbillCreateIp="127.0.0.1",
        subMchId="1900000109",
        totalFee=1200 * event["amount"],
        envId="local",
        functionName="price",
    )
    return {"order": added["_id"], "payment": placed["payment"]}
"""
NOTIFY = """\
import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    user = cloud.getWXContext()["OPENID"]
    thing = {"thing1": {"value": event["order"]}}
    return await cloud.openapi.subscribeMessage.send(touser=user, templateId="order-paid", data=thing)
"""
REPORT = """\
import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    orders = (await cloud.database().collection("orders").get())["data"]
    print(len(orders), "orders")
    text = "\\n".join(f"{one['item']},{one['amount']}" for one in orders)
    done = await cloud.uploadFile(cloudPath="reports/today.csv", fileContent=text.encode())
    return {"file": done["fileID"], "orders": len(orders)}
"""
PRICE = """\
PRICES = {"green tea": 12, "oolong": 18}


def total(order):
    return PRICES[order["item"]] * order["amount"]


def main(event, context):
    print("price of", event)
    return {"total": total(event)}
"""
LOCAL = """\
users:
  - {openid: o-alice, unionid: u-alice}
  - {openid: o-bob, unionid: u-bob}
  - {openid: o-chen}
database:
  collections:
    orders: []
answers:
  subscribeMessage.send:
    - when: {templateId: sold-out}
      error: {errCode: 43101}
"""
TIMER = [{"name": "nightly", "type": "timer", "config": "0 30 2 * * * *"}]
ALLOWED = {"permissions": {"openapi": ["subscribeMessage.send"]}}
FUNCTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "notify": (NOTIFY, ALLOWED),
    "order": (ORDER, {**ALLOWED, "timeout": 10}),
    "price": (PRICE, {}),
    "report": (REPORT, {"permissions": {"openapi": []}, "timeout": 20, "triggers": TIMER}),
}
PAGES = {
    "overview": "/",
    "functions": "/functions",
    "function": "/functions/order",
    "invoke": "/invoke/order?from={order}",
    "invocations": "/invocations",
    "invocation": "/invocations/{order}",
    "failure": "/invocations/{price}",
    "logs": "/logs",
    "timers": "/timers",
    "users": "/users",
    "storage": "/storage/reports",
    "database": "/database/orders",
    "responses": "/responses/subscribeMessage.send",
    "payments": "/payments",
    "apis": "/apis/subscribeMessage.send",
    "recordings": "/recordings",
    "state": "/state",
}


def write_project(folder: Path) -> None:
    (folder / "local.yaml").write_text(LOCAL, "utf-8")
    for name, (code, config) in FUNCTIONS.items():
        (folder / name).mkdir()
        (folder / name / "index.py").write_text(code, "utf-8")
        (folder / name / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "order" / ".env").write_text("SHOP_KEY=sk-local-0123456789abcdef\nSHOP=小云茶馆\n", "utf-8")


def invoke(url: str, name: str, event: dict[str, Any], openid: str = "o-alice") -> str:
    """Invoke a function and return the request id."""
    request = urllib.request.Request(f"{url}/{name}", json.dumps(event).encode(), {"x-wx-openid": openid})
    try:
        with urllib.request.urlopen(request) as answer:
            return str(answer.headers["x-request-id"])
    except urllib.error.HTTPError as error:
        return str(error.headers["x-request-id"])


def use(url: str) -> dict[str, str]:
    """Use the functions as customers would; return ids of invocations to show."""
    for number, item in enumerate(("green tea", "oolong", "jasmine", "green tea") * 4):
        invoke(url, "order", {"item": item, "amount": 1 + number % 7}, ("o-alice", "o-bob", "o-chen")[number % 3])
        invoke(url, "price", {"item": "oolong", "amount": number}, "o-bob")
    shown = {"price": invoke(url, "price", {"item": "jasmine", "amount": 2}, "o-bob")}
    invoke(url, "report", {})
    shown["order"] = invoke(url, "order", {"item": "oolong", "amount": 6}, "o-bob")
    return shown


def photograph(browser: Browser, console: str, ids: dict[str, str]) -> None:
    root, _, token = console.partition("/?token=")
    shown: tuple[tuple[str, Literal["light", "dark"], str], ...] = (("zh-CN", "light", "zh"), ("en-GB", "dark", "en"))
    for language, scheme, suffix in shown:
        context = browser.new_context(locale=language, color_scheme=scheme, viewport=WINDOW, reduced_motion="reduce")
        page = context.new_page()
        page.goto(f"{root}/?token={token}")
        page.wait_for_selector("h1")
        for name, path in PAGES.items():
            page.goto(root + path.format(**ids))
            page.wait_for_selector("h1")
            page.wait_for_timeout(900)  # the stream of events never ends, so that the network is never idle
            if name == "invocation":
                page.locator("details.call summary").last.click()
            if name == "invoke":
                page.get_by_role("button", name="Ctrl").click()
                page.wait_for_timeout(900)
            save(page.screenshot(), PICTURES / f"{name}-{suffix}.png")
        page.set_viewport_size(NARROW)
        page.goto(f"{root}/invocations")
        page.wait_for_timeout(900)
        save(page.screenshot(), PICTURES / f"narrow-{suffix}.png")
        context.close()


def save(data: bytes, path: Path) -> None:
    import io

    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.open(io.BytesIO(data)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(path, optimize=True)
    print(path.relative_to(ROOT), path.stat().st_size // 1024, "kB")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="shop-") as folder:
        write_project(Path(folder))
        command = [sys.executable, "-m", "cloudpy", "dev", folder, "--port", "0", "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as dev:
            assert dev.stdout is not None
            ready = next(line for line in map(json.loads, dev.stdout) if line["log"] == "ready")
            try:
                ids = use(ready["url"])
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
                    photograph(browser, ready["console"], ids)
                    browser.close()
            finally:
                dev.terminate()
                dev.stdout.read()


if __name__ == "__main__":
    main()
