"""npm packages: one module for each that is translated.

`kinds` says what their functions give, `package` what a module has to write, `registry` lists them all.
"""
