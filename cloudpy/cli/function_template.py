"""The template of a new function."""

from __future__ import annotations

EVENT = """\
import cloudpy{sync} as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


@cloud.function
{async_}def main(event: cloud.Event, context: cloud.Context) -> object:
    try:
        result = {await_}cloud.openapi.cloudbase.getOpenData({{"cloudidList": [event.get("cloudID", "xxx")]}})
    except cloud.CloudSDKError as err:
        return err
    return {{"openid": cloud.getWXContext().get("OPENID"), "dataList": result["dataList"]}}
"""

EVENT_TEST = '''\
"""Run with pytest; installing cloudpy adds the fixture `wechat`."""

from pathlib import Path

from cloudpy.testing import LocalWeChat

FOLDER = Path(__file__).parent
STEPS = {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}


def test_open_data(wechat: LocalWeChat) -> None:
    wechat.open_data("cid-1", STEPS, openid="o-alice")
    result = wechat.invoke(FOLDER, {"cloudID": "cid-1"}, openid="o-alice")
    assert result["openid"] == "o-alice"
    assert result["dataList"][0]["json"]["data"] == STEPS


def test_wechat_is_busy(wechat: LocalWeChat) -> None:
    wechat.stub("cloudbase.getOpenData").error(-1, "system error")
    assert wechat.invoke(FOLDER, {"cloudID": "cid-1"})["errCode"] == -1
'''

EVENT_LOCAL = """\
# Data of the local WeChat for `cloudpy run`, `cloudpy dev` and `cloudpy gateway`; never uploaded.
users:
  - openid: o-local-user

open_data:
  # CloudID: its data, here the WeRun steps (微信运动) of one day
  xxx:
    stepInfoList:
      - timestamp: 1603641600
        step: 1234
"""

HTTP = """\
import base64
import json

import cloudpy{sync} as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


@cloud.function
{async_}def main(event: cloud.HttpEvent, context: cloud.Context) -> object:
    scene = (event.get("queryStringParameters") or {{}}).get("scene", "a=1")
    try:
        code = {await_}cloud.openapi.wxacode.getUnlimited({{"scene": scene}})
    except cloud.CloudSDKError as err:
        return response(502, "application/json", json.dumps({{"errCode": err.errCode, "errMsg": err.errMsg}}).encode())
    return response(200, code["contentType"], code["buffer"])


def response(status: int, content_type: str, body: bytes) -> object:
    return {{
        "statusCode": status,
        "headers": {{"Content-Type": content_type}},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }}
"""

HTTP_TEST = '''\
"""Run with pytest; installing cloudpy adds the fixture `wechat`."""

import base64
from pathlib import Path

from cloudpy.testing import LocalWeChat

FOLDER = Path(__file__).parent


def test_the_code_is_an_image(wechat: LocalWeChat) -> None:
    wechat.stub("wxacode.getUnlimited", {"scene": "a=2"}).buffer(b"the image", "image/jpeg")
    response = wechat.invoke(FOLDER, wechat.events.http("/", query={"scene": "a=2"}))
    assert (response["statusCode"], response["headers"]["Content-Type"]) == (200, "image/jpeg")
    assert base64.b64decode(response["body"]) == b"the image"


def test_wechat_is_over_the_quota(wechat: LocalWeChat) -> None:
    wechat.stub("wxacode.getUnlimited").error(45009, "reach max api daily quota limit")
    assert wechat.invoke(FOLDER, wechat.events.http("/"))["statusCode"] == 502
'''

HTTP_LOCAL = """\
# Data of the local WeChat for `cloudpy run`, `cloudpy dev` and `cloudpy gateway`; never uploaded.
# APIs without a response here are answered with a sample of the right shape.
users:
  - openid: o-local-user
"""

CONFIG = """\
{{
  "permissions": {{
    "openapi": ["{api}"]
  }}
}}
"""

REQUIREMENTS = """\
wx-cloudpy
"""

README = """\
# {name}

A WeChat cloud function in Python（微信云函数）. WeChat calls `main` in index.py.

```
{run}   # run it locally, without an account or network
pytest            # run the tests in test_index.py
cloudpy check .   # lint before deploying
{package}
```

| file | contents |
|---|---|
| `index.py` | the code |
| `config.json` | the APIs it may call; `cloudpy check . --fix` adds missing ones |
| `requirements.txt` | its libraries |
| `local.yaml` | data of the local WeChat |
| `test_index.py` | tests, not uploaded |
"""


def files(name: str, *, sync: bool, http: bool) -> dict[str, str]:
    """Return file name -> content.

    Args:
        name: of the function.
        sync: use ``cloudpy.sync``.
        http: answer the HTTP access service instead of a mini program.
    """
    words = {
        "sync": ".sync" if sync else "",
        "async_": "" if sync else "async ",
        "await_": "" if sync else "await ",
    }
    run = "cloudpy event http | cloudpy run . --event -" if http else "cloudpy run ."
    package = "cloudpy package . --target scf --python 3.10   # build the deployment package"
    return {
        "index.py": (HTTP if http else EVENT).format(**words),
        "config.json": CONFIG.format(api="wxacode.getUnlimited" if http else "cloudbase.getOpenData"),
        "requirements.txt": REQUIREMENTS,
        "local.yaml": HTTP_LOCAL if http else EVENT_LOCAL,
        "test_index.py": HTTP_TEST if http else EVENT_TEST,
        "README.md": README.format(name=name, run=run, package=package),
    }
