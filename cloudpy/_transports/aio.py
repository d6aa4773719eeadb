"""The async face's transport: aiohttp, one session for each running loop, closed together with its loop."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator
from contextvars import ContextVar
from typing import Any

import aiohttp
from yarl import URL

from . import CONNECT_TIMEOUT, MAX_ANSWER, Failure, Request, Response, broken, refused
from ._aio_flow import Moves, pieces, pour

_IDLE = 4.8  # seconds a connection is kept unused, as the blocking transport does
_CHUNK = 64 * 1024
_LARGE = 1024 * 1024  # bytes
_NEVER = float("inf")


class AIOTransport:
    """Safe in any number of loops, one after the other or side by side in threads.

    Args:
        idle: seconds a connection is kept unused.
        largest: bytes of an answer; one that has more is refused.
    """

    def __init__(self, *, idle: float = _IDLE, largest: int = MAX_ANSWER) -> None:
        self._sessions: dict[asyncio.AbstractEventLoop, _Session] = {}
        self._idle = idle
        self._largest = largest

    async def send(self, request: Request, timeout: float) -> Response:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop) or await self._open(loop)
        return await session.send(request, timeout)

    async def _open(self, loop: asyncio.AbstractEventLoop) -> _Session:
        for other in [other for other in list(self._sessions) if other.is_closed()]:
            self._sessions.pop(other, None)
        session = self._sessions[loop] = _Session(self._idle, self._largest)
        # Loops end their asynchronous generators before they close (asyncio.run, pytest plugins, uvloop alike):
        # one that waits at its yield is how a session hears of it in time.
        session.keeper = self._keep(loop, session)
        await session.keeper.__anext__()
        return session

    async def _keep(self, loop: asyncio.AbstractEventLoop, session: _Session) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            self._sessions.pop(loop, None)
            await session.close()


class _Line:
    """One connection: how many bytes it has brought, and how many of them belong to answers that are over."""

    __slots__ = ("finished", "received", "used")

    def __init__(self, protocol: Any) -> None:
        self.received = 0
        self.finished = 0
        self.used = False
        take = protocol.data_received

        def count(data: bytes) -> None:
            self.received += len(data)
            take(data)

        protocol.data_received = count
        protocol.cloudpy_line = self

    @property
    def heard(self) -> bool:
        """Whether a byte came since the last answer."""
        return self.received != self.finished


class _Exchange:
    """What became of one request: the line it got, if it came so far."""

    __slots__ = ("fresh", "line", "reused")

    def __init__(self, *, fresh: bool = False) -> None:
        self.fresh = fresh
        self.line: _Line | None = None
        self.reused = False

    @property
    def stale(self) -> bool:
        # A line whose earlier answer was not counted has a loop that goes past the count: then nothing is sure.
        return self.reused and self.line is not None and self.line.finished > 0 and not self.line.heard


_exchange: ContextVar[_Exchange] = ContextVar("cloudpy_exchange")


class _Connector(aiohttp.TCPConnector):
    """Gives no connection out again that has talked out of turn: what it said would be taken for the next answer."""

    async def connect(self, *args: Any, **more: Any) -> Any:
        exchange = _exchange.get()
        while True:
            connection = await super().connect(*args, **more)
            protocol = connection.protocol
            line = getattr(protocol, "cloudpy_line", None) or _Line(protocol)
            if not line.heard and not (exchange.fresh and line.used):
                exchange.line, exchange.reused, line.used = line, line.used, True
                return connection
            connection.close()


class _Session:
    def __init__(self, idle: float, largest: int) -> None:
        self.keeper: AsyncGenerator[None, None] | None = None
        self._largest = largest
        self._client = aiohttp.ClientSession(
            connector=_Connector(limit=0, keepalive_timeout=idle),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
            auto_decompress=False,
        )

    async def close(self) -> None:
        await self._client.close()

    async def send(self, request: Request, timeout: float) -> Response:
        if request.pause is None:
            return await self._send(request, timeout, None)
        moves = Moves(request.pause)
        return await moves.watched(self._send(request, timeout, moves))

    async def _send(self, request: Request, timeout: float, moves: Moves | None) -> Response:
        exchange = _Exchange(fresh=request.fresh)
        _exchange.set(exchange)
        headers = request.headers
        if isinstance(request.body, bytes):
            # aiohttp warns of large bytes, which it would write at once
            data: Any = request.body if len(request.body) < _LARGE else io.BytesIO(request.body)
        else:
            data = pieces(request.body, moves)
            if request.body.length is not None:  # else aiohttp sends it in chunks
                headers = [*headers, ("Content-Length", str(request.body.length))]
        try:
            async with self._client.request(
                request.method,
                _url(request.url),
                data=data,
                headers=headers,
                allow_redirects=False,
                # aiohttp would round times above five seconds up to whole ones
                timeout=aiohttp.ClientTimeout(
                    total=timeout, sock_connect=min(timeout, CONNECT_TIMEOUT), ceil_threshold=_NEVER
                ),
            ) as answer:
                if request.sink is not None and answer.status == 200:
                    await pour(answer.content, answer.content_length, request.sink, moves)
                    body = b""
                else:
                    body = await _whole(answer, self._largest)
                if exchange.line is not None:
                    exchange.line.finished = exchange.line.received
                given = {name.lower(): value for name, value in list(answer.headers.items())[::-1]}
                return Response(answer.status, answer.reason or "", given, body)
        except asyncio.TimeoutError:
            if exchange.line is None:
                raise Failure("connect timeout", unsent=True, timed_out=True) from None
            raise Failure("request timeout", timed_out=True) from None
        except aiohttp.ClientConnectorCertificateError as error:
            raise refused(error.certificate_error, error.host, error.port or 0) from None
        except aiohttp.ClientConnectorError as error:
            raise refused(error.os_error, error.host, error.port or 0) from None
        except aiohttp.ServerDisconnectedError:
            raise Failure("socket hang up", stale=exchange.stale) from None
        except aiohttp.ClientPayloadError:
            raise Failure("aborted") from None
        except aiohttp.ClientResponseError as error:
            raise Failure(f"Parse Error: {error.message}"[:300]) from None
        except (aiohttp.ClientOSError, ConnectionError) as error:
            raise broken(error, stale=exchange.stale) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise broken(error) from None


def _url(url: str) -> URL:
    # The query is signed as it is: it must travel as it is.
    return URL(url, encoded=True)


async def _whole(answer: aiohttp.ClientResponse, largest: int) -> bytes:
    length = answer.content_length
    if length is not None and length > largest:
        raise Failure(f"the answer has {length} bytes, more than the {largest} taken")
    if length is not None:
        return await answer.read()
    chunks, size = [], 0
    async for chunk in answer.content.iter_chunked(_CHUNK):
        size += len(chunk)
        if size > largest:
            raise Failure(f"the answer has more than the {largest} bytes taken")
        chunks.append(chunk)
    return b"".join(chunks)
