"""Events, as the platform passes them to a handler."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

from ..local import Backend, User
from ..local.open_data import TooManyCloudIDsError
from ..runtime import ResultError, client_event, http_event, kind_of, message_event, plain, timer_event
from .errors import StubError

Kind = Literal["client", "timer", "message", "http", "apigw", "cos", "ckafka", "cmq", "cls"]


class CloudID:
    """``wx.cloud.CloudID(id)`` in the data of a mini program; at the top level it is replaced by its open data."""

    def __init__(self, cloud_id: str) -> None:
        self.cloud_id = cloud_id

    def toJSON(self) -> str:  # noqa: N802  the hook of JSON.stringify
        """Return the id, which stays below the top level."""
        return self.cloud_id

    def __repr__(self) -> str:
        return f"CloudID({self.cloud_id!r})"


class Event(dict[str, Any]):
    """An event: a dict with what ``wechat.invoke`` needs to deliver it.

    Attributes:
        kind: ``client``, ``timer``, ``message`` or ``http``.
        openid: of the sender; empty when ``invoke`` chooses.
        open_data_keys: keys of a client's event that hold open data.
        build: builds the event for another user; None when users make no difference.
    """

    kind: Kind = "client"
    openid: str = ""
    open_data_keys: tuple[str, ...] = ()
    build: Callable[[User], Event] | None = None

    def for_user(self, user: User) -> Event:
        """Return the same event sent by `user`: a CloudID is replaced for its owner only."""
        return self.build(user) if self.build else self


class Events:
    """Builds events with the time and the users of the local WeChat."""

    def __init__(self, backend: Backend, default_user: Callable[[], User]) -> None:
        self._backend = backend
        self._default_user = default_user

    def client(
        self, data: Mapping[str, Any] | None = None, *, cloud_ids: Mapping[str, Any] | None = None, openid: str = ""
    ) -> Event:
        """Build the event of a mini program's ``wx.cloud.callFunction({data})``.

        A CloudID at the top level is replaced by ``{"cloudID", "data"}``, the data with its ``watermark``, or by
        ``{"cloudID", "errCode", "errMsg"}`` when it is unknown, expired or someone else's.

        Args:
            data: a ``CloudID`` at the top level is replaced by its open data, a deeper one by its id. bytes become
                ``{"type": "Buffer", "data": […]}``.
            cloud_ids: further top-level keys that hold a CloudID: its open data as a dict, or an id that was added
                with ``wechat.open_data``.
            openid: of the caller; the default user's when empty.

        Raises:
            StubError: more than five CloudIDs at the top level, or a value without a JSON form.
        """
        data, cloud_ids = dict(data or {}), dict(cloud_ids or {})
        duplicates = data.keys() & cloud_ids.keys()
        if duplicates:
            raise StubError(f"events.client(): {min(duplicates)!r} is in both data and cloud_ids")
        for key, value in cloud_ids.items():
            if not isinstance(value, (str, CloudID, Mapping)):
                kind = type(value).__name__
                raise StubError(f"events.client(): cloud_ids[{key!r}] must be a dict or a CloudID, got {kind}")

        def build(user: User) -> Event:
            return self._client(data, cloud_ids, user)

        event = build(self._backend.users.add(openid) if openid else self._default_user())
        event.openid = openid
        event.build = build
        return event

    def timer(self, name: str = "timer", *, message: str = "", time: str = "") -> Event:
        """Build the event of a timer trigger. It has no user: no ``userInfo`` and no ``OPENID``.

        Args:
            name: of the trigger.
            message: its ``Message``.
            time: ``2019-02-21T11:49:00Z``; the kit's clock when empty.
        """
        return _event("timer", timer_event(name, message=message, when=time or _utc(self._backend.clock())))

    def message(self, content: str = "", *, openid: str = "", kind: str = "text", **fields: Any) -> Event:
        """Build the event of message push (消息推送); the handler returns ``"success"``.

        Args:
            content: ``Content`` of a text message; empty for others.
            openid: of the sender; the default user's when empty.
            kind: ``MsgType``: ``text``, ``image``, ``event``, ``miniprogrampage``, …
            **fields: further fields, ``Event="user_enter_tempsession"``; they replace the others.
        """
        user = self._backend.users.add(openid) if openid else self._default_user()
        content_fields = message_event(content, openid=user.openid, kind=kind, when=self._backend.clock())
        event = _event("message", {**content_fields, **fields})
        event.openid = user.openid
        return event

    def http(
        self,
        path: str = "/",
        *,
        method: str = "GET",
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Event:
        """Build the event of the HTTP access service (HTTP 访问服务).

        Args:
            path: of the URL.
            method: in any case.
            query: parameters of the URL.
            headers: of the request.
            body: a string; bytes, sent as base64; anything else is sent as JSON, with the content type.
        """
        sent_headers = dict(headers or {})
        if body is not None and not isinstance(body, (str, bytes, bytearray)):
            body = json.dumps(body, ensure_ascii=False)
            if "content-type" not in {name.lower() for name in sent_headers}:
                sent_headers["content-type"] = "application/json"
        content = bytes(body) if isinstance(body, bytearray) else body or ""
        return _event(
            "http",
            http_event(path, method=method, query=query, headers=sent_headers, body=content, env=self._backend.env),
        )

    def _client(self, data: Mapping[str, Any], ids: Mapping[str, Any], user: User) -> Event:
        replaced: dict[str, str] = {key: value.cloud_id for key, value in data.items() if isinstance(value, CloudID)}
        for key, value in ids.items():
            if isinstance(value, Mapping):
                data_with_watermark = {**value, "watermark": value.get("watermark") or watermark(self._backend, user)}
                value = self._backend.open_data.mint(data_with_watermark, openid=user.openid)
            replaced[key] = value.cloud_id if isinstance(value, CloudID) else value
        content = as_json({key: value for key, value in data.items() if key not in replaced})
        try:
            content, verified = self._backend.open_data.replace_cloud_ids(content, replaced, user)
        except TooManyCloudIDsError as error:
            raise StubError(f"events.client(): {error}") from None
        event = _event("client", client_event(content, openid=user.openid, appid=user.appid))
        event.open_data_keys = verified
        return event

    def __repr__(self) -> str:
        return "<Events: client, timer, message, http>"


def watermark(backend: Backend, user: User) -> dict[str, Any]:
    """Return the watermark of open data."""
    return {"appid": user.appid, "timestamp": int(backend.clock())}


def as_json(value: Mapping[str, Any], name: str = "event") -> dict[str, Any]:
    """Return `value` in the types of JSON, as it arrives; `name` is its name in errors.

    Raises:
        StubError: a value has no JSON form; the message names its path.
    """
    try:
        converted: dict[str, Any] = plain(value)
    except ResultError as error:
        raise StubError(f"{name}{error.path.removeprefix('result')}: {error.reason}") from None
    return converted


def to_event(event: Mapping[str, Any] | None) -> Event:
    """Return any event as an `Event`; a plain dict is a client's unless it looks like another."""
    if isinstance(event, Event):
        return event
    if event is not None and not isinstance(event, Mapping):
        raise StubError(f"an event must be a dict, got {type(event).__name__}")
    content = dict(event or {})
    return _event(kind_of(content), content)


def delivered(event: Event, user: User) -> dict[str, Any]:
    """Return a client's event as it arrives: its ``userInfo`` names the caller, whatever the client sent there."""
    return client_event(event, openid=user.openid, appid=user.appid)


def _event(kind: Kind, content: Mapping[str, Any]) -> Event:
    event = Event(content)
    event.kind = kind
    return event


def _utc(seconds: float) -> str:
    import time

    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
