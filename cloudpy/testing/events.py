"""Events as the platform hands them to a handler."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

from ..local import Backend, User, cloud_ids
from ..runtime import ResultError, client_event, http_event, kind_of, message_event, plain, timer_event
from .errors import StubError

Kind = Literal["client", "timer", "message", "http"]


class CloudID:
    """``wx.cloud.CloudID(id)`` in what a mini program sends: at the top level its data takes its place."""

    def __init__(self, cloud_id: str) -> None:
        self.cloud_id = cloud_id

    def toJSON(self) -> str:  # noqa: N802 - named as the hook of JSON.stringify
        """Below the top level it stays the id that it is."""
        return self.cloud_id

    def __repr__(self) -> str:
        return f"CloudID({self.cloud_id!r})"


class Event(dict[str, Any]):
    """An event, a dict, that ``wechat.invoke`` knows how to deliver.

    Attributes:
        kind: ``client``, ``timer``, ``message`` or ``http``.
        openid: who sends it; empty when that is left to ``invoke``.
        open_data_keys: of a client's event, the keys in whose place open data stands.
    """

    kind: Kind = "client"
    openid: str = ""
    open_data_keys: tuple[str, ...] = ()
    _again: Callable[[User], Event] | None = None

    def for_user(self, user: User) -> Event:
        """The same event as `user` would send it: a CloudID is replaced for its owner alone."""
        return self._again(user) if self._again else self

    def _with(self, again: Callable[[User], Event]) -> Event:
        self._again = again
        return self


class Events:
    """Builds events; in the local WeChat's time and with its users."""

    def __init__(self, backend: Backend, default: Callable[[], User]) -> None:
        self._backend = backend
        self._default = default

    def client(
        self, data: Mapping[str, Any] | None = None, *, cloud_ids: Mapping[str, Any] | None = None, openid: str = ""
    ) -> Event:
        """What a handler gets when a mini program calls ``wx.cloud.callFunction({data})``.

        Args:
            data: what it sends; a ``CloudID`` at the top level is replaced by what is behind it, one further down by
                its id. bytes become ``{"type": "Buffer", "data": […]}``.
            cloud_ids: further top-level keys that hold a CloudID: the open data behind it as a dict, or the id of one
                that ``wechat.open_data`` made known.
            openid: who calls; the default user when empty.

        In the place of a CloudID stands ``{"cloudID", "data"}``, the data with its ``watermark``, or
        ``{"cloudID", "errCode", "errMsg"}`` when it is unknown, expired or someone else's.

        Raises:
            StubError: more than five CloudIDs at the top level, or something that JSON has no form for.
        """
        given, behind = dict(data or {}), dict(cloud_ids or {})
        doubled = given.keys() & behind.keys()
        if doubled:
            raise StubError(f"events.client(): {min(doubled)!r} is among data and cloud_ids")
        for key, value in behind.items():
            if not isinstance(value, (str, CloudID, Mapping)):
                raise StubError(f"events.client(): cloud_ids[{key!r}] is a dict of open data, or a CloudID's text")

        def build(user: User) -> Event:
            return self._client(given, behind, user)

        event = build(self._backend.users.add(openid) if openid else self._default())
        event.openid = openid
        return event._with(build)

    def timer(self, name: str = "timer", *, message: str = "", time: str = "") -> Event:
        """What a timer's trigger sends. Nobody calls: there is no ``userInfo`` and no ``OPENID``.

        Args:
            time: as in ``2019-02-21T11:49:00Z``; the kit's clock when empty.
        """
        return _event("timer", timer_event(name, message=message, when=time or _utc(self._backend.clock())))

    def message(self, content: str = "", *, openid: str = "", kind: str = "text", **fields: Any) -> Event:
        """What message push (消息推送) sends; the handler answers ``"success"``.

        Args:
            content: ``Content`` of a text; leave it out for others.
            openid: who sends it; the default user when empty.
            kind: ``MsgType``: ``text``, ``image``, ``event``, ``miniprogrampage``, …
            fields: further ones, as ``Event="user_enter_tempsession"``; they replace those made here.
        """
        user = self._backend.users.add(openid) if openid else self._default()
        sent = message_event(content, openid=user.openid, kind=kind, when=self._backend.clock())
        made = _event("message", {**sent, **fields})
        made.openid = user.openid
        return made

    def http(
        self,
        path: str = "/",
        *,
        method: str = "GET",
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Event:
        """What the HTTP access service (HTTP 访问服务) sends.

        Args:
            body: a text; bytes, which travel as base64; anything else as JSON with the header for it.
        """
        found = dict(headers or {})
        if body is not None and not isinstance(body, (str, bytes, bytearray)):
            body = json.dumps(body, ensure_ascii=False)
            if "content-type" not in {name.lower() for name in found}:
                found["content-type"] = "application/json"
        content = bytes(body) if isinstance(body, bytearray) else body or ""
        made = http_event(path, method=method, query=query, headers=found, body=content, env=self._backend.env)
        return _event("http", made)

    def _client(self, data: Mapping[str, Any], behind: Mapping[str, Any], user: User) -> Event:
        asked: dict[str, str] = {key: value.cloud_id for key, value in data.items() if isinstance(value, CloudID)}
        for key, value in behind.items():
            if isinstance(value, Mapping):
                value = self._backend.open_data.mint(self._marked(value, user), openid=user.openid)
            asked[key] = value.cloud_id if isinstance(value, CloudID) else value
        content = as_json({key: value for key, value in data.items() if key not in asked})
        try:
            content, verified = cloud_ids.replace_cloud_ids(self._backend, content, asked, user)
        except cloud_ids.TooManyCloudIDsError as error:
            raise StubError(f"events.client(): {error}") from None
        event = _event("client", client_event(content, openid=user.openid, appid=user.appid))
        event.open_data_keys = verified
        return event

    def _marked(self, data: Mapping[str, Any], user: User) -> dict[str, Any]:
        return {**data, "watermark": data.get("watermark") or watermark(self._backend, user)}

    def __repr__(self) -> str:
        return "<Events: client, timer, message, http>"


def watermark(backend: Backend, user: User) -> dict[str, Any]:
    """What WeChat puts beside open data."""
    return {"appid": user.appid, "timestamp": int(backend.clock())}


def as_json(value: Mapping[str, Any], name: str = "event") -> dict[str, Any]:
    """`value` as it arrives, in the types of JSON; `name` is what it is called in an error.

    Raises:
        StubError: something in it has no JSON form; naming its path.
    """
    try:
        made: dict[str, Any] = plain(value)
    except ResultError as error:
        raise StubError(f"{name}{error.path.removeprefix('result')}: {error.reason}") from None
    return made


def of(event: Mapping[str, Any] | None) -> Event:
    """Any event as one that knows its kind; a plain dict is a client's, unless it looks like another's."""
    if isinstance(event, Event):
        return event
    if event is not None and not isinstance(event, Mapping):
        raise StubError(f"an event is a dict, got {type(event).__name__}")
    made = dict(event or {})
    return _event(kind_of(made), made)


def delivered(event: Event, user: User) -> dict[str, Any]:
    """A client's event as it arrives: with ``userInfo`` that says who calls, whatever the client sent under it."""
    return client_event(event, openid=user.openid, appid=user.appid)


def _event(kind: Kind, content: Mapping[str, Any]) -> Event:
    event = Event(content)
    event.kind = kind
    return event


def _utc(seconds: float) -> str:
    import time

    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
