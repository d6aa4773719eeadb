"""MySQL as mysql2/promise has it, with PyMySQL."""

from __future__ import annotations

import asyncio
import select
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import text
from .sqls import _cell, sql_format
from .values import Host, is_nil, todo

# Options that change nothing here, beside those that are read below
_SQL_IDLE = {
    "waitForConnections", "queueLimit", "enableKeepAlive", "keepAliveInitialDelay", "maxIdle", "idleTimeout", "debug",
    "acquireTimeout", "timeout", "reconnect", "trace", "insecureAuth",
}  # fmt: skip
_SQL_OPTIONS = {
    "host", "port", "user", "password", "database", "charset", "timezone", "dateStrings", "decimalNumbers",
    "connectTimeout", "supportBigNumbers", "bigNumberStrings", "connectionLimit", "uri",
}  # fmt: skip


class SqlError(Exception):
    """What a query of mysql2 fails with."""

    def __init__(self, message: str, **more: Any) -> None:
        super().__init__(message)
        self.name = "Error"
        self.__dict__ |= more

    @property
    def sqlState(self) -> Any:
        raise NotTranslated("sqlState of an error of mysql2 is not translated: PyMySQL does not tell it")


def _sql_failure(error: Exception, *, sql: Any = UNDEFINED, where: str = "") -> Exception:
    """Return the error as mysql2 has it: the code by its name."""
    import pymysql

    cause = getattr(error, "original_exception", None)
    if isinstance(cause, ConnectionRefusedError):
        return SqlError(f"connect ECONNREFUSED {where}", code="ECONNREFUSED", errno=-111)
    if not isinstance(error, pymysql.err.MySQLError) or len(error.args) != 2:
        return error
    number, message = error.args
    names = {value: name for name, value in vars(pymysql.constants.ER).items() if isinstance(value, int)}
    if number in (2006, 2013):
        return SqlError("Connection lost: The server closed the connection.", code="PROTOCOL_CONNECTION_LOST")
    code = f"ER_{names[number]}" if number in names else "UNKNOWN_CODE_PLEASE_REPORT"
    return SqlError(message, code=code, errno=number, sqlMessage=message, sql=sql)


class SqlConnection(Host):
    """What ``mysql.createConnection(…)`` resolves to, and ``pool.getConnection()``."""

    def __init__(self, options: Any, pool: Any = None) -> None:
        self._options = _sql_options(options)
        self._pool = pool
        self._client: Any = None
        self._turn = asyncio.Lock()

    async def _open(self) -> Any:
        await asyncio.to_thread(self._connect)
        return self

    def _connect(self) -> None:
        import pymysql

        given = self._options
        names = {"host": "host", "user": "user", "password": "password", "database": "database"}
        asked = {name: text(given[key]) for key, name in names.items() if not is_nil(given.get(key))}
        port, seconds = int(given.get("port", 3306)), given.get("connectTimeout", 10000) / 1000
        asked.setdefault("host", "localhost")
        try:
            # Text of every type, as the server writes it; affectedRows counts found rows, as in mysql2
            more = {"conv": {}, "client_flag": pymysql.constants.CLIENT.FOUND_ROWS, "charset": "utf8mb4"}
            self._client = pymysql.connect(port=port, autocommit=True, connect_timeout=seconds, **asked, **more)
        except pymysql.err.OperationalError as error:
            raise _sql_failure(error, where=f"{asked['host']}:{port}") from None

    async def query(self, sql: Any, values: Any = UNDEFINED) -> Any:
        """Return ``[rows, fields]``."""
        return await self._sent(sql, values, False)

    async def execute(self, sql: Any, values: Any = UNDEFINED) -> Any:
        """Return ``[rows, fields]`` of a prepared statement."""
        return await self._sent(sql, values, True)

    async def _sent(self, sql: Any, values: Any, is_prepared: bool) -> Any:
        if isinstance(sql, dict):
            raise NotTranslated("a query of mysql2 as an object is not translated")
        if callable(values):
            raise NotTranslated("a query of mysql2 with a callback is not translated")
        for value in values if isinstance(values, list) and is_prepared else []:
            if value is UNDEFINED:
                raise TypeError("Bind parameters must not contain undefined. To pass SQL NULL specify JS null")
            if isinstance(value, list | dict):
                raise NotTranslated("an array or an object as a parameter of execute is not translated")
        written = sql_format(sql, values, self._options.get("timezone", UNDEFINED))
        async with self._turn:
            return await asyncio.to_thread(self._answer, written, is_prepared)

    def _answer(self, sql: str, is_prepared: bool) -> Any:
        if self._client is None:
            raise SqlError("Can't add new command when connection is in closed state")
        try:
            with self._client.cursor() as cursor:
                cursor.execute(sql)
                result, columns = cursor._result, cursor.description
                if self._client.server_status & 8:
                    raise NotTranslated("several results of one query of mysql2 are not translated")
                rows = cursor.fetchall() if columns else ()
        except Exception as error:
            raise _sql_failure(error, sql=sql) from None
        if not columns:
            return [_sql_header(result), UNDEFINED]
        names, kinds = [column[0] for column in columns], [column[1] for column in columns]
        found = [
            {
                name: _cell(kind, value, self._options, is_prepared)
                for name, kind, value in zip(names, kinds, row, strict=True)
            }
            for row in rows
        ]
        return [found, todo("the fields of a result of mysql2 are not translated")]

    async def beginTransaction(self) -> Any:
        return (await self.query("START TRANSACTION"))[0]

    async def commit(self) -> Any:
        return (await self.query("COMMIT"))[0]

    async def rollback(self) -> Any:
        return (await self.query("ROLLBACK"))[0]

    async def ping(self) -> Any:
        await self.query("DO 0")
        return True

    def release(self) -> Any:
        """Give the connection back to its pool."""
        return self._pool._take_back(self) if self._pool is not None else UNDEFINED

    async def end(self) -> Any:
        return self.destroy()

    def destroy(self) -> Any:
        client, self._client = self._client, None
        if client is not None:
            client.close()
        return UNDEFINED

    def _is_alive(self) -> bool:
        """Whether the server has not closed the connection: it says nothing unasked but that."""
        sock = self._client._sock if self._client is not None else None
        return sock is not None and not select.select([sock], [], [], 0)[0]


class SqlPool(Host):
    """``mysql.createPool(…)``: connections are made when they are needed."""

    def __init__(self, options: Any) -> None:
        self._options = _sql_options(options)
        self._idle: list[SqlConnection] = []
        self._free = int(self._options.get("connectionLimit", 10))
        self._waiting: list[Any] = []
        self._is_open = True

    def promise(self) -> Any:
        return self

    async def getConnection(self) -> Any:
        if not self._is_open:
            raise Exception("Pool is closed.")
        while self._idle:
            connection = self._idle.pop(0)
            if connection._is_alive():
                return connection
            connection.destroy()
            self._free += 1
        if self._free < 1:
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            return await future
        self._free -= 1
        try:
            return await SqlConnection(self._options, self)._open()
        except BaseException:
            self._free += 1
            raise

    def _take_back(self, connection: Any) -> Any:
        while self._waiting:
            future = self._waiting.pop(0)
            if not future.done():
                future.set_result(connection)
                return UNDEFINED
        if connection not in self._idle:
            self._idle.append(connection)
        return UNDEFINED

    async def query(self, sql: Any, values: Any = UNDEFINED) -> Any:
        return await self._sent(sql, values, False)

    async def execute(self, sql: Any, values: Any = UNDEFINED) -> Any:
        return await self._sent(sql, values, True)

    async def _sent(self, sql: Any, values: Any, is_prepared: bool) -> Any:
        connection = await self.getConnection()
        try:
            return await connection._sent(sql, values, is_prepared)
        finally:
            self._take_back(connection)

    async def end(self) -> Any:
        self._is_open = False
        while self._idle:
            self._idle.pop().destroy()
        return UNDEFINED


async def sql_connection(options: Any) -> Any:
    """Return what ``mysql.createConnection(options)`` resolves to."""
    return await SqlConnection(options)._open()


def _sql_options(options: Any) -> dict[str, Any]:
    if isinstance(options, str):
        from urllib.parse import unquote, urlsplit

        parts = urlsplit(options)
        if parts.query:
            raise NotTranslated("options in the address of a MySQL server are not translated")
        found = {"host": parts.hostname, "port": parts.port, "database": unquote(parts.path[1:])}
        found |= {"user": unquote(parts.username or ""), "password": unquote(parts.password or "")}
        options = {key: value for key, value in found.items() if value}
    given = {key: value for key, value in options.items() if not is_nil(value) and key not in _SQL_IDLE}
    if not is_nil(given.get("uri")):
        return {**_sql_options(given.pop("uri")), **given}
    for key, value in given.items():
        if key not in _SQL_OPTIONS and value is not False:
            raise NotTranslated(f"the option {key} of mysql2 is not translated")
    if isinstance(given.get("dateStrings"), list):
        raise NotTranslated("dateStrings of mysql2 as an array is not translated")
    return given


def _sql_header(result: Any) -> dict[str, Any]:
    """Return what a statement without rows gives."""
    info = (result.message or b"").decode("utf-8", "replace") if result.message else ""
    changed = info.partition("Changed: ")[2].partition(" ")[0]
    return {
        "fieldCount": 0,
        "affectedRows": result.affected_rows,
        "insertId": result.insert_id or 0,
        "info": info,
        "serverStatus": result.server_status,
        "warningStatus": result.warning_count,
        "changedRows": int(changed) if changed else 0,
    }
