// The database through the real package, with nothing about the local WeChat in it. Each check prints a line of JSON.
// `node node_database.js first PACKAGE` fills an empty database; `again` looks after a restart.
const assert = require("assert");
const cloud = require(process.argv[3]);

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
const db = cloud.database();
const _ = db.command;
const $ = _.aggregate;

const checks = [];
const check = (name, run) => checks.push([name, run]);
const ids = (found) => found.data.map((one) => one._id);
const same = (found, wanted) => assert.deepStrictEqual(JSON.parse(JSON.stringify(found)), wanted);

async function fails(promise, wanted) {
  try {
    await promise;
  } catch (error) {
    const text = `${error.errCode ?? error.code} ${error.errMsg ?? error.message}`;
    assert.ok(wanted.test(text), text);
    return error;
  }
  assert.fail("no error");
}

const todos = db.collection("todos");
const day = new Date("2026-01-02T03:04:05.678Z");

check("a collection that does not exist", () => fails(todos.get(), /^-502005 .*Db or Table not exist/));
check("adding does not create it", () => fails(todos.add({ data: {} }), /^-502005/));
check("create a collection", async () => same((await db.createCollection("todos")).errMsg, "createCollection:ok"));
check("create it twice", () => fails(db.createCollection("todos"), /exists already/));
check("add one", async () => assert.match((await todos.add({ data: { n: 0 } }))._id, /^[0-9a-f]{32}$/));
check("remove by condition", async () => same((await todos.where({ n: 0 }).remove()).stats, { removed: 1 }));
check("add with an own id", async () => same((await todos.add({ data: { _id: "a", n: 1, s: "apple", tags: ["x", "y"], o: { p: 1, q: [1, 5] }, day } }))._id, "a"));
check("add many", async () => same((await todos.add({ data: [{ _id: "b", n: 2.5, s: "Banana", tags: ["y"], o: { p: 2, q: [8] } }, { _id: "c", n: 3, s: "cherry\nline", tags: [], list: [{ k: 1, v: 5 }, { k: 2, v: 9 }], nothing: null }] }))._ids, ["b", "c"]));
check("add with a number as id", async () => same((await todos.add({ data: { _id: 7, n: 7, done: true } }))._id, 7));
check("a duplicate id", () => fails(todos.add({ data: { _id: "a" } }), /^-502001 collection.add:fail -502001 .*E11000 duplicate key/));
check("get all", async () => same(ids(await todos.get()), ["a", "b", "c", 7]));
check("doc.get", async () => same((await todos.doc("a").get()).data, { _id: "a", n: 1, s: "apple", tags: ["x", "y"], o: { p: 1, q: [1, 5] }, day: day.toISOString() }));
check("a date is a Date", async () => assert.ok((await todos.doc("a").get()).data.day instanceof Date));
check("doc.get by number", async () => same((await todos.doc(7).get()).data.n, 7));
check("doc.get of nothing", () => fails(todos.doc("zzz").get(), /document with _id zzz does not exist/));
check("doc.get of nothing, told not to throw", async () => same((await cloud.database({ throwOnNotFound: false }).collection("todos").doc("zzz").get()).data, null));
check("equality", async () => same(ids(await todos.where({ n: 1 }).get()), ["a"]));
check("in a nested object", async () => same(ids(await todos.where({ o: { p: 2 } }).get()), ["b"]));
check("in an array", async () => same(ids(await todos.where({ tags: "y" }).get()), ["a", "b"]));
check("gt and lt", async () => same(ids(await todos.where({ n: _.gt(1).and(_.lt(5)) }).get()), ["b", "c"]));
check("chained", async () => same(ids(await todos.where({ n: _.gt(1).lt(3) }).get()), ["b"]));
check("or of values", async () => same(ids(await todos.where({ n: _.eq(1).or(_.gte(7)) }).get()), ["a", 7]));
check("or of conditions", async () => same(ids(await todos.where(_.or([{ n: 1 }, { done: true }])).get()), ["a", 7]));
check("nor", async () => same(ids(await todos.where({ n: _.nor(_.eq(1), _.eq(3)) }).get()), ["b", 7]));
check("in, nin", async () => { same(ids(await todos.where({ n: _.in([1, 3]) }).get()), ["a", "c"]); same(ids(await todos.where({ n: _.nin([1, 3]) }).get()), ["b", 7]); });
check("neq, not", async () => { same(ids(await todos.where({ n: _.neq(1) }).get()), ["b", "c", 7]); same(ids(await todos.where({ n: _.not(_.gt(2)) }).get()), ["a"]); });
check("exists, null", async () => { same(ids(await todos.where({ done: _.exists(true) }).get()), [7]); same(ids(await todos.where({ nothing: null }).get()), ["a", "b", "c", 7]); });
check("all, size, elemMatch", async () => { same(ids(await todos.where({ tags: _.all(["x", "y"]) }).get()), ["a"]); same(ids(await todos.where({ tags: _.size(0) }).get()), ["c"]); same(ids(await todos.where({ list: _.elemMatch({ k: 2, v: _.gt(8) }) }).get()), ["c"]); });
check("mod", async () => same(ids(await todos.where({ n: _.mod(2, 1) }).get()), ["a", "c", 7]));
check("regular expressions", async () => { same(ids(await todos.where({ s: /^b/i }).get()), ["b"]); same(ids(await todos.where({ s: db.RegExp({ regexp: "^line", options: "m" }) }).get()), ["c"]); });
check("dates", async () => same(ids(await todos.where({ day: _.lte(day) }).get()), ["a"]));
check("expr", async () => same(ids(await todos.where(_.expr($.gt(["$n", "$o.p"]))).get()), ["b", "c", 7]));
check("jsonSchema", async () => same(ids(await todos.where(_.jsonSchema({ required: ["done"] })).get()), [7]));
check("orderBy, skip, limit", async () => same(ids(await todos.orderBy("n", "desc").skip(1).limit(2).get()), ["c", "b"]));
check("field", async () => same((await todos.where({ _id: "a" }).field({ s: true, "o.p": true }).get()).data, [{ _id: "a", s: "apple", o: { p: 1 } }]));
check("field without _id", async () => same((await todos.doc("a").field({ _id: false, n: true }).get()).data, { n: 1 }));
check("project.slice", async () => same((await todos.doc("a").field({ tags: _.project.slice(1), _id: true }).get()).data.tags, ["x"]));
check("count", async () => same(await todos.where({ n: _.gt(1) }).count(), { total: 3, errMsg: "collection.count:ok" }));
check("an unknown operator", () => fails(todos.where({ n: { $foo: 1 } }).get(), /^-502001 .*unknown operator: \$foo/));
check("what the local database does not know", () => fails(todos.where({ $text: { $search: "x" } }).get(), /does not know the query operator \$text/));
check("update merges", async () => { same((await todos.doc("a").update({ data: { o: { r: 9 }, n: _.inc(1) } })).stats, { updated: 1 }); same((await todos.doc("a").get()).data.o, { p: 1, q: [1, 5], r: 9 }); });
check("update of nothing", async () => same((await todos.doc("zzz").update({ data: { n: 1 } })).stats, { updated: 0 }));
check("set of a field", async () => { await todos.doc("a").update({ data: { o: _.set({ only: 1 }) } }); same((await todos.doc("a").get()).data.o, { only: 1 }); });
check("remove of a field", async () => { await todos.doc("a").update({ data: { o: _.remove() } }); same("o" in (await todos.doc("a").get()).data, false); });
check("push, unshift", async () => { await todos.doc("a").update({ data: { tags: _.push(["z", "w"]) } }); await todos.doc("a").update({ data: { tags: _.unshift("first") } }); same((await todos.doc("a").get()).data.tags, ["first", "x", "y", "z", "w"]); });
check("push with sort and slice", async () => { await todos.doc("a").update({ data: { tags: _.push({ each: ["a"], sort: 1, slice: 3 }) } }); same((await todos.doc("a").get()).data.tags, ["a", "first", "w"]); });
check("pop, shift", async () => { await todos.doc("a").update({ data: { tags: _.pop() } }); await todos.doc("a").update({ data: { tags: _.shift() } }); same((await todos.doc("a").get()).data.tags, ["first"]); });
check("addToSet, pull", async () => { await todos.doc("a").update({ data: { tags: _.addToSet("first") } }); await todos.doc("a").update({ data: { tags: _.addToSet("s") } }); await todos.doc("a").update({ data: { tags: _.pull("first") } }); same((await todos.doc("a").get()).data.tags, ["s"]); });
check("mul, max, min, rename", async () => { await todos.doc(7).update({ data: { n: _.mul(2), hi: _.max(3), lo: _.min(1), done: _.rename("finished") } }); same((await todos.doc(7).get()).data, { _id: 7, n: 14, hi: 3, lo: 1, finished: true }); });
check("increment of a string", () => fails(todos.doc("a").update({ data: { s: _.inc(1) } }), /^-502001 .*non-numeric type string/));
check("server date", async () => { const before = Date.now(); await todos.doc("a").update({ data: { at: db.serverDate({ offset: 3600000 }) } }); const { at } = (await todos.doc("a").get()).data; assert.ok(at - before >= 3599000 && at - before < 3700000); });
check("update many, update one", async () => { same((await todos.where({ n: _.gt(0) }).update({ data: { many: 1 } })).stats, { updated: 4 }); same((await todos.where({ n: _.gt(0) }).update({ data: { many: 2 }, multi: false })).stats, { updated: 1 }); });
check("set creates", async () => same(await todos.doc("s").set({ data: { n: 1, o: { p: 1 } } }), { _id: "s", errMsg: "document.set:ok", stats: { updated: 0, created: 1 } }));
check("set replaces", async () => { same((await todos.doc("s").set({ data: { o: { q: 1 } } })).stats, { updated: 1, created: 0 }); same((await todos.doc("s").get()).data, { _id: "s", o: { q: 1 } }); });
check("remove one", async () => { same((await todos.doc("s").remove()).stats, { removed: 1 }); same((await todos.doc("s").remove()).stats, { removed: 0 }); });
check("aggregate", async () => { await db.createCollection("sales"); await db.collection("sales").add({ data: [{ g: "a", v: 10 }, { g: "b", v: 20 }, { g: "a", v: 30 }] }); same((await db.collection("sales").aggregate().match({ v: _.gt(5) }).group({ _id: "$g", n: $.sum(1), t: $.sum("$v"), m: $.avg("$v") }).sort({ _id: 1 }).end()).list, [{ _id: "a", n: 2, t: 40, m: 20 }, { _id: "b", n: 1, t: 20, m: 20 }]); });
check("project with expressions", async () => same((await db.collection("sales").aggregate().match({ v: 10 }).project({ _id: 0, big: $.cond({ if: $.gte(["$v", 10]), then: "y", else: "n" }), text: $.concat(["$g", "!"]), raw: { $toString: "$v" } }).end()).list, [{ big: "y", text: "a!", raw: "10" }]));
check("unwind, sortByCount", async () => same((await todos.aggregate().unwind("$list").sortByCount("$list.k").sort({ _id: 1 }).end()).list, [{ _id: 1, count: 1 }, { _id: 2, count: 1 }]));
check("bucket, count, sample, addFields, replaceRoot", async () => { const sales = db.collection("sales"); same((await sales.aggregate().bucket({ groupBy: "$v", boundaries: [0, 15, 50], output: { n: $.sum(1) } }).end()).list, [{ _id: 0, n: 1 }, { _id: 15, n: 2 }]); same((await sales.aggregate().sample({ size: 2 }).count("n").end()).list, [{ n: 2 }]); same((await sales.aggregate().match({ v: 20 }).addFields({ o: { w: $.add(["$v", 1]) } }).replaceRoot({ newRoot: "$o" }).end()).list, [{ w: 21 }]); });
check("lookup", async () => { await db.createCollection("names"); await db.collection("names").add({ data: [{ _id: 1, g: "a", name: "Alice" }] }); same((await db.collection("sales").aggregate().match({ v: 10 }).lookup({ from: "names", localField: "g", foreignField: "g", as: "who" }).project({ _id: 0, who: { name: 1 } }).end()).list, [{ who: [{ name: "Alice" }] }]); });
check("lookup with a pipeline", async () => same((await db.collection("sales").aggregate().match({ v: 30 }).lookup({ from: "names", let: { g: "$g" }, pipeline: $.pipeline().match(_.expr($.eq(["$g", "$$g"]))).project({ _id: 0, name: 1 }).done(), as: "who" }).project({ _id: 0, who: 1 }).end()).list, [{ who: [{ name: "Alice" }] }]));
check("an unknown aggregation operator", () => fails(db.collection("sales").aggregate().project({ x: { $foo: 1 } }).end(), /Unrecognized expression '\$foo'/));
check("geo: points come back as points", async () => { await db.createCollection("cities"); await db.collection("cities").add({ data: [{ _id: "sh", l: db.Geo.Point(121.47, 31.23) }, { _id: "bj", l: db.Geo.Point(116.4, 39.9) }, { _id: "gz", l: db.Geo.Point(113.26, 23.13) }] }); same((await db.collection("cities").doc("sh").get()).data.l.longitude, 121.47); });
check("geoNear in a condition", async () => same(ids(await db.collection("cities").where({ l: _.geoNear({ geometry: db.Geo.Point(113.3, 23.1), maxDistance: 1500000 }) }).get()), ["gz", "sh"]));
check("geoWithin", async () => { const line = db.Geo.LineString([[110, 20], [125, 20], [125, 35], [110, 35], [110, 20]].map(([x, y]) => db.Geo.Point(x, y))); same(ids(await db.collection("cities").where({ l: _.geoWithin({ geometry: db.Geo.Polygon([line]) }) }).get()), ["sh", "gz"]); same(ids(await db.collection("cities").where({ l: _.geoWithin({ centerSphere: [db.Geo.Point(116.4, 39.9), 0.0157] }) }).get()), ["bj"]); });
check("geoIntersects", async () => same(ids(await db.collection("cities").where({ l: _.geoIntersects({ geometry: db.Geo.Point(116.4, 39.9) }) }).get()), ["bj"]));
check("geoNear as a stage", async () => same((await db.collection("cities").aggregate().geoNear({ near: db.Geo.Point(116.4, 39.9), distanceField: "d", spherical: true, key: "l" }).project({ km: $.floor($.divide(["$d", 1000])) }).end()).list, [{ _id: "bj", km: 0 }, { _id: "sh", km: 1068 }, { _id: "gz", km: 1890 }]));
check("a hundred without limit, a thousand at most, twenty of an aggregation", async () => { await db.createCollection("many"); await db.collection("many").add({ data: Array.from({ length: 1001 }, (one, n) => ({ _id: `m${n}`, n })) }); same([(await db.collection("many").get()).data.length, (await db.collection("many").limit(1000).get()).data.length, (await db.collection("many").count()).total, (await db.collection("many").aggregate().match({ n: _.gte(0) }).end()).list.length, (await db.collection("many").aggregate().match({ n: _.gte(0) }).limit(500).end()).list.length], [100, 1000, 1001, 20, 500]); });
check("a commit", async () => { const t = await db.startTransaction(); await t.collection("todos").doc("t").set({ data: { n: 1 } }); same((await t.collection("todos").doc("t").get()).data.n, 1); await fails(todos.doc("t").get(), /does not exist/); await t.commit(); same((await todos.doc("t").get()).data.n, 1); });
check("a rollback", async () => { const t = await db.startTransaction(); await t.collection("todos").doc("t").update({ data: { n: 5 } }); await t.rollback(); same((await todos.doc("t").get()).data.n, 1); });
check("the first writer wins", async () => { const [one, two] = [await db.startTransaction(), await db.startTransaction()]; await one.collection("todos").doc("t").update({ data: { n: _.inc(1) } }); await fails(two.collection("todos").doc("t").update({ data: { n: _.inc(1) } }), /^-501001 .*Transaction is conflict/); await one.commit(); same((await todos.doc("t").get()).data.n, 2); });
check("a stale read", async () => { const t = await db.startTransaction(); await t.collection("todos").doc("t").get(); await todos.doc("t").update({ data: { n: 9 } }); same((await t.collection("todos").doc("t").get()).data.n, 2); await fails(t.collection("todos").doc("t").update({ data: { n: 3 } }), /Transaction is conflict/); });
check("a transaction that is gone", async () => { const t = await db.startTransaction(); await t.commit(); await fails(t.commit(), /^DATABASE_TRANSACTION_FAIL .*must be commit or abort in 30 seconds/); });
check("runTransaction", async () => { same(await db.runTransaction(async (t) => { const { data } = await t.collection("todos").doc("t").get(); await t.collection("todos").doc("t").update({ data: { n: data.n + 1 } }); return data.n; }), 9); same((await todos.doc("t").get()).data.n, 10); });
check("runTransaction that is given up", async () => { const reason = { why: "no" }; await assert.rejects(db.runTransaction(async (t) => { await t.collection("todos").doc("t").update({ data: { n: 0 } }); await t.rollback(reason); }), (error) => error === reason); same((await todos.doc("t").get()).data.n, 10); });
check("long numbers and doubles", async () => { await todos.doc("num").set({ data: { long: 1099511627776, half: 0.5, huge: 1e300, minus: -7 } }); same((await todos.doc("num").get()).data, { _id: "num", long: 1099511627776, half: 0.5, huge: 1e300, minus: -7 }); });
check("an ObjectId comes back as its digits", async () => { await todos.doc("oid").set({ data: { o: { $oid: "5f".repeat(12) } } }); same((await todos.doc("oid").get()).data.o, "5f".repeat(12)); });

const again = [
  ["documents are there after a restart", async () => { same(ids(await todos.where({ n: _.exists(true) }).get()), ["a", "b", "c", 7, "t"]); assert.ok((await todos.doc("a").get()).data.day instanceof Date); }],
  ["collections too", async () => same([(await db.collection("many").count()).total, (await db.collection("cities").count()).total], [1001, 3])],
  ["and are written on", async () => { await todos.doc("t").update({ data: { n: _.inc(1) } }); same((await todos.doc("t").get()).data.n, 11); await fails(todos.add({ data: { _id: "a" } }), /E11000/); }],
];

async function main() {
  for (const [name, run] of process.argv[2] === "again" ? again : checks) {
    let error = null;
    try {
      await run();
    } catch (found) {
      error = String(found.message ?? JSON.stringify(found));
    }
    console.log(JSON.stringify({ name, error }));
  }
}

main();
