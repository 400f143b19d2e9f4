"""Files of TLS: a certificate with its private key to serve with, certificates to trust; what is wrong in words."""

from __future__ import annotations

import ssl
from pathlib import Path

from duheng.model.errors import DuhengError

_CERTIFICATE, _KEY, _LOCKED = b"-----BEGIN CERTIFICATE-----", b"PRIVATE KEY-----", b"ENCRYPTED"


def serving(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """What to serve TLS with, None without a certificate. Raises DuhengError."""
    if certificate is None:
        if key is not None:
            raise DuhengError(
                f"--key {key}：给了私钥而没有证书，应同时给出--certificate。请补上；不需要加密则去掉--key。"
            )
        return None
    _holds_certificate("--certificate", certificate)
    _holds_key(certificate, key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key, password=_locked)
    except ssl.SSLError as trouble:
        held = "同一文件" if key is None else f"--key {key}"
        found = "不是一对" if "MISMATCH" in str(trouble.reason) else "不能用（内容损坏或算法过弱）"
        raise DuhengError(
            f"--certificate {certificate}：证书与{held}中的私钥{found}，"
            "应为相配的一对（PEM）。请换用签发该证书时的私钥。"
        ) from trouble
    return context


def trusting(option: str, file: Path | None) -> ssl.SSLContext:
    """What to check the other side by: these certificates, those of the system where None. Raises DuhengError."""
    if file is not None:
        _holds_certificate(option, file)
    try:
        return ssl.create_default_context(cafile=str(file) if file else None)
    except ssl.SSLError as trouble:
        raise DuhengError(f"{option} {file}：证书内容损坏，应为完整的PEM证书。请重新导出。") from trouble


def _holds_certificate(option: str, file: Path) -> None:
    if _CERTIFICATE not in _read(option, file):
        raise DuhengError(
            f"{option} {file}：没有证书，应为PEM文件（含“{_CERTIFICATE.decode()}”）。请核对文件；DER格式的先转为PEM。"
        )


def _holds_key(certificate: Path, key: Path | None) -> None:
    option, file = ("--certificate", certificate) if key is None else ("--key", key)
    text = _read(option, file)
    if _KEY not in text:
        expected = "应在该文件中或另以--key给出" if key is None else "应为PEM文件（含“PRIVATE KEY”）"
        raise DuhengError(f"{option} {file}：没有私钥，{expected}。请用--key指明证书的私钥文件。")
    if _LOCKED in text:
        raise DuhengError(
            f"{option} {file}：私钥有口令，应为没有口令的私钥（服务启动时无人输入）。请去掉口令，并只许运行者读取。"
        )


def _locked() -> str:  # never asked for: OpenSSL would stop and wait at the terminal
    return ""


def _read(option: str, file: Path) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as trouble:
        raise DuhengError(f"{option} {file}：不能读取，应为可读的PEM文件。请核对路径和权限。") from trouble
