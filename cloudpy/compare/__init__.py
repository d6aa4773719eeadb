"""Two functions, one event: what runs a Node function and its Python port side by side and tells where they differ.

Nothing is imported here: the Python function's own process comes through this package, and shall be no heavier for it.
"""
