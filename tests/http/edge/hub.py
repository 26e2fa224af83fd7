"""A hub for the edge tests: started, asked, ended by its process id. Loopback only."""

import hashlib
import hmac
import json
import os
import pathlib
import signal
import select
import socket
import ssl
import subprocess
import sys
import threading

SECRET = "edge-test-secret-0123456789"
READY_SECONDS_MAX = 60
END_SECONDS_MAX = 60


class Hub:
    """One `katydid serve` with its own data folder, on free ports or on sockets handed to it."""

    def __init__(self, program, folder, sockets=(), **settings):
        self.folder = pathlib.Path(folder)
        self.port_file = self.folder / "ports.json"
        self.port_file.unlink(missing_ok=True)
        environment = {"PATH": os.environ.get("PATH", ""), "ATLVS_WEBHOOK_SECRET": SECRET,
                       "KATYDID_LOG_FORMAT": "json", **settings}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE"):
            if name in os.environ:
                environment[name] = os.environ[name]
        command = [str(program), "serve", "--listen", "127.0.0.1:0", "--operator-listen", "127.0.0.1:0",
                   "--data-dir", str(self.folder / "data"), "--port-file", str(self.port_file)]
        if sockets:
            command = with_sockets(command, len(sockets))
        # It tells its service manager when it is ready, and that is us.
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(environment.setdefault("NOTIFY_SOCKET", str(self.folder / "notify")))
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment, preexec_fn=(lambda: place(sockets)) if sockets else None,
            close_fds=not sockets)
        self.lines = []
        self.said = threading.Condition()
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        self.ports = None

    def listen(self):
        """Collects what the hub logs, until it ends."""
        for line in self.process.stdout:
            with self.said:
                self.lines.append(line.decode(errors="replace"))
                self.said.notify_all()

    def wait_ready(self):
        ended = os.pidfd_open(self.process.pid)
        try:
            ready, _, _ = select.select([self.manager, ended], [], [], READY_SECONDS_MAX)
        finally:
            os.close(ended)
        if self.manager not in ready or b"READY=1" not in self.manager.recv(4096):
            raise RuntimeError("the hub was not ready in time, or ended:\n" + self.log_tail())
        self.ports = json.loads(self.port_file.read_text())
        return self

    def wait_log(self, enough, what, seconds=20):
        """Waits until the lines of the log are enough."""
        with self.said:
            if not self.said.wait_for(lambda: enough(self.lines), seconds):
                raise AssertionError(what)

    def count_log(self, words):
        with self.said:
            return sum(words in line for line in self.lines)

    @property
    def port(self):
        return int(self.ports["listen"].rsplit(":", 1)[1])

    @property
    def operator_port(self):
        return int(self.ports["operator_listen"].rsplit(":", 1)[1])

    def log_tail(self):
        with self.said:
            return "".join(self.lines[-30:])

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def end(self):
        """SIGTERM; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.listener.join()
            self.manager.close()
            (self.folder / "notify").unlink(missing_ok=True)


def with_sockets(command, count):
    """systemd sets LISTEN_PID behind its fork; a shell that execs does the same here."""
    names = ":".join(["listen", "operator_listen"][:count])
    return ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", "env", f"LISTEN_FDS={count}",
            f"LISTEN_FDNAMES={names}", *command]


def place(sockets):
    """In the child: the sockets become descriptors 3, 4, …"""
    copies = [os.dup(each.fileno()) for each in sockets]
    for at, copy in enumerate(copies):
        os.dup2(copy, 3 + at)


def listening_socket(backlog=4096):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(backlog)
    return listener


def webhook(number, close=True, host="hub.test"):
    """The bytes of a signed webhook; every number is another event."""
    body = json.dumps({"id": f"edge-{number}", "name": "resource.updated",
                       "occurredAt": "2026-06-15T18:00:00.000Z",
                       "payload": {"id": f"res_{number}", "type": "equipment"}}).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (f"POST /api/webhooks/atlvs HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"X-Webhook-Signature: {signature}\r\nContent-Length: {len(body)}\r\n"
            + ("Connection: close\r\n" if close else "") + "\r\n")
    return head.encode() + body


def exchange(port, request, timeout=30, tls=None):
    """Writes the bytes, reads to the end. The answer, empty when the connection was closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as raw:
        connection = tls.wrap_socket(raw, server_hostname="localhost") if tls else raw
        connection.sendall(request)
        answer = b""
        while True:
            try:
                piece = connection.recv(65536)
            except (ConnectionResetError, ssl.SSLEOFError):
                break
            if not piece:
                break
            answer += piece
        return answer


def status_of(answer):
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


def need(*programs):
    """Ends the test as skipped (77) when a Debian program is missing: script/bootstrap has them."""
    import shutil
    missing = [name for name in programs if shutil.which(name, path="/usr/sbin:/usr/bin:/bin:/sbin") is None]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed; see script/bootstrap")
        sys.exit(77)
