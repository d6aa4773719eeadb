"""What stands for npm packages in Python: for requirements.txt, and for the mark where one is not translated."""

from __future__ import annotations

from typing import NamedTuple


class Package(NamedTuple):
    """What stands for an npm package in Python.

    Attributes:
        requirement: the line of requirements.txt for what is left to write by hand; empty where the standard library,
            or what the draft imports, is enough.
        python: in words, for the mark at each use.
    """

    requirement: str
    python: str


# Packages that one thing stands for, what it is in requirements.txt, and in words
_GROUPS: list[tuple[str, str, str]] = [
    ("wx-server-sdk", "wx-cloudpy", "cloudpy"),
    ("@cloudbase/node-sdk tcb-admin-node wx-server-sdk-async", "", "cloudpy"),
    ("axios request request-promise request-promise-native got node-fetch", "", "httpx"),
    ("superagent needle undici urllib bent phin cross-fetch isomorphic-fetch unirest", "httpx>=0.27", "httpx"),
    ("ws socket.io-client", "websockets>=12", "websockets"),
    ("form-data", "", "the parameter files of httpx"),
    ("express koa koa-router serverless-http", "starlette", "starlette"),
    ("moment moment-timezone dayjs day.js luxon", "", "datetime and zoneinfo"),
    ("date-fns date-utils dateformat silly-datetime ms", "", "datetime"),
    ("lunar-javascript solarlunar chinese-lunar lunar-calendar", "lunar_python", "lunar_python"),
    ("node-schedule cron", "", "a trigger in config.json"),
    ("lodash underscore ramda", "", "its own lists and dicts"),
    ("bluebird async co", "", "asyncio"),
    ("uuid", "", "uuid"),
    ("nanoid shortid", "", "secrets"),
    ("validator joi ajv yup zod", "pydantic>=2", "pydantic"),
    ("bignumber.js decimal.js big.js", "", "decimal"),
    ("mathjs", "", "math"),
    ("pinyin pinyin-pro tiny-pinyin", "pypinyin", "pypinyin"),
    ("opencc opencc-js", "opencc-python-reimplemented", "opencc"),
    ("nodejieba segment", "jieba", "jieba"),
    ("geolib geohash", "geopy", "geopy"),
    ("qs query-string querystring-es3", "", "urllib.parse"),
    ("xml2js fast-xml-parser xml-js", "", "xml.etree.ElementTree"),
    ("xmldom @xmldom/xmldom jsdom", "lxml>=5", "lxml"),
    ("cheerio", "", "BeautifulSoup"),
    ("marked markdown-it showdown", "markdown>=3.5", "markdown"),
    ("ejs nunjucks handlebars mustache art-template", "jinja2>=3.1", "jinja2"),
    ("csv-parse csv-parser json2csv papaparse csv-stringify csv", "", "csv"),
    ("js-yaml yaml", "pyyaml>=6", "yaml"),
    ("iconv-lite", "", "bytes.decode"),
    ("he html-entities", "", "html"),
    ("rss-parser feedparser", "feedparser>=6", "feedparser"),
    ("node-xlsx xlsx", "", "openpyxl"),
    ("exceljs", "", "openpyxl"),
    ("excel-export", "openpyxl>=3.1,<4", "openpyxl"),
    ("adm-zip jszip archiver pizzip yazl compressing unzipper", "", "zipfile"),
    ("docx docxtemplater officegen", "python-docx>=1.1", "python-docx"),
    ("pdfkit pdf-lib pdfmake", "reportlab>=4", "reportlab"),
    ("pdf-parse", "pypdf>=4", "pypdf"),
    ("fs-extra mkdirp rimraf", "", "pathlib and shutil"),
    ("sharp", "", "pillow"),
    ("jimp gm images canvas node-canvas image-size", "pillow>=10", "pillow"),
    ("qrcode", "", "qrcode"),
    ("qr-image node-qrcode", "qrcode>=8", "qrcode"),
    ("jsonwebtoken", "", "PyJWT"),
    ("jose", "pyjwt[crypto]>=2.8,<3", "PyJWT"),
    ("bcrypt bcryptjs", "", "bcrypt"),
    ("crypto-js", "", "hashlib, hmac and cryptography"),
    ("md5 js-md5 blueimp-md5 sha1 js-sha1 js-sha256", "", "hashlib"),
    ("node-rsa jsrsasign sm-crypto node-forge", "cryptography>=42", "cryptography"),
    ("speakeasy otplib", "pyotp>=2.9", "pyotp"),
    ("svg-captcha", "captcha>=0.5", "captcha"),
    ("nodemailer", "", "smtplib and email"),
    ("ioredis redis", "redis>=5", "redis.asyncio"),
    ("mysql2", "", "PyMySQL"),
    ("mysql", "pymysql>=1.1", "PyMySQL"),
    ("pg", "asyncpg>=0.29", "asyncpg"),
    ("mongodb mongoose", "motor>=3", "motor"),
    ("sequelize knex typeorm", "sqlalchemy>=2", "SQLAlchemy"),
    ("tencentcloud-sdk-nodejs", "tencentcloud-sdk-python>=3", "tencentcloud-sdk-python"),
    ("qcloudsms_js sms-node-sdk", "tencentcloud-sdk-python>=3", "the SMS service of tencentcloud-sdk-python"),
    ("cos-nodejs-sdk-v5", "cos-python-sdk-v5>=1.9", "cos-python-sdk-v5"),
    ("qcloud-cos-sts", "qcloud-python-sts>=3", "qcloud-python-sts"),
    ("ali-oss", "oss2>=2.18", "oss2"),
    ("qiniu", "qiniu>=7.13", "qiniu"),
    ("openai", "openai>=1", "openai"),
    (
        "tenpay wx-js-utils wechatpay-node-v3 wechatpay-axios-plugin wxpay",
        "wechatpayv3>=1.2",
        "cloudPay, or wechatpayv3",
    ),
    ("wechat-api co-wechat-api wechat-oauth", "", "cloud.openapi"),
    ("wx-crypto wechat-crypto WXBizDataCrypt", "", "cloudpy's getOpenData, or cryptography"),
    ("leancloud-storage", "leancloud", "leancloud"),
]
PACKAGES = {name: Package(requirement, python) for names, requirement, python in _GROUPS for name in names.split()}

# Python package -> the line of requirements.txt for it; those that a draft imports are listed
LIBRARIES = {
    "PIL": "pillow>=10",
    "bcrypt": "bcrypt>=4,<6",
    "bs4": "beautifulsoup4>=4.12",
    "cryptography": "cryptography>=42",
    "html5lib": "html5lib>=1.1",
    "jwt": "PyJWT>=2.8,<3",
    "openpyxl": "openpyxl>=3.1,<4",
    "pymysql": "PyMySQL[rsa]>=1.1",
    "qrcode": "qrcode>=8",
    "redis": "redis>=5",
    "zoneinfo": "tzdata",  # Windows, and some images of Linux, have no time zones of their own
}


def hint(package: str) -> str:
    """Return what a mark says of the counterpart of an npm package."""
    known = PACKAGES.get(package)
    return f"; Python has {known.python}" if known is not None else "; no counterpart is known"
