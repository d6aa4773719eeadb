"""What a cold start must not import, by name: seconds differ between machines, names do not."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

ALWAYS_FORBIDDEN = {
    "aiohttp", "click", "dataclasses", "email", "google", "hashlib", "http.client", "httptools", "inspect",
    "jsonschema", "json", "logging", "pytest", "random", "re", "ssl", "tempfile", "typing", "urllib.parse",
    "urllib.request", "yaml",
    "cloudpy._client.openapi", "cloudpy._wire", "cloudpy.cli", "cloudpy.contracts", "cloudpy.devserver",
    "cloudpy.runtime", "cloudpy.local", "cloudpy.testing", "cloudpy._database",
}  # fmt: skip
SYNC_CALL_FORBIDDEN = {
    "aiohttp", "asyncio", "click", "email", "google", "http.client", "inspect", "jsonschema", "logging", "pytest",
    "yaml", "cloudpy._transports.aio", "cloudpy.cli", "cloudpy.contracts", "cloudpy.local", "cloudpy.testing",
}  # fmt: skip
ASYNC_CALL_FORBIDDEN = {
    "aiohttp", "click", "email", "google", "http.client", "jsonschema", "pytest", "yaml", "yarl", "cloudpy.contracts",
    "cloudpy.local",
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


def test_a_sync_call_loads_the_parser_and_no_event_loop() -> None:
    loaded = modules_after(SYNC_CALL)
    assert "httptools" in loaded
    assert set() == loaded & SYNC_CALL_FORBIDDEN


def test_an_async_call_loads_no_http_library() -> None:
    loaded = modules_after(ASYNC_CALL)
    assert "httptools" in loaded
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
