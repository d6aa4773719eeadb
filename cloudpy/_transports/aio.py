"""The async face's transport: aiohttp, one session for each running loop, closed together with its loop."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
from yarl import URL

from . import CONNECT_TIMEOUT, MAX_ANSWER, Failure, Request, Response, broken, refused

_IDLE = 4.8  # seconds a connection is kept unused, as the blocking transport does
_CHUNK = 64 * 1024
_LARGE = 1024 * 1024  # bytes


class AIOTransport:
    """Safe in any number of loops, one after the other or side by side in threads."""

    def __init__(self) -> None:
        self._sessions: dict[asyncio.AbstractEventLoop, _Session] = {}

    async def send(self, request: Request, timeout: float) -> Response:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop) or await self._open(loop)
        return await session.send(request, timeout)

    async def _open(self, loop: asyncio.AbstractEventLoop) -> _Session:
        for other in [other for other in list(self._sessions) if other.is_closed()]:
            self._sessions.pop(other, None)
        session = self._sessions[loop] = _Session()
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


class _Session:
    def __init__(self) -> None:
        trace = aiohttp.TraceConfig()
        trace.on_connection_reuseconn.append(_mark_reused)
        self.keeper: AsyncGenerator[None, None] | None = None
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
            auto_decompress=False,
            trace_configs=[trace],
        )

    async def close(self) -> None:
        await self._client.close()

    async def send(self, request: Request, timeout: float) -> Response:
        connection: dict[str, bool] = {}
        answering = False
        try:
            async with self._client.request(
                request.method,
                _url(request.url),
                # aiohttp warns of large bytes, which it would write at once
                data=request.body if len(request.body) < _LARGE else io.BytesIO(request.body),
                headers=request.headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=timeout, sock_connect=min(timeout, CONNECT_TIMEOUT)),
                trace_request_ctx=connection,
            ) as answer:
                answering = True
                body = await _whole(answer)
                headers = {name.lower(): value for name, value in list(answer.headers.items())[::-1]}
                return Response(answer.status, answer.reason or "", headers, body)
        except aiohttp.ConnectionTimeoutError:
            raise Failure("connect timeout", unsent=True, timed_out=True) from None
        except asyncio.TimeoutError:
            raise Failure("request timeout", timed_out=True) from None
        except aiohttp.ClientConnectorError as error:
            raise refused(error.os_error, error.host, error.port or 0) from None
        except aiohttp.ServerDisconnectedError:
            raise Failure("socket hang up", stale="reused" in connection and not answering) from None
        except aiohttp.ClientPayloadError:
            raise Failure("aborted") from None
        except (aiohttp.ClientOSError, ConnectionError) as error:
            raise broken(error, stale="reused" in connection and not answering) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise broken(error) from None


async def _mark_reused(_session: object, context: Any, _params: object) -> None:
    context.trace_request_ctx["reused"] = True


def _url(url: str) -> URL:
    # The query is signed as it is: it must travel as it is.
    return URL(url, encoded=True)


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    length = answer.content_length
    if length is not None and length > MAX_ANSWER:
        raise ValueError(f"the answer has {length} bytes, more than the {MAX_ANSWER} taken")
    if length is not None:
        return await answer.read()
    chunks, size = [], 0
    async for chunk in answer.content.iter_chunked(_CHUNK):
        size += len(chunk)
        if size > MAX_ANSWER:
            raise ValueError(f"the answer has more than the {MAX_ANSWER} bytes taken")
        chunks.append(chunk)
    return b"".join(chunks)
