"""Writes to a store until it is killed, and says on stdout what was acknowledged: `python writer.py FOLDER COUNT`."""

import sys

from cloudpy.local.database import Engine, Query


def main(folder: str, count: int) -> None:
    engine = Engine(folder)
    if "c" not in engine.collections():
        engine.create("c")
        engine.create("sums")
        engine.insert("sums", [{"_id": "sum", "n": 0}])
    start = engine.count("c", Query({}))
    for number in range(start, start + count):
        # both documents in one transaction, so that a half would show
        transaction = engine.begin()
        engine.insert("c", [{"_id": number, "text": "x" * (number % 500)}], transaction)
        engine.update("sums", Query({"_id": "sum"}), {"$inc": {"n": 1}}, transaction=transaction)
        engine.commit(transaction)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


main(sys.argv[1], int(sys.argv[2]))
