"""The three stores: one behaviour, whichever it is."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cloudpy
from cloudpy.stores import FileStore, MemoryStore, RedisStore, Store, StoreError, open_store
from tests.redis_server import RedisServer


@pytest.fixture(params=["memory", "file", pytest.param("redis", marks=pytest.mark.needs_redis)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        made = RedisStore(server.url)
        yield made
        made._client.close()
    else:
        yield MemoryStore() if request.param == "memory" else FileStore(tmp_path / "store.json")


def gone(store: Store, key: str) -> bool:
    while (entry := store.get(key)) is not None:
        assert entry.seconds > 0
    return True


def test_a_value_is_there_until_its_time_is_over(store: Store) -> None:
    assert store.get("k") is None
    assert store.put("k", "值 1", 100.0)
    entry = store.get("k")
    assert entry is not None and entry.value == "值 1" and 90 < entry.seconds <= 100
    assert store.put("k", "2", 0.05)
    assert gone(store, "k")


def test_a_mark_is_set_once(store: Store) -> None:
    assert store.add("m", 0.05)
    while not store.add("m", 100.0):
        pass
    assert not store.add("m", 100.0)


def test_one_has_the_lease_until_it_is_released(store: Store) -> None:
    lease = store.acquire("k", 100.0)
    assert lease is not None
    assert store.acquire("k", 100.0) is None
    assert store.acquire("other", 100.0) is not None
    store.release(lease)
    later = store.acquire("k", 100.0)
    assert later is not None and later.fence > lease.fence
    store.release(lease)  # an old one ends nothing
    assert store.acquire("k", 100.0) is None


def test_a_lease_ends_by_itself_and_its_holder_writes_until_there_is_another(store: Store) -> None:
    old = store.acquire("k", 0.01)
    assert old is not None
    assert store.put("k", "of the old one", 100.0, old)
    while (new := store.acquire("k", 100.0)) is None:
        pass
    assert not store.put("k", "too late", 100.0, old)
    assert store.put("k", "of the new one", 100.0, new)
    store.release(new)
    assert not store.put("k", "much too late", 100.0, old)
    entry = store.get("k")
    assert entry is not None and entry.value == "of the new one"


def test_many_threads_acquire_it_one_at_a_time(store: Store) -> None:
    counted: list[int] = []
    inside = threading.Lock()

    def work() -> None:
        for _ in range(5):
            while (lease := store.acquire("k", 100.0)) is None:
                time.sleep(0.001)
            assert inside.acquire(blocking=False)
            counted.append(lease.fence)
            inside.release()
            store.release(lease)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counted) == 20 and sorted(set(counted)) == counted


def test_a_lease_that_a_forked_child_inherits_is_not_held_for_ever() -> None:
    store = MemoryStore()
    assert store.acquire("k", 1000.0)
    child = os.fork()
    if not child:
        os._exit(0 if store.acquire("k", 1000.0) else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_memory_forgets_what_is_over() -> None:
    now = [0.0]
    store = MemoryStore(clock=lambda: now[0])
    for number in range(5000):
        now[0] += 1
        store.add(str(number), 10.0)
    assert len(store._entries) <= 1010


def _mark(path: str, names: list[str], barrier: Any, results: Any) -> None:
    store = FileStore(path)
    barrier.wait()
    results.put([name for name in names if store.add(name, 100.0)])


def test_processes_that_share_a_file_mark_each_name_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(4), context.Queue()
    names = [f"n{number}" for number in range(25)]
    arguments = (str(tmp_path / "s.json"), names, barrier, results)
    processes = [context.Process(target=_mark, args=arguments) for _ in range(4)]
    for process in processes:
        process.start()
    found = [name for _ in processes for name in results.get()]
    for process in processes:
        process.join()
    assert sorted(found) == sorted(names)
    results.close()


_HEAD = '{"format": "cloudpy store 1", "fence": 0'
DAMAGED = [
    f"{_HEAD}}}",
    f'{_HEAD}, "entries": [], "leases": {{}}}}',
    f'{_HEAD}, "entries": {{"k": "v"}}, "leases": {{}}}}',
    f'{_HEAD}, "entries": {{"k": {{"value": "v"}}}}, "leases": {{}}}}',
    f'{_HEAD}, "entries": {{}}, "leases": {{"k": {{"fence": 1}}}}}}',
]


class TestFileStore:
    def test_only_its_owner_reads_it(self, tmp_path: Path) -> None:
        FileStore(tmp_path / "s.json").put("k", "secret", 10.0)
        assert stat.S_IMODE((tmp_path / "s.json").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "s.json.lock").stat().st_mode) == 0o600
        assert {path.name for path in tmp_path.iterdir()} == {"s.json", "s.json.lock"}

    @pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', "not JSON", *DAMAGED])
    def test_another_program_s_file_is_left_alone(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "s.json"
        path.write_text(text, "utf-8")
        store = FileStore(path)
        for use in (lambda: store.get("k"), lambda: store.put("k", "v", 1.0), lambda: store.acquire("k", 1.0)):
            with pytest.raises(StoreError, match="is not a file of FileStore"):
                use()
        assert path.read_text("utf-8") == text

    @pytest.mark.parametrize(
        ("path", "words"),
        [("", "must be the path of a file"), (7, "must be the path"), (".", "is a folder"), ("no/s.json", "create it")],
    )
    def test_a_path_that_cannot_be_used_is_refused(self, path: Any, words: str) -> None:
        with pytest.raises(cloudpy.ConfigError, match=words):
            FileStore(path)

    def test_a_process_that_stops_with_the_file_locked_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cloudpy.stores.file._LOCK_TIMEOUT", 0.05)
        program = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print(flush=True); input()"
        path = str(tmp_path / "s.json.lock")
        holder = subprocess.Popen([sys.executable, "-c", program, path], stdin=-1, stdout=-1)
        assert holder.stdout is not None and holder.stdout.readline()
        try:
            with pytest.raises(StoreError, match="is one of them stopped"):
                FileStore(tmp_path / "s.json").add("k", 1.0)
        finally:
            holder.send_signal(signal.SIGKILL)
            holder.communicate()
        assert FileStore(tmp_path / "s.json").add("k", 1.0)  # the system has unlocked it

    def test_a_wall_clock_that_jumps_makes_no_value_last_longer(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = FileStore(tmp_path / "s.json")
        store.put("k", "v", 100.0)
        lease = store.acquire("k", 10.0)
        assert lease is not None
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now - 86400)
        entry = store.get("k")
        assert entry is not None and entry.seconds <= 100
        assert store.acquire("k", 10.0) is None
        monkeypatch.setattr(time, "time", lambda: now + 86400)
        assert store.get("k") is None
        later = store.acquire("k", 10.0)
        assert later is not None and later.fence > lease.fence

    def test_on_another_machine_only_the_wall_clock_counts(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = FileStore(tmp_path / "s.json")
        store.put("k", "v", 100.0)
        monkeypatch.setattr("cloudpy.stores.file._boot_id", lambda: "another")
        monkeypatch.setattr(time, "monotonic", lambda: 1e9)
        entry = store.get("k")
        assert entry is not None and 90 < entry.seconds <= 100

    def test_a_deleted_file_gives_no_fence_twice(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path / "s.json")
        old = store.acquire("k", 100.0)
        (tmp_path / "s.json").unlink()
        new = store.acquire("k", 100.0)
        assert old is not None and new is not None and new.fence > old.fence
        assert not store.put("k", "v", 1.0, old)

    def test_what_is_over_leaves_the_file(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path / "s.json")
        store.put("short", "v", 0.001)
        assert gone(store, "short")
        store.put("long", "v", 100.0)
        assert list(json.loads((tmp_path / "s.json").read_text("utf-8"))["entries"]) == ["long"]


class TestRedisStore:
    def test_the_server_s_death_is_a_clear_error_and_its_return_is_enough(self, redis_server: RedisServer) -> None:
        store = RedisStore(redis_server.url)
        old = store.acquire("k", 100.0)
        assert old is not None and store.put("k", "v", 100.0, old)
        redis_server.kill()
        uses: list[Callable[[], object]] = [
            lambda: store.get("k"),
            lambda: store.put("k", "v", 1.0),
            lambda: store.add("m", 1.0),
            lambda: store.acquire("k", 1.0),
        ]
        for use in uses:
            with pytest.raises(StoreError, match=rf"Redis at 127\.0\.0\.1:{redis_server.port}/0: Conn"):
                use()
        redis_server.start()
        assert store.get("k") is None  # it kept nothing
        new = store.acquire("k", 100.0)
        assert new is not None and new.fence > old.fence
        assert not store.put("k", "of before its death", 100.0, old)
        store._client.close()

    @pytest.mark.needs_redis
    def test_a_wrong_password_is_not_shown(self, tmp_path: Path) -> None:
        server = RedisServer(tmp_path, password="right-password-1")
        server.start()
        try:
            store = RedisStore(f"redis://:wrong-password-2@127.0.0.1:{server.port}")
            with pytest.raises(StoreError, match="Redis at") as failed:
                store.get("k")
            assert "wrong-password-2" not in f"{failed.value!r}{failed.value}{store!r}"
            store._client.close()
            right = RedisStore(server.url)
            assert right.add("k", 1.0)
            right._client.close()
        finally:
            server.kill()

    def test_a_client_of_the_program_s_own(self, redis_server: RedisServer) -> None:
        import redis

        with redis.Redis.from_url(redis_server.url, decode_responses=True) as client:
            store = RedisStore(client, prefix="app:")
            assert store.put("k", "v", 100.0)
            entry = store.get("k")
            assert entry is not None and entry.value == "v"
            assert client.keys("*") == ["app:{k}"]

    def test_an_async_store_is_rejected(self) -> None:
        class AsyncStore(MemoryStore):
            async def get(self, key: str) -> Any:  # type: ignore[override]
                return super().get(key)

        with pytest.raises(cloudpy.ConfigError, match=r"AsyncStore with async methods: .* must be plain"):
            open_store(AsyncStore())

    def test_an_async_client_is_refused(self) -> None:
        import redis.asyncio

        with pytest.raises(cloudpy.ConfigError, match="the blocking one"):
            RedisStore(redis.asyncio.Redis())

    def test_without_the_package_it_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "redis", None)
        with pytest.raises(cloudpy.ConfigError, match=r"pip install redis"):
            RedisStore("redis://127.0.0.1")


@pytest.mark.once
@pytest.mark.parametrize(
    "value",
    ["redis", "http://127.0.0.1", "file:", "", 7, {}, MemoryStore, "redis//:s3cret-word@host", "memory"],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_store_is_refused_without_showing_it(value: Any) -> None:
    with pytest.raises(cloudpy.ConfigError, match="store must be MemoryStore") as failed:
        open_store(value)
    assert "s3cret-word" not in str(failed.value)


@pytest.mark.once
@pytest.mark.parametrize("url", ["redis://127.0.0.1:port", "redis://h:p@ss:w@host:x/0", "unix:", "redis://h/0?db=x"])
def test_a_wrong_redis_url_is_refused_at_once(url: str) -> None:
    with pytest.raises((cloudpy.ConfigError, StoreError)):
        open_store(url).get("k")


def test_a_store_by_its_url(tmp_path: Path) -> None:
    assert isinstance(open_store("memory:"), MemoryStore)
    assert repr(open_store(f"file:{tmp_path}/s.json")) == repr(FileStore(tmp_path / "s.json"))
    store = open_store("redis://:pass-word-1@example.com:6380/3")
    assert repr(store) == "<RedisStore example.com:6380/3>"
    own = MemoryStore()
    assert open_store(own) is own
