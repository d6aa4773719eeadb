"""http.client alone, sending the same bytes, for comparison with the sync API; 50 at once are 50 threads."""

import http.client
import sys
import threading
import time
from urllib.parse import urlsplit

from benchmarks.request import BODY, HEADERS, query

url, sequence, together = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
parts = urlsplit(url)


def many(count: int) -> None:
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    for _ in range(count):
        connection.request("POST", f"{parts.path}?{query()}", body=BODY, headers=HEADERS)
        answer = connection.getresponse()
        assert answer.status == 200 and answer.read()
    connection.close()


many(1)
print("first", flush=True)
begun = time.perf_counter()
many(sequence)
print("sequence", sequence / (time.perf_counter() - begun), flush=True)
begun = time.perf_counter()
threads = [threading.Thread(target=many, args=(together // 50,)) for _ in range(50)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("together", together / (time.perf_counter() - begun), flush=True)
