"""The functions of date-fns: how many arguments each looks at, what is written for it, what it gives."""

from __future__ import annotations

from typing import NamedTuple

from ..jstypes import JsType, js_type


class DateFunction(NamedTuple):
    """One function.

    Attributes:
        code: Python; ``{0}`` and ``{1}`` are the arguments, ``{date}`` is the first one as a Date for sure.
        takes: how many arguments; what more there are is marked.
        gives: the type of its result.
    """

    code: str
    takes: int
    gives: JsType


_DATE, _BOOL, _NUMBER, _TEXT = js_type("date"), js_type("bool"), js_type("num"), js_type("str")
_GETTERS = {
    "getTime": "getTime", "getYear": "getFullYear", "getMonth": "getMonth", "getDate": "getDate", "getDay": "getDay",
    "getHours": "getHours", "getMinutes": "getMinutes", "getSeconds": "getSeconds",
    "getMilliseconds": "getMilliseconds",
}  # fmt: skip
_SETTERS = {
    "setYear": "year", "setMonth": "month", "setDate": "date", "setHours": "hours", "setMinutes": "minutes",
    "setSeconds": "seconds", "setMilliseconds": "milliseconds",
}  # fmt: skip
_UNITS = ("Milliseconds", "Seconds", "Minutes", "Hours", "Days", "Weeks", "Months", "Quarters", "Years")
_BOUNDS = ("Second", "Minute", "Hour", "Day", "Week", "Month", "Quarter", "Year")
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_NOW = "js.Date()"
_NEXT, _LAST = f'js.date_plus({_NOW}, 1, "days")', f'js.date_minus({_NOW}, 1, "days")'

FUNCTIONS: dict[str, DateFunction] = {
    "toDate": DateFunction("js.to_date({0})", 1, _DATE),
    "parseISO": DateFunction("js.parse_iso({0})", 1, _DATE),
    "fromUnixTime": DateFunction("js.from_unix_time({0})", 1, _DATE),
    "getUnixTime": DateFunction("js.unix_time({0})", 1, _NUMBER),
    "add": DateFunction("js.date_plus_all({0}, {1})", 2, _DATE),
    "sub": DateFunction("js.date_plus_all({0}, {1}, sign=-1)", 2, _DATE),
    "set": DateFunction("js.date_set_all({0}, {1})", 2, _DATE),
    "max": DateFunction("js.date_max({0})", 1, _DATE),
    "min": DateFunction("js.date_min({0})", 1, _DATE),
    "compareAsc": DateFunction("js.compare_dates({0}, {1})", 2, _NUMBER),
    "compareDesc": DateFunction("js.compare_dates_down({0}, {1})", 2, _NUMBER),
    "isAfter": DateFunction("js.is_after({0}, {1})", 2, _BOOL),
    "isBefore": DateFunction("js.is_before({0}, {1})", 2, _BOOL),
    "isEqual": DateFunction("js.is_same_time({0}, {1})", 2, _BOOL),
    "isFuture": DateFunction(f"js.is_after({{0}}, {_NOW})", 1, _BOOL),
    "isPast": DateFunction(f"js.is_before({{0}}, {_NOW})", 1, _BOOL),
    "isValid": DateFunction("js.is_valid({0})", 1, _BOOL),
    "isToday": DateFunction(f'js.is_same_unit({{0}}, {_NOW}, "day")', 1, _BOOL),
    "isTomorrow": DateFunction(f'js.is_same_unit({{0}}, {_NEXT}, "day")', 1, _BOOL),
    "isYesterday": DateFunction(f'js.is_same_unit({{0}}, {_LAST}, "day")', 1, _BOOL),
    "isWeekend": DateFunction("{date}.getDay() in (0, 6)", 1, _BOOL),
    "isWithinInterval": DateFunction("js.is_within({0}, {1})", 2, _BOOL),
    "eachDayOfInterval": DateFunction("js.each_day({0})", 1, js_type("arr")),
    "getDaysInMonth": DateFunction("js.month_length({0})", 1, _NUMBER),
    "getQuarter": DateFunction('js.date_number({0}, "quarter")', 1, _NUMBER),
    "getISODay": DateFunction('js.date_number({0}, "isoDay")', 1, _NUMBER),
    "getDayOfYear": DateFunction('js.date_number({0}, "dayOfYear")', 1, _NUMBER),
    "startOfToday": DateFunction(f'js.date_start({_NOW}, "day")', 0, _DATE),
    "endOfToday": DateFunction(f'js.date_end({_NOW}, "day")', 0, _DATE),
    "startOfTomorrow": DateFunction(f'js.date_start({_NEXT}, "day")', 0, _DATE),
    "endOfTomorrow": DateFunction(f'js.date_end({_NEXT}, "day")', 0, _DATE),
    "startOfYesterday": DateFunction(f'js.date_start({_LAST}, "day")', 0, _DATE),
    "endOfYesterday": DateFunction(f'js.date_end({_LAST}, "day")', 0, _DATE),
    "format": DateFunction("js.format_date({0}, {1})", 2, _TEXT),
    "formatISO": DateFunction("js.format_date({0}, \"yyyy-MM-dd'T'HH:mm:ssXXX\")", 1, _TEXT),
    **{f"add{unit}": DateFunction(f'js.date_plus({{0}}, {{1}}, "{unit.lower()}")', 2, _DATE) for unit in _UNITS},
    **{f"sub{unit}": DateFunction(f'js.date_minus({{0}}, {{1}}, "{unit.lower()}")', 2, _DATE) for unit in _UNITS},
    **{
        f"differenceIn{unit}": DateFunction(f'js.date_diff({{0}}, {{1}}, "{unit[0].lower()}{unit[1:]}")', 2, _NUMBER)
        for unit in (*_UNITS, "CalendarDays", "CalendarMonths", "CalendarYears")
    },
    **{f"startOf{unit}": DateFunction(f'js.date_start({{0}}, "{unit.lower()}")', 1, _DATE) for unit in _BOUNDS},
    **{f"endOf{unit}": DateFunction(f'js.date_end({{0}}, "{unit.lower()}")', 1, _DATE) for unit in _BOUNDS},
    "startOfISOWeek": DateFunction('js.date_start({0}, "week", first=1)', 1, _DATE),
    "endOfISOWeek": DateFunction('js.date_end({0}, "week", first=1)', 1, _DATE),
    **{f"isSame{unit}": DateFunction(f'js.is_same_unit({{0}}, {{1}}, "{unit.lower()}")', 2, _BOOL) for unit in _BOUNDS},
    **{
        f"isThis{unit}": DateFunction(f'js.is_same_unit({{0}}, {_NOW}, "{unit.lower()}")', 1, _BOOL) for unit in _BOUNDS
    },
    "isSameISOWeek": DateFunction('js.is_same_unit({0}, {1}, "week", first=1)', 2, _BOOL),
    **{f"is{name}": DateFunction(f"{{date}}.getDay() == {at}", 1, _BOOL) for at, name in enumerate(_WEEKDAYS)},
    **{name: DateFunction(f"{{date}}.{method}()", 1, _NUMBER) for name, method in _GETTERS.items()},
    **{name: DateFunction(f'js.date_set({{0}}, "{part}", {{1}})', 2, _DATE) for name, part in _SETTERS.items()},
}
# Those that take the day on which a week begins
WEEKS = {"startOfWeek", "endOfWeek", "isSameWeek", "isThisWeek"}


def date_function(path: str) -> str:
    """Return the name of a function for ``format``, ``format/index.js``, ``format.format``, ``esm/format``."""
    parts = path.removesuffix(".js").removesuffix(".mjs").removesuffix(".cjs").replace("/", ".").split(".")
    names = [part for part in parts if part not in ("index", "esm", "default")]
    return names[0] if len(set(names)) == 1 else ""


_FORMS = ("{0}", "{0}.{0}", "{0}.default", "{0}/index", "{0}/index.js", "{0}.js", "esm/{0}")
RESULTS = {form.format(name): function.gives for name, function in FUNCTIONS.items() for form in _FORMS}
