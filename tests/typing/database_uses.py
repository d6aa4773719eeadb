"""The database for type checkers: each line marked wrong is reported, and no other. Read by test_typing.py, not run."""

# pyright: strict

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cloudpy as cloud
import cloudpy.sync

db = cloud.database(throwOnNotFound=False)
_ = db.command
agg = _.aggregate
todos: cloud.Collection = db.collection("todos")
blocking: cloudpy.sync.Collection = cloudpy.sync.database().collection("todos")


@dataclass
class Todo:
    title: str


async def right() -> None:
    query: cloud.Query = todos.where({"done": False, "n": _.gt(1).and_(_.lt(5))}).orderBy("due", "desc").limit(10)
    for todo in (await query.get())["data"]:
        print(todo["title"])
    print((await query.count())["total"] + 1)
    one: cloud.Document = todos.doc("a")
    print((await one.get())["data"]["title"], (await one.field({"title": True}).get())["errMsg"].upper())
    print((await todos.add({"data": {"title": "x"}}))["_id"], (await todos.add(data=Todo("x")))["_id"])
    print((await todos.add(data=[{"title": "x"}, {"title": "y"}]))["_ids"][0])
    print((await one.set(data={"title": "x"}))["stats"]["created"])
    print((await one.update({"data": {"n": _.inc(1), "tags": _.push(["new"]), "old": _.remove()}}))["stats"]["updated"])
    print((await query.update(data={"done": True}, multi=False))["stats"]["updated"])
    print((await query.remove(multi=False))["stats"]["removed"], (await one.remove())["stats"]["removed"])
    pipeline: cloud.Aggregate = todos.aggregate().match({"done": True}).group({"_id": "$owner", "n": agg.sum(1)})
    print((await pipeline.end())["list"][0]["n"])
    inner = agg.pipeline().match(_.expr(agg.eq(["$a", "$$a"]))).done()
    await todos.aggregate().lookup({"from": "users", "let": {"a": "$a"}, "pipeline": inner, "as": "user"}).end()
    print(db.Geo.Point(113.3, 23.1).longitude + 1, db.serverDate(offset=1000), db.RegExp(regexp="^x", options="i"))
    await db.createCollection("other")

    async def move(transaction: cloud.Transaction) -> int:
        found = await transaction.collection("counters").doc("a").get()
        await transaction.collection("counters").doc("a").update(data={"n": _.inc(1)})
        return int(found["data"]["n"])

    print(await db.runTransaction(move) + 1, await db.runTransaction(lambda transaction: "x", 1))
    transaction = await db.startTransaction()
    await transaction.commit()
    try:
        await one.get()
    except (cloud.DocumentNotFoundError, cloud.TransactionConflictError) as error:
        print(error.code)


def right_blocking() -> None:
    print(blocking.where({"n": _.in_([1, 2])}).get()["data"][0], blocking.doc("a").get()["data"]["n"])

    def move(transaction: cloudpy.sync.Transaction) -> str:
        transaction.collection("counters").doc("a").update(data={"n": _.inc(1)})
        return "done"

    print(cloudpy.sync.database().runTransaction(move).upper())
    print(blocking.aggregate().count("n").end()["list"])


async def wrong(event: dict[str, Any]) -> None:
    _.gte_(1)  # wrong: no such command
    _.geoNeer(event)  # wrong: geoNear
    _.gt(1).exists(True)  # wrong: not a method of a condition
    agg.summ(1)  # wrong: sum
    todos.aggregate().mach({})  # wrong: match
    todos.aggregate().facet({})  # wrong: not offered
    todos.wher({})  # wrong: where
    todos.where({}).doc("a")  # wrong: doc() belongs to the collection
    todos.where({}).add(data={})  # wrong: add() too
    (await todos.get()).where({})  # wrong: where() after get()
    todos.get()["data"]  # wrong: get() is awaited
    await blocking.get()  # wrong: blocking
    await todos.add({"dta": {}})  # wrong: data
    await todos.doc("a").update(dat={})  # wrong: data
    await todos.where({}).remove({"mutli": False})  # wrong: multi
    (await todos.count())["totl"]  # wrong: total
    db.Geo.Pont(1, 2)  # wrong: Point
    cloud.database(enw="x")  # wrong: env
    todos.limit("5")  # wrong: a number
    todos.doc(None)  # wrong: an id
