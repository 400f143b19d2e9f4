"""What is installed: locked, hashed, explained, and free to be passed on."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKED = ("build", "run", "test", "spark", "bundle", "data", "bench", "fuzz")
# Written in two pieces, or this file would be the only one that names them.
REGISTRIES = ("pypi" + ".org", "python" + "hosted", "npm" + "js.", "jsdel" + "ivr", "unp" + "kg")
WEAK_COPYLEFT = {"psycopg", "psycopg-binary"}  # LGPL, imported unchanged: docs/dependencies.md


def locked(checkout: Path, name: str) -> dict[str, str]:
    """Versions by canonical name from a locked file."""
    text = (checkout / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}


def asked(checkout: Path, name: str) -> list[Requirement]:
    lines = (checkout / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


@pytest.mark.parametrize("name", LOCKED)
def test_every_locked_package_has_a_hash(checkout: Path, name: str) -> None:
    text = (checkout / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert blocks
    assert [block for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []


def test_no_file_of_the_project_names_a_registry(checkout: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=checkout,
        capture_output=True,
        check=True,
    ).stdout.decode()
    files = [checkout / name for name in listed.split("\0") if name]
    texts = {file: file.read_bytes() for file in files if file.is_file() and "/static/" not in str(file)}
    assert texts
    named = {str(file) for file, text in texts.items() for each in REGISTRIES if each.encode() in text}
    assert named == set()


def test_the_product_asks_for_what_is_locked_for_it(checkout: Path) -> None:
    with (checkout / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)["project"]["dependencies"]
    assert {str(Requirement(line)) for line in declared} == {str(each) for each in asked(checkout, "run")}


@pytest.mark.parametrize("name", ["run", "build"])
def test_files_that_share_an_environment_agree(checkout: Path, name: str) -> None:
    whole = locked(checkout, "test")
    part = locked(checkout, name)
    assert {package: whole.get(package) for package in part} == part


def test_every_dependency_has_its_reason_on_the_page(checkout: Path) -> None:
    page = (checkout / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    wanted = [each.name.lower() for name in LOCKED for each in asked(checkout, name)]
    assert [name for name in wanted if name not in page] == []


def test_every_fixed_version_has_its_reason_on_the_page(checkout: Path) -> None:
    reasons = (checkout / "docs" / "dependencies.md").read_text(encoding="utf-8").partition("## Why some")[2]
    fixed = [each for each in asked(checkout, "run") if str(each.specifier).startswith("==")]
    assert fixed
    lines = [f"**{each.name} {str(each.specifier)[2:]}**" for each in fixed]
    assert [line for line in lines if line not in reasons] == []


def test_nothing_the_product_needs_is_under_gpl_or_agpl(checkout: Path) -> None:
    strong = {}
    for package in locked(checkout, "run"):
        try:
            about = metadata.metadata(package)
        except metadata.PackageNotFoundError:
            continue  # for another system only
        # The older field may hold a whole licence text, whose first words are enough.
        said = [
            each[:200] for field in ("License-Expression", "License") for each in about.get_all(field) or []
        ]
        said += [each for each in about.get_all("Classifier") or [] if each.startswith("License ::")]
        text = " ".join(said)
        if re.search(r"GPL|GNU", text) and package not in WEAK_COPYLEFT:
            strong[package] = text
    assert strong == {}
