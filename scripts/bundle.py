"""Make the one archive that installs and serves on a machine without any network.

    .venv/bin/python scripts/bundle.py [--output dist] [--python 3.12]

dist/duheng-<version>-linux-<machine>-cp<version>.tar.gz holds the product's wheel (built offline), the wheel
of every dependency in requirements/run.txt (checked against its hash), pip itself, install.sh and operation.md.
Compiled wheels fit one version of Python only: that of this environment, or the one asked for.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from packaging import tags

CHECKOUT = Path(__file__).resolve().parent.parent
REQUIREMENTS = CHECKOUT / "requirements"


def run(*command: str | Path) -> None:
    """Run a module of this environment, its output beside ours; CalledProcessError when it fails."""
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run([sys.executable, *command], cwd=CHECKOUT, env=environment, stdout=sys.stderr, check=True)


def build_product(wheels: Path) -> Path:
    """Build the product's wheel into `wheels`; needs no network, its build tool is installed."""
    run("-m", "hatchling", "build", "-t", "wheel", "-d", wheels)
    return next(wheels.glob("duheng-*.whl"))


def download(wheels: Path, version: str) -> None:
    """Download the wheel of each dependency for `version` of Python on this kind of machine."""
    target: list[str] = []
    if version != running():
        abi = "cp" + version.replace(".", "")
        platforms = dict.fromkeys(tag.platform for tag in tags.sys_tags() if tag.platform != "any")
        target = ["--python-version", version, "--implementation", "cp"]
        target += [part for each in (abi, "abi3", "none") for part in ("--abi", each)]
        target += [part for each in platforms for part in ("--platform", each)]
    # Twice quiet: errors only, not the warnings about the machine's own configuration of pip.
    options = ("-qq", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--dest", wheels)
    for name in ("run", "bundle"):
        run("-m", "pip", "download", *options, *target, "-r", REQUIREMENTS / f"{name}.txt")


def running() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fill(folder: Path, version: str) -> str:
    """Lay out the bundle in `folder`; returns the product's version."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    product = build_product(wheels)
    download(wheels, version)
    number = product.name.split("-")[1]
    locked = (REQUIREMENTS / "run.txt").read_text(encoding="utf-8")
    line = f"duheng=={number} --hash=sha256:{sha256(product)}\n"
    (folder / "requirements.txt").write_text(locked + line, encoding="utf-8")
    script = (CHECKOUT / "scripts" / "install.sh").read_text(encoding="utf-8")
    (folder / "install.sh").write_text(script.replace("@PYTHON@", version), encoding="utf-8")
    (folder / "install.sh").chmod(0o755)
    for name in ("LICENSE", "docs/operation.md"):
        shutil.copy(CHECKOUT / name, folder)
    sums = [
        f"{sha256(path)}  {path.relative_to(folder)}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    return number


def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """The entry without the builder's name and numbers."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def bundle(output: Path, version: str) -> Path:
    """Make the archive in `output`, return its path; under that name it appears only when complete."""
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="duheng-bundle-", dir=output) as temporary:
        folder = Path(temporary) / "bundle"
        number = fill(folder, version)
        name = f"duheng-{number}-linux-{platform.machine()}-cp{version.replace('.', '')}"
        partial = Path(temporary) / "bundle.tar.gz"
        # Wheels are compressed already: more than level 1 costs time and saves nothing.
        with tarfile.open(partial, "w:gz", compresslevel=1) as archive:
            archive.add(folder, arcname=name, filter=anonymous)
        return partial.replace(output / f"{name}.tar.gz")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=CHECKOUT / "dist", help="folder of the archive")
    parser.add_argument("--python", default=running(), help="version of Python it is for, such as 3.12")
    asked = parser.parse_args()
    try:
        path = bundle(asked.output.resolve(), asked.python)
    except subprocess.CalledProcessError as trouble:
        print(f"离线安装包未能制作，请查看上面的提示（failed: {trouble.cmd[2]}）", file=sys.stderr)
        return 1
    print(f"{path}  {path.stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
