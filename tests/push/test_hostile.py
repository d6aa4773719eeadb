"""Requests that are not WeChat's: each is rejected, with its own reason, and leaves no mark in the store."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from cloudpy.push import MessagePush, PushError
from cloudpy.push.crypto import MessageCipher, signature
from cloudpy.stores import MemoryStore

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OTHER_KEY = "ABCDEFGabcdefghijklmnopqrstuvwxyz0123456789"
APPID = "wx0123456789abcdef"
TOKEN = "a-token"
NOW = 1_700_000_000
MESSAGE = {"ToUserName": "gh_1", "FromUserName": "o-alice", "MsgType": "text", "Content": "hello"}

Request = tuple[dict[str, str], Any]
Change = Callable[[dict[str, str], str], Request]


def push(key: str | None = KEY, **more: Any) -> MessagePush:
    return MessagePush(TOKEN, **{"appid": APPID, "encoding_aes_key": key, "clock": lambda: float(NOW), **more})


def signed(encrypted: Any, *, token: str = TOKEN, nonce: str = "1", timestamp: str = str(NOW)) -> Request:
    """A request with a right signature over what is encrypted."""
    query = {"timestamp": timestamp, "nonce": nonce, "encrypt_type": "aes"}
    query["msg_signature"] = signature(token, timestamp, nonce, encrypted)
    return query, json.dumps({"Encrypt": encrypted})


def encrypted(content: bytes, key: str = KEY) -> str:
    """Content with neither length nor appid, encrypted as it is."""
    cipher = MessageCipher(key, APPID)._cipher.encryptor()
    return base64.b64encode(cipher.update(content) + cipher.finalize()).decode()


def padded(content: bytes, pad: int | None = None) -> bytes:
    missing = 32 - len(content) % 32 if pad is None else pad
    return content + bytes([missing]) * missing


def whole(message: bytes, length: int | None = None, appid: bytes = APPID.encode()) -> bytes:
    size = len(message) if length is None else length
    return b"r" * 16 + size.to_bytes(4, "big") + message + appid


def with_query(**changes: str | None) -> Change:
    def change(query: dict[str, str], body: str) -> Request:
        return {name: value for name, value in {**query, **changes}.items() if value is not None}, body

    return change


def with_body(body: Any) -> Change:
    return lambda query, _: (query, body)


def instead(*request: Any, **more: Any) -> Change:
    return lambda query, body: signed(*request, **more)


def inner(message: bytes) -> Change:
    return instead(encrypted(padded(whole(message))))


def xml_bomb(levels: int = 10) -> bytes:
    entities = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(levels))
    return f"<!DOCTYPE xml [{entities}]><xml><Encrypt>&a{levels};</Encrypt></xml>".encode()


HOSTILE: dict[str, tuple[Change, int]] = {
    # the signature
    "no signature": (with_query(msg_signature=None), -40001),
    "empty signature": (with_query(msg_signature=""), -40001),
    "signature of zeros": (with_query(msg_signature="0" * 40), -40001),
    "signature in capitals": (lambda q, b: ({**q, "msg_signature": q["msg_signature"].upper()}, b), -40001),
    "signature that is cut off": (lambda q, b: ({**q, "msg_signature": q["msg_signature"][:39]}, b), -40001),
    "signature with a blank": (lambda q, b: ({**q, "msg_signature": q["msg_signature"] + " "}, b), -40001),
    "signature that is not ASCII": (with_query(msg_signature="签" * 40), -40001),
    "signature that is half a surrogate": (with_query(msg_signature="\ud800"), -40001),
    "the plain signature alone": (lambda q, b: ({**q, "msg_signature": q["signature"]}, b), -40001),
    "signature of another token": (instead(encrypted(padded(whole(b"{}"))), token="other"), -40001),
    "signature of an empty token": (instead(encrypted(padded(whole(b"{}"))), token=""), -40001),
    "two signatures": (lambda q, b: ({**q, "msg_signature": [q["msg_signature"], "0" * 40]}, b), -40001),  # type: ignore[dict-item]
    "another nonce": (with_query(nonce="2"), -40001),
    "no nonce": (with_query(nonce=None), -40001),
    "another time": (with_query(timestamp=str(NOW + 1)), -40001),
    "no time": (with_query(timestamp=None), -40001),
    # the time
    "an hour old": (instead(encrypted(padded(whole(b"{}"))), timestamp=str(NOW - 3600)), -501008),
    "an hour ahead": (instead(encrypted(padded(whole(b"{}"))), timestamp=str(NOW + 3600)), -501008),
    "a second too old": (instead(encrypted(padded(whole(b"{}"))), timestamp=str(NOW - 301)), -501008),
    "time of zero": (instead(encrypted(padded(whole(b"{}"))), timestamp="0"), -501008),
    "negative time": (instead(encrypted(padded(whole(b"{}"))), timestamp=f"-{NOW}"), -40001),
    "time as a float": (instead(encrypted(padded(whole(b"{}"))), timestamp=f"{NOW}.0"), -40001),
    "time in milliseconds": (instead(encrypted(padded(whole(b"{}"))), timestamp=f"{NOW}000"), -40001),
    "time of a thousand digits": (instead(encrypted(padded(whole(b"{}"))), timestamp="1" * 1000), -40001),
    "time in other digits": (instead(encrypted(padded(whole(b"{}"))), timestamp="１７００００００００"), -40001),
    "empty time": (instead(encrypted(padded(whole(b"{}"))), timestamp=""), -40001),
    # what is encrypted
    "changed text": (lambda q, b: (q, b.replace('"Encrypt":"', '"Encrypt":"A')), -40001),
    "not base64": (instead("%%%%"), -40007),
    "base64 with line breaks": (instead("AAAA\nAAAA"), -40007),
    "nothing encrypted": (instead(""), -40007),
    "half a block": (instead(base64.b64encode(b"x" * 16).decode()), -40007),
    "no whole block": (instead(base64.b64encode(b"x" * 33).decode()), -40007),
    "random bytes": (instead(base64.b64encode(bytes(range(64))).decode()), -40007),
    "another key": (instead(encrypted(padded(whole(b"{}")), OTHER_KEY)), -40007),
    "padding of zero": (instead(encrypted(b"x" * 31 + b"\0")), -40007),
    "padding beyond the block": (instead(encrypted(b"x" * 31 + b"\x21")), -40007),
    "padding that is not even": (instead(encrypted(b"x" * 29 + b"\x01\x02\x03")), -40007),
    "nothing but padding": (instead(encrypted(b"\x20" * 32)), -40007),
    "no length": (instead(encrypted(padded(b"r" * 10))), -40007),
    "length beyond the end": (instead(encrypted(padded(whole(b"{}", 10**6)))), -40007),
    "length of four gigabytes": (instead(encrypted(padded(whole(b"{}", 2**32 - 1)))), -40007),
    "another appid": (instead(encrypted(padded(whole(b"{}", appid=b"wx-of-another")))), -40005),
    "no appid": (instead(encrypted(padded(whole(b"{}", appid=b"")))), -40005),
    "appid with more behind it": (instead(encrypted(padded(whole(b"{}", appid=APPID.encode() + b"x")))), -40005),
    "message that reaches into the appid": (instead(encrypted(padded(whole(b"{}", 4)))), -40005),
    # the body
    "no body": (with_body(""), -40002),
    "no encryption": (with_body(json.dumps(MESSAGE)), -40001),
    "Encrypt as a number": (with_body('{"Encrypt": 7}'), -40001),
    "Encrypt as a list": (with_body('{"Encrypt": ["a"]}'), -40001),
    "Encrypt twice": (with_body("<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>"), -40001),
    "JSON that is a list": (with_body("[]"), -40002),
    "JSON that is cut off": (with_body('{"Encrypt": "'), -40002),
    "JSON that nests deep": (with_body("[" * 100_000), -40002),
    "a form": (with_body("Encrypt=a"), -40002),
    "bytes that are not UTF-8": (with_body(b'{"Encrypt": "\xff"}'), -40001),
    "two megabytes": (with_body(b"<xml>" + b" " * 2**21), -40002),
    "XML that is cut off": (with_body("<xml><Encrypt>"), -40002),
    "XML with another root": (with_body("<html><Encrypt>a</Encrypt></html>"), -40002),
    "XML with nothing in it": (with_body("<xml>a</xml>"), -40002),
    "XML that nests deep": (with_body("<xml>" * 50_000), -40002),
    "XML with many elements": (with_body("<xml>" + "<a/>" * 20_000 + "</xml>"), -40002),
    "XML with a declared entity": (
        with_body('<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>'),
        -40002,
    ),
    "XML with a bomb of entities": (with_body(xml_bomb()), -40002),
    "XML with an external entity": (
        with_body('<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>'),
        -40002,
    ),
    "XML with an external document type": (
        with_body('<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/x.dtd"><xml><Encrypt>a</Encrypt></xml>'),
        -40002,
    ),
    "XML with an unknown entity": (with_body("<xml><Encrypt>&a;</Encrypt></xml>"), -40002),
    "XML in UTF-16": (with_body("<xml><Encrypt>a</Encrypt></xml>".encode("utf-16")), -40002),
    # what is encrypted is not a message
    "encrypted text": (inner(b"hello"), -40002),
    "encrypted list": (inner(b"[]"), -40002),
    "encrypted bomb of entities": (inner(xml_bomb()), -40002),
    "encrypted bytes": (inner(b"\xff\xfe"), -40002),
}


def test_there_are_fifty() -> None:
    assert len(HOSTILE) >= 50


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_request_is_rejected(name: str) -> None:
    store = MemoryStore()
    receiver = push(store=store)
    change, code = HOSTILE[name]
    with pytest.raises(PushError) as rejected:
        receiver.receive(*change(*receiver.request(MESSAGE)))
    assert rejected.value.errCode == code
    assert rejected.value.status in (400, 403, 413)
    assert not store._entries
    assert TOKEN not in rejected.value.errMsg and KEY not in rejected.value.errMsg


def test_a_replay_is_rejected_whatever_it_changes() -> None:
    receiver = push()
    query, body = receiver.request(MESSAGE)
    receiver.receive(query, body)
    envelope = json.loads(body)
    again: list[Request] = [
        (query, body),
        ({**query, "extra": "1"}, body),
        ({**query, "signature": "0"}, body),
        (query, json.dumps({**envelope, "extra": 1})),
        (query, f"<xml><Encrypt>{envelope['Encrypt']}</Encrypt></xml>"),
    ]
    for request in again:
        with pytest.raises(PushError) as rejected:
            receiver.receive(*request)
        assert rejected.value.errCode == -501008


def test_a_replay_with_the_same_digits_divided_otherwise_is_rejected() -> None:
    # sorted and joined, time and nonce give the same text: the signature holds for both
    receiver = MessagePush("z", appid=APPID, clock=lambda: 100.0, window=1000.0)
    first = {"timestamp": "105", "nonce": "23", "signature": signature("z", "105", "23")}
    second = {"timestamp": "10", "nonce": "523", "signature": first["signature"]}
    body = json.dumps(MESSAGE)
    receiver.receive(first, body)
    with pytest.raises(PushError, match="received before"):
        receiver.receive(second, body)


def test_a_mark_outlives_the_time_in_which_a_message_is_accepted() -> None:
    now = [float(NOW)]
    store = MemoryStore(clock=lambda: now[0])
    receiver = push(store=store, clock=lambda: now[0])
    query, body = signed(encrypted(padded(whole(b'{"a": 1}'))), timestamp=str(NOW + 300))
    receiver.receive(query, body)
    for later in (1, 300, 599, 600):
        now[0] = NOW + later
        with pytest.raises(PushError, match="received before"):
            receiver.receive(query, body)
    now[0] = NOW + 601
    with pytest.raises(PushError, match="301 seconds ago"):
        receiver.receive(query, body)


@pytest.mark.parametrize("changes", [{"signature": "0" * 40}, {"nonce": "9"}, {"timestamp": str(NOW - 301)}], ids=str)
def test_a_hostile_configuration_is_rejected(changes: dict[str, str]) -> None:
    query = {"timestamp": str(NOW), "nonce": "1", "echostr": "<script>", "signature": signature(TOKEN, str(NOW), "1")}
    assert push().verify(query) == "<script>"  # as text/plain
    with pytest.raises(PushError):
        push().verify({**query, **changes})
    with pytest.raises(PushError):
        push().verify("&".join("a=1" for _ in range(1000)))
