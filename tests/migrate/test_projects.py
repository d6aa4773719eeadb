"""Whole projects: folders that functions share, modules in every common form."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cloudpy.check.ruff import command
from cloudpy.migrate import DraftCache, draft, functions_in, make, write, write_output
from cloudpy.migrate.migration import migrate
from tests.cli.command import cloudpy
from tests.compare.harness import case, pair

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")

FILES = {
    "common/text.js": "const levels = require('./levels.json')\n"
    "const shout = value => String(value).toUpperCase()\n"
    "module.exports = { shout, level: n => levels[n] || 'none' }\n",
    "common/levels.json": '{"1": "low", "2": "high"}',
    "common/name.js": "module.exports = function (user) { return user.name || 'nobody' }\n",
    "common/store.js": "class Store {\n  constructor (name) { this.name = name; this.items = [] }\n"
    "  add (item) { this.items.push(item); return this }\n  async size () { return this.items.length }\n"
    "  static named (name) { return new Store(name) }\n}\n"
    "class StoreError extends Error { constructor (m) { super(m); this.name = 'StoreError' } }\n"
    "module.exports = { Store, StoreError }\n",
    "functions/shop/index.js": "const { Store, StoreError } = require('../../common/store')\n"
    "class Shop extends Store {\n  constructor (name) { super(name); this.open = true }\n"
    "  add (item) { if (!item) throw new StoreError('nothing'); return super.add(item) }\n}\n"
    "const shop = new Shop('corner')\n"
    "exports.main = async event => {\n"
    "  const other = Store.named('other')\n"
    "  try { shop.add(event.item).add('bag') } catch (e) { return [e.name, e.message, e instanceof StoreError] }\n"
    "  return [await shop.size(), shop.name, shop.open, shop instanceof Store, other, await other.size()]\n"
    "}\n",
    "functions/hello/index.js": "const { shout, level } = require('../../common/text')\n"
    "const nameOf = require('../../common/name.js')\n"
    "const own = require('./common/text')\n"
    "exports.main = async event => [shout(nameOf(event)), level(event.level), own.quiet(nameOf(event))]\n",
    "functions/hello/common/text.js": "exports.quiet = value => value.toLowerCase()\n",
    "functions/steps/index.js": "const steps = require('./steps')\nconst odd = require('./odd')\n"
    "exports.main = async event => {\n"
    "  if (!steps[event.step]) return [Object.keys(steps).sort(), 'even' in steps, odd.isOdd(event.count || 0)]\n"
    "  return steps[event.step](event)\n}\n",
    "functions/steps/steps.js": "const even = require('./even')\n"
    "exports.addOne = async event => event.count + 1\n"
    "exports.list = function (event) { return [even.isEven(event.count), even.nameOfOther()] }\n",
    "functions/steps/even.js": "const odd = require('./odd')\n"
    "exports.isEven = n => n === 0 || (n !== 1 && odd.isOdd(n - 1))\nexports.nameOfOther = () => odd.NAME\n",
    "functions/steps/odd.js": "const even = require('./even')\n"
    "exports.isOdd = n => typeof n === 'number' && n !== 0 && even.isEven(n - 1)\nexports.NAME = 'odd'\n",
    "functions/hello/page/index.js": "Page({ data: {} })\n",
    "functions/area/bye/index.js": "const text = require('../../../common/text')\n"
    "exports.loud = value => text.shout(value)\n"
    "exports.main = async event => this.loud(event.name || 'bye')\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two functions, one of them in a folder, and shared files beside them."""
    for name, text in FILES.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "project"


def test_functions_are_found_in_a_project(project: Path) -> None:
    assert [path.name for path in functions_in(project)] == ["bye", "hello", "shop", "steps"]


def test_shared_files_go_into_each_draft(project: Path, tmp_path: Path) -> None:
    for source in functions_in(project):
        result = draft(source)
        assert result.todos == []
        write(result, tmp_path / "moved" / source.name)
    events_of: dict[str, list[dict[str, object]]] = {
        "hello": [{"name": "Ann", "level": 2}, {"level": 3}, {}],
        "bye": [{"name": "Bo"}, {}],
        "shop": [{}, {"item": "jam"}, {"item": "tea"}],
        "steps": [{}, {"count": 7}, {"step": "addOne", "count": 2}, {"step": "list", "count": 3}, {"step": "none"}],
    }
    for name, events in events_of.items():
        source = next(path for path in functions_in(project) if path.name == name)
        with pair(source, tmp_path / "moved" / name) as running:
            compared = [running.compare(case(event)) for event in events]
        assert [] == [(one.case.name, one.differences) for one in compared if not one.equal]


def test_files_that_open_the_database_when_they_are_loaded_come_after_init(tmp_path: Path) -> None:
    sources = {
        "index.js": "const cloud = require('wx-server-sdk')\ncloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })\n"
        "const { names } = require('./handlers/names')\nconst text = require('./text')\n"
        "exports.main = async event => text.joined(await names(event.n))\n",
        "handlers/names.js": "const all = require('../store')\n"
        "exports.names = async n => (await all.users.limit(n).get()).data.map(user => user.name)\n",
        "store.js": "const cloud = require('wx-server-sdk')\nconst db = cloud.database()\n"
        "exports.users = db.collection('users')\n",
        "text.js": "exports.joined = names => names.join()\n",
    }
    for name, text in sources.items():
        (tmp_path / "list" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "list" / name).write_text(text)
    result = draft(tmp_path / "list")
    write(result, tmp_path / "out")
    code = (tmp_path / "out/index.py").read_text("utf-8")
    assert code.index("cloud.init(") < code.index("handlers") and code.index("import text") < code.index("cloud.init(")
    (tmp_path / "out/local.yaml").write_text(
        "database: {collections: {users: [{name: Ann}, {name: Bo}, {name: Cy}]}}\n"
    )
    assert json.loads(cloudpy("run", tmp_path / "out", "--event", '{"n": 2}').stdout) == "Ann,Bo"


def test_a_shared_file_is_written_once_where_one_function_does_more_than_the_others(tmp_path: Path) -> None:
    sources = {
        "common/util.js": "exports.first = list => list.map(x => x.day)[0]\n"
        "exports.attempt = async f => { try { return await f() } catch (e) { return e.message } }\n",
        "one/index.js": "const { first, attempt } = require('../common/util')\n"
        "const thrown = () => { throw 'x' }\n"
        "exports.main = async event => [first(event.list), new Date(0).getTime(), await attempt(thrown)]\n",
        "two/index.js": "const { attempt } = require('../common/util')\n"
        "exports.main = async event => attempt(() => { throw new Error(event.why) })\n",
    }
    for name, text in sources.items():
        (tmp_path / "node" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "node" / name).write_text(text)
    made = make(tmp_path / "node", tmp_path / "out").output
    assert [name for name in made.files if name.endswith("util.py")] == ["_shared/common/util.py"]
    write_output(made)
    one = cloudpy("run", tmp_path / "out/one", "--event", '{"list": [{"day": 1}]}')
    assert json.loads(one.stdout) == [1, 0, None], one.stderr  # a string has no message
    assert json.loads(cloudpy("run", tmp_path / "out/two", "--event", '{"why": "late"}').stdout) == "late"


def test_only_functions_whose_files_change_are_drafted_again(project: Path, tmp_path: Path) -> None:
    cache = DraftCache()

    def drafted() -> dict[str, dict[str, str]]:
        return {made.name: made.code for made, _ in make(project, tmp_path / "out", cache=cache).drafts}

    first = drafted()
    (project / "functions/hello/index.js").write_text("exports.main = async event => event.name\n")
    second = drafted()
    assert [name for name in first if first[name] is not second[name]] == ["hello"]
    assert "common" not in second["hello"]["index.py"] and drafted()["hello"] is second["hello"]
    (project / "common/store.js").write_text(FILES["common/store.js"].replace("'StoreError'", "'ShopError'"))
    assert "ShopError" in drafted()["shop"]["common/store.py"]


STORE = "const cloud = require('wx-server-sdk')\nconst db = cloud.database()\n"
NAMES = "(await db.collection('users').limit(event.n).get()).data.map(user => user.name)"
WAYS_TO_LOAD = {
    "in a table": (
        f"{STORE}module.exports = async event => {NAMES}\n",
        "const table = { names: require('./names') }\nexports.main = event => table.names(event)\n",
    ),
    "as main": (f"{STORE}module.exports = async event => {NAMES}\n", "exports.main = require('./names')\n"),
    "where it is called": (
        f"{STORE}exports.names = async event => {NAMES}\n",
        "exports.main = async event => { return await require('./names').names(event) }\n",
    ),
    "an object of a class": (
        "const cloud = require('wx-server-sdk')\nclass Users {\n  constructor() { this.db = cloud.database() }\n"
        f"  async names(event) {{ const db = this.db; return {NAMES} }}\n}}\nmodule.exports = new Users()\n",
        "const users = require('./names')\nexports.main = async event => users.names(event)\n",
    ),
    "what a function makes": (
        "const cloud = require('wx-server-sdk')\nconst open = () => cloud.database()\nconst db = open()\n"
        f"exports.names = async event => {NAMES}\n",
        "const { names } = require('./names')\nexports.main = event => names(event)\n",
    ),
}


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("way", WAYS_TO_LOAD)
def test_a_database_is_opened_after_init_however_its_file_is_loaded(way: str, tmp_path: Path) -> None:
    names, index = WAYS_TO_LOAD[way]
    (tmp_path / "list").mkdir()
    (tmp_path / "list/names.js").write_text(names)
    (tmp_path / "list/index.js").write_text(f"const cloud = require('wx-server-sdk')\ncloud.init()\n{index}")
    result = draft(tmp_path / "list")
    assert result.todos == []
    write(result, tmp_path / "out")
    (tmp_path / "out/local.yaml").write_text("database: {collections: {users: [{name: Ann}, {name: Bo}]}}\n")
    assert json.loads(cloudpy("run", tmp_path / "out", "--event", '{"n": 1}').stdout) == ["Ann"]


def test_a_project_has_no_findings_of_ruff_and_quotes_its_paths(tmp_path: Path) -> None:
    node, out = tmp_path / "云 函数", tmp_path / "out"
    for name, text in {
        "common/total.js": "exports.total = list => list.reduce((sum, each) => sum + each.price, 0).toFixed(2)\n",
        "a/index.js": "const { total } = require('../common/total')\nconst seen = {}\n"
        "exports.main = async event => { seen[event.id] = 1; return [total(event.list), new Map(event.pairs).size] }\n",
        "b/index.js": "const { total } = require('../common/total')\n"
        "exports.main = async event => ({ get all () { return total(event.list) }, n: event.n.toLocaleString() })\n",
    }.items():
        (node / name).parent.mkdir(parents=True, exist_ok=True)
        (node / name).write_text(text, "utf-8")
    write_output(make(node, out).output)
    ruff = [*command(), "check", "--no-cache", "--select", "E,F,I,B,UP,SIM", "--output-format", "concise", "."]
    done = subprocess.run(ruff, cwd=out, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'cloudpy migrate "../云 函数" --out . --update' in (out / "README.md").read_text("utf-8")


@pytest.mark.once(sample=1)
def test_mypy_accepts_functions_with_hyphens_and_with_helpers_of_their_own(tmp_path: Path) -> None:
    """Two folders that are no names of modules have one module `index` for mypy; axios has a js.py of its own."""
    node, out = tmp_path / "node", tmp_path / "out"
    for name in ("get-day", "get-hour", "ask", "tell", "say"):
        (node / name).mkdir(parents=True)
        (node / name / "index.js").write_text("exports.main = async event => String(event.a + event.b)\n")
    (node / "ask/index.js").write_text(
        "const axios = require('axios')\nexports.main = async event => (await axios.get(event.url)).data\n"
    )
    write_output(make(node, out).output)
    assert (out / "ask/js.py").is_file() and (out / "_shared/js.py").is_file()
    run = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", "--cache-dir", tmp_path / "cache"]
    done = subprocess.run(run, cwd=out, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_folder_of_shared_files_with_an_index_is_no_function(tmp_path: Path) -> None:
    for name, text in {
        "common/index.js": "exports.shout = text => text.toUpperCase()\n",
        "one/index.js": "const { shout } = require('../common')\nexports.main = async event => shout(event.text)\n",
        "two/index.js": "const { shout } = require('../common')\nexports.main = async () => shout('two')\n",
        "odd/index.js": "module.exports = require('./app')\n",
    }.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    assert [path.name for path in functions_in(tmp_path)] == ["odd", "one", "two"]


def test_what_another_file_throws_is_caught_as_it_is(tmp_path: Path) -> None:
    sources = {
        "node/lib/auth.js": "exports.check = (token) => { if (token) return token; throw { code: 401, why: 'no' } }\n",
        "node/index.js": "const { check } = require('./lib/auth')\nexports.main = async (event) => {\n"
        "  try { return check(event.token) } catch (error) { return error.code ? error : { code: 500 } }\n}\n",
    }
    for name, text in sources.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    write(draft(tmp_path / "node"), tmp_path / "python")
    with pair(tmp_path / "node", tmp_path / "python") as running:
        compared = [running.compare(case(event)) for event in ({}, {"token": "t"})]
    assert [] == [one.differences for one in compared if not one.equal]
    assert {"code": 401, "why": "no"} == compared[0].right.outcome.value


def test_a_file_that_functions_have_in_common_is_written_once(tmp_path: Path) -> None:
    common = "exports.size = options => options.size || 10\n"
    uses = {"one": "size({ size: event.size })", "two": "size(event)"}
    for name, call in uses.items():
        folder = tmp_path / "node" / name
        folder.mkdir(parents=True)
        (folder / "common.js").write_text(common)
        (folder / "index.js").write_text(
            f"const {{ size }} = require('./common')\nexports.main = async event => {call}\n"
        )
    migration = migrate(tmp_path / "node", tmp_path / "python")
    assert [path for path in migration.output.files if path.endswith("common.py")] == ["_shared/common.py"]


def test_a_shared_file_is_written_by_what_all_functions_hand_to_it(tmp_path: Path) -> None:
    common = (
        "exports.label = (text, count) => `${text}: ${count}`\n"
        "exports.check = (rules, data) => {\n"
        "  for (const each in rules) { if (rules[each].needed && !data[each]) return each }\n}\n"
        "exports.never = user => user.name\n"
    )
    calls = {
        "one": "[label('one', 1), check({ name: { needed: true } }, event)]",
        "two": "[label('two', Object.keys(event).length), label(String(event.name), 0)]",
    }
    for name, call in calls.items():
        folder = tmp_path / "node" / name
        folder.mkdir(parents=True)
        (folder / "index.js").write_text(
            f"const {{ label, check }} = require('../common')\nexports.main = async event => {call}\n"
        )
    (tmp_path / "node/common.js").write_text(common)
    made = make(tmp_path / "node", tmp_path / "python").output
    code = [text.decode() for path, text in made.files.items() if path.endswith("common.py")]
    assert len(code) == 1
    assert 'user["name"]' in code[0]
    assert 'f"{text}: {count}"' in code[0]
    write_output(made)
    for name in calls:
        with pair(tmp_path / "node" / name, tmp_path / "python" / name) as running:
            compared = [running.compare(case({"list": [1], "name": given})) for given in ("", "Ann", [], None)]
        assert [] == [one.differences for one in compared if not one.equal]
