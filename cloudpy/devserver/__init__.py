"""``cloudpy dev``: all functions of some folders on one port, each in its own process."""
