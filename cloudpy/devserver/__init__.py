"""The local cloud behind ``cloudpy dev``: every function of some folders, each in a process of its own, on one port."""
