"""Secrets written down as neither JSON nor a query: each is hidden, and what stands beside it stays."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy._client import redact

S = "Zq7Xw9Kp3Lm5Rt8V"
PEM = f"-----BEGIN EC PRIVATE KEY-----\n{S}\n-----END EC PRIVATE KEY-----"
KEY = "0123abcd-45ef-6789-abcd-0123456789ab"

SHOWN = {
    f"密码={S}": "密码=***",
    f"数据库密码：{S}，请重试": "数据库密码：***，请重试",
    f"password：{S}": "password：***",
    f"ｐａｓｓｗｏｒｄ={S}": "ｐａｓｓｗｏｒｄ=***",
    json.dumps({"密码": S, "a": 1}): '{"\\u5bc6\\u7801": "***", "a": 1}',
    f"password: {S} # mine\nport: 1": "password: *** # mine\nport: 1",
    f"password: &p {S}": "password: &p ***",
    f"password: |\n  {S}\n  {S}\nport: 1\n": "password: |\n  ***\n  ***\nport: 1\n",
    f"tokens:\n- {S}\n- {S}\nport: 1": "tokens:\n- ***\n- ***\nport: 1",
    f"auth:\n  user:\n    - {S}\nport: 1": "auth:\n  ***\n    - ***\nport: 1",
    f"- name: DB_PASSWORD\n  value: {S}\n": "- name: DB_PASSWORD\n  value: ***\n",
    json.dumps([{"name": "token", "value": S}]): '[{"name": "token", "value": "***"}]',
    f'<property name="password" value="{S}"/>': '<property name="password" value="***"/>',
    f'<w:token type="a">{S}</w:token><b>c</b>': '<w:token type="a">***</w:token><b>c</b>',
    f"<w:Ticket><![CDATA[{S}]]></w:Ticket>": "<w:Ticket><![CDATA[***]]></w:Ticket>",
    f"<token>{S} cut": "<token>*** cut",
    f'    os.environ["SECRET_KEY"] = "{S}"': '    os.environ["SECRET_KEY"] = "***"',
    f"    password: str = '{S}'": "    password: str = '***'",
    f'    password = """{S}"""': '    password = """***"""',
    f"{{ token: `{S}`, a: 1 }}": "{ token: `***`, a: 1 }",
    f"mysql --password {S} -h a": "mysql --password *** -h a",
    f"Command '['mysql', '--password', '{S}']' failed": "Command '['mysql', '--password', '***']' failed",
    f"curl -H 'X-Token: {S}' a": "curl -H 'X-Token: ***' a",
    json.dumps([["Authorization", S], ["a", "b"]]): '[["Authorization", "***"], ["a", "b"]]',
    f"invalid token: {S}, try again": "invalid token: ***, try again",
    f"password=ab){S}": "password=***",
    f"https://a.b/send?key={KEY}&a=1": "https://a.b/send?key=***&a=1",
    f'name="token"\r\nContent-Type: a/b\r\n\r\n{S}\r\n': 'name="token"\r\nContent-Type: a/b\r\n\r\n***\r\n',
    quote(f"a {PEM} b"): "a%20***%20b",
    quote_plus(f"a {PEM} b"): "a+***+b",
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.items())
def test_a_secret_is_hidden_and_the_rest_stays(text: str, shown: str) -> None:
    assert shown == redact.text(text)


@pytest.mark.parametrize(
    "text",
    [
        "密码错误: 3 次",
        "密码：请输入六位数字",
        "密码长度=16",
        "Password: must have at least 8 characters",
        "invalid token: expected a text, got None",
        "if token == None: return",
        "Promise<Token> returned by the function, and so on",
        "<html><body>the token is gone</body></html>",
        "usage: a --token TOKEN --secret <name> --password-file ./a",
        'class Token:\n    """Return what stands for a user."""\n',
        "使用 access_token：\n```python\nrun()\n```",
        "AUTH=<mechanism>.",
        "class Token:\n    def value(self):\n        return 1",
        "Invalid token:\n    it has expired\nTry again",
        "required: ['token', 'name']",
        "token_type: |\n  bearer",
        "https://apis.map.qq.com/ws?key=value&a=1",
        "'cached_tokens': 3, 'reasoning_tokens': 4",
        "- name: PORT\n  value: 8080",
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert text == redact.text(text)


@pytest.mark.parametrize(
    "value",
    [
        {"Name": "token", "Value": S},
        {"headers": [["Authorization", S]]},
        {"支付密码": S},
        {"deep": [{"登录令牌": {"a": [S]}}]},
    ],
)
def test_values(value: Any) -> None:
    assert S not in repr(redact.value(value))
    assert S in repr(value)


def test_what_is_named_beside_it_is_known_to_errors() -> None:
    assert redact.secrets_in([{"name": "token", "value": S}, {"name": "a", "value": "12345678"}]) == {S}


names = st.sampled_from(["token", "dbPassword", "密码", "access-key"])
words = st.text("abc", min_size=1, max_size=5)


secrets = st.dictionaries(names, st.just(S), min_size=1)


@settings(deadline=None, max_examples=50)
@given(st.recursive(secrets, lambda inner: st.dictionaries(words, inner, min_size=1, max_size=3), max_leaves=6))
def test_yaml_of_any_depth(value: Any) -> None:
    for style in (None, "|", '"', "'"):
        text = yaml.safe_dump(value, allow_unicode=True, default_style=style)
        assert S not in redact.text(text), text


def test_a_command_that_failed() -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        subprocess.run([sys.executable, "-c", "raise SystemExit(1)", "--password", S], check=True)
    assert S in str(failed.value)
    assert S not in redact.text(str(failed.value))
