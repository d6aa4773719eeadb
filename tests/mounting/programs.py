"""The programs of users: FastAPI, Django and Flask, each with three functions and pages of their own."""

from __future__ import annotations

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path as url
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from flask import Flask

from cloudpy import asgi, wsgi
from tests.mounting import functions

NAMES = ("who", "who_sync", "count", "count_sync", "waits", "waits_sync", "endless")
MOUNTED = {f"/fn/{name}": getattr(functions, name) for name in NAMES}
TRUSTED = ["127.0.0.1", "::1"]

fastapi_app = FastAPI()


@fastapi_app.get("/home", response_class=PlainTextResponse)
def fastapi_home() -> str:
    return "home"


fastapi_app.mount("/fn", asgi.mount({path[3:]: main for path, main in MOUNTED.items()}, trusted_proxies=TRUSTED))

flask_app = Flask(__name__)
flask_app.get("/home")(lambda: "home")
flask_app.wsgi_app = wsgi.mount(MOUNTED, fallback=flask_app.wsgi_app, trusted_proxies=TRUSTED)  # type: ignore[method-assign]


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("home")


urlpatterns = [url("home", home)]

if not settings.configured:
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="tests")
    django.setup()
django_asgi = asgi.mount(MOUNTED, fallback=get_asgi_application(), trusted_proxies=TRUSTED)
django_wsgi = wsgi.mount(MOUNTED, fallback=get_wsgi_application(), trusted_proxies=TRUSTED)
