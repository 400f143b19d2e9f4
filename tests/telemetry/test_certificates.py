"""What is wrong with files of TLS is said in Chinese: place, found, expected, remedy."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duheng import settings
from duheng.cli import app
from duheng.model.errors import DuhengError
from duheng.telemetry.certificates import serving, trusting


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pairs, one of them with a locked key, and a file that is neither."""
    folder = tmp_path_factory.mktemp("tls")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-days", "2", "-subj", "/CN=localhost"]
    for name, more in (("a", ["-nodes"]), ("b", ["-nodes"]), ("locked", ["-passout", "pass:geheim"])):
        paths = ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")]
        subprocess.run([*made, *more, *paths], check=True, capture_output=True)
    (folder / "both.pem").write_bytes((folder / "a.pem").read_bytes() + (folder / "a.key").read_bytes())
    (folder / "none.pem").write_text("nothing")
    (folder / "torn.pem").write_text("-----BEGIN CERTIFICATE-----\nxxxx\n-----END CERTIFICATE-----\n")
    return folder


@pytest.mark.parametrize(
    ("certificate", "key", "said"),
    [
        ("a.pem", None, "没有私钥，应在该文件中或另以--key给出"),
        ("a.pem", "none.pem", "没有私钥，应为PEM文件"),
        ("a.pem", "b.key", "不是一对"),
        ("locked.pem", "locked.key", "私钥有口令"),
        ("none.pem", "a.key", "没有证书"),
        ("torn.pem", "a.key", "不能用"),
        ("absent.pem", None, "不能读取"),
        (None, "a.key", "给了私钥而没有证书"),
    ],
)
def test_a_wrong_pair_is_said(files: Path, certificate: str | None, key: str | None, said: str) -> None:
    with pytest.raises(DuhengError, match=said) as wrong:
        serving(files / certificate if certificate else None, files / key if key else None)
    text = str(wrong.value)
    assert "应" in text
    assert "请" in text
    assert "SSL" not in text


def test_a_pair_in_one_file_or_two_serves(files: Path) -> None:
    assert serving(files / "a.pem", files / "a.key") is not None
    assert serving(files / "both.pem", None) is not None
    assert serving(None, None) is None


def test_what_cannot_be_trusted_is_said(files: Path) -> None:
    assert trusting("--tls", files / "a.pem").cert_store_stats()["x509"] == 1
    for name in ("none.pem", "torn.pem"):
        with pytest.raises(DuhengError, match=r"--tls .*证书.*应为"):
            trusting("--tls", files / name)


def test_the_receiver_says_it(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DUHENG_HOME", tmp_path)
    done = CliRunner().invoke(app, ["receive", "--hj212", "0", "--certificate", str(files / "a.pem")])
    assert done.exit_code != 0
    assert "没有私钥" in str(done.exception) + done.output
