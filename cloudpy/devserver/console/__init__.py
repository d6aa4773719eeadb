"""The console: the pages of ``cloudpy dev`` below ``/_console/``, and the JSON API that they use."""
