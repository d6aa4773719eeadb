"""Functions of npm packages: what each takes and gives; see `tables`."""

from __future__ import annotations

from .entry import Entry
from .node_tables import UUID

_HASH_NAMES = {
    "MD5": "md5",
    "SHA1": "sha1",
    "SHA224": "sha224",
    "SHA256": "sha256",
    "SHA384": "sha384",
    "SHA512": "sha512",
}
_ENCODINGS = {"Hex": "HEX", "Base64": "BASE64", "Utf8": "UTF8", "Latin1": "LATIN1"}
_CRYPTO_JS = {
    **{name: Entry(f'js.crypto_hash("{plain}", {{0}})', 1, 1, "words") for name, plain in _HASH_NAMES.items()},
    **{
        f"Hmac{name}": Entry(f'js.crypto_hmac("{plain}", {{args}})', 2, 2, "words")
        for name, plain in _HASH_NAMES.items()
    },
    **{f"enc.{name}.parse": Entry(f"js.{python}.parse", 1, 1, "words") for name, python in _ENCODINGS.items()},
    **{f"enc.{name}.stringify": Entry(f"js.{python}.stringify", 1, 1, "str") for name, python in _ENCODINGS.items()},
    "AES.encrypt": Entry("js.aes_encrypt", 2, 3, "sealed"),
    "AES.decrypt": Entry("js.aes_decrypt", 2, 3, "words"),
}
_BCRYPT = {
    "hashSync": Entry("js.bcrypt_hash", 1, 2, "ascii"),
    "compareSync": Entry("js.bcrypt_compare", 2, 2, "bool"),
    "genSaltSync": Entry("js.bcrypt_salt", 0, 1, "ascii"),
    "hash": Entry("js.settled(js.bcrypt_hash, {args})", 2, 2, "", "ascii"),
    "compare": Entry("js.settled(js.bcrypt_compare, {args})", 2, 2, "", "bool"),
    "genSalt": Entry("js.settled(js.bcrypt_salt, {args})", 1, 1, "", "ascii"),
}
_MD5 = {"": Entry('js.hash_text("md5", {args})', 1, 2, "ascii")}
_MYSQL = {
    "createPool": Entry("js.SqlPool", 1, 1, "sqlpool"),
    "format": Entry("js.sql_format", 1, 2, "str"),
    "escape": Entry("js.sql_value", 1, 1, "str"),
    "escapeId": Entry("js.sql_id", 1, 1, "str"),
}

FUNCTIONS: dict[str, dict[str, Entry]] = {
    "bcrypt": _BCRYPT,
    "bcryptjs": _BCRYPT,
    "blueimp-md5": _MD5,
    "crypto-js": _CRYPTO_JS,
    "iconv-lite": {
        "decode": Entry("js.iconv_decode", 2, 2, "str"),
        "encode": Entry("js.iconv_encode", 2, 2, "bytes"),
    },
    "js-md5": _MD5,
    "jsonwebtoken": {
        "sign": Entry("js.jwt_sign", 2, 4, "str"),
        "verify": Entry("js.jwt_verify", 2, 4, ""),
        "decode": Entry("js.jwt_decode", 1, 2, ""),
    },
    "md5": _MD5,
    "mysql2": {
        **_MYSQL,
        **{f"promise.{name}": entry for name, entry in _MYSQL.items()},
        "promise.createConnection": Entry("js.sql_connection", 1, 1, "", "sqlconn"),
    },
    "nanoid": {
        "nanoid": Entry("js.nanoid", 0, 1, "ascii"),
        "customAlphabet": Entry("js.custom_alphabet", 1, 2, "fn"),
    },
    "node-xlsx": {
        "build": Entry("js.node_xlsx_build", 1, 2, "bytes"),
        "parse": Entry("js.node_xlsx_parse", 1, 2, "data"),
    },
    "nodemailer": {
        "createTransport": Entry("js.Mailer", 1, 1, "mailer"),
    },
    "qrcode": {
        "toBuffer": Entry("js.qr_buffer", 1, 3, "", "bytes"),
        "toDataURL": Entry("js.qr_data_url", 1, 3, "", "ascii"),
        "toFile": Entry("js.qr_file", 2, 4, "", "undef"),
        "toString": Entry("js.qr_string", 1, 3, "", "str"),
    },
    "sharp": {"": Entry("js.Picture", 0, 2, "picture")},
    "cheerio": {"load": Entry("js.load_page", 1, 1, "dom")},
    "sha1": {"": Entry('js.hash_text("sha1", {args})', 1, 2, "ascii")},
    "uuid": {
        "": UUID,
        "v1": Entry("str(uuid.uuid1())", 0, 0, "ascii"),
        "v4": UUID,
    },
    "xml2js": {
        "parseString": Entry("js.parse_xml_then", 2, 3, "undef"),
        "parseStringPromise": Entry("js.settled(js.parse_xml, {args})", 1, 2, "", "any"),
    },
    "xlsx": {
        "read": Entry("js.xlsx_read", 1, 2, "obj"),
        "readFile": Entry("js.xlsx_read_file", 1, 1, "obj"),
        "write": Entry("js.xlsx_write", 2, 2, "bytes"),
        "utils.aoa_to_sheet": Entry("js.aoa_to_sheet", 1, 2, ""),
        "utils.json_to_sheet": Entry("js.json_to_sheet", 1, 2, ""),
        "utils.sheet_to_json": Entry("js.sheet_to_json", 1, 2, "arr"),
        "utils.book_new": Entry("js.book_new", 0, 0, "obj"),
        "utils.book_append_sheet": Entry("js.book_append_sheet", 2, 3, "str"),
    },
}
VALUES: dict[str, dict[str, str]] = {
    "axios": {"defaults": "js.axios_defaults"},
    "crypto-js": {
        **{f"enc.{name}": f"js.{python}" for name, python in _ENCODINGS.items()},
        **{f"mode.{name}": f'"{name}"' for name in ("CBC", "ECB", "CTR")},
        **{f"pad.{name}": f'"{name}"' for name in ("Pkcs7", "NoPadding", "ZeroPadding")},
    },
    "jsonwebtoken": {
        "JsonWebTokenError": "js.JsonWebTokenError",
        "NotBeforeError": "js.NotBeforeError",
        "TokenExpiredError": "js.TokenExpiredError",
    },
}
CLASSES: dict[str, dict[str, Entry]] = {
    "exceljs": {"Workbook": Entry("js.Workbook", 0, 0, "book")},
    "xml2js": {"Parser": Entry("js.XmlParser", 0, 1, "xml"), "Builder": Entry("js.XmlBuilder", 0, 1, "xml")},
    "ioredis": {name: Entry("js.Redis", 0, 3, "redis") for name in ("", "Redis")},
}
_REDIS = {
    "get getset getdel hget lpop rpop lindex spop srandmember zscore hmget mget": "any",
    "set setex psetex mset hmset flushdb rename ltrim lset type ping randomkey quit": "any",
    "hgetall": "obj",
    "keys hkeys hvals lrange smembers sinter sunion sdiff zrange zrevrange zrangebyscore zrevrangebyscore scan": "arr",
    "setnx append strlen incr incrby decr decrby del unlink exists expire pexpire expireat persist ttl": "int",
    "pttl dbsize": "int",
    "hset hsetnx hdel hexists hincrby hlen lpush rpush lpushx rpushx llen lrem sadd srem sismember scard zadd": "int",
    "zrem zcard zcount zremrangebyscore zremrangebyrank publish setbit getbit bitcount pfadd pfcount": "int",
    "incrbyfloat hincrbyfloat zincrby": "str",
    "zrank zrevrank eval connect": "any",
}
_COMMANDS = {name: result for names, result in _REDIS.items() for name in names.split()}


def _method(name: str) -> str:
    return "del_" if name == "del" else name  # a word of Python


_PICTURE = {
    **dict.fromkeys(["flip", "flop", "grayscale", "greyscale", "rotate", "flatten", "jpeg", "png", "webp"], (0, 1)),
    **dict.fromkeys(["extract", "composite"], (1, 1)),
    "resize": (0, 3),
    "toFormat": (1, 2),
    "clone": (0, 0),
}
_SQL = {name: Entry(name, 1, 2, "", "arr") for name in ("query", "execute")}

METHODS: dict[str, dict[str, Entry]] = {
    "picture": {
        **{name: Entry(name, least, most, "picture") for name, (least, most) in _PICTURE.items()},
        "toBuffer": Entry("toBuffer", 0, 1, "", "bytes obj"),
        "toFile": Entry("toFile", 1, 1, "", "pictureinfo"),
        "metadata": Entry("metadata", 0, 0, "", "pictureinfo"),
    },
    "pictureinfo": {},
    "dom": {
        "html": Entry("html", 0, 0, "str"),
        "text": Entry("text", 0, 0, "str"),
        "root": Entry("root", 0, 0, "nodes"),
    },
    "nodes": {
        **{name: Entry(name, 0, 0, "nodes") for name in ("first", "last", "remove")},
        **{name: Entry(name, 0, 1, "nodes") for name in ("children", "parent", "next", "prev", "siblings")},
        **{name: Entry(name, 1, 1, "nodes") for name in ("find", "eq", "filter", "closest", "each")},
        "not": Entry("not_", 1, 1, "nodes"),
        "is": Entry("is_", 1, 1, "bool"),
        "slice": Entry("slice", 0, 2, "nodes"),
        "map": Entry("map", 1, 1, "pagevalues"),
        "get": Entry("get", 0, 1, ""),
        "toArray": Entry("toArray", 0, 0, "arr"),
        "hasClass": Entry("hasClass", 1, 1, "bool"),
        "text": Entry("text", 0, 0, "str"),
        "html": Entry("html", 0, 0, "str null"),
        "attr": Entry("attr", 1, 1, "str undef"),
    },
    "node": {},
    "pagevalues": {"get": Entry("get", 0, 1, "any"), "toArray": Entry("toArray", 0, 0, "arr")},
    "sqlpool": {
        **_SQL,
        "promise": Entry("promise", 0, 0, "sqlpool"),
        "getConnection": Entry("getConnection", 0, 0, "", "sqlconn"),
        "end": Entry("end", 0, 0, "", "undef"),
    },
    "sqlconn": {
        **_SQL,
        **{name: Entry(name, 0, 0, "", "any") for name in ("beginTransaction", "commit", "rollback", "ping")},
        "end": Entry("end", 0, 0, "", "undef"),
        "release": Entry("release", 0, 0, "undef"),
        "destroy": Entry("destroy", 0, 0, "undef"),
    },
    "book": {
        "addWorksheet": Entry("addWorksheet", 0, 2, "sheet"),
        "getWorksheet": Entry("getWorksheet", 0, 1, "sheet undef"),
        "eachSheet": Entry("eachSheet", 1, 1, "undef"),
    },
    "bookfile": {
        "writeBuffer": Entry("writeBuffer", 0, 1, "", "bytes"),
        "writeFile": Entry("writeFile", 1, 1, "", "undef"),
        "load": Entry("load", 1, 1, "", "book"),
        "readFile": Entry("readFile", 1, 1, "", "book"),
    },
    "row": {
        "getCell": Entry("getCell", 1, 1, "cell"),
        "eachCell": Entry("eachCell", 1, 2, "undef"),
        "commit": Entry("commit", 0, 0, "undef"),
    },
    "sheet": {
        "addRow": Entry("addRow", 0, 1, "row"),
        "addRows": Entry("addRows", 1, 1, "arr"),
        "getRow": Entry("getRow", 1, 1, "row"),
        "getCell": Entry("getCell", 1, 2, "cell"),
        "eachRow": Entry("eachRow", 1, 2, "undef"),
        "mergeCells": Entry("mergeCells", 1, 4, "undef"),
    },
    "cell": {},
    "xml": {
        "parseString": Entry("parseString", 2, 2, "undef"),
        "parseStringPromise": Entry("parseStringPromise", 1, 1, "", "any"),
        "buildObject": Entry("buildObject", 1, 1, "str"),
    },
    "mailer": {
        "sendMail": Entry("sendMail", 1, 2, "", "any"),
        "verify": Entry("verify", 0, 1, "", "bool"),
        "close": Entry("close", 0, 0, "undef"),
    },
    "pipeline": {
        **{name: Entry(_method(name), 0, 99, "pipeline") for name in _COMMANDS},
        "exec": Entry("exec", 0, 0, "", "arr"),
    },
    "redis": {
        **{name: Entry(_method(name), 0, 99, "", result) for name, result in _COMMANDS.items()},
        "on": Entry("on", 2, 2, "redis"),
        "disconnect": Entry("disconnect", 0, 0, "undef"),
        "pipeline": Entry("pipeline", 0, 0, "pipeline"),
        "multi": Entry("multi", 0, 0, "pipeline"),
    },
    "sealed": {"toString": Entry("toString", 0, 0, "str")},
    "words": {
        "toString": Entry("toString", 0, 1, "str"),
        "concat": Entry("concat", 1, 1, "words"),
        "clone": Entry("clone", 0, 0, "words"),
    },
}
MEMBERS: dict[str, dict[str, str]] = {
    "nodes": {"length": "nat"},
    "node": {"attribs": "obj", "name": "ascii", "tagName": "ascii", "type": "ascii"},
    "pagevalues": {"length": "nat"},
    "pictureinfo": {
        **dict.fromkeys(["width", "height", "channels", "size"], "nat"),
        **dict.fromkeys(["format", "space", "depth"], "ascii"),
        "hasAlpha": "bool",
        "orientation": "nat undef",
    },
    "book": {"xlsx": "bookfile", "worksheets": "arr"},
    "cell": {"value": "any", "text": "str", "address": "ascii", "row": "nat", "col": "nat"},
    "row": {"values": "arr", "number": "nat", "hasValues": "bool", "cellCount": "nat", "height": "any"},
    "sheet": {
        **dict.fromkeys(["rowCount", "actualRowCount", "columnCount", "id"], "nat"),
        "name": "str",
        "lastRow": "row undef",
    },
    "sealed": {"ciphertext": "words", "key": "words", "iv": "words"},
    "words": {"sigBytes": "nat"},
}
