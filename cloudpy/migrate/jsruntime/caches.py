"""Redis as ioredis has it, with redis-py."""

from __future__ import annotations

from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import text
from .objects import entries
from .values import Host, is_nil

_COMMANDS = set(
    """
    get set setex psetex setnx getset getdel mget mset append strlen incr incrby incrbyfloat decr decrby del
    unlink exists expire pexpire expireat persist ttl pttl type rename keys scan randomkey dbsize flushdb hget
    hset hsetnx hmget hmset hgetall hdel hexists hincrby hincrbyfloat hkeys hvals hlen lpush rpush lpushx rpushx
    lpop rpop lrange llen lrem ltrim lindex lset sadd srem smembers sismember scard spop srandmember sinter sunion
    sdiff zadd zrem zrange zrevrange zrangebyscore zrevrangebyscore zscore zrank zrevrank zincrby zcard zcount
    zremrangebyscore zremrangebyrank publish eval ping setbit getbit bitcount pfadd pfcount
    """.split()
)
_CONNECTION = {
    "host", "port", "password", "username", "db", "connectTimeout", "commandTimeout", "keyPrefix", "lazyConnect",
    "maxRetriesPerRequest", "retryStrategy", "retryDelayOnFailover", "enableReadyCheck", "family", "keepAlive",
    "enableOfflineQueue",
}  # fmt: skip


class Redis(Host):
    """``new Redis(…)`` of ioredis: each command gives what the server says, an object for ``hgetall``."""

    def __init__(self, address: Any = UNDEFINED, *more: Any) -> None:
        options: dict[str, Any] = {}
        for each in (address, *more):
            if isinstance(each, dict):
                options |= {name: value for name, value in each.items() if value is not UNDEFINED}
            elif isinstance(each, str) and "://" in each:
                options["url"] = each
            elif isinstance(each, int) or (isinstance(each, str) and each.isdecimal()):
                options["port"] = int(each)
            elif not is_nil(each):
                options["host"] = text(each)
        for name in options:
            if name not in _CONNECTION | {"url"}:
                raise NotTranslated(f"the option {name} of ioredis is not translated")
        if options.get("keyPrefix"):
            raise NotTranslated("the option keyPrefix of ioredis is not translated")
        self._options = options
        self._client: Any = None
        self._loop: Any = None

    def on(self, name: Any, function: Any) -> Any:
        """Listen: what redis-py does by itself, connecting again among it, is not told."""
        return self

    def __getattr__(self, name: str) -> Any:
        name = name.rstrip("_")  # del is a word of Python
        if name not in _COMMANDS:
            raise AttributeError(name)
        return lambda *arguments: self._command(name, arguments)

    def pipeline(self) -> Any:
        return Pipeline(self, False)

    def multi(self) -> Any:
        return Pipeline(self, True)

    async def connect(self) -> Any:
        return UNDEFINED

    async def quit(self) -> str:
        await self._close()
        return "OK"

    def disconnect(self) -> Any:
        self._client = None
        return UNDEFINED

    async def _close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _connected(self) -> Any:
        import asyncio

        from redis.asyncio import Redis as Client

        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:  # a connection belongs to one loop
            options = self._options
            common: dict[str, Any] = {"decode_responses": True, "protocol": 2}
            if "connectTimeout" in options:
                common["socket_connect_timeout"] = options["connectTimeout"] / 1000
            if "commandTimeout" in options:
                common["socket_timeout"] = options["commandTimeout"] / 1000
            names = ("host", "port", "password", "username", "db")
            given = {name: options[name] for name in names if not is_nil(options.get(name)) and options[name] != ""}
            given["port"] = int(given.get("port", 6379))
            made = Client.from_url(options["url"], **common) if "url" in options else Client(**given, **common)
            made.response_callbacks.clear()  # what the server says, as ioredis gives it
            self._client, self._loop = made, loop
        return self._client

    async def _command(self, name: str, arguments: Any) -> Any:
        try:
            return _reply(name, await self._connected().execute_command(*_words(name, arguments)))
        except Exception as error:
            raise _redis_error(error) from None


class Pipeline(Host):
    """What ``pipeline()`` and ``multi()`` give: commands that are sent together by ``exec``."""

    def __init__(self, redis: Redis, is_transaction: bool) -> None:
        self._redis = redis
        self._is_transaction = is_transaction
        self._commands: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        name = name.rstrip("_")
        if name not in _COMMANDS:
            raise AttributeError(name)

        def add(*arguments: Any) -> Any:
            self._commands.append((name, arguments))
            return self

        return add

    async def exec(self) -> Any:
        made = self._redis._connected().pipeline(transaction=self._is_transaction)
        made.response_callbacks.clear()
        for name, arguments in self._commands:
            made.execute_command(*_words(name, arguments))
        try:
            replies = await made.execute(raise_on_error=False)
        except Exception as error:
            raise _redis_error(error) from None
        return [
            [_redis_error(reply), UNDEFINED] if isinstance(reply, Exception) else [None, _reply(name, reply)]
            for (name, _), reply in zip(self._commands, replies, strict=True)
        ]


def _words(name: str, arguments: Any) -> list[Any]:
    """Return a command as it is sent: objects and lists lie flat in it, null is empty."""
    words: list[Any] = [name.upper()]
    for each in arguments:
        if callable(each):
            raise NotTranslated("a command of ioredis with a callback is not translated")
        if isinstance(each, dict):
            if name not in ("mset", "hset", "hmset"):
                raise NotTranslated(f"an object as an argument of {name} is not translated")
            words += [_word(part) for pair in entries(each) for part in pair]
        elif isinstance(each, list):
            words += [_word(part) for part in each]
        else:
            words.append(_word(each))
    return words


def _word(value: Any) -> Any:
    return value if isinstance(value, bytes) else "" if is_nil(value) else text(value)


def _reply(name: str, reply: Any) -> Any:
    if name == "hgetall" and isinstance(reply, list):
        return dict(zip(reply[::2], reply[1::2], strict=True))
    return reply


def _redis_error(error: Exception) -> Exception:
    """Return the error as ioredis has it: the reply of the server with its code in front."""
    kind = type(error).__name__
    if kind in ("ResponseError", "NoPermissionError", "ReadOnlyError", "AuthenticationError", "ExecAbortError"):
        words = text(str(error))
        made = Exception(words if words.split(" ")[0].isupper() else f"ERR {words}")
        made.name = "ReplyError"  # type: ignore[attr-defined]
        return made
    return error
