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
import threading

sys.dont_write_bytecode = True
from hub import Hub, exchange, listening_socket, need, status_of  # noqa: E402

CANARY_SECONDS_MAX = 10
QUIET_SECONDS = 0.12  # after which an answer is taken to have ended
LATE_SECONDS_MAX = 5.0
NGINX = """
daemon off; master_process on; worker_processes 1; user root; error_log {folder}/error.log crit; pid {folder}/nginx.pid;
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
  bind fd@{descriptor}
  default_backend hub
backend hub
  server hub 127.0.0.1:{hub}
"""
# Each with the answer that only it has. Neighbours differ; the hub's log tells them by their agent.
CANARIES = [
    (b"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\nUser-Agent: canary-%d\r\n\r\n", 404, b"there is nothing at this path"),
    (b"GET /api/webhooks/atlvs HTTP/1.1\r\nHost: a\r\nConnection: close\r\nUser-Agent: canary-%d\r\n\r\n", 405, b'{"error"'),
    (b"POST /api/webhooks/unknown HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\nUser-Agent: canary-%d\r\n\r\n{}",
     404, b"Unknown webhook source"),
    (b"DELETE /v1/events HTTP/1.1\r\nHost: a\r\nConnection: close\r\nUser-Agent: canary-%d\r\n\r\n", 405, b""),
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


class RawClient:
    """One connection to a proxy, with bytes that need not make sense. Everything that came back."""

    def __init__(self, port, request):
        self.answer = b""
        self.is_open = True
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=2)
        try:
            self.connection.sendall(request)
        except OSError:
            pass  # refused while it was sent; what was said is there to be read

    def read(self, quiet_seconds):
        """Until the end, or until nothing has come for so long. Whether something came."""
        before = len(self.answer)
        self.connection.settimeout(quiet_seconds)
        try:
            while self.is_open:
                piece = self.connection.recv(65536)
                self.is_open = bool(piece)
                self.answer += piece
        except TimeoutError:
            pass
        except OSError:
            self.is_open = False
        return len(self.answer) > before

    def close(self):
        self.connection.close()


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
        self.place = 0
        self.read = []
        self.expected = 0
        self.canaries = 0

    def take(self, lines):
        """Looks at the lines that it has not seen yet. How many requests beyond the expected."""
        fresh = lines[self.place:]
        self.place += len(fresh)
        self.read += [line for line in fresh if '"request"' in line or '"request.refused"' in line]
        return len(self.read) - self.expected

    def now(self):
        with self.hub.said:
            return self.take(self.hub.lines)

    def sing(self, port):
        """Sends the next canary. What it was and its answer."""
        canary = CANARIES[self.canaries % len(CANARIES)]
        self.canaries += 1
        return canary, exchange(port, canary[0] % self.canaries, timeout=CANARY_SECONDS_MAX)

    def settle(self, answers):
        """So many requests and the last canary are accounted for: how many more were read before
        it, as the log's order is that of the requests."""
        self.expected += answers + 1
        mark = f'"canary-{self.canaries}"'

        def is_logged(lines):
            self.take(lines)
            return any(mark in line for line in self.read[-4:])

        self.hub.wait_log(is_logged, f"the hub never read {mark}", CANARY_SECONDS_MAX)
        surplus = len(self.read) - self.expected
        self.expected = len(self.read)
        return surplus


def send_raw(port, request, counter):
    """Everything that comes back until it is quiet; how many answers were the hub's own."""
    client = RawClient(port, request)
    try:
        client.read(QUIET_SECONDS)
        # A busy machine: the hub has read a request whose answer is still on its way.
        while client.is_open and counter.now() > answers_of_hub(client.answer):
            if not client.read(LATE_SECONDS_MAX):
                break
        return answers_of_hub(client.answer)
    finally:
        client.close()


def judge(name, port, hub, requests):
    counter = Counter(hub)
    counter.sing(port)  # waits in the socket's queue until the proxy is ready
    counter.settle(0)
    problems, answered = [], 0
    for request in requests:
        # What a proxy may take for the rest of a body, and the hub for a request, or the other way round.
        with_tail = request + SMUGGLED if b"\r\n\r\n" in request else request
        for sent in dict.fromkeys((request, with_tail)):
            own = send_raw(port, sent, counter)
            answered += own
            (_, status, words), answer = counter.sing(port)
            if status_of(answer) != status or words not in answer:
                problems.append(f"{name}: behind {sent[:150]!r} the canary got {answer[:120]!r}")
            surplus = counter.settle(own)
            if surplus != 0:
                problems.append(f"{name}: {sent[:150]!r}: {own} answers of the hub, {own + surplus} requests, "
                                f"the last: {counter.read[-3:]}")
    print(f"{name}: {len(requests)} requests, twice each; {answered} reached the hub; "
          f"{len(problems)} out of step")
    return problems


def start_proxy(name, folder, hub, listener):
    """The proxy takes over a socket that listens already: an early client is queued."""
    port, descriptor = listener.getsockname()[1], listener.fileno()
    template, command, environment = {
        "nginx": (NGINX, ["/usr/sbin/nginx", "-p", folder, "-c"], {"NGINX": f"{descriptor};"}),
        "haproxy": (HAPROXY, ["/usr/sbin/haproxy", "-db", "-f"], {})}[name]
    config = pathlib.Path(folder) / f"{name}.conf"
    config.write_text(template.format(folder=folder, port=port, hub=hub.port, descriptor=descriptor))
    return subprocess.Popen([*command, str(config)], env=environment, pass_fds=(descriptor,),
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def run_proxy(name, program, requests, problems):
    """One proxy before a hub of its own."""
    with tempfile.TemporaryDirectory() as folder, listening_socket() as listener:
        hub = Hub(program, folder, KATYDID_LOG_LEVEL="debug").wait_ready()
        proxy = start_proxy(name, folder, hub, listener)
        try:
            problems += judge(name, listener.getsockname()[1], hub, requests)
        except (OSError, AssertionError) as error:
            problems.append(f"{name}: {error!r}")
        finally:
            proxy.terminate()
            proxy.wait(10)
            if hub.end() != 0:
                problems.append(f"the hub behind {name} did not end well:\n{hub.log_tail()}")


def main():
    need("nginx", "haproxy")
    program, requests = sys.argv[1], read_table(sys.argv[2])
    every = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    problems = []
    # Most of the time goes into waiting for what must not come, so both are asked at once.
    threads = [threading.Thread(target=run_proxy, args=(name, program, requests[::every], problems))
               for name in ("nginx", "haproxy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for problem in problems[:20]:
        print(problem)
    return 1 if problems else 0


sys.exit(main())
