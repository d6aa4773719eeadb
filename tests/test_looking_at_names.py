"""Names under ``openapi`` in an interactive Python: completion, help and signatures, and nothing is sent."""

from __future__ import annotations

import inspect
import os
import pydoc
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy.errors import ApiPermissionError
from cloudpy.package.required import copy_sdk
from tests.peer.recorder import Recorder

# Name -> what completes it, a word of its help.
NAMES = {
    "subscribeMessage.send": ("subscribeMessage.se", "wx.requestSubscribeMessage"),
    "wxacode.getUnlimited": ("wxacode.getU", "onLoad"),
    "phonenumber.getPhoneNumber": ("phonenumber.g", "getPhoneNumber"),
    "security.msgSecCheck": ("security.msg", "msg_sec_check"),
    "cloudbase.getOpenData": ("cloudbase.getO", "cloudidList"),
    "urllink.generate": ("urllink.gen", "expireTime"),
    "officialAccount.user.getInfo": ("officialAccount.user.getI", "/cgi-bin/user/info"),
    "officialAccount.card.update.updateBoardingPass": ("officialAccount.card.update.upd", "boardingpass"),
    "wxacode": ("wxaco", "getUnlimited"),
    "ocr": ("oc", "ocr.printedText"),
}


@pytest.fixture
def cloud() -> Iterator[tuple[Any, Recorder]]:
    recorder = Recorder().start()
    options: dict[str, Any] = {
        "env": "e",
        "config": None,
        "serviceUrl": recorder.url,
        "secretId": "i",
        "secretKey": "k",
    }
    yield cloudpy.sync.createNewInstance(**options), recorder
    assert [] == recorder.requests
    recorder.stop()


def found(cloud: Any, name: str) -> Any:
    thing = cloud.openapi
    for word in name.split("."):
        thing = getattr(thing, word)
    return thing


@pytest.mark.parametrize("name", NAMES)
def test_help_is_of_the_name(cloud: tuple[Any, Recorder], name: str) -> None:
    text = pydoc.plain(pydoc.render_doc(found(cloud[0], name)))
    assert f"<cloud.openapi.{name}>" in text
    assert NAMES[name][1] in text
    parent, _, word = name.rpartition(".")
    assert word in dir(found(cloud[0], parent) if parent else cloud[0].openapi)


def test_a_signature_has_the_parameters(cloud: tuple[Any, Recorder]) -> None:
    for send in (cloud[0].openapi.subscribeMessage.send, cloudpy.openapi.subscribeMessage.send):
        text = str(inspect.signature(send))
        assert text.startswith("(params=None, /, *, templateId=<required>, page=…, touser=<required>, data=<required>")
    assert "(params=None, /, **keywords)" == str(inspect.signature(cloud[0].openapi.brand.new))
    assert "(params=None, /, **keywords)" == str(inspect.signature(cloud[0].cloudPay.refund))


def test_names_that_nobody_knows_have_the_help_of_their_class(cloud: tuple[Any, Recorder]) -> None:
    openapi = cloud[0].openapi
    assert type(openapi.brand.new).__doc__ == openapi.brand.new.__doc__
    assert [] == [name for name in dir(openapi.brand) if not name.startswith("__")]
    assert "unifiedOrder" in dir(cloud[0].cloudPay)
    assert (openapi.wxacode.__doc__ or "").startswith("小程序码")


def test_the_index_of_a_namespace_is_no_api(cloud: tuple[Any, Recorder]) -> None:
    assert "card" in dir(cloud[0].openapi.officialAccount)
    assert not callable(cloud[0].openapi.officialAccount.card)
    assert callable(cloud[0].openapi.officialAccount.card.update)
    assert callable(cloud[0].openapi.officialAccount.card.somethingNew)


MISSPELT: list[tuple[Callable[[Any], Any], str]] = [
    (
        lambda cloud: cloud.openapi.cloudbase.getOpenDta({}),
        "no such API is known; did you mean 'cloudbase.getOpenData'?",
    ),
    (lambda cloud: cloud.openapi.subscribeMessage.sendd({}), "did you mean 'subscribeMessage.send'?"),
    (lambda cloud: cloud.openapi.auth.code2Session({}), "WeChat does not offer code2Session to cloud call"),
    (lambda cloud: cloud.openapi.brand.newApi({}), 'Add "brand.newApi" to permissions.openapi'),
    (lambda cloud: cloud.openapi.wxacode.get({}), 'Add "wxacode.get" to permissions.openapi'),
]


@pytest.mark.parametrize(("call", "words"), MISSPELT)
def test_a_misspelt_name_is_told_before_the_permission(call: Callable[[Any], Any], words: str) -> None:
    cloud = cloudpy.sync.createNewInstance(env="e", config={})
    with pytest.raises(ApiPermissionError) as caught:
        call(cloud)
    assert words in caught.value.errMsg
    assert ("to permissions.openapi" in words) == ("to permissions.openapi" in caught.value.errMsg)


@pytest.mark.once()
def test_a_deployed_package_has_no_catalogue_and_works(tmp_path: Path) -> None:
    copy_sdk(tmp_path, contracts=False)
    program = """
import inspect, sys, cloudpy.sync as cloud
cloud.init(env="e", config={})
get = cloud.openapi.wxacode.get
print(get.__doc__[:8], inspect.signature(get), "wxacode" in dir(cloud.openapi))
try:
    cloud.openapi.cloudbase.getOpenDta()
except cloud.ApiPermissionError as error:
    print('Add "cloudbase.getOpenDta"' in error.errMsg)
print("cloudpy.contracts" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert ["One name (params=None, /, **keywords) False", "True", "False"] == done.stdout.splitlines(), done.stderr


class Terminal:
    """A Python prompt on a terminal."""

    def __init__(self, program: str) -> None:
        import pty

        self._unread = ""
        self._process, self._screen = pty.fork()
        if not self._process:
            os.environ |= {"PYTHON_BASIC_REPL": "1", "TERM": "dumb", "PAGER": "cat"}
            os.execv(sys.executable, [sys.executable, "-q", "-i", "-c", program])

    def until(self, wanted: str) -> None:
        """Read up to and including `wanted`."""
        while wanted not in self._unread:
            ready, _, _ = select.select([self._screen], [], [], 60)
            assert ready, f"waiting for {wanted!r}, got {self._unread!r}"
            self._unread += os.read(self._screen, 65536).decode("utf-8", "replace")
        self._unread = self._unread.partition(wanted)[2]

    def type(self, keys: str) -> None:
        os.write(self._screen, keys.encode())

    def close(self) -> None:
        self.type("\x15\x04")
        os.waitpid(self._process, 0)
        os.close(self._screen)


PROMPT = """
import readline, rlcompleter
readline.parse_and_bind("tab: complete")
import cloudpy.sync as cloud
cloud.init(env="e", config=None, secretId="i", secretKey="k", serviceUrl={url!r})
"""


@pytest.mark.once()
@pytest.mark.skipif(sys.platform == "win32", reason="no terminals of this kind")
def test_tab_and_help_at_the_prompt_send_nothing() -> None:
    pytest.importorskip("readline")
    recorder = Recorder().start()
    terminal = Terminal(PROMPT.format(url=recorder.url))
    try:
        terminal.until(">>> ")
        for name, (start, word) in NAMES.items():
            terminal.type(f"cloud.openapi.{start}\t")
            terminal.until(f"cloud.openapi.{name}")
            terminal.type("\x15")  # forget the line
            terminal.type(f"help(cloud.openapi.{name})\n")
            terminal.until(word)
            terminal.until(">>> ")
    finally:
        terminal.close()
        recorder.stop()
    assert [] == recorder.requests
