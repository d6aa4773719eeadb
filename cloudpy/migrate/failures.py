"""What fails in Node each time it is reached: names that nobody declares, and methods that the SDK does not have."""

from __future__ import annotations

from .code import Py, call, quoted
from .context import Part
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
