"""Database rules: query methods after ``get()``, a ``get()`` in a loop, a ``get()`` without a limit."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import public_api
from .finding import Finding
from .resolver import Object, Resolver
from .source import Source

DEFAULT_LIMIT = 100  # documents of a get()
_BUILDERS = frozenset(("where", "orderBy", "limit", "skip", "field", "doc", "aggregate"))
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def findings(resolver: Resolver) -> Iterator[Finding]:
    """Yield database calls that probably return the wrong documents, or are slow."""
    for source in resolver.sources:
        for node in source.nodes():
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            for value in resolver.of(node.func, source.scopes[node]):
                if isinstance(value, Object) and public_api.is_sent(value.type, value.method):
                    yield from _sent(node, value, source)
                    break


def _sent(node: ast.Call, value: Object, source: Source) -> Iterator[Finding]:
    parent = source.parent(node)
    if isinstance(parent, ast.Await):
        parent = source.parent(parent)
    if isinstance(parent, ast.Attribute) and parent.attr in _BUILDERS:
        text = f"{parent.attr}() comes after {value.method}(), which has sent the query: call it before"
        yield Finding(source.name, parent.lineno, "error", "name", text)
        return
    if value.method != "get":
        return
    steps, root = _chain(node)
    loop = _loop_of(node, source)
    if loop is not None and _names(loop) & {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}:
        text = 'one get() per iteration, each of which waits: read them all at once with where({"_id": _.in_([…])})'
        yield Finding(source.name, node.lineno, "hint", "loop", text)
    elif (
        value.type.__name__ in ("Collection", "Query")
        and not {"limit", "skip"} & set(steps)
        and _starts_at_collection(steps, root, source)
        and not _by_id(node)
    ):
        text = f"get() without limit() returns at most {DEFAULT_LIMIT} documents: add limit(), or read page by page"
        yield Finding(source.name, node.lineno, "hint", "limit", text)


def _chain(node: ast.Call) -> tuple[list[str], ast.expr]:
    """Return the methods before the last one, and the start of the chain."""
    steps: list[str] = []
    inner: ast.expr = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    while isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
        steps.append(inner.func.attr)
        if inner.func.attr == "collection":
            break
        inner = inner.func.value
    return steps, inner


def _starts_at_collection(steps: list[str], root: ast.expr, source: Source) -> bool:
    """Whether the whole chain is visible: a query from elsewhere may have its limit there."""
    if "collection" in steps:
        return True
    if not isinstance(root, ast.Name):
        return False
    values = [
        node.value
        for node in source.nodes()
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id == root.id
    ]
    return bool(values) and all(_is_collection(value) for value in values)


def _is_collection(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "collection"


def _by_id(node: ast.Call) -> bool:
    """Whether a condition names ``_id``, which few documents match."""
    for each in ast.walk(node):
        if isinstance(each, ast.Dict) and any(getattr(key, "value", None) == "_id" for key in each.keys):
            return True
    return False


def _loop_of(node: ast.AST, source: Source) -> ast.AST | None:
    """Return the loop that `node` is in, inside the same function."""
    below: ast.AST = node
    above = source.parent(node)
    while above is not None and not isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        if isinstance(above, (ast.For, ast.AsyncFor)) and below is not above.iter:
            return above
        if isinstance(above, _COMPREHENSIONS):
            return above
        below, above = above, source.parent(above)
    return None


def _names(loop: ast.AST) -> set[str]:
    targets = [loop.target] if isinstance(loop, (ast.For, ast.AsyncFor)) else []
    targets += [each.target for each in getattr(loop, "generators", ())]
    return {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
