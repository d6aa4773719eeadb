"""Tests of this function, written with the test kit: run ``pytest`` here."""

import pytest


@pytest.fixture(autouse=True)
def collections(wechat):
    wechat.database.load({"todos": [], "counters": [{"_id": "done", "n": 0}]})


def todo(number, owner="o-alice", **more):
    return {"_id": f"{number:03}", "owner": owner, "title": f"todo {number}", "tags": [], "done": False, **more}


def test_add(wechat):
    event = {"action": "add", "id": "001", "title": "tea", "tags": ["home"]}
    assert wechat.invoke(".", event, openid="o-alice") == {"ok": True}
    added = {"_id": "001", "owner": "o-alice", "title": "tea", "tags": ["home"], "done": False}
    assert wechat.database["todos"] == [{**added, "at": wechat.clock.now}]
    assert wechat.invoke(".", event, openid="o-alice")["ok"] is False


def test_pages(wechat):
    wechat.database["todos"].add(*(todo(number) for number in range(45)), todo(99, "o-bob"))
    pages = [wechat.invoke(".", {"page": page}, openid="o-alice") for page in range(3)]
    assert [len(page["todos"]) for page in pages] == [20, 20, 5]
    assert [page["more"] for page in pages] == [True, True, False]
    assert pages[0]["todos"][0] == {"_id": "000", "title": "todo 0", "done": False}
    assert pages[0]["total"] == 45


def test_by_tag(wechat):
    wechat.database["todos"].add(todo(1, tags=["home"]), todo(2, tags=["work", "home"]), todo(3))
    assert wechat.invoke(".", {"tag": "home"}, openid="o-alice")["total"] == 2


def test_finish_counts_once_whatever_happens(wechat):
    wechat.database["todos"].add(todo(1))
    wechat.database.conflict(2)  # somebody else was faster, twice
    for _ in range(2):
        assert wechat.invoke(".", {"action": "finish", "id": "001"}, openid="o-alice") == {"ok": True}
    assert wechat.database["todos"]["001"]["done"] is True
    assert wechat.database["counters"] == [{"_id": "done", "n": 1}]


def test_finish_what_is_not_yours(wechat):
    wechat.database["todos"].add(todo(1, "o-bob"))
    assert wechat.invoke(".", {"action": "finish", "id": "001"}, openid="o-alice")["tip"] == "这不是你的待办"
    assert wechat.invoke(".", {"action": "finish", "id": "002"}, openid="o-alice")["tip"] == "没有这条待办"
    assert wechat.database["counters"] == [{"_id": "done", "n": 0}]


def test_stats(wechat):
    wechat.database["todos"].add(todo(1, tags=["a", "b"], done=True), todo(2, tags=["a"]), todo(3, "o-bob", tags=["a"]))
    found = wechat.invoke(".", {"action": "stats"}, openid="o-alice")
    assert found == {"tags": [{"_id": "a", "n": 2, "done": 1}, {"_id": "b", "n": 1, "done": 1}], "finishedByAll": 0}
