"""Pushed messages: WeChat's own examples, replies, both modes and formats, a server on a socket, several processes."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cloudpy
from cloudpy.push import MessagePush, PushedMessage, PushError, xml
from cloudpy.push.crypto import MessageCipher, signature
from cloudpy.stores import FileStore, StoreError
from tests.push.published import MESSAGES, Published

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APPID = "wx0123456789abcdef"
TOKEN = "a-token-of-the-console"
MESSAGE = {
    "ToUserName": "gh_1",
    "FromUserName": "o-alice",
    "CreateTime": 1700000000,
    "MsgType": "text",
    "Content": "你好",
}


def push(**more: Any) -> MessagePush:
    return MessagePush(TOKEN, **{"appid": APPID, "encoding_aes_key": KEY, **more})


@pytest.mark.parametrize("published", MESSAGES, ids=lambda one: one.name)
def test_the_examples_that_wechat_publishes_decode(published: Published) -> None:
    receiver = MessagePush(
        published.token,
        appid=published.appid,
        encoding_aes_key=published.key,
        clock=lambda: float(published.timestamp),
    )
    query = f"msg_signature={published.signature}&timestamp={published.timestamp}&nonce={published.nonce}"
    message = receiver.receive(f"signature=x&encrypt_type=aes&{query}", published.body)
    assert published.found.items() <= message.items()
    assert message.encrypted and message.format == ("json" if published.body[0] == "{" else "xml")


@pytest.mark.parametrize(
    ("key", "appid", "random", "text", "encrypted"),
    [
        (
            "A" * 43,
            "wxba5fad812f8e6fb9",
            "707722b803182950",
            '{"demo_resp":"good luck"}',
            "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==",
        ),
        (
            "A" * 43,
            "wx134c8103faa5a59e",
            "999951349e8ee746",
            "<xml><demo_resp>[CDATA[good luck]]</demo_resp></xml>",
            "hE8R6mGXHkJJjU72KxzKUd1GEkKJaEZq7vRL8XgK3o+00k8JGq6+pZJUIlTSyhsX+bxIBQ72g3GyvDdIZcr6+3HAZbSvPT9t/o11MI7d6WELwqrG"
            "d7jMnV0zv3Zc9Nq7",
        ),
        (
            KEY,
            "wxb11529c136998cb6",
            "aaaabbbbccccdddd",
            "我是中文abcd123",
            "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==",
        ),
    ],
    ids=["mini program", "open platform", "Java"],
)
def test_what_is_encrypted_is_what_wechat_publishes(
    key: str, appid: str, random: str, text: str, encrypted: str
) -> None:
    cipher = MessageCipher(key, appid)
    assert cipher.encrypt(text.encode(), random.encode()) == encrypted
    assert cipher.decrypt(encrypted) == text.encode()


def test_the_envelope_of_a_reply_is_what_wechat_publishes() -> None:
    sender = MessagePush("AAAAA", appid="wxba5fad812f8e6fb9", encoding_aes_key="A" * 43)
    text = sender.encrypt(
        '{"demo_resp":"good luck"}', nonce="415670741", format="json", timestamp=1713424427, random=b"707722b803182950"
    )
    assert json.loads(text) == {
        "Encrypt": "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==",
        "MsgSignature": "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
        "TimeStamp": 1713424427,
        "Nonce": "415670741",
    }


def test_the_configuration_of_the_url() -> None:
    query = (
        "signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504"
        "&nonce=1514711492"
    )
    for key in (None, "A" * 43):
        receiver = MessagePush("AAAAA", appid="wx1", encoding_aes_key=key, clock=lambda: 1714036504.0)
        assert receiver.verify(query) == receiver.verify(query) == "4375120948345356249"  # WeChat may ask again


def test_the_configuration_of_the_url_with_an_encrypted_text() -> None:
    receiver = MessagePush(
        "QDG6eK",
        appid="wx5823bf96d3bd56c7",
        encoding_aes_key="jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
        clock=lambda: 1409659589.0,
    )
    query = {
        "msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
        "timestamp": "1409659589",
        "nonce": "263014780",
        "echostr": "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
    }
    assert receiver.verify(query) == "1616140317555161061"


def test_a_plain_message_as_wechat_publishes_it() -> None:
    receiver = MessagePush("AAAAA", appid="wx1", clock=lambda: 1714037059.0)
    query = "signature=899cf89e464efb63f54ddac96b0a0a235f53aa78&timestamp=1714037059&nonce=486452656"
    message = receiver.receive(query, '{"MsgType": "event", "Event": "debug_demo"}')
    assert message == {"MsgType": "event", "Event": "debug_demo"}
    assert not message.encrypted


@pytest.mark.parametrize("format", ["json", "xml"])
@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_a_message_and_its_reply(format: Any, key: str | None) -> None:
    receiver = push(encoding_aes_key=key)
    message = receiver.receive(*receiver.request(MESSAGE, format=format))
    assert message == MESSAGE
    reply = receiver.reply(message, {"MsgType": "text", "Content": "您好 ]]> <b>"})
    assert reply.content_type.startswith("application/json" if format == "json" else "text/xml")

    def parsed(text: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(text) if format == "json" else xml.parse(text.encode())
        return found

    fields = parsed(reply.body)
    if key:
        envelope = fields
        assert envelope["Nonce"] == message.nonce
        parts = (TOKEN, str(envelope["TimeStamp"]), envelope["Nonce"], envelope["Encrypt"])
        assert envelope["MsgSignature"] == signature(*parts)
        fields = parsed(MessageCipher(KEY, APPID).decrypt(envelope["Encrypt"]).decode())
    assert fields["ToUserName"] == "o-alice" and fields["FromUserName"] == "gh_1"
    assert fields["Content"] == "您好 ]]> <b>" and int(fields["CreateTime"]) > 1700000000


@pytest.mark.parametrize("result", [None, "", "success"])
def test_no_reply_is_plain_success(result: Any) -> None:
    receiver = push()
    message = receiver.receive(*receiver.request(MESSAGE))
    assert receiver.reply(message, result) == (200, "text/plain; charset=utf-8", "success")


@pytest.mark.parametrize(("result", "kind"), [("hello", "another string"), (7, "a int"), (["a"], "a list")])
def test_a_reply_of_another_kind_is_an_error_of_the_program(result: Any, kind: str) -> None:
    receiver = push()
    with pytest.raises(TypeError, match=kind):
        receiver.reply(receiver.receive(*receiver.request(MESSAGE)), result)


@pytest.mark.parametrize(
    "fields", [{"a b": 1}, {"1": 1}, {"A": None}, {"A": True}, {"A": "\x00"}, {"A": b"a"}, {"": 1}], ids=repr
)
def test_what_xml_has_no_form_for_is_an_error_of_the_program(fields: dict[str, Any]) -> None:
    receiver = push()
    message = receiver.receive(*receiver.request(MESSAGE, format="xml"))
    with pytest.raises(ValueError):
        receiver.reply(message, fields)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20)
NAMES = st.text("abcXYZ_", min_size=1, max_size=8)


NESTED = st.recursive(TEXTS, lambda below: st.dictionaries(NAMES, below, min_size=1, max_size=3), max_leaves=6)


@given(st.dictionaries(NAMES, NESTED, min_size=1, max_size=4))
def test_xml_reads_what_it_writes(fields: dict[str, Any]) -> None:
    assert xml.parse(xml.write(fields).encode()) == fields


@given(st.binary(max_size=200))
def test_a_message_of_any_length_decrypts(message: bytes) -> None:
    cipher = MessageCipher(KEY, APPID)
    assert cipher.decrypt(cipher.encrypt(message)) == message


def test_xml_with_several_elements_of_one_name() -> None:
    text = b"<xml><Pics><Count>2</Count><List><item><a>1</a></item><item><a>2</a></item></List></Pics><E></E></xml>"
    assert xml.parse(text) == {"Pics": {"Count": "2", "List": {"item": [{"a": "1"}, {"a": "2"}]}}, "E": ""}
    assert xml.write({"Articles": [{"Title": "a"}, {"Title": "b"}], "N": 1}) == (
        "<xml><Articles><item><Title><![CDATA[a]]></Title></item><item><Title><![CDATA[b]]></Title></item></Articles>"
        "<N>1</N></xml>"
    )


class TestHandler:
    def test_an_async_handler_answers_as_an_http_function(self) -> None:
        receiver = push()

        @receiver.handler
        async def main(event: Any, context: Any) -> Any:
            assert isinstance(event, PushedMessage) and context == {"request_id": "r"}
            return {"MsgType": "text", "Content": event["Content"]}

        query, body = receiver.request(MESSAGE)
        event = {"httpMethod": "POST", "queryStringParameters": query, "body": body, "isBase64Encoded": False}
        answer: Any = asyncio.run(main(event, {"request_id": "r"}))
        assert answer["statusCode"] == 200 and "Encrypt" in json.loads(answer["body"])
        again: Any = asyncio.run(main(event, {}))
        assert again == {
            "statusCode": 403,
            "headers": {"content-type": "text/plain; charset=utf-8"},
            "body": "rejected",
        }

    def test_a_plain_handler_and_the_configuration(self) -> None:
        receiver = push()
        main: Any = receiver.handler(lambda event, context: None)
        query = {"timestamp": str(int(receiver._clock())), "nonce": "1", "echostr": "echo"}
        query["signature"] = signature(TOKEN, query["timestamp"], "1")
        get = {"httpMethod": "GET", "queryStringParameters": query}
        assert main(get, {})["body"] == "echo"
        query["signature"] = "0" * 40
        assert main(get, {})["statusCode"] == 403
        assert main({"httpMethod": "PUT"}, {})["statusCode"] == 405
        assert main({"a": 1}, {})["statusCode"] == 400
        assert main(b"x", None)["statusCode"] == 400

    def test_a_message_whose_handler_failed_may_come_again(self) -> None:
        receiver = push()

        def fail(event: Any, context: Any) -> Any:
            raise RuntimeError("the database is away")

        async def fail_async(event: Any, context: Any) -> Any:
            raise RuntimeError("the database is away")

        query, body = receiver.request(MESSAGE)
        event = {"httpMethod": "POST", "queryStringParameters": query, "body": body}

        def again(main: Any) -> Any:  # until the mark has ended, in a millisecond
            while (answer := main(event, {}))["statusCode"] == 403:
                pass
            return answer

        for _ in range(2):
            with pytest.raises(RuntimeError):
                again(receiver.handler(fail))
        with pytest.raises(RuntimeError):
            again(lambda *given: asyncio.run(receiver.handler(fail_async)(*given)))
        assert again(receiver.handler(lambda event, context: None))["body"] == "success"

    def test_a_body_in_base64(self) -> None:
        import base64

        receiver = push()
        main: Any = receiver.handler(lambda event, context: "success")
        query, body = receiver.request(MESSAGE)
        event = {"httpMethod": "POST", "queryStringParameters": query, "isBase64Encoded": True}
        assert main({**event, "body": "%"}, {})["statusCode"] == 400
        assert main({**event, "body": base64.b64encode(body.encode()).decode()}, {})["body"] == "success"


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[MessagePush, str]]:
    receiver = push()

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        query = environ["QUERY_STRING"]
        try:
            if environ["REQUEST_METHOD"] == "GET":
                status, content_type, text = 200, "text/plain", receiver.verify(query)
            else:
                body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
                status, content_type, text = receiver.reply(receiver.receive(query, body), {"Content": "hi"})
        except PushError as error:
            status, content_type, text = error.status, "text/plain", "rejected"
        start_response(f"{status} X", [("Content-Type", content_type)])
        return [text.encode()]

    with make_server("127.0.0.1", 0, application, handler_class=_Quiet) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield receiver, f"http://127.0.0.1:{httpd.server_port}/"
        httpd.shutdown()
        thread.join()


def test_a_server_on_a_socket(server: tuple[MessagePush, str]) -> None:
    receiver, url = server
    query, body = receiver.request(MESSAGE, format="xml")
    request = urllib.request.Request(f"{url}?{urlencode(query)}", body.encode(), {"Content-Type": "text/xml"})
    with urllib.request.urlopen(request) as answer:
        envelope = xml.parse(answer.read())
    assert xml.parse(MessageCipher(KEY, APPID).decrypt(envelope["Encrypt"]))["Content"] == "hi"
    with pytest.raises(urllib.error.HTTPError) as failed, urllib.request.urlopen(request):
        pass
    assert failed.value.code == 403
    failed.value.close()


def test_processes_that_share_a_store_accept_a_message_once(tmp_path: Path) -> None:
    receiver = push(store=FileStore(tmp_path / "marks.json"))
    query, body = receiver.request(MESSAGE)
    program = (
        "import sys\nfrom cloudpy.push import MessagePush, PushError\n"
        f"push = MessagePush({TOKEN!r}, appid={APPID!r}, encoding_aes_key={KEY!r}, store=sys.argv[1])\n"
        "try:\n    push.receive(sys.argv[2], sys.argv[3]); print('received')\n"
        "except PushError as error:\n    print(error.errCode)"
    )
    command = [sys.executable, "-c", program, f"file:{tmp_path}/marks.json", urlencode(query), body]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert sorted(process.communicate()[0].strip() for process in running) == ["-501008"] * 3 + ["received"]


def test_a_store_that_fails_is_an_error_and_accepts_nothing(tmp_path: Path) -> None:
    receiver = push(store=FileStore(tmp_path / "s.json"))
    (tmp_path / "s.json").write_text("not a store", "utf-8")
    query, body = receiver.request(MESSAGE)
    with pytest.raises(StoreError):
        receiver.receive(query, body)
    with pytest.raises(StoreError):
        asyncio.run(receiver.areceive(query, body))


@pytest.mark.once
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"encoding_aes_key": "short"}, "43 letters and digits, got a string of 5 characters"),
        ({"encoding_aes_key": "a" * 42 + "="}, "43 letters and digits"),
        ({"encoding_aes_key": 7}, "got a int"),
        ({"appid": ""}, "appid must be a string"),
        ({"window": 0}, "window must be a number"),
        ({"window": "300"}, "window must be a number"),
        ({"store": "nowhere"}, "store must be"),
    ],
    ids=["short", "padded", "number", "appid", "zero", "text", "store"],
)
def test_wrong_arguments(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(cloudpy.ConfigError, match=words):
        push(**arguments)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers", None)
    assert push(encoding_aes_key=None)
    with pytest.raises(cloudpy.ConfigError, match=r"pip install cryptography"):
        push()


def test_nothing_shows_token_or_key() -> None:
    receiver = push()
    assert KEY not in repr(receiver) + repr(receiver._cipher) and TOKEN not in repr(receiver)


@pytest.mark.parametrize("arguments", [["--encrypted"], ["--encrypted", "--format", "xml"], ["--signed"]], ids=str)
def test_the_command_makes_a_request_as_wechat_does(arguments: list[str]) -> None:
    keys = ["--token", TOKEN, "--appid", APPID, "--aes-key", KEY]
    command = [sys.executable, "-m", "cloudpy", "event", "message", "--content", "你好", *keys, *arguments]
    event = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    receiver = push(encoding_aes_key=None if "--signed" in arguments else KEY)
    message = receiver.receive(event["queryStringParameters"], event["body"])
    assert message["Content"] == "你好"


@pytest.mark.once
def test_the_command_says_what_it_needs() -> None:
    from click.testing import CliRunner

    from cloudpy.cli.event import event

    made = CliRunner().invoke(event, ["message", "--encrypted", "--token", "t"], env={"PUSH_APPID": "wx1"})
    assert made.exit_code == 2 and "needs --aes-key as well, or the variables PUSH_AES_KEY" in made.output
    made = CliRunner().invoke(event, ["message", "--encrypted", "--token", "t", "--appid", "a", "--aes-key", "short"])
    assert made.exit_code == 2 and "43 letters and digits" in made.output


@pytest.mark.parametrize("format", ["json", "xml"])
@pytest.mark.parametrize("protocol", ["http", "access"])
def test_a_function_that_is_served(tmp_path: Path, protocol: str, format: Any) -> None:
    program = (
        "import cloudpy as cloud\nfrom cloudpy.push import MessagePush\n"
        f"push = MessagePush({TOKEN!r}, appid={APPID!r}, encoding_aes_key={KEY!r})\n"
        "@cloud.function\n@push.handler\nasync def main(event, context):\n"
        '    return {"MsgType": "text", "Content": "re " + event["Content"]}\n'
    )
    (tmp_path / "index.py").write_text(program, "utf-8")
    command = [sys.executable, "-m", "cloudpy", "serve", str(tmp_path), "--protocol", protocol, "--port", "0"]
    serving = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert serving.stderr is not None
        address = next(found[0] for line in serving.stderr if (found := re.search(r"http://[\w.]+:\d+", line)))
        receiver = push()
        query, body = receiver.request(MESSAGE, format=format)
        kind = "application/json" if format == "json" else "text/xml"
        request = urllib.request.Request(f"{address}/?{urlencode(query)}", body.encode(), {"Content-Type": kind})
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        envelope = json.loads(text) if format == "json" else xml.parse(text)
        assert "re 你好" in MessageCipher(KEY, APPID).decrypt(envelope["Encrypt"]).decode()
        echo = {"timestamp": query["timestamp"], "nonce": "1", "echostr": "42"}
        echo["signature"] = signature(TOKEN, query["timestamp"], "1")
        with urllib.request.urlopen(f"{address}/?{urlencode(echo)}") as answer:
            assert answer.read() == b"42"
        with pytest.raises(urllib.error.HTTPError) as failed:
            urllib.request.urlopen(request)
        assert failed.value.code == 403
        failed.value.close()
    finally:
        serving.terminate()
        serving.communicate()
