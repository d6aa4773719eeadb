"""The events that the platform passes to a handler, by trigger."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    Kind = Literal["client", "timer", "message", "http", "apigw", "cos", "ckafka", "cmq", "cls"]


def client_event(
    data: Mapping[str, Any] | None = None, *, openid: str | None = None, appid: str = ""
) -> dict[str, Any]:
    """Return the event of a call from a mini program: its `data`, and ``userInfo`` with the caller.

    Args:
        data: of ``wx.cloud.callFunction``.
        openid: the caller; without one (a call from a server) ``userInfo`` only has the appid.
        appid: the mini program.
    """
    user = {"appId": appid} if openid is None else {"appId": appid, "openId": openid}
    return {**(data or {}), "userInfo": user}


def timer_event(name: str = "timer", *, message: str = "", when: str = "") -> dict[str, Any]:
    """Return the event of a timer (定时触发器); it has no caller.

    Args:
        name: of the trigger, as in config.json.
        message: the trigger's own text.
        when: as in ``2019-02-21T11:49:00Z``; now when empty.
    """
    when = when or time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {"Type": "Timer", "TriggerName": name, "Time": when, "Message": message}


def message_event(
    content: str = "", *, openid: str, kind: str = "text", when: float | None = None, **fields: Any
) -> dict[str, Any]:
    """Return the event of message push (消息推送); the handler returns ``"success"``.

    Args:
        content: ``Content`` of a text message.
        openid: the sender.
        kind: ``MsgType``: ``text``, ``event``, ``image``, ``miniprogrampage``, …
        when: seconds since 1970; now when None.
        fields: further ones, as in ``Event="user_enter_tempsession"``; they replace the defaults.
    """
    created = int(time.time() if when is None else when)
    event: dict[str, Any] = {"FromUserName": openid, "ToUserName": "gh_local", "CreateTime": created, "MsgType": kind}
    if kind == "text":
        event["Content"] = content
    if kind != "event":
        event["MsgId"] = created * 10**7 + int.from_bytes(os.urandom(3), "big") % 10**7
    return {**event, **fields}


def http_event(
    path: str = "/",
    *,
    method: str = "GET",
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: str | bytes = "",
    env: str = "local",
) -> dict[str, Any]:
    """Return the event of the HTTP access service (HTTP 访问服务).

    Args:
        path: of the request.
        method: of the request.
        query: fields of the query string.
        headers: of the request; the event has their names in lower case.
        body: bytes are sent as base64.
        env: id of the environment.
    """
    text, encoded = _body(body)
    request = {"requestId": os.urandom(16).hex(), "envId": env, "appId": 1250000000, "uin": 100000000000}
    return {
        "path": path,
        "httpMethod": method.upper(),
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "queryStringParameters": dict(query or {}),
        "requestContext": request,
        "body": text,
        "isBase64Encoded": encoded,
    }


def apigw_event(
    path: str = "/",
    *,
    method: str = "GET",
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: str | bytes = "",
    path_parameters: Mapping[str, str] | None = None,
    request: str = "",
    source_ip: str = "127.0.0.1",
    stage: str = "release",
) -> dict[str, Any]:
    """Return the event of an API gateway trigger (API 网关触发器) or a function URL (函数 URL).

    Args:
        path: of the request.
        method: of the request.
        query: fields of the query string.
        headers: of the request; the event has their names in lower case.
        body: bytes are sent as base64.
        path_parameters: values of the variables in the API's path.
        request: the request id; a new one when empty.
        source_ip: address of the client.
        stage: of the API: release, prepub or test.
    """
    text, encoded = _body(body)
    names = {name.lower(): value for name, value in (headers or {}).items()}
    context = {
        "serviceId": "service-local",
        "path": path,
        "httpMethod": method.upper(),
        "requestId": request or os.urandom(16).hex(),
        "identity": {},
        "sourceIp": source_ip,
        "stage": stage,
    }
    return {
        "requestContext": context,
        "headers": names,
        "body": text,
        "pathParameters": dict(path_parameters or {}),
        "queryStringParameters": {},
        "headerParameters": {},
        "stageVariables": {"stage": stage},
        "path": path,
        "queryString": dict(query or {}),
        "httpMethod": method.upper(),
        "isBase64Encoded": encoded,
    }


def cos_event(
    key: str,
    *,
    bucket: str = "local",
    region: str = "ap-shanghai",
    appid: str = "1250000000",
    name: str = "cos:ObjectCreated:Put",
    size: int = 0,
) -> dict[str, Any]:
    """Return the event of an object in COS (对象存储触发器).

    Args:
        key: of the object, as in ``photos/a.png``.
        bucket: its name without the appid.
        region: of the bucket.
        appid: of the Tencent Cloud account.
        name: what happened, as in ``cos:ObjectRemove:Delete``.
        size: of the object in bytes.
    """
    stored = {
        "url": f"http://{bucket}-{appid}.cos.{region}.myqcloud.com/{key}",
        "meta": {"x-cos-request-id": os.urandom(16).hex(), "Content-Type": "application/octet-stream"},
        "vid": "",
        "key": f"/{appid}/{bucket}/{key}",
        "size": size,
    }
    what = {
        "eventName": name,
        "eventVersion": "1.0",
        "eventTime": int(time.time()),
        "eventSource": "qcs::cos",
        "requestParameters": {"requestSourceIP": "127.0.0.1", "requestHeaders": {"Authorization": ""}},
        "eventQueue": f"qcs:0:scf:{region}:appid/{appid}:default.index.$LATEST",
        "reservedInfo": "",
    }
    owner = {"region": region, "name": bucket, "appid": appid, "s3Region": region}
    cos = {"cosSchemaVersion": "1.0", "cosObject": stored, "cosBucket": owner, "cosNotificationId": "unkown"}
    return {"Records": [{"cos": cos, "event": what}]}


def ckafka_event(body: str, *, topic: str = "local", key: str = "None", offset: int = 0) -> dict[str, Any]:
    """Return the event of a message in CKafka (CKafka 触发器).

    Args:
        body: of the message.
        topic: name of the topic.
        key: of the message; the platform sends ``"None"`` if there is no key.
        offset: of the message in its partition.
    """
    record = {"topic": topic, "partition": 0, "offset": offset, "msgKey": key, "msgBody": body}
    return {"Records": [{"Ckafka": record}]}


def cmq_event(body: str, *, topic: str = "local", tags: Sequence[str] = ()) -> dict[str, Any]:
    """Return the event of a message in a CMQ topic (CMQ Topic 触发器)."""
    number = str(int.from_bytes(os.urandom(6), "big"))
    record = {
        "type": "topic",
        "topicOwner": "1250000000",
        "topicName": topic,
        "subscriptionName": "local",
        "publishTime": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "msgId": number,
        "requestId": number,
        "msgBody": body,
        "msgTag": list(tags),
    }
    return {"Records": [{"CMQ": record}]}


def cls_event(lines: Sequence[str], *, topic: str = "local") -> dict[str, Any]:
    """Return the event of log lines in CLS (日志服务触发器): base64 of gzip of JSON."""
    import gzip
    import json
    from base64 import b64encode

    now = str(time.time_ns() // 1000)
    content = {
        "topic_id": "00000000-0000-0000-0000-000000000000",
        "topic_name": topic,
        "records": [{"timestamp": now, "content": line} for line in lines],
    }
    packed = gzip.compress(json.dumps(content, ensure_ascii=False).encode(), mtime=0)
    return {"clslogs": {"data": b64encode(packed).decode()}}


def kind_of(event: Mapping[str, Any]) -> Kind:
    """Return which trigger sends such an event; ``client`` is a mini program, or anything unknown."""
    if event.get("Type") == "Timer" and "TriggerName" in event:
        return "timer"
    if "httpMethod" in event and "requestContext" in event:
        return "apigw" if "queryString" in event else "http"
    if "MsgType" in event and "FromUserName" in event:
        return "message"
    if "clslogs" in event:
        return "cls"
    records = event.get("Records")
    if isinstance(records, list) and records and isinstance(records[0], Mapping):
        for key, kind in _RECORDS.items():
            if key in records[0]:
                return kind
    return "client"


_RECORDS: dict[str, Kind] = {"cos": "cos", "Ckafka": "ckafka", "CMQ": "cmq"}


def _body(body: str | bytes) -> tuple[str, bool]:
    """Return a body as the event has it, and whether that is base64."""
    if isinstance(body, str):
        return body, False
    from base64 import b64encode

    return b64encode(body).decode(), True
