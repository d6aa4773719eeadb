"""What fails in Node each time it is reached: names that nobody declares, and methods that the SDK does not have."""

from __future__ import annotations

import ast
import textwrap

from .code import Py, call, quoted
from .context import Part
from .diagnostics import MARK
from .nodes import field, strip, text_of
from .syntax import Node

# What Node 20 declares by itself, and what a CommonJS module is given
_DECLARED = set(
    """
    Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp
    Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Math Intl
    ArrayBuffer Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array
    Uint8ClampedArray BigUint64Array BigInt64Array DataView Map BigInt Set WeakMap WeakSet Proxy Reflect
    FinalizationRegistry WeakRef decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval isFinite
    isNaN console process global Buffer clearImmediate setImmediate URL URLSearchParams DOMException AbortController
    AbortSignal Event EventTarget TextEncoder TextDecoder TransformStream WritableStream ReadableStream
    CompressionStream DecompressionStream clearInterval clearTimeout setInterval setTimeout queueMicrotask
    structuredClone atob btoa BroadcastChannel MessageChannel MessagePort MessageEvent Blob File Performance performance
    fetch FormData Headers Request Response SharedArrayBuffer Atomics WebAssembly crypto Crypto CryptoKey SubtleCrypto
    CustomEvent __filename __dirname module exports require arguments WebSocket EventSource Navigator navigator
    ByteLengthQueuingStrategy CountQueuingStrategy TextEncoderStream TextDecoderStream Iterator Storage CloseEvent
    """.split()
)
# What the objects of wx-server-sdk have, by kind; what is not translated among it is not here
_METHODS = {
    "db": "collection command Geo serverDate RegExp runTransaction startTransaction createCollection",
    "query": "doc add aggregate field where orderBy limit skip get update remove count watch",
    "doc": "field get set update remove watch",
    "tx": "collection commit rollback",
}
# What raises -> the error, and the end of its message
_RAISED = {"undeclared": ("NameError", "is not defined"), "no_function": ("TypeError", "is not a function")}
_EFFECTS = ("call_expression", "new_expression", "await_expression", "assignment_expression", "update_expression")
_CHANGED = ("global.", "globalThis.", "eval(", "with (", "Function(")


class Failures(Part):
    """Write what raises what Node throws."""

    def is_undeclared(self, node: Node) -> bool:
        """Whether a name, which this file does not declare, is surely declared nowhere."""
        name, others = text_of(node), self.module.others.values()
        if name in _DECLARED or any(name in other.names.root.names for other in others):
            return False  # a file that is not strict may have assigned it
        return not any(
            word in text for text in (self.module.text, *(each.text for each in others)) for word in _CHANGED
        )

    def undeclared(self, node: Node) -> Py | None:
        """Return what raises Node's ReferenceError for a name; None where it may be declared, or at the top."""
        if not self.context.within or not self.is_undeclared(node):
            return None
        name = text_of(node)
        self.caveat(node, f"{name} is not declared: Node throws a ReferenceError here, and so does Python")
        return call("js.undeclared", quoted(name))

    def missing_method(self, callee: Node, args: list[Node]) -> Py | None:
        """Return what raises Node's TypeError for a method that an object of the database does not have."""
        owner, name = field(callee, "object"), text_of(field(callee, "property"))
        kinds = self.type_of(owner)
        known = {each for kind in kinds for each in _METHODS.get(kind, name).split()}
        shown = _shown(callee)
        if name in known or not shown or any(self.has_node(each, *_EFFECTS) for each in args):
            return None
        self.caveat(callee, f"the database has no {name}: Node throws a TypeError here, and so does Python")
        return call("js.no_function", quoted(shown))


def failing(lines: list[str]) -> list[str]:
    """Write a statement that does nothing but raise what `Failures` writes as ``raise``; return any other as it is."""
    if not any(f"js.{name}(" in line for line in lines for name in _RAISED) or any(MARK in line for line in lines):
        return lines
    try:
        tree = ast.parse(textwrap.dedent("\n".join(lines)))
    except SyntaxError:  # it is a part of a statement
        return lines
    statement = tree.body[0]
    if len(tree.body) > 1 or not isinstance(statement, ast.Return | ast.Expr | ast.If):
        return lines
    if any(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) for each in ast.walk(statement)):
        return lines
    if any(isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) for each in ast.walk(statement)):
        return lines  # others may use the variable
    value = statement.test if isinstance(statement, ast.If) else statement.value
    failure = _first_failure(value) if value is not None else None
    if not isinstance(failure, ast.Call) or not isinstance(failure.func, ast.Attribute):
        return lines
    if failure.func.attr not in _RAISED:
        return lines
    kind, words = _RAISED[failure.func.attr]
    return [f"raise {kind}({quoted(f'{ast.literal_eval(failure.args[0])} {words}')})"]


def _first_failure(node: ast.expr) -> ast.expr | None:
    """Return the call that raises, or what does more than read before that; None for what only reads."""
    match node:
        case ast.Constant() | ast.Name() | ast.Lambda():
            return None
        case ast.Call(func=ast.Attribute(value=ast.Name(id="js"), attr=name)) if name in _RAISED:
            return node
        case ast.Call(func=ast.Attribute(value=ast.Name(id="js"))):
            return _first_of([*node.args, *(each.value for each in node.keywords)]) or node
        case ast.Call():
            return _first_of([node.func, *node.args, *(each.value for each in node.keywords)]) or node
        case ast.Attribute() | ast.Await() | ast.Starred():
            return _first_failure(node.value)
        case ast.UnaryOp():
            return _first_failure(node.operand)
        case ast.Dict():
            pairs = zip(node.keys, node.values, strict=True)
            return _first_of([part for pair in pairs for part in pair if part is not None])
        case ast.List() | ast.Tuple():
            return _first_of(node.elts)
        case ast.Subscript():
            return _first_of([node.value, node.slice])
        case ast.BoolOp():
            return _first_failure(node.values[0]) or node
        case ast.IfExp():
            return _first_failure(node.test) or node
        case ast.Compare():
            return _first_of([node.left, *node.comparators[:1]]) or node
        case ast.BinOp():
            return _first_of([node.left, node.right]) or node
    return node


def _first_of(parts: list[ast.expr]) -> ast.expr | None:
    return next((found for found in map(_first_failure, parts) if found is not None), None)


def _shown(node: Node) -> str:
    """Return an expression as V8 names it in an error; empty where that is not known."""
    node = strip(node)
    if node.type == "identifier":
        return text_of(node)
    if node.type == "member_expression":
        owner = _shown(field(node, "object"))
        return f"{owner}.{text_of(field(node, 'property'))}" if owner else ""
    if node.type == "call_expression":
        callee = _shown(field(node, "function"))
        return f"{callee}(...)" if callee else ""
    return ""
