"""A slow task is started a second time: its state counts once, and the slow attempt ends."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from typing import ClassVar

from small_cluster import SPARK_HOME, ClusterTest, program, scan
from watched_program import SLEEP, is_running, watched


class SpeculationTest(ClusterTest):
    """Spark never starts the second attempt on the same host, and local-cluster is one host. So
    this cluster has workers with two addresses of the loopback interface."""

    settings: ClassVar[dict[str, str]] = {
        "spark.speculation": "true",
        "spark.speculation.quantile": "0.5",
        "spark.speculation.multiplier": "2",
    }

    @classmethod
    def master(cls) -> str:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        cls.start("master.Master", "--host", "127.0.0.1", "--port", str(port))
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.1)
        url = f"spark://127.0.0.1:{port}"
        for host in ("127.0.0.1", "127.0.0.2"):
            options = ["--cores", "1", "--memory", "1g", "--work-dir", str(cls.folder / host)]
            cls.start("worker.Worker", "--host", host, *options, url)
        return url

    @classmethod
    def start(cls, part: str, *options: str) -> None:
        command = [SPARK_HOME / "bin/spark-class", f"org.apache.spark.deploy.{part}"]
        log = cls.enterClassContext((cls.folder / "cluster.log").open("ab"))
        process = subprocess.Popen(
            [*command, *options, "--webui-port", "0"],
            stdout=log,
            stderr=log,
            env={name: text for name, text in os.environ.items() if name != "SPARK_LOCAL_IP"},
        )
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.terminate)

    def test_a_slow_attempt(self) -> None:
        sleeping = watched(self.place, program(), SLEEP.format(count=3))
        words = ("--mode", "hunt", "--format", "csv")
        day = self.folder / "day"
        run = self.job("--program", sleeping.path, day, "--", *words)
        self.check_same(run, scan(*words, day))
        (slow,) = sleeping.noted("slow")
        for _ in range(600):  # Spark ends an attempt that lost some seconds later
            if not is_running(slow):
                break
            time.sleep(0.1)
        self.assertFalse(is_running(slow), "the slow program runs on")
