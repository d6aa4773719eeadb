"""cloudpy, sync API; 50 at once are 50 threads."""

import sys
import threading
import time

import cloudpy.sync as cloud

url, sequence, together = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
cloud.init(env="bench-env", serviceUrl=url, secretId="id", secretKey="key", config=None)


def many(count: int) -> None:
    for _ in range(count):
        result = cloud.openapi.cloudbase.getOpenData({"cloudidList": ["xxx"]})
        assert result["dataList"][0]["cloudId"] == "xxx"


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
