"""The archive that installs and serves on a machine without any network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bundle(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked bundle, made once for this file."""
    folder = tmp_path_factory.mktemp("bundle")
    subprocess.run(
        [sys.executable, checkout / "scripts" / "bundle.py", "--output", folder], cwd=checkout, check=True
    )
    archives = list(folder.glob("duheng-*-linux-*-cp3*.tar.gz"))
    assert [path.name for path in folder.iterdir()] == [path.name for path in archives]
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    archives[0].unlink()
    return next(folder.iterdir())


def without_network() -> list[str]:
    """A prefix under which a command has no network; empty where the system forbids that."""
    for prefix in (["unshare", "-n"], ["unshare", "-rn"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode == 0
        ):
            return prefix
    return []


def test_the_wheel_carries_all_the_product_reads(checkout: Path, bundle: Path) -> None:
    wheel = next((bundle / "wheels").glob("duheng-*.whl"))
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {f"duheng/{path.relative_to(checkout)}" for path in (checkout / "cn").rglob("*") if path.is_file()}
    source = checkout / "src"
    code = {
        str(path.relative_to(source))
        for path in (source / "duheng").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "duheng/py.typed" in code
    assert (data | code) - names == set()


def test_every_file_but_the_sums_is_in_the_sums(bundle: Path) -> None:
    listed = {line.split("  ")[1] for line in (bundle / "SHA256SUMS").read_text().splitlines()}
    there = {str(path.relative_to(bundle)) for path in bundle.rglob("*") if path.is_file()}
    assert there - listed == {"SHA256SUMS"}


def test_without_the_right_python_the_first_line_says_what_to_install(bundle: Path, tmp_path: Path) -> None:
    for name in ("dirname", "sh"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    done = subprocess.run(
        [bundle / "install.sh"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "apt-get install python3" in (done.stdout + done.stderr).splitlines()[0]


def test_a_damaged_bundle_is_refused(bundle: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(bundle, damaged, copy_function=os.link)
    (damaged / "requirements.txt").unlink()
    (damaged / "requirements.txt").write_text("truncated")
    prefix = tmp_path / "prefix"
    done = subprocess.run(
        [damaged / "install.sh", "--prefix", prefix], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "重新复制" in done.stderr
    assert not prefix.exists()


def test_the_bundle_installs_and_serves_without_a_network(
    checkout: Path, bundle: Path, tmp_path: Path
) -> None:
    prefix = without_network()
    command = [*prefix, sys.executable, "-m", "tests.tooling.offline", str(bundle), str(tmp_path / "app")]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    if not prefix:
        # Where namespaces are forbidden, at least no index can be reached.
        environment |= dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, check=True, text=True
    )
    said = json.loads(done.stdout)
    assert "度衡" in said["page"]
    assert said["cut_off"] or not prefix
