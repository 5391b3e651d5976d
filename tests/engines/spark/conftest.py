"""A real standalone cluster on the loopback: one master and two workers, each a process of its own."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HOST = "127.0.0.1"
PATIENCE = 120
PORT = re.compile(r"started service '(sparkMaster|MasterUI)' on port (\d+)")


def java() -> str:
    """Return the Java to run; fails with what to install where there is none."""
    home = os.environ.get("JAVA_HOME")
    found = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if found is None or not Path(found).exists():
        pytest.fail(
            "the Spark tests need Java 17: set JAVA_HOME, or put java on the PATH; leave them out with -m 'not spark'"
        )
    return found


def spark_home() -> Path:
    try:
        import pyspark
    except ImportError:
        pytest.fail("the Spark tests need pyspark: install safety-rules[spark]; leave them out with -m 'not spark'")
    return Path(pyspark.__file__).parent


def scala_version() -> str:
    core = next((spark_home() / "jars").glob("spark-core_*.jar")).name
    return core.removeprefix("spark-core_").partition("-")[0]


@dataclass
class Cluster:
    """A running cluster; a worker is a process group, its executors included."""

    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    url: str = ""
    ui: int = 0

    def start(self, name: str, *arguments: str) -> None:
        """Start a daemon, with its log in the cluster's folder."""
        jars = str(spark_home() / "jars" / "*")
        environment = {
            **os.environ,
            "SPARK_HOME": str(spark_home()),
            "SPARK_SCALA_VERSION": scala_version(),  # a wheel has no RELEASE file, and Spark would look for a build
            "SPARK_LOCAL_IP": HOST,
            "SPARK_WORKER_DIR": str(self.folder),
        }
        log = (self.folder / f"{len(self.processes)}.log").open("wb")
        command = [java(), "-Xmx512m", "-cp", jars, f"org.apache.spark.deploy.{name}", *arguments]
        self.processes.append(
            subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True, cwd=self.folder)
        )
        log.close()

    def start_master(self) -> None:
        """Start the master on ports that it finds free itself, and learn them from its log.

        A port that is looked for beforehand may be another's by the time that it is asked for.
        """
        self.start("master.Master", "--host", HOST, "--port", "0", "--webui-port", "0")
        until, ports = time.monotonic() + PATIENCE, dict[str, str]()
        while len(ports) < 2:
            log = (self.folder / "0.log").read_text("utf-8", "replace")
            ports = dict(PORT.findall(log))
            if time.monotonic() > until:
                pytest.fail(f"the master did not start\n{log[-4000:]}")
            time.sleep(0.3)
        self.url, self.ui = f"spark://{HOST}:{ports['sparkMaster']}", int(ports["MasterUI"])

    def add_worker(self) -> None:
        self.start("worker.Worker", "--host", HOST, "--cores", "1", "--memory", "1g", "--webui-port", "0", self.url)

    def workers(self) -> int:
        """Return how many workers the master says are alive."""
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.ui}/json/", timeout=5) as answer:
                import json

                return int(json.load(answer)["aliveworkers"])
        except (OSError, ValueError):  # not there yet, or its pages are and its JSON is not
            return 0

    def wait_for(self, count: int) -> None:
        until = time.monotonic() + PATIENCE
        while self.workers() != count:
            if time.monotonic() > until:
                logs = "\n".join(p.read_text("utf-8", "replace")[-2000:] for p in sorted(self.folder.glob("*.log")))
                pytest.fail(f"the cluster did not come to {count} workers\n{logs}")
            time.sleep(0.3)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a daemon with everything that it started, as when a machine is lost."""
        children = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout.split(
            "\n"
        )[1:]
        pairs = [tuple(map(int, line.split())) for line in children if line.strip()]
        for pid, parent in pairs:
            if parent == process.pid:
                _killed(pid)
        _killed(process.pid)
        process.wait(30)


def _killed(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    running = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        running.start_master()
        running.add_worker()
        running.add_worker()
        running.wait_for(2)
        yield running
    finally:
        for process in running.processes:
            running.kill(process)


@pytest.fixture(scope="session")
def spark(cluster: Cluster) -> Iterator[Any]:
    home = str(Path(java()).resolve().parent.parent)
    os.environ.setdefault("JAVA_HOME", home)
    os.environ["SPARK_LOCAL_IP"] = HOST
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.driver.memory": "2g",
        "spark.sql.ui.retainedExecutions": "3",  # the driver keeps the plans of so many; ninety rules make a long one
        "spark.executor.memory": "600m",
        "spark.executor.cores": "1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.warehouse.dir": str(cluster.folder / "warehouse"),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        builder = SparkSession.builder.master(cluster.url).appName("safety-rules tests")
        for key, value in settings.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session.stop()
