"""Packages of Node and npm: what they give in Node comes of the draft in Python, or the place is marked."""

from __future__ import annotations

import base64
import random
import shutil
import socketserver
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from cloudpy.migrate import draft
from tests.migrate.both import HERE, NPM, InPython, Snippet, in_node, module, same, snippets, translate
from tests.migrate.mysql_server import MARIADB, TABLE, MysqlServer
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
    "xlsx": "node-xlsx", "XLSX": "xlsx", "uuid": "uuid", "ExcelJS": "exceljs", "xml2js": "xml2js", "QRCode": "qrcode",
    **{name: name for name in ("sharp", "cheerio")},
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


def words(chance: random.Random, letters: str, most: int) -> str:
    return "".join(chance.choice(letters) for _ in range(chance.randrange(most + 1)))


def json_value(chance: random.Random, depth: int = 2) -> Any:
    kind = chance.randrange(7 if depth else 5)
    if kind == 5:
        return [json_value(chance, depth - 1) for _ in range(chance.randrange(3))]
    if kind == 6:
        return {words(chance, "abé字", 3): json_value(chance, depth - 1) for _ in range(chance.randrange(3))}
    return [None, True, chance.randrange(-9, 10**10), chance.random(), words(chance, 'a"\\é字😀\n', 6)][kind]


TEXT = "ab é字😀\n%+=&"
AES = """const c = crypto.createCipheriv(event.name, Buffer.from(event.key), Buffer.from(event.iv))
let out = ''; for (const part of event.parts) out += c.update(part, 'utf8', event.form); out += c.final(event.form)
const d = crypto.createDecipheriv(event.name, Buffer.from(event.key), Buffer.from(event.iv))
return [out, d.update(out, event.form, 'utf8') + d.final('utf8')]"""
BROKEN = """const d = crypto.createDecipheriv('aes-128-cbc', Buffer.from(event.key), Buffer.from(event.iv))
try { return d.update(event.text, 'base64', 'utf8') + d.final('utf8') } catch (e) { return [e.message, e.code] }"""
TOKEN = """const token = jwt.sign({ ...event.payload, iat: 5 }, event.secret, { algorithm: event.name })
const at = event.at % token.length; const changed = token.slice(0, at) + event.letter + token.slice(at + 1)
const told = e => [e.name, e.name === 'SyntaxError' || e.message]
const tried = t => { try { return jwt.verify(t, event.secret) } catch (e) { return told(e) } }
return [token, tried(token), jwt.decode(token, { complete: true }), changed === token || tried(changed)]"""
SEALED = """const key = CryptoJS.enc.Utf8.parse(event.key); const iv = CryptoJS.enc.Utf8.parse(event.iv.slice(0, 16))
const s = CryptoJS.AES.encrypt(event.text, key, { iv }).toString()
const plain = CryptoJS.AES.decrypt(s, key, { iv }).toString(CryptoJS.enc.Utf8)
return [s, plain, CryptoJS.HmacSHA256(event.text, event.key) + '']"""
PATHS = """return [path.normalize(event.a), path.join(event.a, event.b), path.dirname(event.a), path.basename(event.a),
path.extname(event.a), path.parse(event.a), path.relative('/' + event.a, '/' + event.b),
path.resolve('/', event.a, event.b)]"""
ADDRESSES = """const u = new URL(event.a, 'https://a.cn/b/c?d=1#e')
return [u.href, u.pathname, u.search, u.hash, u.host, [...u.searchParams]]"""


def random_events(chance: random.Random, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pieces, and values for their event."""
    for _ in range(count):
        bits = chance.choice(["128", "192", "256"])
        name = f"aes-{bits}-{chance.choice(['cbc', 'ctr', 'gcm'])}"
        key, iv = ("".join(chance.choice("0123456789") for _ in range(n)) for n in (int(bits) // 8, 16))
        parts = [words(chance, TEXT, 20) for _ in range(chance.randrange(4))]
        form = chance.choice(["hex", "base64"])
        if "gcm" not in name:  # an authentication tag has pieces of its own
            yield AES, {"name": name, "key": key, "iv": iv, "parts": parts, "form": form}
        yield BROKEN, {"key": key[:16], "iv": iv, "text": words(chance, "ABCD", 70)}
        payload = {words(chance, "abé", 4): json_value(chance) for _ in range(chance.randrange(4))}
        algorithm = chance.choice(["HS256", "HS384", "HS512"])
        letter, secret = chance.choice("AQgwxyz0_-."), words(chance, TEXT, 9) or "s"
        place = chance.randrange(1000)
        yield TOKEN, {"payload": payload, "secret": secret, "name": algorithm, "at": place, "letter": letter}
        yield SEALED, {"key": key, "iv": iv, "text": words(chance, TEXT, 40)}
        yield PATHS, {"a": words(chance, "/.ab", 8), "b": words(chance, "/.ab", 5)}
        begin = chance.choice(["", "/", "?", "//b.cn/", "https://B.cn:80"])
        yield ADDRESSES, {"a": begin + words(chance, "/.aé%2?=&#+ ~'\\\"", 12)}
        text = words(chance, "ab汉字繁體，。", 9)
        yield "const e = iconv.encode(event.a, event.b); return [e.toString('hex'), iconv.decode(e, event.b)]", {
            "a": text, "b": chance.choice(["gbk", "gb18030", "utf8", "utf16le"]),
        }  # fmt: skip


@pytest.mark.once()
@pytest.mark.parametrize("seed", [1])
def test_random_values_are_equal(seed: int) -> None:
    start, found = head(), {}
    for code, event in random_events(random.Random(seed), 60):
        found.setdefault(code, []).append(event)
    pieces = [Snippet(f"{number}", module(code, start), events) for number, (code, events) in enumerate(found.items())]
    differing = told(pieces)
    assert differing == [], "\n".join(differing[:5])
    assert [piece.marks for piece in pieces] == [[]] * len(pieces)


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


@pytest.fixture
def mysql_server(tmp_path: Path) -> Iterator[MysqlServer]:
    server = MysqlServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.mark.once()
@pytest.mark.skipif(MARIADB is None, reason="there is no mariadbd here")
def test_queries_of_mysql2_are_equal(
    mysql_server: MysqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    port = mysql_server.port
    options = f"{{ host: '127.0.0.1', port: {port}, user: 'u', password: 'p', database: 'one' }}"
    lines = (HERE / "npm" / "mysql.txt").read_text("utf-8").replace("OPTIONS", f"({options})")
    (tmp_path / "mysql.txt").write_text(lines.replace("PORT", str(port)), "utf-8")
    start = f"const mysql = require('mysql2/promise')\nconst pool = mysql.createPool({options})\n"
    start += f"const connect = () => mysql.createConnection({options})\n"
    pieces = list(snippets(tmp_path / "mysql.txt", start))
    for piece in pieces:
        translate(piece)
        assert piece.marks == [], piece.id
        source = piece.source.replace("const pool", "let pool").replace("exports.main =", "const run =")
        piece.source = f"{source}\nexports.main = async event => {{ {NEW_IN_NODE % (port, TABLE, options)} }}\n"
        piece.python += NEW_IN_PYTHON % (port, TABLE)
    differing = told(pieces, translated=True)
    monkeypatch.undo()
    time.tzset()
    assert differing == [], "\n".join(differing[:5])


# Each piece begins with a new database; the connections of Node are closed, so that its process ends.
NEW_IN_NODE = """const first = await mysql.createConnection({ host: '127.0.0.1', port: %d, user: 'u', password: 'p' })
for (const sql of ['DROP DATABASE IF EXISTS one', 'CREATE DATABASE one', 'USE one', '%s']) await first.query(sql)
await first.end()
pool = mysql.createPool(%s)
try { return await run(event) } finally { await pool.end() }"""
NEW_IN_PYTHON = """
inner = main
async def main(event, context):
    global pool
    options = {"host": "127.0.0.1", "port": %d, "user": "u", "password": "p"}
    first = await js.sql_connection(options)
    for sql in ["DROP DATABASE IF EXISTS one", "CREATE DATABASE one", "USE one", "%s"]:
        await first.query(sql)
    await first.end()
    pool = js.SqlPool({**options, "database": "one"})
    try:
        return await inner(event, context)
    finally:
        await pool.end()
"""


class SmtpServer(socketserver.StreamRequestHandler):
    """Take mails and keep them; refuse a password, and a recipient, that begin with ``bad``."""

    mails: list[tuple[list[str], Message]]

    def handle(self) -> None:
        self.say("220 here")
        people: list[str] = []
        while line := self.rfile.readline().decode().strip():
            word, rest = line[:4].upper(), line[4:].strip()
            if word == "EHLO":
                self.say("250-here\r\n250 AUTH PLAIN")
            elif word == "AUTH":
                secret = base64.b64decode(rest.split()[1]).split(b"\0")[2]
                self.say("535 wrong password" if secret.startswith(b"bad") else "235 welcome")
            elif word == "RCPT":
                address = rest.partition("<")[2].partition(">")[0]
                people += [] if address.startswith("bad") else [address]
                self.say("550 nobody" if address.startswith("bad") else "250 good")
            elif word == "DATA":
                self.say("354 go")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                self.mails.append((people, message_from_bytes(b"".join(lines), policy=default)))
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 good")

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


def content(mail: tuple[list[str], Message]) -> Any:
    """What a person sees of a mail."""
    people, message = mail
    parts = [
        (part.get_content_type(), part.get_filename(), str(part.get_content()).strip())
        for part in message.walk()
        if not part.is_multipart()
    ]
    return people, [str(message[name] or "") for name in ("From", "To", "Cc", "Subject")], parts


MAILS = """# What main does with `mailer` of nodemailer
return (await mailer.sendMail({ from: '小店 <shop@a.cn>', to: 'x@b.cn', subject: '发货提醒', html: '<b>亲爱的同学</b>' })).accepted
return await mailer.sendMail({ from: 'shop@a.cn', to: ['x@b.cn', '"Y, Z" <y@b.cn>'], cc: 'c@b.cn', bcc: 'd@b.cn', subject: 's', text: '文字 1', html: '<i>1</i>' }).then(i => [i.accepted, i.rejected, i.response, i.envelope])
return await new Promise((resolve, reject) => { mailer.sendMail({ from: 'a@a.cn', to: 'x@b.cn', subject: 'file', text: 't', attachments: [{ filename: '表.txt', content: 'inside' }] }, (error, info) => { if (error) reject(error); else resolve(info.accepted) }) })
return [await mailer.verify(), await new Promise(resolve => { mailer.verify((error, done) => resolve([error, done])) })]
try { await nodemailer.createTransport({ host: '127.0.0.1', port: PORT, auth: { user: 'u', pass: 'bad' } }).verify() } catch (e) { return [e.code, e.message] }
try { await mailer.sendMail({ from: 'a@a.cn', to: 'bad@b.cn', subject: 's', text: 't' }) } catch (e) { return [e.code, e.responseCode] }
try { await mailer.sendMail({ from: 'a@a.cn', subject: 's', text: 't' }) } catch (e) { return [e.code, e.message] }
try { await nodemailer.createTransport({ host: '127.0.0.1', port: PORT, auth: { user: 'u', pass: 'bad' } }).sendMail({ from: 'a@a.cn', to: 'x@b.cn', text: 't' }) } catch (e) { return [e.code, e.message, e.responseCode] }
try { await nodemailer.createTransport({ host: '127.0.0.1', port: 1 }).sendMail({ from: 'a@a.cn', to: 'x@b.cn', text: 't' }) } catch (e) { return [e.code, e.message] }
"""  # noqa: E501


@pytest.mark.once()
def test_mails_of_nodemailer_are_equal(tmp_path: Path) -> None:
    mails: list[tuple[list[str], Message]] = []
    handler = type("Handler", (SmtpServer,), {"mails": mails})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = server.server_address[1]
        (tmp_path / "mails.txt").write_text(MAILS.replace("PORT", str(port)), "utf-8")
        options = f"{{ host: '127.0.0.1', port: {port}, secure: false, auth: {{ user: 'u', pass: 'p' }} }}"
        start = f"const nodemailer = require('nodemailer')\nconst mailer = nodemailer.createTransport({options})\n"
        pieces = list(snippets(tmp_path / "mails.txt", start))
        differing = told(pieces)
        server.shutdown()
        thread.join()
    assert differing == [], "\n".join(differing[:5])
    assert [piece.marks for piece in pieces] == [[]] * len(pieces)
    half = len(mails) // 2
    assert half == 3
    assert [content(mail) for mail in mails[:half]] == [content(mail) for mail in mails[half:]]


def test_requirements_are_what_the_draft_imports(tmp_path: Path) -> None:
    source = """const jwt = require('jsonwebtoken'); const xlsx = require('node-xlsx'); const jimp = require('jimp')
const crypto = require('crypto'); const left = require('left-alone')
exports.main = async event => [jwt.verify(event.token, event.key, { algorithms: ['RS256'] }),
  xlsx.parse(event.file), crypto.createDecipheriv('aes-128-cbc', event.key, event.iv).final('utf8')]"""
    (tmp_path / "index.js").write_text(source, "utf-8")
    lines = draft(tmp_path).files["requirements.txt"].decode().splitlines()
    wanted = ["cryptography>=42", "PyJWT[crypto]>=2.8,<3", "openpyxl>=3.1,<4", "pillow>=10"]
    assert [line for line in wanted if line not in lines] == []
    assert "# TODO(migrate): npm has left-alone; no counterpart is known" in lines
