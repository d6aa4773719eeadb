"""How an answer is framed: what is read as HTTP, what is refused, and what never decides over the next call."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from cloudpy._transports import TransportFailure

from ..scripted_server import Peer, ScriptedServer, held, http, once
from .clients import Client


def _raw(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


OK = "HTTP/1.1 200 OK"

UNDERSTOOD = {
    "content-length": (http(b"hello"), b"hello"),
    "empty": (http(b""), b""),
    "chunked": (_raw(OK, "Transfer-Encoding: chunked", body=b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"), b"hello"),
    "chunked-extensions": (_raw(OK, "Transfer-Encoding: chunked", body=b"5;a=b\r\nhello\r\n0\r\n\r\n"), b"hello"),
    "chunked-trailers": (_raw(OK, "Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\nX: y\r\n\r\n"), b"hello"),
    "chunked-capital": (_raw(OK, "Transfer-Encoding: Chunked", body=b"5\r\nhello\r\n0\r\n\r\n"), b"hello"),
    "100-continue": (_raw("HTTP/1.1 100 Continue") + http(b"hello"), b"hello"),
    "103-early-hints": (_raw("HTTP/1.1 103 Early Hints", "Link: </x>; rel=preload") + http(b"hello"), b"hello"),
    "102-and-103-twice": (
        (_raw("HTTP/1.1 102 Processing") + _raw("HTTP/1.1 103 Early Hints", "A: b")) * 2 + http(b"hello"),
        b"hello",
    ),
    "no-reason": (b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
    "odd-reason": (http(b"hello", status="200 \xe4\xbd\xa0 ok"), b"hello"),
    "many-headers": (http(b"hello", *(f"X-{i}: {i}" for i in range(60))), b"hello"),
}


@pytest.mark.parametrize("answer, body", UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_an_answer_is_read_whole_and_the_connection_kept(client: Client, answer: bytes, body: bytes) -> None:
    with ScriptedServer(held(answer)) as server:
        for _ in range(3):
            response = client.send(server.url, b"?")
            assert (200, body) == (response.status, response.body)
        assert server.connections == 1


@pytest.mark.parametrize("answer, body", UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_an_answer_may_come_byte_by_byte(client: Client, answer: bytes, body: bytes) -> None:
    def script(peer: Peer) -> None:
        while peer.read():
            for i in range(len(answer)):
                peer.write(answer[i : i + 1])

    with ScriptedServer(script) as server:
        for _ in range(2):
            assert client.send(server.url, b"?").body == body


def test_without_a_length_the_answer_ends_with_the_connection(client: Client) -> None:
    with ScriptedServer(once(_raw(OK, body=b"hello"))) as server:
        assert [b"hello"] * 2 == [client.send(server.url).body for _ in range(2)]
        assert server.connections == 2


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_statuses_without_a_body_end_at_once(client: Client, status: str) -> None:
    answers = iter([_raw(f"HTTP/1.1 {status}", "Content-Length: 5"), http(b"hello")])

    def script(peer: Peer) -> None:
        while peer.read():
            peer.write(next(answers))

    with ScriptedServer(script) as server:
        response = client.send(server.url)
        assert (int(status[:3]), b"") == (response.status, response.body)
        assert client.send(server.url).body == b"hello"


@pytest.mark.parametrize(
    "status", ["201 Created", "206 Partial", "400 Bad", "404 Not Found", "500 No", "599 Odd", "999 X"]
)
def test_any_status_is_an_answer(client: Client, status: str) -> None:
    with ScriptedServer(held(http(b"body", status=status))) as server:
        response = client.send(server.url)
        assert (int(status[:3]), b"body") == (response.status, response.body)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_redirects_are_not_followed(client: Client, status: str) -> None:
    with ScriptedServer(held(http())) as other:
        with ScriptedServer(held(http(b"", f"Location: {other.url}", status=status))) as server:
            assert client.send(server.url).status == int(status[:3])
        assert other.connections == 0


def test_switching_protocols_is_no_answer_to_go_on_from(client: Client) -> None:
    def script(peer: Peer) -> None:
        while peer.read():
            peer.write(_raw("HTTP/1.1 101 Switching Protocols", "Upgrade: x", "Connection: upgrade"))

    with ScriptedServer(script) as server:
        for _ in range(2):
            try:
                assert client.send(server.url).status == 101
            except TransportFailure as failure:
                assert not failure.not_sent
        assert server.connections == 2


def test_a_compressed_answer_is_left_as_it_is(client: Client) -> None:
    packed = gzip.compress(b"hello")
    with ScriptedServer(held(http(packed, "Content-Encoding: gzip"))) as server:
        assert client.send(server.url).body == packed
        assert "accept-encoding" not in server.received[0][1].headers


def test_the_first_of_a_header_given_twice_counts(client: Client) -> None:
    with ScriptedServer(held(http(b"", "Content-Type: a/b", "content-type: c/d"))) as server:
        assert client.send(server.url).headers["content-type"] == "a/b"


REFUSED = {
    "no-colon": _raw(OK, "Content-Length: 5", "no colon here", "X: y", body=b"hello"),
    "length-negative": _raw(OK, "Content-Length: -5", body=b"hello"),
    "length-text": _raw(OK, "Content-Length: five", body=b"hello"),
    "length-plus": _raw(OK, "Content-Length: +5", body=b"hello"),
    "length-underscore": _raw(OK, "Content-Length: 0_5", body=b"hello"),
    "length-decimal": _raw(OK, "Content-Length: 5.0", body=b"hello"),
    "lengths-differ": _raw(OK, "Content-Length: 5", "Content-Length: 3", body=b"hello"),
    "lengths-listed": _raw(OK, "Content-Length: 5, 3", body=b"hello"),
    "length-and-chunked": _raw(OK, "Content-Length: 5", "Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n"),
    "status-line-text": _raw("hello", "Content-Length: 5", body=b"hello"),
    "status-letters": _raw("HTTP/1.1 abc OK", "Content-Length: 5", body=b"hello"),
    "status-negative": _raw("HTTP/1.1 -20 OK", "Content-Length: 5", body=b"hello"),
    "http-2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "ssh": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "chunk-size-text": _raw(OK, "Transfer-Encoding: chunked", body=b"zz\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-negative": _raw(OK, "Transfer-Encoding: chunked", body=b"-5\r\nhello\r\n0\r\n\r\n"),
    "line-endless": _raw(f"{OK}{'K' * 70000}"),
    "header-endless": _raw(OK, f"X: {'y' * 70000}", "Content-Length: 0"),
    "headers-endless": _raw(OK, *("X: y" for _ in range(1000)), "Content-Length: 0"),
}


@pytest.mark.parametrize("answer", REFUSED.values(), ids=REFUSED)
def test_what_is_not_http_is_refused_at_once(client: Client, answer: bytes) -> None:
    """The server keeps the connection open: whoever waited for more would wait until the time is up."""
    with ScriptedServer(held(answer)) as server:
        for count in (1, 2):
            with pytest.raises(TransportFailure) as caught:
                client.send(server.url)
            assert (False, False, False) == (
                caught.value.not_sent,
                caught.value.stale_connection,
                caught.value.timed_out,
            )
            assert count == len(server.received) == server.connections  # never on the connection it broke


CUT = {
    "nothing": (b"", "socket hang up"),
    "status-line": (b"HTTP/1.1 20", "socket hang up|Parse Error: HTTP/1.1 20"),
    "status-line-whole": (b"HTTP/1.1 200 OK\r\n", "socket hang up"),
    "headers": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "socket hang up"),
    "header": (b"HTTP/1.1 200 OK\r\nContent-Len", "socket hang up"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "aborted"),
    "body-before-it-begins": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "aborted"),
    "chunk-size": (_raw(OK, "Transfer-Encoding: chunked", body=b"5"), "aborted"),
    "chunk": (_raw(OK, "Transfer-Encoding: chunked", body=b"5\r\nhel"), "aborted"),
    "chunks": (_raw(OK, "Transfer-Encoding: chunked", body=b"5\r\nhello\r\n"), "aborted"),
    "after-early-hints": (_raw("HTTP/1.1 103 Early Hints"), "socket hang up"),
}


@pytest.mark.parametrize("answer, cause", CUT.values(), ids=CUT)
def test_an_answer_that_breaks_off_is_no_answer(client: Client, answer: bytes, cause: str) -> None:
    with ScriptedServer(once(answer)) as server:
        with pytest.raises(TransportFailure, match=f"^({cause})") as caught:
            client.send(server.url)
        assert (False, False, False) == (caught.value.not_sent, caught.value.stale_connection, caught.value.timed_out)


def test_a_length_too_small_leaves_the_rest_behind(client: Client) -> None:
    """The answer is what its length says; what is left over spoils its connection, never the next answer."""
    answers = iter([_raw(OK, "Content-Length: 3", body=b"hello"), http(b"second"), http(b"third")])

    def script(peer: Peer) -> None:
        while peer.read():
            peer.write(next(answers))

    with ScriptedServer(script) as server:
        try:
            assert client.send(server.url).body == b"hel"
        except TransportFailure as failure:  # or the rest is seen at once, and nothing of it is believed
            assert failure.cause.startswith("Parse Error")
        assert client.send(server.url).body == b"second"
        assert server.numbers() == [0, 1]


LARGE = 100_000
OVERSIZE = {
    "content-length": _raw(OK, f"Content-Length: {LARGE + 1}"),
    "length-of-a-terabyte": _raw(OK, "Content-Length: 1099511627776"),
    "length-of-thirty-digits": _raw(OK, f"Content-Length: {'9' * 30}"),
    "chunked": _raw(OK, "Transfer-Encoding: chunked", body=b"1000\r\n" + b"x" * 4096 + b"\r\n"),
    "one-endless-chunk": _raw(OK, "Transfer-Encoding: chunked", body=b"FFFFFFFFFF\r\n"),
    "until-the-end": _raw(OK),
}


@pytest.mark.parametrize("head", OVERSIZE.values(), ids=OVERSIZE)
def test_an_answer_too_large_is_refused_while_it_comes(make_client: Callable[..., Client], head: bytes) -> None:
    """The server never stops sending: only a client that refuses ends this."""
    piece = b"1000\r\n" + b"x" * 4096 + b"\r\n" if head.endswith(b"x\r\n") else b"x" * 4096

    def script(peer: Peer) -> None:
        peer.read()
        peer.write(head)
        while peer.write(piece):
            pass

    client = make_client(max_body=LARGE)
    with ScriptedServer(script) as server:
        with pytest.raises(TransportFailure, match=r"the response has .*(bytes|framing)|Parse Error") as caught:
            client.send(server.url)
        assert (False, False, False) == (caught.value.not_sent, caught.value.stale_connection, caught.value.timed_out)


def test_an_answer_of_the_largest_size_is_taken(make_client: Callable[..., Client]) -> None:
    client = make_client(max_body=LARGE)
    with ScriptedServer(held(http(b"x" * LARGE))) as server:
        assert client.send(server.url).body == b"x" * LARGE
