"""The files that a new function begins with."""

from __future__ import annotations

EVENT = """\
import cloudpy{sync} as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


@cloud.function
{async_}def main(event, context):
    try:
        result = {await_}cloud.openapi.cloudbase.getOpenData({{"cloudidList": [event.get("cloudID", "xxx")]}})
    except cloud.CloudSDKError as err:
        return err
    return {{"openid": cloud.getWXContext().get("OPENID"), "dataList": result["dataList"]}}
"""

EVENT_TEST = '''\
"""Run them with pytest; the fixture `wechat` comes with cloudpy."""

from pathlib import Path

FOLDER = Path(__file__).parent
STEPS = {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}


def test_open_data(wechat):
    wechat.open_data("cid-1", STEPS, openid="o-alice")
    result = wechat.invoke(FOLDER, {"cloudID": "cid-1"}, openid="o-alice")
    assert result["openid"] == "o-alice"
    assert result["dataList"][0]["json"]["data"] == STEPS


def test_wechat_is_busy(wechat):
    wechat.stub("cloudbase.getOpenData").error(-1, "system error")
    assert wechat.invoke(FOLDER, {"cloudID": "cid-1"})["errCode"] == -1
'''

EVENT_LOCAL = """\
# What the local WeChat knows. `cloudpy run` and `cloudpy gateway` read it; the cloud never sees it.
users:
  - openid: o-local-user

open_data:
  # CloudID: what stands behind it, here the WeRun steps (微信运动) of one day
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
{async_}def main(event, context):
    scene = (event.get("queryStringParameters") or {{}}).get("scene", "a=1")
    try:
        code = {await_}cloud.openapi.wxacode.getUnlimited({{"scene": scene}})
    except cloud.CloudSDKError as err:
        return answer(502, "application/json", json.dumps({{"errCode": err.errCode, "errMsg": err.errMsg}}).encode())
    return answer(200, code["contentType"], code["buffer"])


def answer(status, content_type, body):
    return {{
        "statusCode": status,
        "headers": {{"Content-Type": content_type}},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }}
"""

HTTP_TEST = '''\
"""Run them with pytest; the fixture `wechat` comes with cloudpy."""

import base64
from pathlib import Path

FOLDER = Path(__file__).parent


def test_the_code_is_an_image(wechat):
    wechat.stub("wxacode.getUnlimited", {"scene": "a=2"}).buffer(b"the image", "image/jpeg")
    answer = wechat.invoke(FOLDER, wechat.events.http("/", query={"scene": "a=2"}))
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "image/jpeg")
    assert base64.b64decode(answer["body"]) == b"the image"


def test_wechat_refuses(wechat):
    wechat.stub("wxacode.getUnlimited").error(45009, "reach max api daily quota limit")
    assert wechat.invoke(FOLDER, wechat.events.http("/"))["statusCode"] == 502
'''

HTTP_LOCAL = """\
# What the local WeChat knows. `cloudpy run` and `cloudpy gateway` read it; the cloud never sees it.
# An API that is not answered here is answered with a sample of the right shape.
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

A WeChat cloud function in Python（微信云函数）. `main` in index.py is what WeChat calls.

```
{run}   # on this machine, no account and no network
pytest            # the tests in test_index.py
cloudpy check .   # what would fail in the cloud
{package}
```

| file | what it is for |
|---|---|
| `index.py` | the code |
| `config.json` | the APIs that it may call; `cloudpy check . --fix` adds those that are missing |
| `requirements.txt` | the libraries that it needs |
| `local.yaml` | what the local WeChat knows and answers |
| `test_index.py` | tests; they are not uploaded |
"""


def files(name: str, *, sync: bool, http: bool) -> dict[str, str]:
    """File name -> content.

    Args:
        name: of the function.
        sync: with ``cloudpy.sync``, without await.
        http: answers the HTTP access service, rather than a mini program.
    """
    words = {
        "sync": ".sync" if sync else "",
        "async_": "" if sync else "async ",
        "await_": "" if sync else "await ",
    }
    run = "cloudpy event http | cloudpy run . --event -" if http else "cloudpy run ."
    package = "cloudpy package . --target scf --python 3.10   # what is uploaded"
    return {
        "index.py": (HTTP if http else EVENT).format(**words),
        "config.json": CONFIG.format(api="wxacode.getUnlimited" if http else "cloudbase.getOpenData"),
        "requirements.txt": REQUIREMENTS,
        "local.yaml": HTTP_LOCAL if http else EVENT_LOCAL,
        "test_index.py": HTTP_TEST if http else EVENT_TEST,
        "README.md": README.format(name=name, run=run, package=package),
    }
