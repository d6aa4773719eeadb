from json import dumps as main_  # noqa: F401
