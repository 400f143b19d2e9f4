"""Install the bundle in this folder and serve from it; run by test_bundle.py where there is no network.

    python -m tests.tooling.offline BUNDLE_FOLDER PREFIX

Prints one line of JSON: whether an outside address could be reached, and what the first page took and said.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

from bench.serving import free_port, serving

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
ELSEWHERE = ("192.0.2.1", 443)  # RFC 5737: an address that belongs to nobody


def raise_loopback() -> None:
    """Bring up 127.0.0.1, which a new network namespace has switched off; leave it alone elsewhere."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        asked = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(handle, SIOCGIFFLAGS, asked))[1]
        if not flags & IFF_UP:
            fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | IFF_UP))


def cut_off() -> bool:
    """Whether this process has no way out at all."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(ELSEWHERE) == errno.ENETUNREACH


def main(bundle: Path, prefix: Path) -> int:
    raise_loopback()
    subprocess.run([bundle / "install.sh", "--prefix", prefix], stdout=sys.stderr, check=True)
    home = prefix.parent / "home"
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "DUHENG_HOME": str(home / "data"),
        "LANG": "C.UTF-8",
    }
    port = free_port()
    with serving([prefix / "bin" / "duheng", "serve", "--port", str(port)], port, home, environment) as page:
        print(json.dumps({"cut_off": cut_off(), "seconds": page.seconds, "page": page.text}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
