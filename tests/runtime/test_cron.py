"""Cron expressions of seven fields, and timers that fire by themselves."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy.runtime.cron import FIELDS, ZONE, Cron, Timer, read_timers
from cloudpy.runtime.timers import MAX_LATE, Scheduler
from cloudpy.stores import MemoryStore


def next_of(expression: str, moment: str) -> str | None:
    found = Cron(expression).next_after(datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE))
    return None if found is None else f"{found:%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("expression", "moment", "expected"),
    [
        # the examples of WeChat's page
        ("*/5 * * * * * *", "2026-11-27 10:00:00", "2026-11-27 10:00:05"),
        ("0 0 2 1 * * *", "2026-11-27 10:00:00", "2026-12-01 02:00:00"),
        ("0 15 10 * * MON-FRI *", "2026-11-27 10:15:00", "2026-11-30 10:15:00"),
        ("0 0 10,14,16 * * * *", "2026-11-27 10:00:00", "2026-11-27 14:00:00"),
        ("0 */30 9-17 * * * *", "2026-11-27 17:30:00", "2026-11-28 09:00:00"),
        ("0 0 12 * * WED *", "2026-11-27 10:00:00", "2026-12-02 12:00:00"),
        # a day and a weekday: either is enough
        ("0 0 0 13 * FRI *", "2026-11-27 00:00:00", "2026-12-04 00:00:00"),
        ("0 0 0 13 * FRI *", "2026-12-11 00:00:00", "2026-12-13 00:00:00"),
        ("0 0 0 29 2 * *", "2026-11-27 10:00:00", "2028-02-29 00:00:00"),
        ("0 0 0 30 2 * *", "2026-11-27 10:00:00", None),
        ("0 0 0 1 1 * 2020", "2026-11-27 10:00:00", None),
        ("0 0 0 1 1 * 2099", "2026-11-27 10:00:00", "2099-01-01 00:00:00"),
        ("59 59 23 31 12 * 2026", "2026-12-31 23:59:58", "2026-12-31 23:59:59"),
        ("0 0 0 * * FRI-SUN *", "2026-11-29 00:00:00", "2026-12-04 00:00:00"),
    ],
)
def test_the_next_time(expression: str, moment: str, expected: str | None) -> None:
    assert expected == next_of(expression, moment)


def test_the_zone_is_beijings() -> None:
    moment = Cron("0 0 8 * * * *").next_after(datetime(2026, 11, 26, 23, 0, tzinfo=timezone.utc))
    assert datetime(2026, 11, 27, 0, 0, tzinfo=timezone.utc) == moment


def covers(text: str, value: int, low: int, high: int) -> bool:
    """Say in the plainest way whether a field covers a value."""
    for piece in text.split(","):
        base, _, step = piece.partition("/")
        first, dash, last = (str(low), "-", str(high)) if base == "*" else base.partition("-")
        end = int(last) if dash else (high if step else int(first))
        if int(first) <= value <= end and (value - int(first)) % int(step or 1) == 0:
            return True
    return False


def matches(expression: str, moment: datetime) -> bool:
    """Say in the plainest way whether a cron expression covers a second."""
    texts = expression.split()
    values = (moment.second, moment.minute, moment.hour, moment.day, moment.month, moment.isoweekday() % 7, moment.year)
    covered = [covers(text, value, *one[1:3]) for text, value, one in zip(texts, values, FIELDS, strict=True)]
    free = any(all(covers(texts[i], n, *FIELDS[i][1:3]) for n in range(FIELDS[i][1], FIELDS[i][2] + 1)) for i in (3, 5))
    days = covered[3] and covered[5] if free else covered[3] or covered[5]
    return days and all([*covered[:3], covered[4], covered[6]])


def field(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    spans = st.tuples(number, number).map(lambda pair: f"{min(pair)}-{max(pair)}")
    start = st.one_of(st.just("*"), number.map(str))
    steps = st.tuples(start, st.integers(1, high)).map(lambda pair: f"{pair[0]}/{pair[1]}")
    several = st.lists(st.one_of(number.map(str), spans, steps), min_size=1, max_size=3).map(",".join)
    return st.one_of(st.just("*"), several)


EXPRESSIONS = st.tuples(*(field(low, high) for _, low, high, _ in FIELDS[:6])).map(" ".join)


@given(EXPRESSIONS, st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_no_second_before_the_next_time_is_covered(expression: str, moment: datetime) -> None:
    expression, moment = f"{expression} *", moment.replace(microsecond=0, tzinfo=ZONE)
    found = Cron(expression).next_after(moment)
    assert found is None or (moment < found and matches(expression, found))
    end = moment + timedelta(seconds=300) if found is None else min(found, moment + timedelta(seconds=300))
    second = moment + timedelta(seconds=1)
    while second < end:
        assert not matches(expression, second)
        second += timedelta(seconds=1)


class Clock:
    """A clock that only `sleep` moves, and a test that sets it."""

    def __init__(self, start: str) -> None:
        self.now = datetime.strptime(start, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE).timestamp()
        self.jumps: dict[int, float] = {}  # at which sleep -> by how many seconds the clock is set
        self.sleeps = 0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.sleeps += 1
        self.now += max(seconds, 0.001) + self.jumps.get(self.sleeps, 0.0)
        await asyncio.sleep(0)


class Log:
    def __init__(self) -> None:
        self.fired: list[str] = []
        self.missed: list[tuple[str, int]] = []
        self.failed: list[str] = []

    def scheduler(self, clock: Clock, cron: str, store: object = None) -> Scheduler:
        timer = Timer("steps", "daily", Cron(cron))
        return Scheduler(
            lambda: [timer],
            lambda timer, moment: self.fired.append(f"{moment:%H:%M:%S}"),
            missed=lambda timer, first, count: self.missed.append((f"{first:%H:%M:%S}", count)),
            failed=lambda timer, moment, error: self.failed.append(str(error)),
            store=store,  # type: ignore[arg-type]
            clock=clock,
            sleep=clock.sleep,
        )


async def run_until(scheduler: Scheduler, clock: Clock, seconds: float) -> None:
    end = clock.now + seconds
    task = asyncio.ensure_future(scheduler.run())
    while clock.now < end and not task.done():
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_each_time_fires_once() -> None:
    clock, log = Clock("2026-11-27 09:59:50"), Log()
    asyncio.run(run_until(log.scheduler(clock, "*/10 * * * * * *"), clock, 35))
    assert ["10:00:00", "10:00:10", "10:00:20"] == log.fired


def test_times_that_passed_while_the_machine_slept_are_reported() -> None:
    clock, log = Clock("2026-11-27 10:00:00"), Log()
    clock.jumps[2] = 3600 + MAX_LATE / 2
    asyncio.run(run_until(log.scheduler(clock, "0 */10 * * * * *"), clock, 3700))
    assert [("10:10:00", 5)] == log.missed
    assert ["11:00:00"] == log.fired[:1]


def test_a_clock_set_back_by_a_little_repeats_nothing() -> None:
    clock, log = Clock("2026-11-27 09:59:59"), Log()
    clock.jumps[3] = -30.0
    asyncio.run(run_until(log.scheduler(clock, "0 * * * * * *"), clock, 90))
    assert ["10:00:00", "10:01:00"] == log.fired


def test_a_clock_set_back_by_much_counts() -> None:
    clock, log = Clock("2026-11-27 09:59:59"), Log()
    clock.jumps[3] = -3600.0
    asyncio.run(run_until(log.scheduler(clock, "0 0 * * * * *"), clock, 10))
    assert ["10:00:00", "10:00:00"] == log.fired


def test_one_of_several_instances_fires() -> None:
    store, logs = MemoryStore(), [Log() for _ in range(4)]

    async def all_of_them() -> None:
        clocks = [Clock("2026-11-27 09:59:55") for _ in logs]
        runs = zip(logs, clocks, strict=True)
        await asyncio.gather(
            *(run_until(log.scheduler(clock, "0 * * * * * *", store), clock, 130) for log, clock in runs)
        )

    asyncio.run(all_of_them())
    assert ["10:00:00", "10:01:00", "10:02:00"] == sorted(time for log in logs for time in log.fired)


def test_without_its_store_a_timer_does_not_fire() -> None:
    class Broken:
        def add(self, key: str, seconds: float) -> bool:
            raise OSError("the store is gone")

    clock, log = Clock("2026-11-27 09:59:55"), Log()
    asyncio.run(run_until(log.scheduler(clock, "0 0 * * * * *", Broken()), clock, 10))
    assert ([], ["the store is gone"]) == (log.fired, log.failed)


def test_a_timer_that_cannot_be_fired_stops_no_other() -> None:
    clock, log = Clock("2026-11-27 09:59:55"), Log()
    scheduler = log.scheduler(clock, "*/5 * * * * * *")
    fire = scheduler._fire

    def fails_once(timer: Timer, moment: datetime) -> None:
        if not log.failed:
            raise KeyError("its folder is gone")
        fire(timer, moment)

    scheduler._fire = fails_once
    asyncio.run(run_until(scheduler, clock, 11))
    assert (["'its folder is gone'"], ["10:00:05"]) == (log.failed, log.fired[:1])


def test_timers_are_read_from_config_json() -> None:
    triggers = [
        {"name": "daily", "type": "timer", "config": "0 0 2 * * * *"},
        {"name": "daily", "type": "timer", "config": "0 0 3 * * * *"},
        {"name": "wrong", "type": "timer", "config": "0 0 25 * * * *"},
        {"name": "other", "type": "cos", "config": "0 0 2 * * * *"},
        "x",
    ]
    (timer,), problems = read_timers("steps", {"triggers": triggers})
    assert ("steps", "daily", "0 0 2 * * * *") == (timer.function, timer.name, timer.cron.expression)
    assert problems == [
        "triggers[1].name is 'daily', as another one's",
        "triggers[2].config has '25' as hour; expected 0 to 23, *, a-b, */n, or several with commas",
    ]
    assert ([], []) == read_timers("steps", {"triggers": 1}) == read_timers("steps", [])
