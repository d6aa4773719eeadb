"""Prints and logs of a handler carry the id of their request."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cloudpy._client.context import Invocation, invocation
from cloudpy.runtime.tagged_output import TaggedStream

from .serving import Serving

pytestmark = pytest.mark.once
CODE = """
import asyncio, json, logging
logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
print("loaded")

async def main(event, context):
    print("begins", end="")
    await asyncio.sleep(0.01)
    logging.info("of %s", event["number"])
    print(" and ends")
    print(json.dumps({"level": "info"}))
    print("no line break", end="")
"""


def test_each_line_of_many_invocations(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text(CODE, "utf-8")
    with Serving(tmp_path) as server:
        for number in range(5):
            assert server.post({"number": number}, {"X-Request-Id": f"r-{number}"}).status == 204
            server.line("access", requestId=f"r-{number}")
            assert f"r-{number} INFO of {number}\n" in server.text


def test_the_standard_output_of_a_server(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text(CODE, "utf-8")
    program = (
        "import asyncio, sys\n"
        "from cloudpy.runtime.tagged_output import end_output, tag_output\n"
        "from cloudpy._client.context import Invocation, invocation\n"
        "tag_output(); tag_output()\n"
        "import index\n"
        "async def one(number):\n"
        "    invocation.set(Invocation({}, None, f'r-{number}'))\n"
        "    await index.main({'number': number}, {})\n"
        "    end_output(f'r-{number}')\n"
        "async def main():\n"
        "    await asyncio.gather(*map(one, range(3)))\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    lines = done.stdout.splitlines()
    assert lines.pop(0) == "loaded"
    for number in range(3):
        own = [line for line in lines if f"r-{number}" in line]
        assert own == [
            f"r-{number} begins and ends",
            json.dumps({"requestId": f"r-{number}", "level": "info"}),
            f"r-{number} no line break",
        ]


def test_a_line_without_end_is_not_kept_forever() -> None:
    output = io.StringIO()
    stream = TaggedStream(output)
    token = invocation.set(Invocation({}, None, "r-1"))
    try:
        assert stream.write("x" * 70_000) == 70_000
    finally:
        invocation.reset(token)
    assert output.getvalue() == f"r-1 {'x' * 70_000}\n"
    stream.write("outside\n")
    assert output.getvalue().endswith("\noutside\n")
    assert stream.getvalue() == output.getvalue()
