"""Brackets stay where an error that they raise is seen: nothing catches it, or its traceback is logged."""

from __future__ import annotations

import pytest

from tests.migrate.both import Snippet, module, translate

READ = "return event.o.n"
BRACKETS = 'return event["o"]["n"]'
THROWN_ON = [
    READ,
    f"try {{ {READ} }} catch (e) {{ console.log(e); throw e }}",
    f"try {{ {READ} }} catch (e) {{ throw new Error('own') }}",
    f"try {{ {READ} }} finally {{ console.log(1) }}",
    f"try {{ return 1 }} catch (e) {{ {READ} }}",
    f"try {{ try {{ {READ} }} catch (e) {{ throw e }} }} catch (e) {{ console.error(e); return 1 }}",
    f"try {{ try {{ {READ} }} catch (e) {{ throw new Error('own') }} }} catch (e) {{ console.error(e); return 1 }}",
    f"try {{ {READ} }} catch (e) {{ console.error(e) }} finally {{ return 1 }}",
    f"try {{ {READ} }} catch (e) {{ if (e.code === 1) return 1; console.error(e); return 2 }}",
    f"try {{ {READ} }} catch (e) {{ if (e.message.includes('not exist')) return 1; throw e }}",
    f"try {{ {READ} }} catch (e) {{ if (e.errCode !== -1) {{ console.log(e) }} return 1 }}",
    f"try {{ {READ} }} catch (e) {{ if (event.k) console.error(e); else throw e; return 1 }}",
]
CAUGHT = [
    f"try {{ {READ} }} catch (e) {{ return 1 }}",
    f"try {{ {READ} }} catch (e) {{ if (event.again) return 1; throw e }}",
    f"try {{ {READ} }} catch (e) {{ if (event.again) console.error(e); return 1 }}",
    f"try {{ {READ} }} catch (e) {{ if (e.name === 'TypeError') return 1; console.error(e) }}",
    f"try {{ {READ} }} catch (e) {{ console.log('none') }}",
    f"try {{ {READ} }} catch (e) {{ throw e }} finally {{ return 1 }}",
    f"try {{ {READ} }} finally {{ return 1 }}",
    f"try {{ try {{ {READ} }} catch (e) {{ throw e }} }} catch (e) {{ return 1 }}",
]
LOGS = [
    ("console.error('a failed:', err)", 'logging.exception("a failed")'),
    ("console.error(err)", 'logging.exception("main failed")'),
    ("console.error(err.stack)", 'logging.exception("main failed")'),
    ("console.log('a', event.n, err.message)", 'logging.exception("a %s", event["n"])'),
    ("console.warn('a', err && err.message)", 'logging.warning("a", exc_info=True)'),
    ("console.error(`a ${event.n} failed: ${err.message}`)", "logging.exception(f\"a {event['n']} failed\")"),
    ("console.error(`a {failed}: ${err}`)", 'logging.exception("a {failed}")'),
    ("console.error('100%', 1, err)", 'logging.exception("100%% %s", 1)'),
    ("console.error('a %s b', 1, err)", 'logging.exception("a %s b", 1)'),
    ("console.error('a failed')", 'logging.exception("a failed")'),
    (
        "console.error('a failed'); console.error(err)",
        'logging.error("a failed")\n        logging.exception("main failed")',
    ),
    ("const m = err.message; console.error('a', m)", 'm = str(err)\n        logging.exception("a %s", m)'),
    ("[1].forEach(n => console.error(n, err))", "logging.error(n, exc_info=err)"),
    ("return { success: false }", 'logging.exception("main failed")\n        return {"success": False}'),
    ("return { code: 500, msg: 'x' }", 'logging.exception("main failed")\n        return {"code": 500, "msg": "x"}'),
    ("event.errors.push(err.message)", 'logging.exception("main failed")\n        event["errors"].append('),
]
SILENT = ["return { code: 0, data: [] }", "return null", "", "console.log('none')", "event.n = 1"]


def python_of(body: str) -> str:
    piece = Snippet("0", module(body), [])
    translate(piece)
    assert piece.marks == []
    return piece.python


@pytest.mark.parametrize("body", THROWN_ON)
def test_brackets_stay_where_errors_are_thrown_on(body: str) -> None:
    assert BRACKETS in python_of(body)


@pytest.mark.parametrize("body", CAUGHT)
def test_what_is_caught_is_read_as_in_javascript(body: str) -> None:
    assert 'return js.member(event["o"], "n")' in python_of(body)


def test_a_function_is_read_by_where_it_is_called() -> None:
    source = (
        "const one = v => v.o.n\nconst two = v => v.o.k\n"
        "exports.main = async (event) => { const k = two(event); try { return one(event) + k } catch (e) { return 1 } }"
    )
    piece = Snippet("0", source, [])
    translate(piece)
    assert 'return js.member(v["o"], "n")' in piece.python
    assert 'return v["o"]["k"]' in piece.python


@pytest.mark.parametrize(("handler", "log"), LOGS)
def test_a_handler_logs_the_traceback(handler: str, log: str) -> None:
    assert log in python_of(f"try {{ {READ} }} catch (err) {{ {handler} }}")


@pytest.mark.parametrize("handler", SILENT)
def test_a_handler_that_goes_on_without_a_word_logs_nothing(handler: str) -> None:
    assert "logging" not in python_of(f"try {{ {READ} }} catch (err) {{ {handler} }}")


def test_an_error_that_only_the_log_reads_has_no_name() -> None:
    python = python_of("try { return event.o.n } catch (err) { console.error('a', err); throw err }")
    assert 'except Exception:\n        logging.exception("a")\n        raise' in python


def test_what_may_fail_without_a_word_is_suppressed() -> None:
    python = python_of("try { event.o.list.sort() } catch (e) { /* none yet */ } return 1")
    assert "# none yet\n    with contextlib.suppress(Exception):\n        js.sort(" in python
    assert "suppress" not in python_of("try { return event.o } catch (e) {} return 1")
    assert "suppress" not in python_of("try { event.o.sort(); event.k.sort() } catch (e) {} return 1")
    assert "suppress" not in python_of("try { event.o.sort() } catch (e) {} finally { console.log(1) } return 1")


def test_an_error_that_is_thrown_instead_keeps_its_cause() -> None:
    python = python_of("try { return event.o.n } catch { throw new Error('own') }")
    assert 'except Exception as error:\n        raise Exception("own") from error' in python


def test_a_handler_of_a_promise_logs_what_it_is_given() -> None:
    source = (
        "const one = async v => v.o.n\n"
        "exports.main = async (event) => { await Promise.all([one(event).catch(HANDLER)]); return 1 }"
    )
    for handler, log in [
        ("e => console.error('a', e)", 'lambda e: logging.error("a", exc_info=e)'),
        ("console.error", "logging.exception"),
        ("e => { console.error('a', e); return { ok: false } }", 'logging.error("a", exc_info=e)'),
        ("e => { return { ok: false, e: e.message } }", 'logging.error("main failed", exc_info=e)'),
    ]:
        piece = Snippet("0", source.replace("HANDLER", handler), [])
        translate(piece)
        assert log in piece.python
        assert 'return v["o"]["n"]' in piece.python


CHECK = "const check = async e => { if (!e.k) throw { code: 401 }; return e.k }\n"


@pytest.mark.parametrize(
    ("source", "places"),
    [
        ("exports.main = async (event) => { try { await check(event) } catch (e) { return e.code } }", 1),
        ("exports.main = async (event) => { try { await 1 } catch (e) { return e.code } await check(event) }", 0),
        (
            "exports.main = async (event) => { try { await check(event).catch(() => 1) } catch (e) { return e.code } }",
            0,
        ),
        ("exports.main = async (event) => { const p = check(event); try { await p } catch (e) { return e.code } }", 1),
        ("exports.main = async (event) => { try { throw { code: event.k } } catch (e) { return e.code } }", 1),
        (
            "exports.main = async (event) => { try { try { await check(event) } catch (e) { throw e } }"
            " catch (e) { return e.code } }",
            1,
        ),
        (
            "exports.main = async (event) => { try { try { await check(event) } catch (e) { throw new Error('own') } }"
            " catch (e) { return e.code } }",
            0,
        ),
        (
            "const run = f => { try { return f() } catch (e) { return e.code } }\n"
            "exports.main = async (event) => run(() => { throw { code: event.k } })",
            1,
        ),
    ],
)
def test_values_that_are_thrown_are_taken_out_where_they_get_to(source: str, places: int) -> None:
    piece = Snippet("0", CHECK + source, [])
    translate(piece)
    assert piece.python.count("js.caught(") == places, piece.python
