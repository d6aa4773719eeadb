"""What JavaScript does and Python does not, as small functions of the standard library alone.

A translated function gets a file ``js.py`` with those of them that it uses: ``gather`` cuts them out of these modules.
They are modules so that they can be read, type-checked and tested.
"""
