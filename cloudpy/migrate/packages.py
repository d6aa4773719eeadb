"""What is known of npm packages and of Node's own modules."""

from __future__ import annotations

from typing import NamedTuple

HASHES = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha512": "sha512", "sha384": "sha384", "sha224": "sha224"}

# Node's or a package's function -> the Python for it ("{0}" is the first argument), fewest and most arguments.
BUILTINS: dict[str, tuple[str, int, int]] = {
    "path.extname": ("js.extension", 1, 1),
    "path.basename": ("js.last_part", 1, 2),
    "querystring.stringify": ("js.query_text", 1, 1),
    "querystring.parse": ("js.query_values", 1, 1),
    "querystring.escape": ("js.encode_component", 1, 1),
    "crypto.randomBytes": ("os.urandom", 1, 1),
    "crypto.randomUUID": ("str(uuid.uuid4())", 0, 0),
    "uuid.v4": ("str(uuid.uuid4())", 0, 0),
    "lodash.isArray": ("isinstance({0}, list)", 1, 1),
    "lodash.isString": ("isinstance({0}, str)", 1, 1),
    "lodash.isNil": ("js.is_nil", 1, 1),
}


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
    "axios": Package("httpx", "httpx"),
    "request": Package("httpx", "httpx"),
    "request-promise": Package("httpx", "httpx"),
    "got": Package("httpx", "httpx"),
    "node-fetch": Package("httpx", "httpx"),
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
    "node-xlsx": Package("openpyxl", "openpyxl"),
    "xlsx": Package("openpyxl", "openpyxl"),
    "exceljs": Package("openpyxl", "openpyxl"),
    "adm-zip": Package("", "zipfile"),
    "jszip": Package("", "zipfile"),
    "archiver": Package("", "zipfile"),
    "iconv-lite": Package("", "bytes.decode"),
    "tcb-router": Package("", "a dict of functions"),
    "md5": Package("", "hashlib.md5"),
    "crypto-js": Package("", "hashlib and hmac"),
    "jsonwebtoken": Package("pyjwt", "pyjwt"),
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
NODE = set(
    "assert buffer child_process crypto dns events fs http https net os path querystring stream string_decoder timers"
    " tls url util zlib".split()
)
