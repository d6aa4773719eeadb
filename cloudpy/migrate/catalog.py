"""Tables: which helper does what a function of JavaScript does, and what stands for npm packages in Python."""

from __future__ import annotations

from typing import NamedTuple

# The platform's function -> the helper that does the same, and how many arguments it looks at.
GLOBALS: dict[str, tuple[str, int]] = {
    "String": ("js.text", 1),
    "Number": ("js.number", 1),
    "Boolean": ("js.truthy", 1),
    "parseInt": ("js.parse_int", 2),
    "parseFloat": ("js.parse_float", 1),
    "isNaN": ("js.is_nan", 1),
    "isFinite": ("js.is_finite", 1),
    "Number.isInteger": ("js.is_integer", 1),
    "Number.isSafeInteger": ("js.is_safe_integer", 1),
    "Number.isFinite": ("js.is_finite_number", 1),
    "Number.isNaN": ("js.is_nan_number", 1),
    "Date.parse": ("js.date_parse", 1),
    "crypto.randomUUID": ("uuid.uuid4", 0),
    "Number.parseInt": ("js.parse_int", 2),
    "Number.parseFloat": ("js.parse_float", 1),
    "encodeURIComponent": ("js.encode_component", 1),
    "decodeURIComponent": ("js.decode_component", 1),
    "encodeURI": ("js.encode_address", 1),
    "Math.floor": ("js.floor", 1),
    "Math.ceil": ("js.ceil", 1),
    "Math.trunc": ("js.trunc", 1),
    "Math.round": ("js.round_half_up", 1),
    "Math.abs": ("js.absolute", 1),
    "Math.sin": ("js.sine", 1),
    "Math.cos": ("js.cosine", 1),
    "Math.atan2": ("js.arc_tangent", 2),
    "Math.asin": ("js.arc_sine", 1),
    "Math.acos": ("js.arc_cosine", 1),
    "Math.log": ("js.logarithm", 1),
    "Math.exp": ("js.exponential", 1),
    "Math.tan": ("js.tangent", 1),
    "Math.atan": ("js.arc_tangent_of", 1),
    "Math.log10": ("js.logarithm_10", 1),
    "Math.log2": ("js.logarithm_2", 1),
    "Math.hypot": ("js.hypotenuse", 99),
    "Math.sign": ("js.sign", 1),
    "Math.sqrt": ("js.square_root", 1),
    "Math.pow": ("js.power", 2),
    "Math.max": ("js.largest", 99),
    "Math.min": ("js.smallest", 99),
    "Math.random": ("random.random", 0),
    "Date.now": ("js.now", 0),
    "Date.UTC": ("js.date_utc", 7),
    "Object.keys": ("js.keys", 1),
    "Object.values": ("js.values", 1),
    "Object.entries": ("js.entries", 1),
    "Object.fromEntries": ("js.from_entries", 1),
    "Object.is": ("js.object_is", 2),
    "Object.assign": ("js.assign", 99),
    "Object.hasOwn": ("js.has_own", 2),
    "JSON.stringify": ("js.stringify", 3),
    "JSON.parse": ("js.parse_json", 1),
    "Array.from": ("js.array_from", 2),
    "Buffer.from": ("js.buffer", 2),
    "Buffer.concat": ("js.concat_buffers", 1),
    "Buffer.byteLength": ("js.byte_length", 1),
}
# A method -> its helper, the fewest and the most arguments; what else is given marks the place.
METHODS: dict[str, tuple[str, int, int]] = {
    "trim": ("trim", 0, 0),
    "trimStart": ("trim_start", 0, 0),
    "trimEnd": ("trim_end", 0, 0),
    "toUpperCase": ("upper", 0, 0),
    "toLowerCase": ("lower", 0, 0),
    "substring": ("substring", 1, 2),
    "substr": ("substr", 1, 2),
    "charAt": ("char_at", 0, 1),
    "charCodeAt": ("char_code_at", 0, 1),
    "startsWith": ("starts_with", 1, 2),
    "endsWith": ("ends_with", 1, 1),
    "padStart": ("pad_start", 1, 2),
    "padEnd": ("pad_end", 1, 2),
    "repeat": ("repeat", 1, 1),
    "map": ("map_list", 1, 1),
    "filter": ("filter_list", 1, 1),
    "forEach": ("for_each", 1, 1),
    "some": ("some", 1, 1),
    "every": ("every", 1, 1),
    "find": ("find", 1, 1),
    "findIndex": ("find_index", 1, 1),
    "flatMap": ("flat_map", 1, 1),
    "reduce": ("reduce", 1, 2),
    "slice": ("slice_of", 0, 2),
    "at": ("at", 1, 1),
    "includes": ("includes", 1, 1),
    "indexOf": ("index_of", 1, 2),
    "lastIndexOf": ("last_index_of", 1, 1),
    "join": ("join", 0, 1),
    "concat": ("join_all", 0, 99),
    "flat": ("flat", 0, 1),
    "push": ("push", 0, 99),
    "unshift": ("unshift", 0, 99),
    "pop": ("pop", 0, 0),
    "shift": ("shift", 0, 0),
    "splice": ("splice", 0, 99),
    "reverse": ("reverse", 0, 0),
    "sort": ("sort", 0, 1),
    "fill": ("fill", 1, 1),
    "localeCompare": ("locale_compare", 1, 2),
    "toFixed": ("to_fixed", 0, 1),
    "toString": ("to_string", 0, 1),
    "hasOwnProperty": ("has_own", 1, 1),
}
HASHES = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha512": "sha512", "sha384": "sha384", "sha224": "sha224"}

# Node's or a package's function -> the Python for it ("{0}" is the first argument), fewest and most arguments.
BUILTINS: dict[str, tuple[str, int, int]] = {
    "lodash.isArray": ("isinstance({0}, list)", 1, 1),
    "lodash.isString": ("isinstance({0}, str)", 1, 1),
    "lodash.isNil": ("js.is_nil", 1, 1),
}

# HTTP clients that are translated, by what their calls look like
AXIOS = {"axios"}
REQUEST_PROMISE = {"request-promise", "request-promise-native"}
FETCH = {"node-fetch", "fetch"}
CLIENTS = AXIOS | REQUEST_PROMISE | FETCH


class Package(NamedTuple):
    """What stands for an npm package in Python.

    Attributes:
        requirement: the line of requirements.txt; empty when the standard library, or nothing, is meant.
        python: in words, for the mark at each use.
    """

    requirement: str
    python: str


PACKAGES: dict[str, Package] = {
    "wx-server-sdk": Package("wx-cloudpy", "cloudpy"),
    "@cloudbase/node-sdk": Package("", ""),
    "axios": Package("", "httpx"),
    "request-promise-native": Package("", "httpx"),
    "bcryptjs": Package("", "bcrypt"),
    "bcrypt": Package("", "bcrypt"),
    "request": Package("", "httpx"),
    "request-promise": Package("", "httpx"),
    "got": Package("httpx", "httpx"),
    "node-fetch": Package("", "httpx"),
    "superagent": Package("httpx", "httpx"),
    "moment": Package("", "datetime and zoneinfo"),
    "moment-timezone": Package("", "datetime and zoneinfo"),
    "dayjs": Package("", "datetime and zoneinfo"),
    "date-fns": Package("", "datetime"),
    "lodash": Package("", "its own lists and dicts"),
    "uuid": Package("", "uuid"),
    "qs": Package("", "urllib.parse"),
    "xml2js": Package("", "xml.etree.ElementTree"),
    "fast-xml-parser": Package("", "xml.etree.ElementTree"),
    "node-xlsx": Package("", "openpyxl"),
    "xlsx": Package("", "openpyxl"),
    "exceljs": Package("openpyxl", "openpyxl"),
    "adm-zip": Package("", "zipfile"),
    "jszip": Package("", "zipfile"),
    "archiver": Package("", "zipfile"),
    "iconv-lite": Package("", "bytes.decode"),
    "tcb-router": Package("", "a dict of functions"),
    "md5": Package("", "hashlib.md5"),
    "crypto-js": Package("", "hashlib and hmac"),
    "jsonwebtoken": Package("", "PyJWT"),
    "nodemailer": Package("", "smtplib and email"),
    "sharp": Package("pillow", "pillow"),
    "jimp": Package("pillow", "pillow"),
    "qrcode": Package("qrcode", "qrcode"),
    "cheerio": Package("beautifulsoup4", "beautifulsoup4"),
    "mysql2": Package("aiomysql", "aiomysql"),
    "redis": Package("redis", "redis"),
    "csv-parse": Package("", "csv"),
    "validator": Package("", ""),
}
# Python package -> the line of requirements.txt for it; those that a draft imports are listed
LIBRARIES = {
    "bcrypt": "bcrypt>=4,<6",
    "cryptography": "cryptography>=42",
    "jwt": "PyJWT>=2.8,<3",
    "openpyxl": "openpyxl>=3.1,<4",
}
NODE = {
    "assert",
    "buffer",
    "child_process",
    "crypto",
    "dns",
    "events",
    "fs",
    "http",
    "https",
    "net",
    "os",
    "path",
    "querystring",
    "stream",
    "string_decoder",
    "timers",
    "tls",
    "url",
    "util",
    "zlib",
}
