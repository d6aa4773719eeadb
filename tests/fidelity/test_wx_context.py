"""getWXContext: who calls, as the variables say it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.once import part
from tests.peer.bench import CREDENTIALS, ENV, Bench

NUMBERS = [
    *"0 00 007 7 -5 -007 +5 5.0 1e5 0x10 - -- 5- 9007199254740991 ٣ １".split(),
    "",
    " 5",
    "5 ",
    "5\n",
    "\n5",
    "5\n\n",
]
VARIABLES: dict[str, dict[str, str]] = {
    "none": {},
    "no list of names": {"WX_OPENID": "o", "TCB_ENV": "e", "TCB_SOURCE": "s"},
    "an empty list": {"WX_CONTEXT_KEYS": "", "WX_OPENID": "o"},
    "a list of nothing": {"WX_CONTEXT_KEYS": ",", "WX_OPENID": "o"},
    "the usual": {
        "WX_CONTEXT_KEYS": "WX_CLIENTIP,WX_CLIENTIPV6,WX_APPID,WX_OPENID,WX_API_TOKEN,WX_UNIONID",
        "WX_CLIENTIP": "10.12.23.71",
        "WX_CLIENTIPV6": "::ffff:10.12.23.71",
        "WX_APPID": "wx0123456789abcdef",
        "WX_OPENID": "oPoo44Ixxxxxxxxxxxxxxxxxxxxx",
        "WX_UNIONID": "u",
        "WX_API_TOKEN": "secret",
        "TCB_ENV": "e",
        "TCB_SOURCE": "wx_client,scf",
        "SCF_NAMESPACE": "n",
    },
    "tokens": {
        "WX_CONTEXT_KEYS": "WX_API_TOKEN,API_TOKEN,WX_TRIGGER_API_TOKEN_V0,TRIGGER_API_TOKEN_V0,WX_API_TOKEN_2,api_tok",
        **dict.fromkeys(["WX_API_TOKEN", "API_TOKEN", "WX_TRIGGER_API_TOKEN_V0", "TRIGGER_API_TOKEN_V0"], "secret"),
        **dict.fromkeys(["WX_API_TOKEN_2", "api_tok"], "not one of them"),
    },
    "names": {
        "WX_CONTEXT_KEYS": "WX_,WX_A,wx_b,OTHER,WX_WX_C,W,_,a b, WX_D ,MISSING,WX_A",
        **{
            name: f"value of {name}"
            for name in ["WX_", "WX_A", "wx_b", "OTHER", "WX_WX_C", "W", "_", "a b", " WX_D ", "WX_D"]
        },
    },
    "numbers": {
        "WX_CONTEXT_KEYS": ",".join(f"N{i}" for i in range(len(NUMBERS))),
        **{f"N{i}": n for i, n in enumerate(NUMBERS)},
    },
    "names that the end overrides": {
        "WX_CONTEXT_KEYS": "WX_ENV,WX_SOURCE,ENV,SOURCE",
        "WX_ENV": "1",
        "WX_SOURCE": "2",
        "ENV": "3",
        "SOURCE": "4",
        "TCB_ENV": "007",
        "TCB_SOURCE": "42",
    },
    "no source": {
        "WX_CONTEXT_KEYS": "WX_SOURCE",
        "WX_SOURCE": "2",
        "TCB_SOURCE": "",
        "SCF_NAMESPACE": "n",
        "TCB_ENV": "",
    },
    "another account's": {
        "WX_CONTEXT_KEYS": "WX_OPENID,WX_FROM_OPENID,WX_FROM_APPID,WX_FROM_UNIONID,WX_OPEN_DATA_INFO,WX_UIN",
        "WX_OPENID": "o-1",
        "WX_FROM_OPENID": "o-2",
        "WX_FROM_APPID": "wx2",
        "WX_FROM_UNIONID": "u-2",
        "WX_OPEN_DATA_INFO": '[{"cloudID":"1_a","data":{}}]',
        "WX_UIN": "3500000000",
        "TCB_SOURCE": "wx_http,scf,wx_client",
    },
    "other scripts": {"WX_CONTEXT_KEYS": "WX_名字,WX_OPENID", "WX_名字": "小程序😀", "WX_OPENID": "\u200c"},
}


@pytest.mark.parametrize("name", VARIABLES)
def test_the_same_context(bench: Bench, name: str) -> None:
    with bench.variables(VARIABLES[name]):
        instances = bench.instances({"env": ENV, **CREDENTIALS})
        theirs, *ours = (face.context(instances[face.name]) for face in bench.faces)
    for our in ours:
        assert theirs.agrees(our), f"\nnode {theirs.result}\nours {our.result}"
        assert list(theirs.result) == list(our.result), "in the same order, so that it prints alike"
        # A number is an integer to its user, not a float.
        assert not [value for value in our.result.values() if isinstance(value, float)]


# What an environment can hold: no NUL, no `=` in a name; and no `__proto__`, which no object of JavaScript keeps.
_WORDS = [
    "OPENID",
    "APPID",
    "FROM_OPENID",
    "API_TOKEN",
    "TRIGGER_API_TOKEN_V0",
    "OPEN_DATA_INFO",
    "CLIENTIP",
    "ENV",
    "SOURCE",
]
_NAMES = st.sampled_from([*_WORDS, *(f"WX_{word}" for word in _WORDS)]) | st.text("WX_abc字 ", min_size=1, max_size=6)
_VALUES = (
    st.text("0123456789-+.e ", max_size=15)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
    | st.sampled_from(["wx_client,scf", "wx_devtools", "local", ""])
)


@st.composite
def _environments(draw: st.DrawFn) -> dict[str, str]:
    found = draw(st.dictionaries(_NAMES, _VALUES, max_size=8))
    listed = [name for name in found if draw(st.booleans())] + draw(st.lists(_NAMES, max_size=3))
    if draw(st.integers(0, 9)):
        found["WX_CONTEXT_KEYS"] = ",".join(listed)
    for name in ("TCB_ENV", "SCF_NAMESPACE", "TCB_SOURCE"):
        if draw(st.booleans()):
            found[name] = draw(_VALUES)
    return found


def test_random_environments_make_the_same_context(bench: Bench) -> None:
    with bench.variables({}):
        instances = bench.instances({"env": ENV, **CREDENTIALS})

    @settings(
        max_examples=part(300, 60),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(_environments())
    def one(variables: dict[str, str]) -> None:
        with bench.variables(variables):
            theirs, *ours = (face.context(instances[face.name]) for face in bench.faces)
        for our in ours:
            assert theirs.agrees(our), f"\nnode {theirs.result}\nours {our.result}"
            assert list(theirs.result) == list(our.result)

    one()


def test_long_numbers_are_exact_where_node_rounds(bench: Bench) -> None:
    with bench.variables({"WX_CONTEXT_KEYS": "WX_UIN,WX_LONG", "WX_UIN": "-9007199254740993", "WX_LONG": "1" * 40}):
        instances = bench.instances({"env": ENV, **CREDENTIALS})
        for face in bench.faces[1:]:
            assert {"UIN": -9007199254740993, "LONG": int("1" * 40)} == face.context(instances[face.name]).result
