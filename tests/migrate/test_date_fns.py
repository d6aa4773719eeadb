"""date-fns: what a program makes of Dates with it, Python makes too, or it is marked or refused."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest

from cloudpy.migrate.scaffold import requirements
from tests.migrate.both import InPython, Snippet, in_node, module, same, translate

pytestmark = [pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here"), pytest.mark.once()]

HEAD = (
    "const f = require('date-fns')\nconst { format, parseISO, addDays } = require('date-fns')\n"
    "const formatISO = require('date-fns/formatISO')\nconst { zhCN } = require('date-fns/locale')\n"
)
UNITS = "Milliseconds Seconds Minutes Hours Days Weeks Months Quarters Years".split()
BOUNDS = "Second Minute Hour Day Week Month Quarter Year".split()
GETTERS = (
    "getTime getYear getMonth getDate getDay getHours getMinutes getSeconds getMilliseconds getUnixTime getQuarter "
    "getISODay getDayOfYear getDaysInMonth isWeekend isMonday isSunday isValid isPast isFuture isToday isThisYear"
).split()
TOKENS = (
    "yyyy yy y yyy MM M MMM MMMM MMMMM Mo "
    "dd d do HH H hh h Ho mm m ss s mo S SS SSS SSSS a aa aaa aaaa aaaaa E EEE EEEE "
    "EEEEE EEEEEE i ii iii iiii k kk K KK Q QQ QQQ QQQQ X XX XXX x xx xxx t T P PP PPP PPPP p pp Pp PPpp PPPp PPPPpp"
).split()
REFUSED = ("versions differ", "before the year 1", "before 1970")


@pytest.fixture(autouse=True)
def _shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def differing(pieces: list[Snippet]) -> tuple[list[str], float]:
    """One line for each piece that is not marked and differs, and how large a share of the outcomes was compared."""
    for piece in pieces:
        translate(piece)
    unmarked = [piece for piece in pieces if not piece.marks]
    node = in_node(unmarked)
    told, compared, whole = [], 0, sum(len(piece.events) for piece in pieces)
    with InPython() as python:
        for piece in unmarked:
            for event, one, other in zip(piece.events, node[piece.id], python.outcomes(piece), strict=True):
                if any(words in other.get("refused", "") for words in REFUSED):
                    continue
                compared += 1
                is_same_error = one.get("thrown", [""])[0] == other.get("thrown", [""])[0]
                if not same(one, other) or not is_same_error:
                    shown = piece.source.partition("context) => {")[2]
                    told.append(f"{event}: Node {one}, Python {other} {shown} {piece.python.partition('async def')[2]}")
                    break
    return told, compared / whole


def a_time(chance: random.Random) -> int:
    """Milliseconds; often at the end of a month, on a full hour, or close to another one."""
    year, month = chance.randrange(2019, 2029), chance.randrange(1, 13)
    day = chance.choice([1, 15, 27, 28, 29, 30, 31, 31])
    length = [31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    hour = chance.choice([0, 0, 12, 23, chance.randrange(24)])
    at = int(time.mktime((year, month, min(day, length), hour, 0, 0, 0, 0, -1))) * 1000
    return at + chance.choice([0, 0, -1, 1, chance.randrange(3_600_000)])


def an_iso(chance: random.Random) -> str:
    """A string for parseISO; now and then what is no date, or a rare form."""
    year = chance.choice(["2024", "2023", "1999", "0099", "9999", "+002024", "20", "-0001", "202"])
    month, day = chance.randrange(14), chance.choice([0, 1, 28, 29, 30, 31, 32])
    date = chance.choice(
        [f"{year}-{month:02d}-{day:02d}"] * 4
        + [f"{year}{month:02d}{day:02d}", f"{year}-{month:02d}", year, f"{year}-W{month * 4:02d}-{day % 9}"]
        + [f"{year}-{day * 12:03d}", f"{year}/{month}/{day}", "", "soon", "12:30", "Zoo"]
    )
    clock = (
        f"{chance.choice([0, 12, 23, 24, 25]):02d}:{chance.choice([0, 59, 60]):02d}:{chance.choice([0, 30, 60]):02d}"
    )
    clock = chance.choice(
        [clock, clock, clock[:5], clock[:2], clock.replace(":", ""), "24:00", f"{clock}.{day}5", "9:5"]
    )
    zone = chance.choice(["", "", "Z", "+08:00", "-0330", "+09", "z", " Z", "+08:99", "-24"])
    return date + chance.choice(["", f"T{clock}{zone}", f" {clock}{zone}", f"T{clock}{zone}", zone, f"t{clock}"])


def a_date(chance: random.Random, depth: int) -> str:
    """An expression of a Date."""
    made = chance.choice(
        ["new Date(event.a)", "new Date(event.b)", "event.a", "f.parseISO(event.s)", "f.toDate(event.b)"]
    )
    for _ in range(chance.randrange(depth + 1)):
        unit, bound = chance.choice(UNITS), chance.choice(BOUNDS)
        amount = chance.choice(["1", "-1", "13", "0", "event.n", "-event.n", "event.n + 40"])
        week = chance.choice(["", ", { weekStartsOn: 1 }", ", { locale: zhCN }", ", { weekStartsOn: 6 }"])
        part = chance.choice("Year Month Date Hours Minutes Seconds Milliseconds".split())
        made = chance.choice(
            [
                f"f.add{unit}({made}, {amount})",
                f"f.sub{unit}({made}, {amount})",
                f"f.addMonths({made}, {amount})",
                f"f.startOf{bound}({made})",
                f"f.endOf{bound}({made})",
                f"f.{chance.choice(['startOf', 'endOf'])}Week({made}{week})",
                f"f.set{part}({made}, {chance.choice(['2020', '1', '31', 'event.n'])})",
                f"f.set({made}, {{ {chance.choice(['year: 2023', 'date: 31'])}, month: event.n, hours: 3 }})",
                f"f.{chance.choice(['add', 'sub'])}({made}, {{ months: event.n, days: 3, hours: {amount} }})",
                f"f.{chance.choice(['max', 'min'])}([{made}, event.b])",
                f"f.endOfISOWeek({made})",
            ]
        )
    return made


def a_pattern(chance: random.Random) -> str:
    """A pattern of a few tokens, and text between them."""
    between = ["-", "/", " ", ":", "年", "", "[of]", ".", "%", "\\'at\\'", "\\'\\'", "{", '"', "_", "1"]
    whole = "".join(chance.choice(TOKENS) + chance.choice(between) for _ in range(chance.randrange(1, 5)))
    plain = "yyyy-MM-dd HH:mm:ss,yyyy年MM月dd日,yyyyMMdd,d MMM yyyy,HH:mm,YYYY,DD,oops,MMM do".split(",")
    return chance.choice([whole, whole, whole, *chance.sample(plain, 2)])


def a_question(chance: random.Random) -> str:
    """An expression of what is asked of Dates."""
    one, other = a_date(chance, 3), a_date(chance, 1)
    unit, bound = (
        chance.choice([*UNITS, "Days", "Months", "Years", "CalendarDays", "CalendarMonths"]),
        chance.choice(BOUNDS),
    )
    language = chance.choice(["", "", ", { locale: zhCN }"])
    week = chance.choice(["", ", { weekStartsOn: 1 }", ", { locale: zhCN }"])
    return chance.choice(
        [
            f"format({one}, '{a_pattern(chance)}'{language})",
            f"format({one}, '{a_pattern(chance)}'{language})",
            f"format({one}, event.p{language})",
            f"formatISO({one}{chance.choice(['', ', { representation: `date` }'.replace('`', chr(39))])})",
            f"f.differenceIn{unit}({one}, {other})",
            f"f.differenceIn{unit}({one}, {other})",
            f"f.{chance.choice(['isBefore', 'isAfter', 'isEqual', 'compareAsc', 'compareDesc'])}({one}, {other})",
            f"f.isSame{bound}({one}, {other})",
            f"f.isSameWeek({one}, {other}{week})",
            f"f.{chance.choice(GETTERS)}({one})",
            f"f.{chance.choice(GETTERS)}({other})",
            f"f.eachDayOfInterval({{ start: {one}, end: addDays({one}, event.n) }}).length",
            f"f.eachDayOfInterval({{ start: event.a, end: {other} }}, {{ step: 40 }}).map(d => format(d, 'MM/dd'))",
            f"f.isWithinInterval({one}, {{ start: event.a, end: event.b }})",
            f"[{one}, {other}, event.b].sort(f.{chance.choice(['compareAsc', 'compareDesc'])})",
            "[event.s, '2024-02-29'].map(parseISO)",
            one,
            f"f.fromUnixTime(f.getUnixTime({one}))",
        ]
    )


def test_dates_of_date_fns_are_equal_or_marked() -> None:
    chance = random.Random("date-fns")
    pieces = []
    for number in range(300):
        code = f"return {a_question(chance)}"
        if chance.random() < 0.3:
            code = f"const d = {a_date(chance, 2)}; return [{a_question(chance)}, d, {a_question(chance)}]"
        events: list[dict[str, Any]] = []
        for _ in range(6):
            other = a_time(chance)
            near = other + chance.choice([0, 1, -86_400_000, 86_400_000 * 30, 3_600_000])
            one = chance.choice([a_time(chance), near, near, None if chance.random() < 0.05 else near])
            n = chance.choice([0, 1, 5, -3, 12, 45, 11]) if chance.random() < 0.95 else chance.choice([None, 2.5, "2"])
            pattern = a_pattern(chance).replace("\\", "")
            events.append({"a": one, "b": other, "n": n, "s": an_iso(chance), "p": pattern})
        pieces.append(Snippet(str(number), module(code, HEAD), events))
    told, share = differing(pieces)
    assert told == [], f"{len(told)}\n" + "\n".join(told[:6])
    assert share > 0.6
    assert sum(not piece.marks for piece in pieces) > 0.85 * len(pieces)


def test_iso_strings_are_parsed_as_date_fns_parses_them() -> None:
    chance = random.Random("iso")
    events = [{"s": an_iso(chance)} for _ in range(3000)]
    told, share = differing([Snippet("iso", module("return f.parseISO(event.s)", HEAD), events)])
    assert told == []
    assert share > 0.9  # years before 1 are refused


@pytest.mark.parametrize(
    ("code", "python"),
    [
        ("format(new Date(), 'yyyy-MM-dd')", 'datetime.now().strftime("%Y-%m-%d")'),
        ("format(parseISO(event.a), 'HH:mm')", 'js.datetime_of(js.parse_iso(event["a"])).strftime("%H:%M")'),
        ("addDays(new Date(), 7).getTime()", 'js.date_plus(js.Date(), 7, "days").getTime()'),
        ("f.getYear(addDays(event.a, 1))", 'js.date_plus(event["a"], 1, "days").getFullYear()'),
        ("f.startOfWeek(event.a, { weekStartsOn: 1 })", 'js.date_start(event["a"], "week", first=1)'),
    ],
)
def test_dates_of_date_fns_read_like_python(code: str, python: str) -> None:
    piece = Snippet("one", module(f"return {code}", HEAD), [])
    translate(piece)
    assert piece.marks == []
    assert python in piece.python


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("import { addDays } from 'date-fns'\n", "addDays"),
        ("import addDays from 'date-fns/addDays'\n", "addDays"),
        ("import * as f from 'date-fns'\n", "f.addDays"),
        ("const { addDays } = require('date-fns/addDays')\n", "addDays"),
        ("const addDays = require('date-fns/addDays/index.js')\n", "addDays"),
        ("const addDays = require('date-fns').addDays\n", "addDays"),
    ],
)
def test_each_form_of_import_is_known(head: str, name: str) -> None:
    piece = Snippet("one", f"{head}exports.main = async (event) => {name}(event.a, 1).getTime()", [])
    translate(piece)
    assert piece.marks == []
    assert 'js.date_plus(event["a"], 1, "days").getTime()' in piece.python


@pytest.mark.parametrize(
    "code",
    [
        "return f.formatDistance(event.a, event.b)",
        "return f.parse(event.a, 'yyyy', new Date())",
        "return f.addBusinessDays(event.a, 1)",
        "return format(event.a, 'wo yyyy')",
        "return format(event.a, 'YYYY-MM-DD')",
        "return format(event.a, 'PPP', { locale: event.l })",
        "return format(event.a, 'yyyy', event.o)",
        "return f.differenceInDays(event.a, event.b, event.o)",
        "return f.differenceInHours(event.a, event.b, { roundingMethod: 'ceil' })",
        "return f.startOfWeek(event.a, { weekStartsOn: event.n })",
        "return addDays(event.a)",
        "f.setDefaultOptions({ weekStartsOn: 1 }); return f.startOfWeek(event.a)",
        "return event.list.map(addDays)",
    ],
)
def test_what_is_not_the_same_is_marked(code: str) -> None:
    piece = Snippet("one", module(code, HEAD), [])
    translate(piece)
    assert piece.marks


def test_parts_of_a_package_are_listed_as_the_package() -> None:
    text, known, unknown = requirements(["date-fns", "date-fns/locale", "dayjs/plugin/utc", "node:fs", "@a/b/c"], [])
    assert known == ["date-fns", "dayjs"]
    assert unknown == ["@a/b"]
    assert "date-fns/locale" not in text
