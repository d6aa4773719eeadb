"""What is said of code that uses the database: in both APIs, whatever the names, and nothing of code that is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from cloudpy.check import check

from .folders import function, rows

HEAD = """\
import cloudpy{dot} as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)
db = cloud.database()
_ = db.command
todos = db.collection("todos")


{word}def main(event, context):
"""
# what is said -> lines of a handler
WRONG = {
    ("error", "name"): [
        "(await todos.get()).where({'a': 1})",
        "(await db.collection('t').where({'a': 1}).get()).limit(5)",
        "(await todos.doc('a').get()).field({'a': 1})",
    ],
    ("hint", "loop"): [
        "for one in event['ids']:\n        await todos.doc(one).get()",
        "for one in event['ids']:\n        if one:\n            print(await db.collection('t').doc(one).get())",
        "for one in event['ids']:\n        await todos.where({'user': one}).limit(1).get()",
        "return [(await todos.doc(one).get())['data'] for one in event['ids']]",
    ],
    ("hint", "limit"): [
        "await todos.get()",
        "return (await db.collection('t').where({'done': False}).get())['data']",
        "found = await todos.where({'done': False}).orderBy('n', 'asc').get()",
        "collection = db.collection('t')\n    await collection.where({'a': 1}).get()",
        "await cloud.database().collection(event['name']).get()",
    ],
}
RIGHT = [
    "await todos.limit(1000).get()",
    "await todos.where({'done': False}).skip(100).limit(100).get()",
    "await todos.where({'_id': _.in_(event['ids'])}).get()",
    "await todos.doc('a').get()",
    "query = todos.where({'done': False}).limit(5)\n    await query.get()",
    "for one in (await todos.limit(5).get())['data']:\n        print(one)",
    "for _try in range(3):\n        await todos.doc(event['id']).get()",
    "for one in event['ids']:\n        await todos.doc(one).update(data={'a': 1})",
    "await todos.where({'a': 1}).count()",
    "return (await todos.doc('a').get())['data']",
    "event['where'] = event.get('a').get('b')",
]


def test_a_function_that_tells_kinds_apart_may_use_methods_of_each(tmp_path: Path) -> None:
    code = (
        "import cloudpy as cloud\n\ncloud.init()\n\n\ndef text(value):\n"
        "    return value if isinstance(value, str) else str(value)\n"
        "\n\ndef kind(value):\n    return value.upper() if hasattr(value, 'upper') else text(value).lower()\n"
        "\n\nasync def main(event, context):\n    users = cloud.database().collection('users')\n"
        "    return [kind(users), text(users).strip(), kind(event['a'])]\n"
    )
    assert "name" not in [row[3] for row in rows(check(function(tmp_path, code, [])))]


def source(client: str, line: str) -> str:
    dot, word = (".sync", "") if client == "sync" else ("", "async ")
    code = HEAD.format(dot=dot, word=word) + f"    {line}\n"
    return code.replace("await ", "") if client == "sync" else code.replace(f"{word}def", f"@cloud.function\n{word}def")


@pytest.mark.parametrize("client", ["async", "sync"])
@pytest.mark.parametrize(("said", "line"), [(said, line) for said, lines in WRONG.items() for line in lines])
def test_it_is_told(tmp_path: Path, client: str, said: tuple[str, str], line: str) -> None:
    found = rows(check(function(tmp_path, source(client, line), [])))
    assert [said] == [each[2:] for each in found], found


@pytest.mark.parametrize("client", ["async", "sync"])
@pytest.mark.parametrize("line", RIGHT)
def test_nothing_is_said_of_what_is_right(tmp_path: Path, client: str, line: str) -> None:
    assert [] == rows(check(function(tmp_path, source(client, line), [])))


def test_what_is_awaited_by_nobody_and_names_that_are_wrong(tmp_path: Path) -> None:
    for line, code in (("todos.limit(5).get()", "await"), ("await todos.wher({}).limit(5).get()", "name")):
        found = rows(check(function(tmp_path, source("async", line), [])))
        assert [("error", code)] == [each[2:] for each in found]
