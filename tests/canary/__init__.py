"""Forty secrets, planted wherever one can stand, and every outcome exercised: none may come out anywhere.

To add a case, write a function that takes a ``Canary``, plants secrets with ``canary[name]``, does what users do, and
hands every text that a person or a file could come to hold to ``canary.saw(where, …)``; then add it to the list in
``cases.py``.
"""
