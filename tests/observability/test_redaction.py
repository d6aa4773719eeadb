"""Secrets in texts and values: known by name and by form, in time that is linear, and nothing else is touched."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy._client import redact
from cloudpy.errors import CloudSDKError
from tests.once import part

S = "Zx8qQ"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\nMIIE{S}\n{S}==\n-----END RSA PRIVATE KEY-----"

NAMES = """token access_token accessToken ACCESS_TOKEN wxCloudApiToken x-wx-token csrf_token secret appSecret secretKey
SECRETID client-secret session_key sessionKey password Password passwd userPassword DB_PASSWORD pwd dbpwd MYSQL_PWD
newPwd2 pass smtp_pass passphrase signature paySign pay_sig sig sign ticket jsapi_ticket credential credentials
Authorization proxy-authorization auth REDIS_AUTH cookie Set-Cookie private_key privateKey api_key X-Api-Key access_key
accessKey apiv3key APIv3_KEY apiV3Key mch_key mchKey partnerKey encodingAESKey x-cloudbase-context MAP_KEY SENTRY_DSN
sessionid jwt""".split()
HARMLESS = """PWD OLDPWD openid unionid appid code errCode errMsg token_type expires_in tokenExpiresIn max_tokens
total_tokens ticketClass movieTicket boardingPass signType author authorName key keyword primaryKey cacheKey
WX_CONTEXT_KEYS TCB_CONTEXT_KEYS secretary tokenizer cookiePath passwordPolicy requestId signal design assign passed
SSH_AUTH_SOCK sessionCnt orderKey name content nonce""".split()


@pytest.mark.parametrize("name", NAMES)
def test_names_of_secrets(name: str) -> None:
    assert redact.secret_name(name)
    shown = redact.value({name: S, "in": [{name: [{"deep": 12345678, "b": S.encode(), "t": True, "n": None}]}]})
    assert {name: "***", "in": [{name: [{"deep": "***", "b": "***", "t": True, "n": None}]}]} == shown
    # As Python, Node, JSON (inside JSON, too), queries, XML and tuples of headers write it.
    assert f"?{name}=***&a=1" == redact.text(f"?{name}={S}&a=1")
    for value in ({name: S, "a": 1}, {"a": {name: f"{S} '\"}} \\"}}, {name: {"a": [S, {"b": f"{S}}}"}]}}):
        texts = [repr(value), json.dumps(value), json.dumps(json.dumps(value)), json.dumps(json.dumps([repr(value)]))]
        for text in texts:
            assert S not in redact.text(f"{text} and more"), text
            assert redact.text(f"{text} and more").endswith(" and more"), text
    assert S not in redact.text(f"{{ {name.replace('-', '_')}: '{S}', a: 1 }}<{name}>{S}</{name}>[('{name}', '{S}')]")
    assert S not in redact.text(f"a: 1\n{name}: {S}\nb: 2")


@pytest.mark.parametrize("name", HARMLESS)
def test_names_that_only_look_like_them(name: str) -> None:
    assert not redact.secret_name(name)
    value = {name: "o-alice", "in": [{name: 7}]}
    assert value == redact.value(value)
    for text in (repr(value), json.dumps(value), f"?{name}=o-alice&a=1", f"{name}: o-alice"):
        assert text == redact.text(text)


@pytest.mark.parametrize(
    "text",
    [
        PEM,
        PEM.replace("\n", "\\n"),
        PEM[:60],
        f"https://u:{S}@h/",
        f"redis://:{S}@h:1/0",
        f"mysql://root:{S}/{S}@db.example/x",
        f"?next=https%3A%2F%2Fh%3Ftoken%3D{S}%26a%3D1",
        f"Authorization: TC3-HMAC-SHA256 Credential={S}/x, Signature={S}",
        f"authorization=Bearer {S}",
        f"it was Bearer {S}",
        f"b'POST / HTTP/1.1\\r\\nX-Auth-Token: {S}\\r\\nHost: h'",
        f'name="wxCloudApiToken"\r\n\r\n{S}\r\n--b',
        f"<sign><![CDATA[{S}]]></sign>",
        f"password=SecretStr('{S}')",
        f"token = b'{S}'",
        f'{{"password": "correct {S} staple"}}',
        f'{{"token": "cut off {S}',
        f"os.getenv('DB_PASSWORD', '{S}')",
        f"AKID{S * 7}",
        f"57_{S * 20}",
        f"eyJhbGciOiJI.eyJzdWIiOiIx.{S}",
        f"ghp_{S * 7}",
        f"sk-{S * 5}",
    ],
)
def test_forms_of_secrets(text: str) -> None:
    for around in (text, f"before {text}", f"{text}\nbehind"):
        assert S not in redact.text(around)
        assert S not in json.dumps(redact.value({"content": around, around: [around]}))


@pytest.mark.parametrize(
    "text",
    [
        "openapi.getTicket:fail 40001 invalid credential, access_token is invalid or not latest rid: 5f-1",
        "http://127.0.0.1:8080/users/@me http://localhost:3000/?mail=a@b.example",
        "Basic usage of Bearer tokens",
        "required: ['token', 'appid']",
        "the token of the user is wrong: give another",
        "def f(token: str, x: int = 1) -> str:",
        "secret=None, password='', token=...",
        "errCode=40003 openid=oAlice_0123456789abcdefghijk phone=13800000000 rid: 5f-1",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert text == redact.text(text)


def test_pairs_of_name_and_value() -> None:
    value = {"headers": [("X-Token", "a"), ("Host", "b")], "env": [{"name": "TOKEN", "value": "a"}, {"name": "N"}]}
    shown = redact.value(value)
    assert [["X-Token", "***"], ["Host", "b"]] == shown["headers"]
    assert [{"name": "TOKEN", "value": "***"}, {"name": "N"}] == shown["env"]


def test_a_value_that_holds_itself() -> None:
    circle: dict[str, Any] = {"password": S}
    circle["again"] = [circle]
    shown = redact.value(circle)
    assert shown["again"][0] is shown and "***" == shown["password"]
    assert {"12345678"} == redact.secrets_in({"password": 12345678, "again": circle})


def test_any_depth() -> None:
    value: Any = {"password": S}
    for _ in range(5000):
        value = [value]
    shown = redact.value(value)
    for _ in range(5000):
        (shown,) = shown
    assert {"password": "***"} == shown


ATOMS = [
    *("token", "secret", "password", "pwd", "key", "a", "1", " ", "=", ":", '"', "'", "\\", "://", "@", "/", "?", "&"),
    *(",", ";", "<", ">", "(", ")", "[", "]", "{", "}", "\n", "\\n", "-", "_", ".", "%3D", "eyJ", "AKID", "9_"),
    *("Bearer ", "Authorization: ", "cookie", "<![CDATA[", "</", "x" * 50, "Credential=", "É", "İ"),
    *("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", '\\"'),
]


def error_of(text: str) -> None:
    raised = CloudSDKError(-1, text)
    redact.error(raised, ["a secret of the call"])


WORK: list[Callable[[str], Any]] = [
    redact.text,
    redact.url,
    redact.in_url,
    redact.secret_name,
    error_of,
    lambda text: redact.value({"a": text}),
    lambda text: redact.value([text[at : at + 5] for at in range(0, len(text), 5)]),
]


def cost(work: Callable[[str], Any], text: str) -> float:
    begin = time.process_time()
    work(text)
    return time.process_time() - begin


def is_more_than_linear(work: Callable[[str], Any], block: str, before: str, after: str) -> bool:
    """Eight times the text may cost somewhat more than eight times the work; its square would be sixty-four times."""
    small, large = (f"{before}{block * (size // len(block))}{after}" for size in (3_000, 24_000))
    for _ in range(4):  # what else the machine does can make it longer, not shorter
        if cost(work, large) <= 24 * max(cost(work, small), 1e-4):
            return False
    return True


@pytest.mark.parametrize("work", WORK)
@settings(max_examples=part(120, 15), deadline=None)
@given(st.lists(st.sampled_from(ATOMS), min_size=1, max_size=6), st.text(max_size=2), st.text(max_size=2))
def test_work_grows_as_the_text_does(work: Callable[[str], Any], unit: list[str], before: str, after: str) -> None:
    assert not is_more_than_linear(work, "".join(unit), before, after)


def test_more_than_linear_work_is_noticed() -> None:
    """By what the names of secrets were once looked for with."""
    once = re.compile("(?:token)+=")
    assert is_more_than_linear(lambda text: once.sub("", text), "token", "", "")
