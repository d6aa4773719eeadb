"""What a cold start must not import, by name: seconds differ between machines, names do not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudpy._wire import messages
from tests.peer.recorder import Answer, Recorder

ALWAYS_FORBIDDEN = {
    "aiohttp", "click", "dataclasses", "email", "google", "hashlib", "http.client", "httptools", "inspect",
    "jsonschema", "json", "logging", "pytest", "random", "re", "ssl", "tempfile", "typing", "urllib.parse",
    "urllib.request", "yaml",
    "cloudpy._client.openapi", "cloudpy._wire", "cloudpy.cli", "cloudpy.contracts", "cloudpy.devserver",
    "cloudpy.runtime", "cloudpy.local", "cloudpy.testing", "cloudpy._database",
}  # fmt: skip
SYNC_CALL_FORBIDDEN = {
    "aiohttp", "asyncio", "click", "email", "google", "http.client", "httptools", "inspect", "jsonschema", "logging",
    "pytest", "yaml", "cloudpy._client.catalogue", "cloudpy._transports.aio", "cloudpy.cli", "cloudpy.contracts",
    "cloudpy.local", "cloudpy.testing",
}  # fmt: skip
ASYNC_CALL_FORBIDDEN = {
    "aiohttp", "click", "email", "google", "http.client", "httptools", "jsonschema", "pytest", "yaml", "yarl",
    "cloudpy.contracts", "cloudpy.local",
}  # fmt: skip

CALL = """
import {face} as cloud
cloud.init(env="e", config={{"permissions": {{"openapi": ["a.b"]}}}}, secretId="i", secretKey="k",
           serviceUrl="http://127.0.0.1:1/admin")
{definition}
try:
    {call}
except cloud.TransportError as error:
    assert "ECONNREFUSED" in error.errMsg, error
else:
    raise SystemExit("port 1 answered")
"""
SYNC_CALL = CALL.format(face="cloudpy.sync", definition="", call="cloud.openapi.a.b({'c': 1})")
ASYNC_CALL = CALL.format(
    face="cloudpy",
    definition="async def one(): await cloud.openapi.a.b({'c': 1})",
    call="import asyncio; asyncio.run(one())",
)


def modules_after(program: str) -> set[str]:
    """The modules a fresh process has loaded after `program`, beyond what it starts with."""
    code = "\n".join(
        (
            "import sys; before = set(sys.modules)",
            program,
            "after = set(sys.modules) - before",
            "import json; print(json.dumps(sorted(after)))",
        )
    )
    done = subprocess.run([sys.executable, "-E", "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("face", ["cloudpy", "cloudpy.sync"])
def test_importing_a_face_loads_next_to_nothing(face: str) -> None:
    loaded = modules_after(f"import {face}")
    assert set() == loaded & ALWAYS_FORBIDDEN


@pytest.mark.parametrize("face", ["cloudpy", "cloudpy.sync"])
def test_init_loads_no_library(face: str) -> None:
    loaded = modules_after(f"import {face} as cloud; cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config={{}})")
    assert set() == loaded & (ALWAYS_FORBIDDEN - {"json"})


def test_a_sync_call_loads_no_event_loop_and_no_parser() -> None:
    loaded = modules_after(SYNC_CALL)
    assert "cloudpy._transports.blocking" in loaded
    assert set() == loaded & SYNC_CALL_FORBIDDEN


def test_an_async_call_loads_no_http_library() -> None:
    loaded = modules_after(ASYNC_CALL)
    assert "cloudpy._transports.aio" in loaded
    assert set() == loaded & ASYNC_CALL_FORBIDDEN


@pytest.mark.parametrize("face", ["cloudpy", "cloudpy.sync"])
def test_a_database_loads_the_standard_library_alone_and_sends_nothing(face: str) -> None:
    init = f"import {face} as cloud; cloud.init(env='e', config=None)"
    condition = "db.collection('t').where({'a': db.command.gt(1)})"
    loaded = modules_after(f"{init}; db = cloud.database(); {condition}")
    assert "cloudpy._database.query" in loaded
    foreign = {
        "asyncio",
        "decimal",
        "http.client",
        "logging",
        "ssl",
        "typing",
        "cloudpy._client.openapi",
        "cloudpy.local",
    }
    assert set() == loaded & (SYNC_CALL_FORBIDDEN | foreign)


def test_a_shared_token_loads_no_library_but_that_of_its_store() -> None:
    program = "from cloudpy.tokens import StableToken; StableToken('wx1', 's')"
    assert set() == modules_after(program) & {"redis", "cryptography", "aiohttp", "asyncio", "yaml", "cloudpy.local"}


# docs/en/performance.md says what each of them is for.
BEYOND_ASYNCIO = {"__future__", "_blake2", "_hashlib", "_json", "cloudpy", "hashlib", "hmac", "json"}
PROGRAM = """
import {module} as cloud
cloud.init(env="e", config=None, secretId="i", secretKey="k", serviceUrl={url!r})
"""
AWAIT = """
import asyncio
async def main(): await cloud.openapi.cloudbase.getOpenData({"cloudidList": []})
asyncio.run(main())
"""


@pytest.fixture(scope="module")
def answering_url() -> Iterator[str]:
    recorder = Recorder().start()
    message = {"resp_data": b'{"errcode":0,"errmsg":"ok"}', "content_type": "application/json"}
    recorder.answer = Answer(messages.encode("CommOpenApiResp", message))
    yield recorder.url
    recorder.stop()


def test_an_awaited_call_loads_asyncio_and_little_more(answering_url: str) -> None:
    loop = "import asyncio; asyncio.run(asyncio.sleep(0)); before = set(sys.modules)"
    loaded = modules_after(loop + PROGRAM.format(module="cloudpy", url=answering_url) + AWAIT)
    assert set() == {name.partition(".")[0] for name in loaded} - BEYOND_ASYNCIO


def test_a_blocking_call_loads_what_it_needs(answering_url: str) -> None:
    needed = "import atexit, contextvars, hashlib, hmac, json, socket, threading; before = set(sys.modules)"
    call = "cloud.openapi.cloudbase.getOpenData({'cloudidList': []})"
    loaded = modules_after(needed + PROGRAM.format(module="cloudpy.sync", url=answering_url) + call)
    assert set() == {name.partition(".")[0] for name in loaded} - {"__future__", "cloudpy"}


@pytest.mark.parametrize("file", ["", "parser.cpython-39-x86_64-linux-gnu.so"], ids=["missing", "of another Python"])
@pytest.mark.parametrize("call", [SYNC_CALL, ASYNC_CALL], ids=["cloudpy.sync", "cloudpy"])
def test_without_the_parser_nothing_is_sent(call: str, file: str, tmp_path: Path, answering_url: str) -> None:
    if file:
        package = tmp_path / "httptools" / "parser"
        package.mkdir(parents=True)
        for path in (tmp_path / "httptools" / "__init__.py", package / "__init__.py", package / file):
            path.touch()
        hidden = f"sys.path.insert(0, {str(tmp_path)!r})"
    else:
        hidden = "sys.modules['httptools'] = None"
    program = call.replace("http://127.0.0.1:1/admin", answering_url).replace("cloud.TransportError", "ImportError")
    program = program.replace('"ECONNREFUSED" in error.errMsg', '"pip install httptools" in str(error)')
    modules_after(f"{hidden}\n{program}")
