import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

db = cloud.database()
_ = db.command
agg = _.aggregate
PAGE = 20  # todos on a page; get() gives 100 at most unless limit() says more


@cloud.function
async def main(event, context):
    owner = cloud.getWXContext()["OPENID"]
    action = event.get("action", "list")
    if action == "add":
        return await add(owner, event)
    if action == "finish":
        return await finish(owner, event["id"])
    if action == "stats":
        return await stats(owner)
    return await page(owner, event.get("page", 0), event.get("tag"))


async def add(owner, event):
    todo = {"owner": owner, "title": event["title"], "tags": event.get("tags", []), "done": False}
    try:
        await db.collection("todos").add(data={"_id": event["id"], **todo, "at": db.serverDate()})
    except cloud.DuplicateIdError:
        return {"ok": False, "tip": "这一条已经有了"}
    return {"ok": True}


async def page(owner, number, tag):
    condition = {"owner": owner} if tag is None else {"owner": owner, "tags": _.in_([tag])}
    todos = db.collection("todos").where(condition)
    total = (await todos.count())["total"]
    found = (
        await todos.orderBy("done", "asc")
        .orderBy("_id", "asc")
        .skip(number * PAGE)
        .limit(PAGE)
        .field({"title": True, "done": True})
        .get()
    )
    return {"todos": found["data"], "total": total, "more": (number + 1) * PAGE < total}


async def finish(owner, todo_id):
    async def once(transaction):
        todo = transaction.collection("todos").doc(todo_id)
        found = (await todo.get())["data"]
        if found["owner"] != owner:
            return await transaction.rollback("not yours")
        if not found["done"]:  # otherwise the counter would count it twice
            await todo.update(data={"done": True, "doneAt": db.serverDate()})
            await transaction.collection("counters").doc("done").update(data={"n": _.inc(1)})
        return {"ok": True}

    try:
        return await db.runTransaction(once)  # runs again when somebody else was faster
    except cloud.TransactionRolledBackError:
        return {"ok": False, "tip": "这不是你的待办"}
    except cloud.DocumentNotFoundError:
        return {"ok": False, "tip": "没有这条待办"}


async def stats(owner):
    tags = await (
        db.collection("todos")
        .aggregate()
        .match({"owner": owner})
        .unwind("$tags")
        .group({"_id": "$tags", "n": agg.sum(1), "done": agg.sum(agg.cond({"if": "$done", "then": 1, "else": 0}))})
        .sort({"n": -1, "_id": 1})
        .limit(100)  # without it the cloud gives 20
        .end()
    )
    counter = await db.collection("counters").doc("done").get()
    return {"tags": tags["list"], "finishedByAll": counter["data"]["n"]}
