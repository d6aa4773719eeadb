"""``python -m cloudpy``: the command, where the folder of installed commands is not on PATH."""

from .cli import main

if __name__ == "__main__":
    main(prog_name="python -m cloudpy")
