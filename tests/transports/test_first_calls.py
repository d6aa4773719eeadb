"""The first calls of a process: from many threads at once, and while it forks. Whole programs, each run afresh."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ..scripted_server import Peer, ScriptedServer, http

HEAD = """
    import os, signal, sys, threading
    import cloudpy.sync as cloud
    app = cloud.createNewInstance(env="e", config=None, serviceUrl=sys.argv[1], secretId="i", secretKey="k", timeout=30)
    def call(): assert app.openapi.a.b(x=1)["errCode"] == 0
"""


def run(program: str, url: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-W", "ignore:.*use of fork.*:DeprecationWarning", "-c",
         textwrap.dedent(HEAD) + textwrap.dedent(program), url],
        capture_output=True, text=True, timeout=120, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert ("", 0) == (done.stderr, done.returncode)
    return done.stdout.strip()


def empty_message(peer: Peer) -> None:
    while peer.read():
        if not peer.write(http(b"")):
            return


def test_32_threads_share_one_transport() -> None:
    with ScriptedServer(empty_message) as server:
        program = """
            from cloudpy import _transports
            made = []
            begin = threading.Barrier(32)
            def work():
                begin.wait(30)
                call()
                made.append(_transports.blocking_transport())
            threads = [threading.Thread(target=work) for _ in range(32)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            print(len(made), len(set(map(id, made))))
        """
        assert "32 1" == run(program, server.url)


@pytest.mark.parametrize("attempt", range(3))
def test_a_process_that_forks_while_other_threads_make_the_first_call(attempt: int) -> None:
    """The child inherits no lock of an import that nobody would release: it makes calls of its own."""
    with ScriptedServer(empty_message) as server:
        program = """
            stop = False
            def work():
                while not stop: call()
            threads = [threading.Thread(target=work, daemon=True) for _ in range(8)]
            for thread in threads: thread.start()
            for _ in range(4):
                child = os.fork()
                if not child:
                    try:
                        signal.alarm(30)
                        call()
                        os._exit(0)
                    finally:
                        os._exit(1)
                assert os.waitpid(child, 0)[1] == 0
            stop = True
            for thread in threads: thread.join()
            print("done")
        """
        assert "done" == run(program, server.url)


def test_a_child_imports_nothing_for_its_calls() -> None:
    """Whatever it calls and however that ends: what is imported only then could be half imported when it forks."""
    with ScriptedServer(empty_message) as server:
        program = """
            class Told:
                def find_spec(self, name, path=None, target=None): imported.append(name)
            imported = []
            https = cloud.createNewInstance(config=None, transport="https", access_token="t", serviceUrl="https://localhost:1")
            checked = cloud.createNewInstance(
                env="e", config=None, validate=True, serviceUrl=sys.argv[1], secretId="i", secretKey="k"
            )
            dead = cloud.createNewInstance(
                env="e", config=None, retries=1, serviceUrl="http://localhost:1/admin", secretId="i", secretKey="k"
            )
            def ways():
                yield lambda: app.openapi.a.b(x=1.5, file={"contentType": "image/png", "value": b"x"})
                for one in (app, dead):
                    yield lambda: one.callFunction(name="f", data={"a": 1})
                    yield lambda: one.uploadFile(cloudPath="a", fileContent=b"x")
                    yield lambda: one.downloadFile(fileID="cloud://a/b")
                    yield lambda: one.getTempFileURL(fileList=["cloud://a/b"])
                    yield lambda: one.deleteFile(fileList=["cloud://a/b"])
                    yield lambda: one.getOpenData(list=["a"])
                    yield lambda: one.getCloudCallSign(parameterList=[])
                    yield lambda: one.callOpenAPI(openapiName="a.b", data={})
                    yield lambda: one.cloudPay.unifiedOrder(a=1)
                    yield lambda: one.database().collection("c").doc("d").get()
                yield lambda: https.openapi.wxacode.get(path="a")
                yield lambda: checked.openapi.wxacode.get(pth="a")
                yield lambda: app.openapi(versoin="v2")
            end = threading.Event()
            threading.Thread(target=end.wait).start()
            child = os.fork()
            if child:
                end.set()
                assert os.waitpid(child, 0)[1] == 0
                sys.exit()
            sys.meta_path.insert(0, Told())
            for way in ways():
                try:
                    way()
                except cloud.CloudSDKError:
                    pass
            print(imported, flush=True)
            os._exit(0)
        """
        assert "[]" == run(program, server.url)
