"""A MySQL server for tests: the system's mariadbd, with a database and a user of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

MARIADB = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
# A column of JSON is text in MariaDB, and in MySQL it is not
TABLE = (
    "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50) CHARSET utf8mb4 UNIQUE, n INT,"
    " price DECIMAL(10,2), day DATE, at DATETIME(3), stamp TIMESTAMP NULL, clock TIME, year YEAR, f FLOAT, d DOUBLE,"
    " big BIGINT, tiny TINYINT(1), j TEXT, b BLOB)"
)


class MysqlServer:
    """A server on a free port, with the files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port: int = found.getsockname()[1]

    def start(self) -> None:
        import pymysql

        data = self.folder / "data"
        common = ["--no-defaults", f"--datadir={data}"]
        install = shutil.which("mariadb-install-db")
        assert install and MARIADB
        subprocess.run(
            [install, *common, "--user=root", "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, capture_output=True,
        )  # fmt: skip
        options = [f"--port={self.port}", f"--socket={self.folder}/s", f"--pid-file={self.folder}/pid", "--user=root"]
        options += ["--bind-address=127.0.0.1", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0"]
        self.process = subprocess.Popen([MARIADB, *common, *options], stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        with pymysql.connect(unix_socket=f"{self.folder}/s", user="root") as root, root.cursor() as cursor:
            cursor.execute("CREATE USER u@'127.0.0.1' IDENTIFIED BY 'p'")
            cursor.execute("GRANT ALL ON *.* TO u@'127.0.0.1'")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
