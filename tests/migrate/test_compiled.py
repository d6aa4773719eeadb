"""What the TypeScript compiler has made of a file is translated as what its author wrote."""

from __future__ import annotations

import shutil

import pytest

from cloudpy.migrate.compiled import undone
from tests.migrate.both import InPython, Snippet, in_node, same, translate

HELPERS = """"use strict";
var __createBinding = (this && this.__createBinding) || (Object.create ? (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    Object.defineProperty(o, k2, { enumerable: true, get: function() { return m[k]; } });
}) : (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    o[k2] = m[k];
}));
var __setModuleDefault = (this && this.__setModuleDefault) || (Object.create ? (function(o, v) {
    Object.defineProperty(o, "default", { enumerable: true, value: v });
}) : function(o, v) {
    o["default"] = v;
});
var __importStar = (this && this.__importStar) || function (mod) {
    if (mod && mod.__esModule) return mod;
    var result = {};
    if (mod != null) for (var k in mod) if (k !== "default") __createBinding(result, mod, k);
    __setModuleDefault(result, mod);
    return result;
};
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
var __assign = (this && this.__assign) || function () { return Object.assign.apply(Object, arguments); };
var __rest = (this && this.__rest) || function (s, e) {
    var t = {};
    for (var p in s) if (Object.prototype.hasOwnProperty.call(s, p) && e.indexOf(p) < 0)
        t[p] = s[p];
    return t;
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.LIMIT = exports.Level = exports.Status = void 0;
exports.main = main;
const querystring = __importStar(require("querystring"));
const path_1 = __importDefault(require("path"));
const crypto_1 = require("crypto");
/** Kinds */
var Status;
(function (Status) {
    /** new */
    Status["NEW"] = "new";
    Status["OLD"] = "old"; // gone
})(Status || (exports.Status = Status = {}));
var Level;
(function (Level) {
    Level[Level["LOW"] = 0] = "LOW";
    Level[Level["HIGH"] = 5] = "HIGH";
})(Level || (exports.Level = Level = {}));
exports.LIMIT = 3;
"""
MAINS = [
    "return [Status.NEW, Status[event.a], Level.HIGH, Level[5], Level[event.b], Object.keys(Status), exports.LIMIT];",
    "return [path_1.default.join('a', 'b'), querystring.stringify({ a: 1 })];",
    "return (0, crypto_1.createHash)('md5').update('a').digest('hex');",
    'const { a } = event, rest = __rest(event, ["a"]); return [a, rest];',
    'const { a, b: other } = event, more = __rest(event, ["a", "b"]); return [a, other, more];',
    "return __assign(__assign({}, event), { c: 1 });",
    "return typeof process !== 'undefined' ? typeof require : 'none';",
]


@pytest.mark.once()
@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_compiled_files_are_equal() -> None:
    events = [{"a": "NEW", "b": 0}, {"a": 1, "b": 2, "c": 3}, {}]
    pieces = [
        Snippet(f"compiled {n}", f"{HELPERS}async function main(event) {{\n    {main}\n}}\n", events)
        for n, main in enumerate(MAINS)
    ]
    for piece in pieces:
        translate(piece)
    assert [piece.marks for piece in pieces] == [[]] * len(pieces)
    node = in_node(pieces)
    with InPython() as python:
        for piece in pieces:
            for one, other in zip(node[piece.id], python.outcomes(piece), strict=True):
                assert same(one, other), (piece.source[-90:], one, other, piece.python)


def test_lines_stay_in_their_place() -> None:
    made = undone(HELPERS).splitlines()
    assert made[HELPERS.splitlines().index("exports.LIMIT = 3;")] == "exports.LIMIT = 3;"


def test_enums_in_other_forms_stay() -> None:
    source = HELPERS + 'var A;\n(function (A) {\n    A["B"] = compute();\n})(A || (A = {}));\n'
    assert 'A["B"] = compute()' in undone(source)
