"""The APIs that are safe to repeat: asked again after "system busy", they do nothing twice."""

REPEATABLE = frozenset(("cloudbase.getOpenData",))
