"""Moves counters of the local database in transactions: `python counter_process.py SEED COUNT`."""

import random
import sys

import cloudpy.sync as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)
db = cloud.database()
chance, count = random.Random(int(sys.argv[1])), int(sys.argv[2])


def move(transaction):
    counters = transaction.collection("counters")
    for key in chance.sample(range(10), 2):
        n = counters.doc(key).get()["data"]["n"]
        counters.doc(key).update(data={"n": n + 1})


for _ in range(count):
    while True:
        try:
            db.runTransaction(move, 100)
            break
        except cloud.TransactionConflictError:
            pass
