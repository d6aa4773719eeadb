"""A store in Redis, for the processes of many machines."""

from __future__ import annotations

from typing import Any

from ..errors import INVALID_PARAM, ConfigError, StoreError
from .store import Entry, Lease

_TIMEOUT = 2.0  # seconds to connect, and for one command
_FENCE_LIFE = 30 * 86400_000  # milliseconds that the counter of a key outlives its last lease
_WITHOUT_LIBRARY = "RedisStore needs the package redis: pip install redis"

# The value and its milliseconds, as of one moment.
_GET = "local v = redis.call('get', KEYS[1]) if v then return {v, redis.call('pttl', KEYS[1])} end return false"
_PUT = """
if ARGV[3] ~= '' and redis.call('get', KEYS[2]) ~= ARGV[3] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
return 1
"""
# The counter begins at the time in microseconds: no fence comes twice, even when Redis has lost its data in between.
# It is a string, since a number of Lua's would be written with an exponent.
_ACQUIRE = """
if redis.call('exists', KEYS[1]) == 1 then return false end
local time = redis.call('time')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local last = tonumber(redis.call('get', KEYS[2]) or '0')
local fence = string.format('%.0f', math.max(last + 1, now))
redis.call('set', KEYS[1], fence, 'px', ARGV[1])
redis.call('set', KEYS[2], fence, 'px', ARGV[2])
return fence
"""
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


class RedisStore:
    """What the processes of many machines share: keys in Redis 5 or later, in plain text.

    Args:
        where: ``redis://[user:password@]host:port/db``, ``rediss://…`` or ``unix://…``, or a ``redis.Redis`` of yours.
        prefix: what the keys begin with.
        timeout: seconds to connect, and for one command; of a client of yours its own ones count.

    Raises:
        ConfigError: the package ``redis`` is not installed, or `where` is neither a URL nor a client.
    """

    def __init__(self, where: Any, *, prefix: str = "cloudpy:", timeout: float = _TIMEOUT) -> None:
        self._prefix = prefix
        self._client = self._connect(where, timeout) if isinstance(where, str) else _checked(where)
        self._name = _address(self._client)

    @staticmethod
    def _connect(url: str, timeout: float) -> Any:
        try:
            import redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError:
            raise ConfigError(INVALID_PARAM, _WITHOUT_LIBRARY) from None
        try:
            # One retry: a connection that the server closed while it was idle is not an outage.
            return redis.Redis.from_url(
                url,
                socket_timeout=timeout,
                socket_connect_timeout=timeout,
                retry=Retry(NoBackoff(), 1),
                decode_responses=False,
            )
        except (ValueError, TypeError):
            # not their words: they could hold the password
            raise ConfigError(
                INVALID_PARAM, "RedisStore(url) must be redis://[user:password@]host:port/db, rediss://… or unix://…"
            ) from None

    def get(self, key: str) -> Entry | None:
        """As of ``Store``."""
        found = self._run(_GET, [self._key(key)])
        if not found or found[1] <= 0:  # in its last millisecond, or without an end: not ours
            return None
        return Entry(_text(found[0]), found[1] / 1000)

    def put(self, key: str, value: str, seconds: float, lease: Lease | None = None) -> bool:
        """As of ``Store``."""
        fence = "" if lease is None else str(lease.fence)
        fence_key = self._key(key if lease is None else lease.key, ":fence")
        return bool(self._run(_PUT, [self._key(key), fence_key], value, _milliseconds(seconds), fence))

    def add(self, key: str, seconds: float) -> bool:
        """As of ``Store``."""
        try:
            return bool(self._client.set(self._key(key), b"", nx=True, px=_milliseconds(seconds)))
        except Exception as error:
            raise self._failed(error) from error

    def acquire(self, key: str, seconds: float) -> Lease | None:
        """As of ``Store``."""
        keys = [self._key(key, ":lease"), self._key(key, ":fence")]
        fence = self._run(_ACQUIRE, keys, _milliseconds(seconds), _FENCE_LIFE)
        return Lease(key, int(fence)) if fence else None

    def release(self, lease: Lease) -> None:
        """As of ``Store``."""
        self._run(_RELEASE, [self._key(lease.key, ":lease")], str(lease.fence))

    def _key(self, key: str, suffix: str = "") -> str:
        # In braces: the keys of one script share a slot of a cluster. `a/b` belongs to `a`.
        group, slash, rest = key.partition("/")
        return f"{self._prefix}{{{group}}}{slash}{rest}{suffix}"

    def _run(self, script: str, keys: list[str], *values: object) -> Any:
        try:
            return self._client.eval(script, len(keys), *keys, *values)
        except Exception as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> Exception:
        import redis

        if not isinstance(error, redis.RedisError):
            return error
        words = f"{type(error).__name__}: {error}".split("\n")[0][:200]
        return StoreError(errMsg=f"store:fail Redis at {self._name}: {words}")

    def __repr__(self) -> str:
        return f"<RedisStore {self._name}>"


def _checked(client: Any) -> Any:
    try:
        import redis
    except ImportError:
        raise ConfigError(INVALID_PARAM, _WITHOUT_LIBRARY) from None
    if isinstance(client, (redis.Redis, redis.RedisCluster)):
        return client
    hint = "" if "asyncio" not in type(client).__module__ else ": the blocking one, async calls use it in a thread"
    raise ConfigError(
        INVALID_PARAM,
        f"RedisStore takes a URL or a redis.Redis{hint}, got a {type(client).__module__}.{type(client).__name__}",
    )


def _address(client: Any) -> str:
    """Where a client connects to, without its password."""
    pool = getattr(client, "connection_pool", None)
    options = getattr(pool, "connection_kwargs", {})
    if options.get("path"):
        return str(options["path"])
    return f"{options.get('host', 'localhost')}:{options.get('port', 6379)}/{options.get('db') or 0}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
