"""How much of a draft can run: lines that are reached without passing a mark."""

from __future__ import annotations

from cloudpy.migrate.reach import marks, reach

MARK = '    # TODO(migrate): why\n    # source()\n    raise NotTranslated("index.js:3: why")\n'


def lines(text: str, **more: str) -> tuple[int, int, int, bool]:
    """Run, blocked and marked lines, and whether main starts."""
    found = reach({"index.py": text, **{f"{name}.py": code for name, code in more.items()}})
    return found.runs, found.blocked, found.marked, found.starts


def test_what_stands_before_a_mark_runs_and_what_follows_does_not() -> None:
    assert lines(f"def main(event, context):\n    a = 1\n{MARK}    b = 2\n    return b\n") == (1, 2, 1, False)
    assert lines("def main(event, context):\n    a = 1\n    return a\n") == (2, 0, 0, True)


def test_a_branch_leaves_the_way_around_it() -> None:
    inner = MARK.replace("    ", "        ", 3)
    assert lines(f"def main(e, c):\n    if e:\n{inner}        x = 1\n    return 2\n") == (2, 1, 1, True)
    both = f"def main(e, c):\n    if e:\n{inner}    else:\n{inner}    return 2\n"
    assert lines(both) == (2, 1, 2, False)
    loop = f"def main(e, c):\n    for each in e:\n{inner}    return 2\n"
    assert lines(loop) == (2, 0, 1, True)


def test_handlers_are_reached_by_errors_and_marks_pass_them() -> None:
    inner = MARK.replace("    ", "        ", 3)
    text = f"def main(e, c):\n    try:\n        x = 1\n{inner}    except Exception:\n        return 1\n    return 2\n"
    assert lines(text) == (4, 1, 1, False)


def test_a_call_of_what_only_stops_stops() -> None:
    text = f"def load():\n{MARK}\n\ndef main(e, c):\n    a = load()\n    return a\n"
    assert lines(text) == (0, 2, 1, False)
    assert (
        lines("from lib import load\n\n\ndef main(e, c):\n    return load()\n", lib=f"def load():\n{MARK}")[3] is False
    )
    assert lines(text.replace("a = load()", "a = e and load()")) == (2, 0, 1, True)
    assert lines(text.replace("a = load()", "a = lambda: load()")) == (2, 0, 1, True)


def test_a_value_that_is_marked_stops_where_it_is_used() -> None:
    text = (
        '# TODO(migrate): why\n# const a = b()\na = js.todo("index.js:1: why")\n\n\n'
        "def main(e, c):\n    if e:\n        return a.b\n    return 1\n"
    )
    assert lines(text) == (3, 1, 1, True)
    assert [(each.source, each.source_line, each.lines) for each in marks({"index.py": text})] == [("index.js", 1, 1)]


def test_hundred_percent_is_only_what_has_no_mark() -> None:
    text = "def main(e, c):\n" + "    e = c\n" * 4000
    assert reach({"index.py": text}).percent == 100.0
    assert reach({"index.py": text + MARK}).percent == 99.9
    assert reach({"index.py": "def main(:\n"}).percent == 0.0


def test_a_mark_that_raises_nothing_does_not_take_the_place_of_the_next_one() -> None:
    code = (
        "# TODO(migrate): require.main is not defined\n# if (require.main === module) run()\n\n"
        '# TODO(migrate): it says "no" to sharp\n# const size = sharp(1)\n'
        "size = js.todo('index.js:9: it says \"no\" to sharp')\n"
    )
    assert [(each.source, each.source_line) for each in marks({"index.py": code})] == [("", 0), ("index.js", 9)]
