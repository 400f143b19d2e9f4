"""Bring the checkout's environments up to date from the hashed requirement files.

Standard library only: it runs before anything is installed, through `scripts/prepare`. A stamp in each
environment holds a digest of all that the environment was made from; the stamp is written last, so an
interrupted installation, a moved checkout, a hand-made environment or a changed requirement file is simply
installed again.

How packages are fetched is the machine's business: pip reads its own configuration, and `uv`, which does not,
is told the same by environment variables. No registry's address stands in any file of the project.
"""

from __future__ import annotations

import argparse
import ast
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PRODUCT = ".venv"
YARDSTICKS = ".venv-bench"
FILES = {
    # stage: (environment, requirement files, stages that come first)
    "run": (PRODUCT, ("build", "run"), ()),
    "test": (PRODUCT, ("test", "bundle", "spark"), ("run",)),
    "bench": (YARDSTICKS, ("bench",), ("run",)),
    "fuzz": (PRODUCT, ("fuzz",), ("test",)),
}
# Wheels the tests read files out of; fetched into the environment's folder `data`, never installed.
DATA = {"test": "data"}
# Changes to these change what an editable install writes (entry points, version, paths).
PROJECT_FILES = ("pyproject.toml", "src/duheng/__init__.py")


class InstallationError(Exception):
    """An installation that did not succeed; the text says what to do."""


def requirement(name: str) -> Path:
    return CHECKOUT / "requirements" / f"{name}.txt"


def interpreter(environment: str) -> Path:
    return CHECKOUT / environment / "bin" / "python"


def stamp(stage: str) -> Path:
    return CHECKOUT / FILES[stage][0] / f".duheng-{stage}"


def digest(stage: str) -> str:
    """Digest of everything the stage's installation depends on, the place of the checkout included."""
    environment, names, _ = FILES[stage]
    whole = hashlib.sha256(str(CHECKOUT / environment).encode())
    files = [requirement(name) for name in names]
    if stage == "run":
        files += [CHECKOUT / name for name in PROJECT_FILES]
    if stage in DATA:
        files.append(requirement(DATA[stage]))
    for path in files:
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def is_current(stage: str) -> bool:
    """Whether nothing needs to be installed for the stage."""
    mine = stamp(stage)
    before = FILES[stage][2]
    return mine.is_file() and mine.read_text() == digest(stage) and all(is_current(each) for each in before)


def pip_settings(listing: str) -> dict[str, str]:
    """pip's effective settings from the output of `pip config list`; later sections win as they do in pip.

    Keys without section (`index-url`). Sections: global, then install, then the environment's variables.
    """
    rank = {"global": 0, "install": 1, ":env:": 2}
    found: dict[str, tuple[int, str]] = {}
    for line in listing.splitlines():
        key, _, text = line.partition("=")
        section, _, name = key.rpartition(".")
        if section not in rank or not name:
            continue
        try:
            value = str(ast.literal_eval(text))
        except (ValueError, SyntaxError):
            value = text
        if name not in found or rank[section] >= found[name][0]:
            found[name] = (rank[section], value)
    return {name: value for name, (_, value) in found.items()}


def uv_environment(settings: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Environment in which uv fetches from where pip would; what the person set for uv already wins.

    `unsafe-best-match` is pip's way of choosing among several indexes; the hashes keep it safe.
    """
    wanted = {"UV_PYTHON_DOWNLOADS": "never", "UV_INDEX_STRATEGY": "unsafe-best-match"}
    names = {
        "index-url": ("UV_DEFAULT_INDEX", " "),
        "extra-index-url": ("UV_INDEX", " "),
        "find-links": ("UV_FIND_LINKS", ","),
        "trusted-host": ("UV_INSECURE_HOST", " "),
        "cert": ("SSL_CERT_FILE", " "),
        "timeout": ("UV_HTTP_TIMEOUT", " "),
        "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    }
    for setting, (variable, separator) in names.items():
        if settings.get(setting, "").strip():
            wanted.setdefault(variable, separator.join(settings[setting].split()))
    return {**wanted, **given}


def run(*command: str | Path, environment: Mapping[str, str] | None = None) -> bool:
    """Run a program with its output shown; whether it succeeded."""
    done = subprocess.run([str(part) for part in command], env=environment, cwd=CHECKOUT, check=False)
    return done.returncode == 0


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def make_environment(environment: str) -> None:
    """Create the virtual environment unless a working one of a fitting Python stands there."""
    python = interpreter(environment)
    fit = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    if python.exists():
        tried = subprocess.run([python, "-I", "-c", fit], capture_output=True, check=False)
        if tried.returncode == 0:
            return
    say(f"建立运行环境 {environment}（creating {environment}）")
    # --clear: what is left of a broken environment (an interpreter that went away) must not shine through.
    if not run(sys.executable, "-I", "-m", "venv", "--clear", CHECKOUT / environment):
        raise InstallationError(
            f"无法在 {CHECKOUT / environment} 建立运行环境：请查看上面的提示"
            "（目录是否可写，是否已装 python3-venv）。"
        )


def pip(environment: str, command: str, *arguments: str | Path) -> bool:
    # PIP_USER would send packages into the person's home instead of the environment.
    # Twice quiet: errors only, not the warnings about the machine's own configuration of pip.
    return run(
        interpreter(environment), "-I", "-m", "pip", command, "-qq", *arguments,
        environment={**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )  # fmt: skip


def uv_install(uv: Path, python: Path, files: list[str | Path]) -> bool:
    """Install by uv from where pip would; whether it succeeded."""
    asked = [str(python), "-I", "-m", "pip", "config", "list"]
    listing = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    settings = pip_settings(listing)
    command: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", python, "--require-hashes"]
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        command.append("--no-index")
    return run(*command, *files, environment=uv_environment(settings, os.environ))


def install(environment: str, names: tuple[str, ...]) -> None:
    """Install the hashed requirement files, by uv where it can be had, else by pip."""
    files: list[str | Path] = [part for name in names for part in ("-r", requirement(name))]
    listed = ", ".join(f"requirements/{name}.txt" for name in names)
    say(f"安装软件包（installing {listed} into {environment}）")
    uv = CHECKOUT / PRODUCT / "bin" / "uv"
    if not uv.exists():
        pip(PRODUCT, "install", "--require-hashes", "-r", requirement("build"))
    if uv.exists():
        if uv_install(uv, interpreter(environment), files):
            return
        say("uv 未能完成安装，改用 pip（uv did not succeed; falling back to pip）")
    if not pip(environment, "install", "--require-hashes", *files):
        raise InstallationError(
            "软件包未能安装：请查看上面的提示。不能联网时，请为 pip 指定可用的软件源或本地目录"
            "（pip config set global.find-links 目录），或在另一台机器上制作离线安装包（make bundle）。"
        )


def fetch_data(environment: str, name: str) -> None:
    """Fetch the wheels of a hashed requirement file, alone and unopened, into the environment's folder `data`."""
    say(f"下载测试数据（fetching requirements/{name}.txt into {environment}/data）")
    folder = CHECKOUT / environment / "data"
    shutil.rmtree(folder, ignore_errors=True)
    options = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--dest", folder)
    if not pip(environment, "download", *options, "-r", requirement(name)):
        raise InstallationError(
            "测试数据未能下载：请查看上面的提示。不能联网时，请为 pip 指定可用的软件源或本地目录"
            "（pip config set global.find-links 目录）。"
        )


def install_project() -> None:
    """Install the project itself, editable and offline: what builds it came with requirements/build.txt."""
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--editable", CHECKOUT)
    if not pip(PRODUCT, "install", *options):
        raise InstallationError("度衡本身未能装入运行环境：请查看上面的提示。")


def prepare(stage: str) -> None:
    """Everything the stage needs, the stages before it first; nothing where the stamps say so."""
    if is_current(stage):
        return
    environment, names, before = FILES[stage]
    for each in before:
        prepare(each)
    make_environment(environment)
    install(environment, names)
    if stage == "run":
        install_project()
    if stage in DATA:
        fetch_data(environment, DATA[stage])
    partial = stamp(stage).with_suffix(".partial")
    partial.write_text(digest(stage))
    partial.replace(stamp(stage))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--is-current", action="store_true", help="only tell by the exit code if all is there"
    )
    parser.add_argument("stage", choices=FILES)
    arguments = parser.parse_args()
    if arguments.is_current:
        return 0 if is_current(arguments.stage) else 1
    lock = os.open(CHECKOUT, os.O_RDONLY)
    try:
        # Two commands started at once in one checkout (make run, make test) must not install over each other.
        fcntl.flock(lock, fcntl.LOCK_EX)
        prepare(arguments.stage)
    except InstallationError as trouble:
        say(str(trouble))
        return 1
    finally:
        os.close(lock)
    return 0


if __name__ == "__main__":
    sys.exit(main())
