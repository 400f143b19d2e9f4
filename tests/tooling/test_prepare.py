"""The first command on a fresh machine."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

LISTING = """\
:env:.find-links='/srv/wheels'
global.cert='/etc/ssl/own.crt'
global.extra-index-url='file:///srv/a file:///srv/b'
global.index-url='https://mirror.example/simple'
install.timeout='90'
"""


def loaded(path: Path) -> ModuleType:
    """scripts/prepare.py of some checkout as a module."""
    spec = importlib.util.spec_from_file_location("prepare_of_a_test", path / "scripts" / "prepare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(checkout: Path, tmp_path: Path) -> Path:
    """What decides about the installation, in a checkout of its own without an environment."""
    target = tmp_path / "copy"
    shutil.copytree(checkout / "scripts", target / "scripts")
    shutil.copytree(checkout / "requirements", target / "requirements")
    (target / "src" / "duheng").mkdir(parents=True)
    shutil.copy(checkout / "src" / "duheng" / "__init__.py", target / "src" / "duheng")
    shutil.copy(checkout / "pyproject.toml", target)
    return target


def stamped(path: Path) -> ModuleType:
    module = loaded(path)
    module.stamp("run").parent.mkdir(exist_ok=True)
    module.stamp("run").write_text(module.digest("run"))
    return module


def path_of(folder: Path, python: str) -> str:
    """A PATH on which the only Python is a program with this text."""
    folder.mkdir()
    for name in ("dirname", "sh"):
        (folder / name).symlink_to(shutil.which(name) or "")
    for name in ("python3", "python"):
        (folder / name).write_text(python)
        (folder / name).chmod(0o755)
    return str(folder)


def first_line(copy: Path, path: str) -> tuple[int, str]:
    done = subprocess.run(
        [copy / "scripts" / "prepare", "run"], env={"PATH": path}, capture_output=True, text=True, check=False
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()[0]


def test_without_python_the_first_line_says_what_to_install(copy: Path, tmp_path: Path) -> None:
    code, line = first_line(copy, path_of(tmp_path / "bin", "#!/bin/sh\nexit 1\n"))
    assert code == 1
    assert "apt-get install python3 python3-venv" in line


def test_without_venv_the_first_line_says_what_to_install(copy: Path, tmp_path: Path) -> None:
    # Debian leaves ensurepip out of python3 and puts it into python3-venv.
    python = f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\nexec {sys.executable} "$@"\n'
    code, line = first_line(copy, path_of(tmp_path / "bin", python))
    assert code == 1
    assert "apt-get install python3-venv" in line


def test_a_hand_made_environment_without_a_stamp_is_installed_again(copy: Path) -> None:
    assert not loaded(copy).is_current("run")


def test_a_stamped_environment_is_left_alone(copy: Path) -> None:
    assert stamped(copy).is_current("run")


def test_a_changed_requirement_is_installed(copy: Path) -> None:
    module = stamped(copy)
    with (copy / "requirements" / "run.txt").open("a", encoding="utf-8") as file:
        file.write("one-more==1.0\n")
    assert not module.is_current("run")


def test_a_moved_checkout_is_installed_again(copy: Path) -> None:
    stamped(copy)
    moved = copy.rename(copy.with_name("moved"))
    assert not loaded(moved).is_current("run")


def test_the_environment_of_the_tests_needs_that_of_the_product(copy: Path) -> None:
    module = loaded(copy)
    module.stamp("test").parent.mkdir(exist_ok=True)
    module.stamp("test").write_text(module.digest("test"))
    assert not module.is_current("test")


def test_uv_fetches_from_where_pip_would(checkout: Path) -> None:
    module = loaded(checkout)
    assert module.uv_environment(module.pip_settings(LISTING), {}) == {
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "file:///srv/a file:///srv/b",
        "UV_FIND_LINKS": "/srv/wheels",
        "SSL_CERT_FILE": "/etc/ssl/own.crt",
        "UV_HTTP_TIMEOUT": "90",
    }


def test_what_the_environment_says_to_pip_wins_over_its_files(checkout: Path) -> None:
    module = loaded(checkout)
    listing = ":env:.index-url='https://env.example/'\nglobal.index-url='https://file.example/'\n"
    assert module.pip_settings(listing) == {"index-url": "https://env.example/"}


def test_what_the_person_told_uv_wins(checkout: Path) -> None:
    module = loaded(checkout)
    variables = module.uv_environment(
        {"index-url": "https://pip.example/"}, {"UV_DEFAULT_INDEX": "https://uv.example/"}
    )
    assert variables["UV_DEFAULT_INDEX"] == "https://uv.example/"
