#!/usr/bin/env python3
"""nginx and haproxy in front of the hub, with the table of raw requests: no desynchronisation.

Both keep their connections to the hub and share them between clients. Behind each raw request a
canary goes through another client connection; neighbouring canaries have different answers, so
an answer that slips by one is seen. And the hub must have read exactly as many requests as answers
of its own came back: one smuggled inside another would be one more."""

import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from hub import Hub, exchange, need, status_of  # noqa: E402

NGINX = """
daemon off; master_process off; error_log {folder}/error.log crit; pid {folder}/nginx.pid;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream hub {{ server 127.0.0.1:{hub}; keepalive 4; }}
  server {{
    listen 127.0.0.1:{port}; ignore_invalid_headers off; underscores_in_headers on;
    client_header_buffer_size 32k; large_client_header_buffers 4 32k; client_max_body_size 4m;
    location / {{ proxy_pass http://hub; proxy_http_version 1.1; proxy_request_buffering off;
                 proxy_set_header Connection ""; proxy_set_header Host $http_host; }}
  }}
}}
"""
HAPROXY = """
global
  maxconn 512
  tune.bufsize 65536
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  option http-keep-alive
  http-reuse always
frontend in
  bind 127.0.0.1:{port}
  default_backend hub
backend hub
  server hub 127.0.0.1:{hub}
"""
# Each with the answer that only it has. Neighbours differ.
CANARIES = [
    (b"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404, b"there is nothing at this path"),
    (b"GET /api/webhooks/atlvs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405, b'{"error"'),
    (b"POST /api/webhooks/unknown HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
     404, b"Unknown webhook source"),
    (b"DELETE /v1/events HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405, b""),
]
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


def unescape(text):
    def one(match):
        kind = match.group(0)[1]
        if kind == "{":
            return match.group(0)[2] * int(match.group(0)[4:-1])
        if kind == "x":
            return chr(int(match.group(0)[2:], 16))
        return {"r": "\r", "n": "\n", "t": "\t", "\\": "\\"}[kind]
    return re.sub(r"\\(\{.\*\d+\}|x[0-9a-f]{2}|.)", one, text).encode("latin1")


def read_table(path):
    lines = pathlib.Path(path).read_text().split("\n")
    return [unescape(line.split(" ", 2)[2]) for line in lines if line and not line.startswith("#")]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_open(port):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the proxy does not listen")


def send_raw(port, request):
    """Everything that comes back until it is quiet."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        try:
            connection.sendall(request)
            connection.settimeout(0.12)
            while True:
                piece = connection.recv(65536)
                if not piece:
                    break
                answer += piece
        except OSError:
            pass
    return answer


def answers_of_hub(answer):
    """Final answers that were the hub's own: a proxy's have an HTML page."""
    parts = re.split(rb"(?=HTTP/1\.[01] \d\d\d )", answer)
    # To "GET /" without a version nginx answers as HTTP/0.9 did, without a status line; haproxy
    # speaks HTTP/2 to who begins with its preface, which is binary.
    return sum(1 for part in parts if part and not part.startswith(b"HTTP/1.1 100")
               and b"<html>" not in part.lower() and b"\0" not in part)


class Counter:
    """How many requests the hub has read to their heads, by its log."""

    def __init__(self, hub):
        self.hub = hub
        self.place = len(hub.lines)
        self.seen = 0
        self.expected = 0

    def surplus(self, expected):
        """Requests beyond the expected ones; the log may come a moment behind the answer."""
        self.expected += expected

        def enough(lines):
            fresh = lines[self.place:]
            self.place += len(fresh)
            self.seen += sum('"request"' in line or '"request.refused"' in line for line in fresh)
            return self.seen >= self.expected

        try:
            self.hub.wait_log(enough, "", 0.5)
        except AssertionError:
            pass  # fewer than expected: told by the number
        more = self.seen - self.expected
        self.expected = self.seen
        return more


def judge(name, port, hub, requests):
    counter = Counter(hub)
    problems, answered = [], 0
    for number, request in enumerate(requests):
        # What a proxy may take for the rest of a body, and the hub for a request, or the other way round.
        with_tail = request + SMUGGLED if b"\r\n\r\n" in request else request
        for sent in dict.fromkeys((request, with_tail)):
            own = answers_of_hub(send_raw(port, sent))
            answered += own
            ask, status, words = CANARIES[number % len(CANARIES)]
            answer = exchange(port, ask, timeout=10)
            if status_of(answer) != status or words not in answer:
                problems.append(f"behind {sent[:150]!r} the canary got {answer[:120]!r}")
            surplus = counter.surplus(own + 1)
            if surplus != 0:
                problems.append(f"{sent[:150]!r}: {own} answers of the hub, {own + surplus} requests")
    print(f"{name}: {len(requests)} requests, twice each; {answered} reached the hub; "
          f"{len(problems)} out of step")
    return problems


def run_proxy(name, command, port, hub, requests):
    proxy = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    try:
        wait_open(port)
        return judge(name, port, hub, requests)
    finally:
        proxy.terminate()
        proxy.wait(10)


def main():
    need("nginx", "haproxy")
    program, requests = sys.argv[1], read_table(sys.argv[2])
    every = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(program, folder, KATYDID_LOG_LEVEL="debug").wait_ready()
        try:
            for name, template in (("nginx", NGINX), ("haproxy", HAPROXY)):
                port = free_port()
                config = pathlib.Path(folder) / f"{name}.conf"
                config.write_text(template.format(folder=folder, port=port, hub=hub.port))
                command = ["/usr/sbin/nginx", "-p", folder, "-c", str(config)] if name == "nginx" \
                    else ["/usr/sbin/haproxy", "-db", "-f", str(config)]
                problems += run_proxy(name, command, port, hub, requests[::every])
        finally:
            hub.end()
    for problem in problems[:20]:
        print(problem)
    return 1 if problems else 0


sys.exit(main())
