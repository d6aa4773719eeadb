"""Packages of dates: what a program makes of dates with them, Python makes too."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.migrate.both import InPython, Snippet, in_node, module, same, translate

pytestmark = [pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here"), pytest.mark.once()]

PLUGINS = "utc timezone isBetween isSameOrBefore isSameOrAfter quarterOfYear isoWeek dayOfYear".split()
HEADS = {
    "dayjs": "const dayjs = require('dayjs')\n"
    + "".join(f"dayjs.extend(require('dayjs/plugin/{name}'))\n" for name in PLUGINS),
    "dayjs-zh": "const dayjs = require('dayjs')\nrequire('dayjs/locale/zh-cn')\ndayjs.locale('zh-cn')\n",
}


@pytest.fixture(autouse=True)
def _shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def differing(pieces: list[Snippet]) -> list[str]:
    """One line for each piece that is not marked and differs; years that datetime lacks are refused."""
    for piece in pieces:
        translate(piece)
    unmarked = [piece for piece in pieces if not piece.marks]
    node = in_node(unmarked)
    told = []
    with InPython() as python:
        for piece in unmarked:
            for event, one, other in zip(piece.events, node[piece.id], python.outcomes(piece), strict=True):
                if not same(one, other) and not _is_refused(other):
                    shown = piece.source.partition("context) => {")[2]
                    told.append(f"{event}: Node {one}, Python {other} {shown} {piece.python.partition('async def')[2]}")
                    break
    return told


REFUSED = ("before the year 1", "as a date: write it", "an invalid date", "as moment parses", "moment of a")


def _is_refused(outcome: dict[str, Any]) -> bool:
    return any(words in outcome.get("refused", "") for words in REFUSED)


def any_date(chance: random.Random) -> Any:
    """What a program is given as a date; now and then what is none."""
    year, month, day = chance.randrange(2000, 2060), chance.randrange(1, 13), chance.randrange(1, 32)
    clock = f"{chance.randrange(24):02d}:{chance.randrange(60):02d}:{chance.randrange(60):02d}"
    return chance.choice(
        [
            f"{year}-{month:02d}-{day:02d}",
            f"{year}-{month:02d}-{day:02d} {clock}",
            f"{year}-{month:02d}-{day:02d}T{clock}.{chance.randrange(1000):03d}Z",
            f"{year}/{month}/{day} {clock[:5]}",
            f"{year}{month:02d}{day:02d}",
            chance.randrange(946_684_800_000, 2_700_000_000_000),
            chance.choice([None, "", "soon", "2024-13-45", "12:30", True, 1e20, -1, "2024-02-30 25:61:61", {}]),
        ]
    )


def a_day(chance: random.Random, depth: int) -> str:
    """An expression of a day."""
    made = chance.choice(["dayjs(event.a)", "dayjs(event.b)", "dayjs.utc(event.a)", "dayjs('2024-01-31')"])
    for _ in range(chance.randrange(depth + 1)):
        unit = chance.choice("day month year week hour minute second quarter d M y w h m s days months D Q".split())
        bound = chance.choice("day month year week hour minute second quarter isoWeek date".split())
        amount = chance.choice(["1", "-1", "13", "0", "1.5", "event.n", "-event.n", "40"])
        made += chance.choice(
            [
                f".add({amount}, '{unit if unit != 'D' else 'd'}')",
                f".subtract({amount}, '{unit if unit != 'D' else 'd'}')",
                f".startOf('{bound}')",
                f".endOf('{bound}')",
                ".utc()",
                ".local()",
                ".tz('Asia/Tokyo')",
                ".utcOffset(8)",
                ".utcOffset(-330)",
                f".set('{chance.choice(['year', 'month', 'date', 'hour', 'day', 'minute', 'ms'])}', {amount})",
                f".{chance.choice(['year', 'month', 'date', 'day', 'hour', 'second', 'millisecond'])}({amount})",
            ]
        )
    return made


def a_question(chance: random.Random) -> str:
    """An expression of what is asked of a day."""
    one, other = a_day(chance, 3), a_day(chance, 1)
    unit = chance.choice("day month year week hour minute second quarter d M y w h m s".split())
    pattern = "".join(
        chance.choice("YYYY YY MM M DD D HH H hh h mm m ss s SSS A a d dd ddd dddd MMM MMMM Z ZZ".split())
        + chance.choice(["-", "/", " ", ":", "年", "", "[of]", ".", "%", '"', "{"])
        for _ in range(chance.randrange(1, 5))
    )
    return chance.choice(
        [
            f"{one}.format('{pattern}')",
            f"{one}.format('{pattern}')",
            f"{one}.format()",
            f"{one}.format(event.p)",
            f"{one}.{chance.choice(['isBefore', 'isAfter', 'isSame', 'isSameOrBefore', 'isSameOrAfter'])}({other})",
            f"{one}.{chance.choice(['isBefore', 'isAfter', 'isSame', 'isSameOrBefore', 'isSameOrAfter'])}({other}, '{unit}')",  # noqa: E501
            f"{one}.isBetween({other}, dayjs(event.b), {chance.choice(['null', repr(unit)])}, '{chance.choice(['()', '[]', '[)', '(]'])}')",  # noqa: E501
            f"{one}.diff({other}, '{unit}')",
            f"{one}.diff({other}, '{unit}', true)",
            f"{one}.diff(event.b)",
            f"{one}.{chance.choice('year month date day hour minute second millisecond valueOf unix isValid daysInMonth quarter isoWeekday isoWeek dayOfYear toISOString toJSON'.split())}()",  # noqa: E501
            f"{one}.toDate().getTime()",
            one,
            f"{one} - {other}",
            f"{one} > {other}",
            f"typeof {one}",
            f"{one} ? 1 : 2",
        ]
    )


@pytest.mark.parametrize("name", ["dayjs", "dayjs-zh"])
def test_days_of_dayjs_are_equal_or_marked(name: str) -> None:
    chance = random.Random(name)
    pieces = []
    for number in range(250):
        code = f"return {a_question(chance)}"
        if chance.random() < 0.3:
            asked = a_question(chance).replace("dayjs(event.a)", "d")
            code = f"const d = {a_day(chance, 2)}; return [d.format('YYYY-M-D h:m'), {asked}]"
        if name == "dayjs-zh" and any(
            word in code
            for word in ("utc", "tz(", "local", "isBetween", "OrBefore", "OrAfter", "uarter", "iso", "'Q'", "dayOfYear")
        ):
            continue
        events = [
            {
                "a": any_date(chance),
                "b": any_date(chance),
                "n": chance.choice([0, 1, 5, -3, 2.5, 45, "2", None]),
                "p": "YYYY/M/D",
            }
            for _ in range(6)
        ]
        pieces.append(Snippet(str(number), module(code, HEADS[name]), events))
    told = differing(pieces)
    assert told == [], f"{len(told)}\n" + "\n".join(told[:6])
    assert sum(not piece.marks for piece in pieces) > 0.8 * len(pieces)


def a_change(chance: random.Random) -> str:
    """A method of moment that changes the day."""
    unit = chance.choice("day days month months year week hour minute second quarter d M y w h m s".split())
    bound = chance.choice("day month year week hour minute second quarter isoWeek".split())
    amount = chance.choice(["1", "-1", "13", "0", "event.n", "40"])
    return chance.choice(
        [
            f".add({amount}, '{unit}')",
            f".subtract({amount}, '{unit}')",
            f".startOf('{bound}')",
            f".endOf('{bound}')",
            ".utc()",
            ".utcOffset(8)",
            ".tz('Asia/Tokyo')",
            f".{chance.choice(['hour', 'minutes', 'second'])}({chance.randrange(20)})",
            f".date({chance.randrange(1, 28)})",
        ]
    )


def a_program(chance: random.Random) -> str:
    """Statements that change days of moment, and what they show in the end."""
    made = ["moment(event.a)", "moment(event.b)", "moment.utc(event.a)", "moment('2024-01-15')", "moment(d)"]
    lines = ["const d = moment(event.a)", f"let e = {chance.choice(made)}"]
    for _ in range(chance.randrange(4)):
        name = chance.choice(["d", "e"])
        lines.append(
            chance.choice(
                [
                    f"{name}{a_change(chance)}",
                    f"{name}{a_change(chance)}{a_change(chance)}",
                    f"seen.push({name}{a_change(chance)}.format('YYYY-MM-DD HH:mm:ss Z'))",
                    f"if ({name}.isBefore('2030-01-01')) {{ {name}{a_change(chance)} }}",
                    f"e = {chance.choice(made)}{a_change(chance)}",
                    f"e = d.clone(){a_change(chance)}",
                ]
            )
        )
    unit = chance.choice("day month year week hour minute second quarter".split())
    asked = chance.choice(["isBefore", "isAfter", "isSame", "isSameOrBefore", "isSameOrAfter"])
    pattern = "".join(
        chance.choice("YYYY YY MM M DD D HH H hh h mm m ss s SSS A a d dd ddd dddd MMM MMMM Z ZZ".split())
        + chance.choice(["-", "/", " ", ":", "年", "[of]", "."])
        for _ in range(chance.randrange(1, 5))
    )
    shown = [
        f"d.{asked}(e)", f"d.{asked}(e, '{unit}')", f"d.diff(e, '{unit}')", f"e.diff(d, '{unit}', true)", "d",
        f"e.format('{pattern}')", "e.format()", "d.valueOf()", "e.unix()", "d.isValid()", "e.month()", "d.day()",
        "e.hours()", "d.daysInMonth()", "e.toISOString()", "d.toDate().getTime()", "d.isBetween('2020-01-01', e)",
    ]  # fmt: skip
    return "; ".join(["const seen = []", *lines, f"return [seen, {', '.join(chance.sample(shown, 3))}]"])


def test_days_of_moment_are_equal_or_marked() -> None:
    chance = random.Random("moment")
    pieces = []
    for number in range(180):
        events = [
            {"a": any_date(chance), "b": any_date(chance), "n": chance.choice([0, 1, 5, -3, 12])} for _ in range(6)
        ]
        head = "const moment = require('moment-timezone')\n"
        pieces.append(Snippet(str(number), module(a_program(chance), head), events))
    told = differing(pieces)
    assert told == [], f"{len(told)}\n" + "\n".join(told[:6])
    assert sum(not piece.marks for piece in pieces) > 0.7 * len(pieces)


TOKENS = {
    "date-utils": "YYYY YY MMMM MMM MM MI M DDDD DDD DD D HH24 HH H SS PP P LL".split(),
    "silly-datetime": ["YYYY", "MM", "DD", "HH", "mm", "ss"],
    "dateformat": "d dd ddd dddd m mm mmm mmmm yy yyyy h hh H HH M MM s ss l tt TT".split(),
}
TEXTS = {
    "date-utils": "require('date-utils')\n",
    "silly-datetime": "const sd = require('silly-datetime')\n",
    "dateformat": "const dateFormat = require('dateformat')\n",
}


def a_text(name: str, chance: random.Random) -> str:
    """An expression of the text of a date."""
    tokens = chance.sample(TOKENS[name], chance.randrange(1, 6))
    pattern = "".join(token + chance.choice(["-", "/", " ", ":", "年", ". ", "%"]) for token in tokens)
    if name == "silly-datetime":
        return f"sd.format(event.a{chance.choice(['', f', {pattern!r}', f', {pattern!r}'])})"
    if name == "dateformat":
        mask = chance.choice([pattern, pattern, "isoDate", "fullDate", '"d"d'])
        return f"dateFormat(event.a{chance.choice(['', f', {mask!r}', f', {mask!r}'])})"
    moved = "".join(
        chance.choice(
            [
                f".add({{ days: {chance.randrange(-40, 40)}, months: event.n }})",
                f".{chance.choice(['add', 'remove'])}{chance.choice(['Days', 'Months', 'Hours', 'Weeks', 'Years'])}(3)",
                ".clearTime()",
                ".clone()",
            ]
        )
        for _ in range(chance.randrange(3))
    )
    shown = chance.choice([f".toFormat({pattern!r})", f".toFormat({pattern!r})", ".getTime()", ".toYMD()"])
    return f"new Date(event.a){moved}{shown}"


def is_date(value: Any) -> bool:
    """Whether it surely is one: all else may be taken for the present time."""
    return isinstance(value, str) and len(value) > 8 and ":" in value[10:] and "25:61" not in value


@pytest.mark.parametrize("name", sorted(TOKENS))
def test_texts_of_dates_are_equal_or_marked(name: str) -> None:
    chance = random.Random(name)
    pieces = []
    for number in range(120):
        dates = [{"a": any_date(chance), "n": chance.choice([0, 1, -2, 14])} for _ in range(20)]
        events = [each for each in dates if name == "date-utils" or is_date(each["a"])][:6]
        pieces.append(Snippet(str(number), module(f"return {a_text(name, chance)}", TEXTS[name]), events))
    told = differing(pieces)
    assert told == [], f"{len(told)}\n" + "\n".join(told[:6])
    assert sum(not piece.marks for piece in pieces) > 0.6 * len(pieces)


@pytest.mark.parametrize(
    ("code", "python"),
    [
        ("dayjs().format('YYYY-MM-DD')", 'datetime.now().strftime("%Y-%m-%d")'),
        ("dayjs().format('YYYY年M月D日')", '"{0:%Y}年{0.month}月{0.day}日".format(datetime.now())'),
        ("dayjs(event.a).add(2, 'day')", 'js.day(event["a"]) + timedelta(days=2)'),
        ("dayjs().tz(zone).format('HH:mm')", 'datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%H:%M")'),
        ("dayjs().utcOffset(8).format('HH:mm')", 'datetime.now(timezone(timedelta(hours=8))).strftime("%H:%M")'),
        ("moment().subtract(1, 'month').format('YYYYMM')", 'js.add_months(datetime.now(), -1).strftime("%Y%m")'),
        ("dayjs(event.a).isBefore(dayjs(), 'month')", 'js.end_of(js.day(event["a"]), "month") < js.day()'),
    ],
)
def test_dates_read_like_python(code: str, python: str) -> None:
    head = (
        "const dayjs = require('dayjs'), moment = require('moment')\nconst zone = 'Asia/Shanghai'\n"
        "dayjs.extend(require('dayjs/plugin/utc')); dayjs.extend(require('dayjs/plugin/timezone'))\n"
    )
    piece = Snippet("one", f"{head}exports.main = async (event) => {code}", [])
    translate(piece)
    assert piece.marks == []
    assert python in piece.python


@pytest.mark.parametrize(
    "code",
    [
        "const m = moment(event.a); const n = m; m.add(1, 'd'); return n",
        "const m = moment(event.a); const n = m.add(1, 'd'); return [m, n]",
        "const m = moment(event.a); const box = { m }; m.add(1, 'd'); return box",
        "const m = moment(event.a); const f = () => m.add(1, 'd'); f(); return m",
        "event.m.add(1, 'd'); return moment(event.m).add(event.n)",
        "const m = moment(event.a); return m.isBefore(m.add(1, 'd'))",
        "return moment(event.a).tz('America/New_York').format()",
        "return moment(event.a, 'DD.MM.YYYY')",
        "return moment(event.a).fromNow()",
    ],
)
def test_what_may_change_elsewhere_is_marked(code: str) -> None:
    piece = Snippet("one", module(code, "const moment = require('moment-timezone')\n"), [])
    translate(piece)
    assert piece.marks


def test_a_text_that_is_no_date_in_a_zone_raises_as_in_dayjs() -> None:
    code = "try { return dayjs.tz(event.a, 'Asia/Shanghai').format('DD') } catch (e) { return e.message }"
    events = [{"a": day} for day in ("text", "", None, "2026-02-03")]
    piece = Snippet("zone", module(code, HEADS["dayjs"]), events)
    assert differing([piece]) == [] and piece.marks == []
