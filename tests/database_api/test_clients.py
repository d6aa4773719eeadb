"""The clients against a local WeChat: immutable builders, names that are wrong, environments, accounts, connections."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy._database.document import DocumentTarget
from cloudpy._database.selection import Selection
from cloudpy.local import Backend, GatewayServer
from cloudpy.testing import LocalWeChat
from tests.peer.database import Gateway
from tests.peer.recorder import Answer, Recorder

OPTIONS = {"env": "e", "config": None}
KEYS = {"secretId": "AKIDexample", "secretKey": "example-secret"}


@pytest.fixture(params=["async", "sync"])
def module(request: pytest.FixtureRequest) -> Any:
    return cloudpy if request.param == "async" else cloudpy.sync


def value_of(made: Any) -> Any:
    async def awaited() -> Any:
        return await made

    return asyncio.run(awaited()) if inspect.isawaitable(made) else made


def test_builders_can_be_used_again(wechat: LocalWeChat, module: Any) -> None:
    wechat.database["todos"].add(*({"_id": n, "n": n % 3} for n in range(9)))
    todos = module.createNewInstance(**OPTIONS).database().collection("todos")
    base = todos.where({"n": 1})
    shorter, longer = base.limit(1), base.orderBy("_id", "desc")
    assert [1, 4, 7] == [each["_id"] for each in value_of(base.get())["data"]]
    assert [1] == [each["_id"] for each in value_of(shorter.get())["data"]]
    assert [7, 4, 1] == [each["_id"] for each in value_of(longer.get())["data"]]
    assert [1, 4, 7] == [each["_id"] for each in value_of(base.get())["data"]]
    assert 9 == value_of(todos.count())["total"]
    pipeline = todos.aggregate().match({"n": 1})
    assert 1 == len(value_of(pipeline.limit(1).end())["list"])
    assert 3 == len(value_of(pipeline.end())["list"])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda db: db.colection("t"), "did you mean 'collection'?"),
        (lambda db: db.ObjectId("x"), "write {'$oid': '…'}"),
        (lambda db: db.collection("t").wher({}), "did you mean 'where'?"),
        (lambda db: db.collection("t").where({}).doc("a"), "it belongs to db.collection(…), before where()"),
        (lambda db: db.collection("t").where({}).add(data={}), "it belongs to db.collection(…), before where()"),
        (lambda db: db.collection("t").watch({}), "not offered in cloud functions"),
        (lambda db: db.collection("t").doc("a").delete(), "use remove()"),
        (lambda db: db.collection("t").doc("a").where({}), "use db.collection(…).where(…)"),
        (lambda db: db.collection("t").doc("a").gett(), "did you mean 'get'?"),
        (lambda db: db.collection("t").aggregate().group_by({}), "did you mean 'group'?"),
        (lambda db: db.collection("t").aggregate().out("x"), "missing in the service's SDK"),
    ],
)
def test_a_wrong_name_says_which_was_meant(module: Any, wrong: Any, says: str) -> None:
    database = module.createNewInstance(**OPTIONS).database()
    with pytest.raises(AttributeError, match=re.escape(says)):
        wrong(database)


def test_both_clients_have_the_same_methods_and_documentation() -> None:
    for name in ("Aggregate", "Collection", "Database", "Document", "Query", "Transaction"):
        one, other = getattr(cloudpy, name), getattr(cloudpy.sync, name)
        methods = {each for each in dir(one) if not each.startswith("_")}
        assert methods == {each for each in dir(other) if not each.startswith("_")}
        for method in methods:
            first, second = getattr(one, method), getattr(other, method)
            assert inspect.getdoc(first), f"{name}.{method} has no docstring"
            if inspect.isfunction(first):
                assert list(inspect.signature(first).parameters) == list(inspect.signature(second).parameters)
                assert not inspect.iscoroutinefunction(second)


def test_a_repr_shows_no_values(module: Any) -> None:
    database = module.createNewInstance(**OPTIONS).database()
    todos = database.collection("todos")
    shown = [database, todos, todos.where({"a": "secret"}), todos.aggregate().match({"a": "secret"}), database.command]
    shown += [Selection("todos").where({"a": "secret"}).get(), DocumentTarget("todos", "a").get(True)]
    assert "secret" not in repr(shown)
    assert "<Query of 'todos'>" in repr(shown)


def test_before_init_and_unknown_options() -> None:
    for cloud in (cloudpy.Cloud(), cloudpy.sync.Cloud()):
        with pytest.raises(cloudpy.CloudSDKError, match="database:fail not initialized"):
            cloud.database()
    cloud = cloudpy.createNewInstance(**OPTIONS)
    with pytest.raises(cloudpy.CloudSDKError, match="did you mean 'throwOnNotFound'"):
        cloud.database(throwOnNotfound=False)
    with pytest.raises(cloudpy.CloudSDKError, match="one dict"):
        cloud.database("x")
    with pytest.raises(cloudpy.ConfigError, match="throwOnNotFound must be True or False"):
        cloudpy.createNewInstance(**OPTIONS, throwOnNotFound="no")


def test_update_config_says_what_is_not_found(wechat: LocalWeChat) -> None:
    wechat.database.create("todos")
    cloud = cloudpy.sync.createNewInstance(**OPTIONS)
    document = cloud.database().collection("todos").doc("a")
    with pytest.raises(cloudpy.DocumentNotFoundError):
        document.get()
    cloud.updateConfig(throwOnNotFound=False)
    assert document.get()["data"] is None
    with pytest.raises(cloudpy.DocumentNotFoundError):
        cloud.database(throwOnNotFound=True).collection("todos").doc("a").get()


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder().start()
    made.choose = Gateway()
    yield made
    made.stop()


def test_what_reads_takes_a_kept_connection(module: Any, recorder: Recorder) -> None:
    todos = module.createNewInstance(**OPTIONS, **KEYS, serviceUrl=recorder.url).database().collection("todos")

    async def both() -> None:
        for _ in range(4):
            made = todos.get()
            if inspect.isawaitable(made):
                await made

    asyncio.run(both())
    assert 1 == len({request.connection for request in recorder.requests})


def test_what_reads_is_asked_again_where_a_kept_connection_was_dead(module: Any, recorder: Recorder) -> None:
    found = Answer(b'{"data":{"list":[]}}', "application/json", ending="drop connection after")
    recorder.choose = Gateway({"getDocument": found})
    todos = module.createNewInstance(**OPTIONS, **KEYS, serviceUrl=recorder.url).database().collection("todos")

    async def reads() -> None:
        for _ in range(3):
            made = todos.get()
            assert [] == (await made if inspect.isawaitable(made) else made)["data"]

    asyncio.run(reads())
    assert 3 <= len(recorder.requests) <= 5


@pytest.mark.parametrize("call", ["add", "update", "remove", "commit"])
def test_what_writes_is_never_sent_twice(module: Any, recorder: Recorder, call: str) -> None:
    actions = ("insertDocument", "modifyDocument", "removeDocument", "commitTransaction")
    recorder.choose = Gateway({name: Answer(ending="close") for name in actions})
    database = module.createNewInstance(**OPTIONS, **KEYS, serviceUrl=recorder.url, retries=3).database()

    async def write() -> None:
        async def sent(made: Any) -> Any:
            return await made if inspect.isawaitable(made) else made

        todos = database.collection("todos")
        if call == "commit":
            transaction = await sent(database.startTransaction())
            await sent(transaction.commit())
        elif call == "add":
            await sent(todos.add(data={"a": 1}))
        elif call == "update":
            await sent(todos.doc("a").update(data={"a": 1}))
        else:
            await sent(todos.where({"a": 1}).remove())

    with pytest.raises(cloudpy.TransportError):
        asyncio.run(write())
    assert (2 if call == "commit" else 1) == len(recorder.requests)


def test_the_database_of_another_account(tmp_path: Path) -> None:
    backend = Backend(storage=tmp_path)
    with GatewayServer(backend) as server:
        environment = server.environment()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            cloud = cloudpy.sync.Cloud(resourceAppid="wx0", resourceEnv="shared", config=None)
            with pytest.raises(cloudpy.CloudSDKError, match="not initialized"):
                cloud.database()
            cloud.init()
            database = cloud.database(env="passed over, as in Node")
            database.createCollection("todos")
            database.collection("todos").add(data={"_id": "a"})
    assert {"todos": 1} == backend.documents.engine("shared").collections()
