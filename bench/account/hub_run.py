"""One hub below callgrind, in lockstep with its only client: see lockstep.cpp."""

import hashlib
import hmac
import http.client
import json
import mmap
import os
import pathlib
import re
import select
import socket
import subprocess
import time

SECRET = "katydid-account-source-secret"
ENDPOINT_SECRET = "whsec_YWNjb3VudC1lbmRwb2ludC1zZWNyZXQtYWNjb3VudCE="
BODY_BYTES = 1024
SECONDS_MAX = 120  # of any one wait
LOOK_SECONDS = 0.0005
IS_HELD, MARK, AWAKE, SHARED_BYTES = range(4)  # struct Shared of lockstep.cpp
# The same instructions on every machine: no SHA-NI, no AVX in OpenSSL, none in the C library.
PINNED = {"OPENSSL_ia32cap": "~0x1000000000000000:0x0",
          "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX_Fast_Unaligned_Load,-ERMS,-FSRM"}


def webhook(number):
    """The bytes of a signed webhook; every number is another event."""
    identity = f"acc00000-0000-4000-8000-{number:012x}"
    head = (f'{{"id":"{identity}","name":"resource.updated","occurredAt":"2026-06-15T18:00:00.000Z",'
            f'"payload":{{"id":"{identity}","type":"equipment","name":"L-Acoustics K2 line array, left",'
            '"availability":false,"metadata":{"location":"Warehouse 3, bay 12","serial":"K2-004417",'
            '"condition":"good"},"allocatedTo":"prd_9f31c2","from":"2026-06-15T08:00:00.000Z",'
            '"to":"2026-06-16T02:00:00.000Z","notes":"')
    body = (head + "n" * (BODY_BYTES - len(head) - 3) + '"}}').encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return ("POST /api/webhooks/atlvs HTTP/1.1\r\nHost: hub.example\r\nContent-Type: application/json\r\n"
            f"X-Webhook-Event: resource.updated\r\nX-Webhook-Signature: {signature}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


class Wire:
    """A connection that carries whole messages of HTTP/1.1 with Content-Length."""

    def __init__(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(SECONDS_MAX)
        self.connection = connection
        self.kept = b""

    def send(self, message):
        self.connection.sendall(message)

    def receive(self):
        """The next message; its first line."""
        while True:
            end = self.kept.find(b"\r\n\r\n")
            if end >= 0:
                found = re.search(rb"\r\ncontent-length: *(\d+)", self.kept[:end], re.I)
                size = end + 4 + (int(found[1]) if found else 0)
                if len(self.kept) >= size:
                    message, self.kept = self.kept[:size], self.kept[size:]
                    return message[:message.index(b"\r\n")].decode()
            piece = self.connection.recv(65536)
            if not piece:
                raise RuntimeError("the hub closed a connection")
            self.kept += piece


class Receiver:
    """An endpoint that answers when it is told to."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.wires = {}
        self.unanswered = []

    @property
    def url(self):
        return "http://127.0.0.1:%d/account" % self.listener.getsockname()[1]

    def collect(self, count):
        """Waits until so many attempts have come."""
        while len(self.unanswered) < count:
            ready, _, _ = select.select([self.listener, *self.wires], [], [], SECONDS_MAX)
            if not ready:
                raise RuntimeError(f"{len(self.unanswered)} of {count} attempts came")
            for connection in ready:
                if connection is self.listener:
                    accepted = self.listener.accept()[0]
                    self.wires[accepted] = Wire(accepted)
                    continue
                self.wires[connection].receive()
                self.unanswered.append(self.wires[connection])

    def answer(self):
        for wire in self.unanswered:
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        self.unanswered = []


class HubRun:
    """`hub` below callgrind in `folder`. Use it in a `with`; afterwards the folder has its files."""

    def __init__(self, hub, lockstep, folder):
        self.folder = pathlib.Path(folder)
        self.number = 0
        self.wires = []
        self.receiver = None
        shared = self.folder / "lockstep"
        shared.write_bytes(bytes(SHARED_BYTES))
        with open(shared, "r+b") as file:
            self.shared = mmap.mmap(file.fileno(), SHARED_BYTES)
        self.program = self.folder / "katydid"
        # Debian 12's valgrind cannot read the debug information of clang 19; functions' names suffice.
        subprocess.run(["objcopy", "--strip-debug", hub, self.program], check=True)
        environment = {"PATH": os.environ["PATH"], "ATLVS_WEBHOOK_SECRET": SECRET,
                       "KATYDID_EGRESS_ALLOW": "127.0.0.0/8", "KATYDID_LOOPS": "1",
                       "LD_PRELOAD": str(pathlib.Path(lockstep).resolve(strict=True)),
                       "LOCKSTEP_FILE": str(shared), **PINNED}
        self.port_file = self.folder / "ports.json"
        # It tells its service manager when it is ready, and that is us.
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(environment.setdefault("NOTIFY_SOCKET", str(self.folder / "notify")))
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                ["valgrind", "-q", "--tool=callgrind", "--separate-threads=yes",
                 f"--callgrind-out-file={self.folder}/costs", self.program, "serve",
                 "--listen", "127.0.0.1:0", "--operator-listen", "127.0.0.1:0",
                 "--data-dir", str(self.folder / "data"), "--port-file", str(self.port_file)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)

    def __enter__(self):
        ended = os.pidfd_open(self.process.pid)
        ready, _, _ = select.select([self.manager, ended], [], [], SECONDS_MAX)
        os.close(ended)
        if self.manager not in ready or b"READY=1" not in self.manager.recv(4096):
            self.process.kill()
            raise RuntimeError("the hub was not ready:\n" + (self.folder / "log").read_text()[-3000:])
        ports = json.loads(self.port_file.read_text())
        self.port, self.operator_port = (int(ports[name].rsplit(":", 1)[1])
                                         for name in ("listen", "operator_listen"))
        self.key = pathlib.Path(ports["operator_key_file"]).read_text().split("\n")[0]
        return self

    def __exit__(self, *_):
        # What was counted is written by now, and an orderly end would wait for timers.
        self.process.kill()
        self.process.wait()
        self.manager.close()

    def call(self, port, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_MAX)
        connection.request(method, path, json.dumps(body) if body else None,
                           {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text}")
        return text

    def subscribe(self):
        """From now on every event has one endpoint."""
        self.receiver = Receiver()
        self.call(self.port, "POST", "/v1/subscriptions",
                  {"name": "account", "event_types": ["*"], "dialect": "standard",
                   "handler": {"kind": "endpoint", "url": self.receiver.url},
                   "secret": ENDPOINT_SECRET, "limits": {"in_flight": 256}})

    def commits(self):
        metrics = self.call(self.operator_port, "GET", "/metrics")
        return int(float(re.search(r"^katydid_store_commit_seconds_count (\S+)$", metrics, re.M)[1]))

    def wait_for_rest(self):
        """Until no thread of the hub still works at the round before."""
        deadline = time.monotonic() + SECONDS_MAX
        while self.shared[AWAKE]:
            if time.monotonic() > deadline:
                raise RuntimeError("the hub's threads do not come to rest")
            time.sleep(LOOK_SECONDS)

    def round(self, count, mark=0):
        """So many webhooks at once, and the answers to the attempts of the round before."""
        while len(self.wires) < count:
            self.wires.append(Wire(socket.create_connection(("127.0.0.1", self.port))))
        self.wait_for_rest()
        self.shared[IS_HELD] = 1
        if self.receiver:
            self.receiver.answer()
        for wire in self.wires[:count]:
            wire.send(webhook(self.number))
            self.number += 1
        if mark:
            self.shared[MARK] = mark
        self.shared[IS_HELD] = 0
        for wire in self.wires[:count]:
            status = wire.receive()
            if not status.startswith("HTTP/1.1 200"):
                raise RuntimeError("a webhook was answered with " + status)
        if self.receiver:
            self.receiver.collect(count)
