"""Functions of Node's own modules: what each takes and gives; see `tables`."""

from __future__ import annotations

from .entry import Entry

UUID = Entry("str(uuid.uuid4())", 0, 0, "ascii")
_CRYPTO = {
    "createHash": Entry("js.create_hash", 1, 1, "hash"),
    "createHmac": Entry("js.create_hmac", 2, 2, "hash"),
    "createCipheriv": Entry("js.create_cipher", 3, 4, "cipher"),
    "createDecipheriv": Entry("js.create_decipher", 3, 4, "cipher"),
    "createSign": Entry("js.create_signature", 1, 1, "signature"),
    "createVerify": Entry("js.create_signature", 1, 1, "signature"),
    "randomBytes": Entry("os.urandom", 1, 1, "bytes"),
    "randomUUID": UUID,
    "randomInt": Entry("js.random_int", 1, 2, "int"),
    "timingSafeEqual": Entry("js.timing_safe_equal", 2, 2, "bool"),
    "pbkdf2Sync": Entry("js.pbkdf2", 5, 5, "bytes"),
    "scryptSync": Entry("js.scrypt", 3, 3, "bytes"),
    "publicEncrypt": Entry("js.public_encrypt", 2, 2, "bytes"),
    "privateDecrypt": Entry("js.private_decrypt", 2, 2, "bytes"),
}
_FILES = {
    "readFile": Entry("js.read_file", 1, 2, "1"),
    "writeFile": Entry("js.write_file", 2, 3, "undef"),
    "appendFile": Entry("js.append_file", 2, 3, "undef"),
    "mkdir": Entry("js.make_directory", 1, 2, "undef str"),
    "unlink": Entry("js.remove_file", 1, 1, "undef"),
    "rm": Entry("js.remove_path", 1, 2, "undef"),
    "rmdir": Entry("js.remove_directory", 1, 1, "undef"),
    "readdir": Entry("js.file_names", 1, 1, "strs"),
    "copyFile": Entry("js.copy_file", 2, 2, "undef"),
    "rename": Entry("js.rename_file", 2, 2, "undef"),
    "stat": Entry("js.file_stats", 1, 1, "stats"),
}
_LATER = {
    name: Entry(f"js.settled({entry.python}, {{args}})", entry.least, entry.most, "", entry.result)
    for name, entry in _FILES.items()
}

# Package -> function, with dots, or "" for the package itself -> how its call is written
FUNCTIONS: dict[str, dict[str, Entry]] = {
    "crypto": _CRYPTO,
    "fs": {
        **{f"{name}Sync": entry for name, entry in _FILES.items()},
        **{f"promises.{name}": entry for name, entry in _LATER.items()},
        "existsSync": Entry("js.file_exists", 1, 1, "bool"),
        "createReadStream": Entry("js.open_file", 1, 1, ""),
    },
    "os": {
        "tmpdir": Entry("tempfile.gettempdir()", 0, 0, "str"),
        "hostname": Entry("socket.gethostname()", 0, 0, "str"),
        "platform": Entry("sys.platform", 0, 0, "ascii"),
        "type": Entry("platform.system()", 0, 0, "ascii"),
        "homedir": Entry("str(Path.home())", 0, 0, "str"),
    },
    "path": {
        "extname": Entry("js.extension", 1, 1, "str"),
        "basename": Entry("js.last_part", 1, 2, "str"),
        "dirname": Entry("js.path_directory", 1, 1, "str"),
        "join": Entry("js.path_join", 0, 99, "str"),
        "resolve": Entry("js.path_resolve", 0, 99, "str"),
        "normalize": Entry("js.path_normalize", 1, 1, "str"),
        "relative": Entry("js.path_relative", 2, 2, "str"),
        "parse": Entry("js.path_parts", 1, 1, "obj"),
        "isAbsolute": Entry("js.path_is_absolute", 1, 1, "bool"),
    },
    "querystring": {
        "stringify": Entry("js.query_text", 1, 1, "ascii"),
        "parse": Entry("js.query_values", 1, 1, "obj"),
        "escape": Entry("js.encode_component", 1, 1, "ascii"),
    },
    "url": {
        "parse": Entry("js.url_parse", 1, 2, "obj"),
    },
    "util": {
        "promisify": Entry("js.promisify", 1, 1, "fn"),
    },
}
# Package -> what it has besides functions -> the expression for it
VALUES: dict[str, dict[str, str]] = {
    "crypto": {"constants.RSA_PKCS1_PADDING": "1", "constants.RSA_PKCS1_OAEP_PADDING": "4"},
    "os": {"EOL": '"\\n"'},
    "path": {"sep": '"/"', "delimiter": '":"'},
    "url": {"URL": "js.Url", "URLSearchParams": "js.UrlSearchParams"},
}
# Package -> class -> how ``new`` of it is written
CLASSES: dict[str, dict[str, Entry]] = {
    "url": {
        "URL": Entry("js.Url", 1, 2, "url"),
        "URLSearchParams": Entry("js.UrlSearchParams", 0, 1, "params"),
    },
}
_LISTENS = {name: Entry(name, 2, 2, "request") for name in ("on", "once", "setHeader")}
# Word of a type -> method -> how its call is written; `python` is the method's name, which is JavaScript's
METHODS: dict[str, dict[str, Entry]] = {
    "hash": {"update": Entry("update", 1, 2, "hash"), "digest": Entry("digest", 0, 1, "0")},
    "cipher": {
        "update": Entry("update", 1, 3, "2"),
        "final": Entry("final", 0, 1, "0"),
        "setAutoPadding": Entry("setAutoPadding", 0, 1, "cipher"),
        "setAAD": Entry("setAAD", 1, 1, "cipher"),
        "setAuthTag": Entry("setAuthTag", 1, 2, "cipher"),
        "getAuthTag": Entry("getAuthTag", 0, 0, "bytes"),
    },
    "signature": {
        "update": Entry("update", 1, 2, "signature"),
        "write": Entry("write", 1, 1, "bool"),
        "end": Entry("end", 0, 1, "signature"),
        "sign": Entry("sign", 1, 2, "1"),
        "verify": Entry("verify", 2, 3, "bool"),
    },
    "request": {
        **_LISTENS,
        "write": Entry("write", 1, 2, "bool"),
        "end": Entry("end", 0, 2, "request"),
        "setTimeout": Entry("setTimeout", 1, 2, "request"),
        "destroy": Entry("destroy", 0, 1, "request"),
        "abort": Entry("abort", 0, 0, "request"),
    },
    "reply": {
        "on": Entry("on", 2, 2, "reply"),
        "once": Entry("once", 2, 2, "reply"),
        "setEncoding": Entry("setEncoding", 0, 1, "reply"),
        "resume": Entry("resume", 0, 0, "reply"),
    },
    "url": {"toString": Entry("toString", 0, 0, "str"), "toJSON": Entry("toJSON", 0, 0, "str")},
    "params": {
        "get": Entry("get", 1, 1, "str null"),
        "getAll": Entry("getAll", 1, 1, "strs"),
        "has": Entry("has", 1, 1, "bool"),
        "append": Entry("append", 2, 2, "undef"),
        "set": Entry("set", 2, 2, "undef"),
        "delete": Entry("delete", 1, 1, "undef"),
        "sort": Entry("sort", 0, 0, "undef"),
        "forEach": Entry("forEach", 1, 1, "undef"),
        "entries": Entry("entries", 0, 0, "arr"),
        "keys": Entry("keys", 0, 0, "strs"),
        "values": Entry("values", 0, 0, "strs"),
        "toString": Entry("toString", 0, 0, "str"),
    },
    "stats": {"isFile": Entry("isFile", 0, 0, "bool"), "isDirectory": Entry("isDirectory", 0, 0, "bool")},
}
# Word of a type -> property -> words of its type
MEMBERS: dict[str, dict[str, str]] = {
    "reply": {"statusCode": "nat", "statusMessage": "str", "headers": "rec"},
    "stats": {"size": "nat", "mtimeMs": "real"},
    "url": {
        **dict.fromkeys(["href", "origin", "protocol", "host", "hostname", "port", "pathname", "search"], "str"),
        **dict.fromkeys(["hash", "username", "password"], "str"),
        "searchParams": "params",
    },
}
