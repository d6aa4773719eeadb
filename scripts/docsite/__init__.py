"""The pages of the documentation site that are generated, and how the written ones are prepared for it.

Each generator is a function ``pages(language)`` that returns path -> Markdown, the paths as in ``docs/zh``.
"""
