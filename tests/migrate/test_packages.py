"""Packages of Node and npm: what they give in Node comes of the draft in Python, or the place is marked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.migrate.both import HERE, NPM, InPython, Snippet, in_node, same, snippets, translate
from tests.redis_server import RedisServer

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here"),
    pytest.mark.skipif(not (NPM / "bcryptjs").is_dir(), reason="tests/peer/node_modules is old: run `make peer`"),
]
FILES = sorted((HERE / "npm").glob("*.js.txt"))


def head() -> str:
    """The first lines of each piece: the packages, and a pair of RSA keys."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    lines = [f"const {name} = require('{package}')" for name, package in NAMES.items()]
    return "\n".join(
        [*lines, "const { nanoid } = require('nanoid')", f"const KEY = `{private}`", f"const PUBLIC = `{public}`", ""]
    )


NAMES = {
    "jwt": "jsonwebtoken", "CryptoJS": "crypto-js", "md5": "md5", "bcrypt": "bcryptjs", "iconv": "iconv-lite",
    "xlsx": "node-xlsx", "XLSX": "xlsx", "uuid": "uuid", "ExcelJS": "exceljs",
    **{name: name for name in ("crypto", "fs", "os", "path", "querystring", "url")},
}  # fmt: skip


def told(pieces: list[Snippet], *, translated: bool = False) -> list[str]:
    """What differs between Node and Python without a mark, in words."""
    for piece in pieces if not translated else []:
        translate(piece)
    unmarked = [piece for piece in pieces if not piece.marks]
    node = in_node(unmarked)
    differing = []
    with InPython() as python:
        for piece in unmarked:
            for event, one, other in zip(piece.events, node[piece.id], python.outcomes(piece), strict=True):
                if not same(one, other) and "refused" not in other:
                    code = piece.python.partition("async def main")[2]
                    differing.append(f"{piece.id} {event}:\n  Node   {one}\n  Python {other}\n{code}")
    return differing


@pytest.mark.once()
def test_packages_are_equal_or_marked() -> None:
    start = head()
    pieces = [piece for file in FILES for piece in snippets(file, start)]
    differing = told(pieces)
    assert differing == [], "\n".join(differing[:5])
    marked = {piece.id: piece.marks for piece in pieces if piece.marks}
    assert len(marked) <= 0.1 * len(pieces), marked


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.mark.once()
def test_commands_of_ioredis_are_equal(redis_server: RedisServer) -> None:
    port = redis_server.port
    start = f"const Redis = require('ioredis')\nconst redis = new Redis({port}, {{ lazyConnect: true }})\n"
    pieces = list(snippets(HERE / "npm" / "redis.txt", start))
    for piece in pieces:
        translate(piece)
        assert piece.marks == []
        body = piece.source.replace("const redis", "let redis").replace("exports.main =", "const run =")
        piece.source = f"{body}\nexports.main = async event => {{ {EMPTY_IN_NODE % port} }}\n"
        piece.python += EMPTY_IN_PYTHON % port
    differing = told(pieces, translated=True)
    assert differing == [], "\n".join(differing[:5])


# Each piece begins with an empty server; the connection of Node is closed, so that its process ends.
EMPTY_IN_NODE = """redis = new Redis(%d)
await redis.flushdb()
try { return await run(event) } finally { redis.disconnect() }"""
EMPTY_IN_PYTHON = """
inner = main
async def main(event, context):
    other = js.Redis(%d)
    await other.flushdb()
    await other.quit()
    try:
        return await inner(event, context)
    finally:
        await redis.quit()
"""
