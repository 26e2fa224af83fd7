"""What tests in Python share: a hub in a process of its own, and packages of PyPI."""

import json
import os
import socket
import subprocess
import sys

WEBSOCKETS_VERSION = "15.0.1"


def install(venv, package, version):
    """The folder of the environment's programs, with the package installed; or None, with the
    reason on standard output."""
    mark = venv / f"is-{version}"
    if mark.exists():
        return venv / "bin"
    made = subprocess.run([sys.executable, "-m", "venv", venv], capture_output=True, text=True)
    if made.returncode == 0:
        made = subprocess.run([venv / "bin/pip", "install", "--quiet", "--retries", "1",
                               f"{package}=={version}"], capture_output=True, text=True)
    if made.returncode:
        print(f"skipped: {package} {version} cannot be installed here:\n{made.stderr[-500:]}")
        return None
    mark.touch()
    return venv / "bin"


def start(hub, folder, listen="127.0.0.1:0"):
    """Starts a hub and returns it with its URL and the operator's key, once it is ready."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        address = folder / "notify"
        address.unlink(missing_ok=True)
        manager.bind(str(address))
        manager.settimeout(60)
        ports = folder / "ports.json"
        process = subprocess.Popen(
            [hub, "serve", "--data-dir", folder / "data", "--listen", listen,
             "--operator-listen", "127.0.0.1:0", "--port-file", ports, "--log-level", "error"],
            cwd=folder, env={**os.environ, "NOTIFY_SOCKET": str(address)})
        assert b"READY=1" in manager.recv(4096), "the hub does not start"
    url = "http://" + json.loads(ports.read_text())["listen"]
    return process, url, (folder / "data/operator.key").read_text().strip()
