"""Random parameters and answers: JSON of every kind, with a preference for what is likely to be treated differently."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.peer.answers import JSON_ERROR, wechat
from tests.peer.recorder import OCTETS, Answer

# Letters that case conversion acts on, so that keys often become one; characters that are escaped, or nearly.
_CASE = "aAbB_z1Z0"
_ESCAPED = '\x00\x1f\x7f\x9f\xad\u0600\u200b\u200c\u2028\u202f\ufeff\ufffd\uffff"\\/\b\n中é😀'


def _texts(surrogates: bool) -> st.SearchStrategy[str]:
    anything = st.characters() if surrogates else st.characters(exclude_categories=["Cs"])
    alphabet = st.one_of(st.sampled_from(_CASE), st.sampled_from(_ESCAPED), anything)
    return st.one_of(st.text(st.sampled_from(_CASE), max_size=5), st.text(alphabet, max_size=8))


def _is_ordinary(key: str) -> bool:
    # Names that only JavaScript treats in a way of its own; see `differences.py`.
    return "__proto__" not in key and "constructor" not in key


texts = _texts(surrogates=True)
keys = texts.filter(_is_ordinary)
# A lone surrogate in a top-level key makes Node send an invalid message; see `differences.py`.
top_level_keys = _texts(surrogates=False).filter(_is_ordinary)
integers = st.one_of(
    st.integers(-100, 100), st.integers(), st.integers(-(2**70), 2**70), st.sampled_from([2**53 + 1, 10**30])
)
finite = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 10**6).map(lambda n: n / 8))
_plain = st.one_of(st.none(), st.booleans(), integers, finite, texts)
_loose = st.one_of(_plain, st.floats(), st.binary(max_size=6))


def _nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
        max_leaves=8,
    )


# What JavaScript's own JSON takes: whole numbers that a double holds, and no more.
nested_small = _nested(st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.floats(), texts))

files = st.fixed_dictionaries(
    {"value": st.binary(max_size=20)},
    optional={
        "contentType": st.sampled_from(
            ["image/png", "image/jpeg", "text/plain", "application/json", "foo/bar", "", None]
        ),
        "content_type": st.sampled_from(["image/gif", ""]),
        "fileName": _texts(surrogates=False),
        "other": _plain,
    },
)
parameters = st.dictionaries(top_level_keys, st.one_of(_nested(_loose), files), max_size=4)
options = st.fixed_dictionaries(
    {},
    optional={
        "convertCase": st.booleans(),
        "appid": st.text("wx0123456789abcdef"),
        "version": st.sampled_from(["v1", "v2"]),
    },
)

_json = _nested(_plain)
_written = st.sampled_from([{"ensure_ascii": False}, {"ensure_ascii": True}, {"indent": 1}, {"separators": (",", ":")}])
_codes = st.one_of(st.integers(-999999, 99999), st.sampled_from([0, -1, 40001, 40003, -601001, -604101]))
_objects = st.fixed_dictionaries(
    {},
    optional={
        "errcode": st.one_of(st.none(), _codes),
        "errmsg": st.one_of(texts, st.none(), st.booleans(), st.integers(0, 9)),
    },
)
_bodies = st.builds(
    lambda wechat_part, data, how: json.dumps({**data, **wechat_part}, **how),
    _objects,
    st.dictionaries(keys, _json, max_size=5),
    _written,
)
_content_types = st.sampled_from(["application/json", "application/json; charset=utf-8", "text/plain"])
_json_answers = st.builds(wechat, _bodies, _content_types)
_text_answers = st.builds(lambda text: wechat(text + "\n~", "text/plain"), texts)
_buffers = st.builds(wechat, st.binary(max_size=50), st.sampled_from(["image/png", "", " text/html "]))
_refusals = st.builds(lambda body, code: wechat(body, error_code=code), _bodies, st.integers(-(2**31), 2**31 - 1))
_gateway = st.builds(
    lambda code, message, rest, content_type: Answer(
        json.dumps({**rest, "code": code, "message": message}, ensure_ascii=False).encode("utf-8", "replace"),
        content_type,
    ),
    st.sampled_from(
        ["SYS_ERR", "INVALID_PARAM", "INVALID_ENV", "EXCEED_REQUEST_LIMIT", "FUNCTIONS_EXECUTE_FAIL", "Odd"]
    ),
    texts.filter(bool),
    st.dictionaries(keys, _plain, max_size=2),
    st.sampled_from([JSON_ERROR, OCTETS]),
)
_no_code = st.builds(
    lambda data, how: Answer(json.dumps(data, **how).encode("utf-8", "replace"), "application/json"),
    st.dictionaries(
        keys.filter(lambda key: key not in ("code", "message")), st.one_of(st.none(), st.booleans(), texts), max_size=3
    ),
    _written,
)
answers = st.one_of(_json_answers, _json_answers, _text_answers, _buffers, _refusals, _gateway, _no_code)
