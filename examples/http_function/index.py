"""A page outside of WeChat (H5) with a form to sign up for an event; the same address takes what is filled in."""

import hashlib
import html
import re

PAGE = """\
<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>活动报名</title>
<h1>活动报名</h1>
{note}
<form method="post">
  <label>姓名 <input name="name" maxlength="20" required></label>
  <label>手机 <input name="phone" inputmode="numeric" required></label>
  <button>报名</button>
</form>
"""
PHONE = re.compile(r"1[3-9]\d{9}", re.ASCII)


def main(event, context):
    # what came with the request, beside its body
    request = context.get("httpContext", {"httpMethod": "POST", "url": "/"})
    if request["httpMethod"] in ("GET", "HEAD"):
        return page(200, "")
    if request["httpMethod"] != "POST":
        return {"statusCode": 405, "headers": {"Allow": "GET, POST"}, "body": "请用 GET 或 POST"}
    # a form, or JSON: an object either way
    name, phone = (
        (str(event.get(key, "")).strip() for key in ("name", "phone")) if isinstance(event, dict) else ("", "")
    )
    if not 1 <= len(name) <= 20:
        return page(400, "请填写姓名，最多 20 个字")
    if not PHONE.fullmatch(phone):
        return page(400, "手机号格式不正确")
    # the same person gets the same number; here the entry would be stored
    number = hashlib.sha256(phone.encode()).hexdigest()[:6].upper()
    return page(200, f"{name}，报名成功！您的编号是 {number}")


def page(status, note):
    # what somebody typed becomes part of a page: escaped, or it could be a script
    note = f"<p><strong>{html.escape(note)}</strong></p>" if note else ""
    return {
        "statusCode": status,
        "headers": {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"},
        "body": PAGE.format(note=note),
    }
