#!/usr/bin/env python3
"""katydid listen and trigger against a hub, a local server and a pseudo-terminal.

    listen_test.py --hub build/dev/hub/katydid [NAME…]

Each test is a function below; names choose some of them.
"""

import argparse
import contextlib
import fcntl
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import pty
import queue
import re
import select
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import urllib.request

SECRET = "whsec_swordfish"
SECONDS = 40
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"


class Hub:
    """A hub that may be killed and started again at the same address."""

    def __init__(self, program, folder):
        self.program, self.folder, self.listen = program, folder, "127.0.0.1:0"
        self.start()
        self.key = (folder / "data/operator.key").read_text().strip()

    def start(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            address = self.folder / "notify"
            address.unlink(missing_ok=True)
            manager.bind(str(address))
            manager.settimeout(SECONDS)
            ports = self.folder / "ports.json"
            self.process = subprocess.Popen(
                [self.program, "serve", "--data-dir", self.folder / "data", "--listen", self.listen,
                 "--operator-listen", "127.0.0.1:0", "--port-file", ports, "--log-level", "error"],
                cwd=self.folder, env={**os.environ, "NOTIFY_SOCKET": str(address)})
            assert b"READY=1" in manager.recv(4096), "the hub does not start"
        self.listen = json.loads(ports.read_text())["listen"]
        self.url = "http://" + self.listen

    def kill(self):
        self.process.kill()
        self.process.wait()

    def environment(self):
        return {**os.environ, "KATYDID_URL": self.url, "KATYDID_API_KEY": self.key, "SECRET": SECRET,
                "TERM": "xterm-256color", "NO_COLOR": ""}

    def run(self, *arguments, status=0):
        done = subprocess.run([self.program, *arguments], env=self.environment(), text=True,
                              capture_output=True, timeout=SECONDS)
        assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def get(self, path):
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {self.key}"})
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)

    def trigger(self, kind="invoice.paid", *more):
        return self.run("trigger", "stripe", kind, "--source", "stripe", "--secret-env", "SECRET", *more)

    def deliveries(self):
        return self.get("/v1/deliveries")["data"]


class Local:
    """A local server: what it got is in `got`; it answers `status`, once `gate` is open."""

    def __init__(self, context=None):
        self.got, self.status, self.gate = queue.Queue(), 200, threading.Event()
        self.gate.set()
        local = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                local.got.put((dict(self.headers), body))
                local.gate.wait(SECONDS)
                with contextlib.suppress(OSError):
                    self.send_response(local.status)
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"ok")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self):
        return self.got.get(timeout=SECONDS)


class Screen:
    """A command on a pseudo-terminal of its own."""

    def __init__(self, hub, *arguments, columns=80, rows=24, **environment):
        self.before = None
        self.output = b""
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execve(hub.program, [str(hub.program), *arguments], {**hub.environment(), **environment})
        self.modes = termios.tcgetattr(self.master)

    def read(self):
        ready, _, _ = select.select([self.master], [], [], 0.2)
        if not ready:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.output += data
        return bool(data)

    def wait_for(self, text, since=0):
        """Until it was written, escape sequences aside; returns where the output is then."""
        end = time.monotonic() + SECONDS
        while text.encode() not in ESCAPES.sub(b"", self.output[since:]):
            assert time.monotonic() < end, (text, ESCAPES.sub(b"", self.output)[-2000:])
            assert self.read(), (text, ESCAPES.sub(b"", self.output)[-2000:])
        return len(self.output)

    def press(self, keys):
        at = len(self.output)
        os.write(self.master, keys.encode())
        return at

    def resize(self, columns, rows):
        at = len(self.output)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)
        return at

    def end(self):
        """Reads to the end. Returns the status as a shell has it."""
        end = time.monotonic() + SECONDS
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.read()
            if pid:
                break
            assert time.monotonic() < end, "it does not end"
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else 128 - code

    def is_restored(self):
        now = termios.tcgetattr(self.master)
        same = now[:4] == self.modes[:4]
        return same and self.output.rfind(LEAVE) > self.output.rfind(ENTER)


def verify(headers, body):
    signature = dict(item.split("=", 1) for item in headers["Stripe-Signature"].split(","))
    expected = hmac.new(SECRET.encode(), signature["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return signature["v1"] == expected


def start_listening(hub, local, *more, **environment):
    screen = Screen(hub, "listen", "--name", "test", "--source", "stripe", "--forward", f"{local.port}/hooks",
                    "--secret-env", "SECRET", *more, **environment)
    screen.wait_for("● connected")
    return screen


def the_whole_screen(hub, local):
    """Arrives byte for byte, is listed, looked into, sent again, edited; the attempt is recorded."""
    screen = start_listening(hub, local, EDITOR="sed -i s/Ida/Ola/")
    hub.trigger()
    headers, body = local.next()
    assert verify(headers, body) and b"Ida" in body
    screen.wait_for("invoice.paid")
    screen.wait_for("200")
    at = screen.press("\r")
    screen.wait_for("Stripe-Signature", at)
    screen.press("r")
    assert local.next()[1] == body
    screen.press("e")
    headers, changed = local.next()
    assert b"Ola" in changed and verify(headers, changed), changed
    at = screen.press("\x1b")
    screen.wait_for("TIME", at)
    at = screen.press("?")
    screen.wait_for("any key: back", at)
    screen.press("x")
    at = screen.resize(40, 10)
    screen.wait_for("STATUS", at)
    delivery = hub.deliveries()[0]
    attempts = hub.get(f"/v1/deliveries/{delivery['id']}/attempts")["data"]
    assert delivery["state"] == "delivered" and attempts[0]["status"] == 200, (delivery, attempts)
    screen.press("q")
    assert screen.end() == 0 and screen.is_restored()


def failures_say_why(hub, local):
    """A local server that answers 500, then one that is not there."""
    screen = start_listening(hub, local)
    local.status = 500
    hub.trigger()
    local.next()
    screen.wait_for("500")
    local.server.shutdown()
    local.server.server_close()
    hub.trigger("invoice.finalized")
    screen.wait_for("ERR")
    at = screen.press("g\r")
    screen.wait_for("refused", at)
    screen.wait_for("Is a server listening", at)
    screen.press("qq")
    assert screen.end() == 0


def goes_on_after_failures(hub, local):
    """A server that fails again and again, even with 410, gets the next webhook all the same."""
    arguments = [hub.program, "listen", "--name", "failing", "--source", "stripe",
                 "--forward", f"invoice.*=http://127.0.0.1:{local.port}/"]
    with subprocess.Popen(arguments, env=hub.environment(), text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        assert "Connected" in process.stderr.readline()
        for local.status in 410, *[500] * 12, 200:
            hub.trigger()
            local.next()
            # What failed before may come again meanwhile.
            assert any(f"→ {local.status} " in line for line in process.stdout)
        hub.trigger("customer.created")
        assert any("no --forward is for this type" in line for line in process.stdout)
        process.terminate()
        assert process.wait(SECONDS) == 130


def a_hub_that_is_killed(hub, local):
    """kill -9 and a start: it is connected again, and gets what came meanwhile."""
    screen = start_listening(hub, local)
    for _ in range(3):
        at = len(screen.output)
        hub.kill()
        screen.wait_for("not connected", at)
        hub.start()
        screen.wait_for("● connected", at)
        hub.trigger()
        assert verify(*local.next())
    screen.press("q")
    assert screen.end() == 0
    hub.trigger()
    screen = start_listening(hub, local)
    assert verify(*local.next())
    screen.press("q")
    assert screen.end() == 0


def pause(hub, local):
    """What comes while it is paused waits at the hub."""
    screen = start_listening(hub, local)
    at = screen.press("p")
    screen.wait_for("paused", at)
    hub.trigger()
    assert local.got.empty()
    screen.press("p")
    local.next()
    screen.press("q")
    assert screen.end() == 0


def given_back(hub, local):
    """Ctrl-C while the local server is busy: no attempt is counted, the terminal is as before."""
    screen = start_listening(hub, local)
    local.gate.clear()
    hub.trigger()
    local.next()
    screen.press("\x03")
    assert screen.end() == 130 and screen.is_restored()
    delivery = hub.deliveries()[0]
    assert delivery["attempts"] == 0 and delivery["state"] in ("pending", "scheduled"), delivery
    local.gate.set()


def signals(hub, local):
    """However it ends, the terminal is given back."""
    for number, status in ((signal.SIGTERM, 130), (signal.SIGHUP, 130), (signal.SIGSEGV, None),
                           (signal.SIGABRT, None)):
        screen = start_listening(hub, local)
        assert not screen.is_restored()
        os.kill(screen.pid, number)
        ended = screen.end()
        assert status in (None, ended), (number, ended)
        assert screen.is_restored(), number


def without_a_terminal(hub, local):
    """Lines, and JSON."""
    arguments = [hub.program, "listen", "--name", "test", "--source", "stripe", "--count", "1",
                 "--forward", f"invoice.*=http://127.0.0.1:{local.port}/"]
    for more, expected in ((), "invoice.paid"), (("--json",), '"status":200'):
        process = subprocess.Popen([*arguments, *more], env=hub.environment(), text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if not more:  # its subscription is there from now on
            assert "Connected" in process.stderr.readline()
        hub.trigger()
        out, error = process.communicate(timeout=SECONDS)
        assert process.returncode == 0 and expected in out, (out, error)
        local.next()


def keys(hub, local):
    """A key that is not accepted: asked for on a terminal, a sentence without one."""
    wrong = {**hub.environment(), "KATYDID_API_KEY": "kd_live_nothing"}
    done = subprocess.run([hub.program, "listen"], env=wrong, text=True, capture_output=True, timeout=SECONDS)
    assert done.returncode == 2 and "KATYDID_API_KEY" in done.stderr, done
    made = json.loads(hub.run("keys", "create", "laptop", "--scope", "admin", "--json"))
    screen = start_listening(hub, local, KATYDID_API_KEY=made["key"])
    hub.run("keys", "revoke", "laptop")
    at = screen.wait_for("Another one")
    screen.press(hub.key + "\n")
    screen.wait_for("● connected", at)
    hub.trigger()
    local.next()
    screen.press("q")
    assert screen.end() == 0 and screen.is_restored()


def nothing_there(hub, local):
    """A subscription that does not exist, and a hub that does not."""
    assert "no subscription" in hub.run("listen", "--subscription", "nothing", status=1)
    assert "localhost:3000" in hub.run("listen", "--forward", "localhost:3000", status=2)
    hub.run("subscriptions", "create", "listen-taken", "--types", "x", "--to", "https://example.com/")
    assert "another --name" in hub.run("listen", "--name", "taken", status=2)
    assert "https://example.com/" in hub.run("subscriptions", "show", "listen-taken")
    assert "stands alone" in hub.run("listen", "--forward", "inv*=3000", status=2)
    assert "must be from 1" in hub.run("listen", "--count", "-1", status=2)
    assert "--insecure" in hub.run("listen", "--forward", "https://example.com/", "--insecure", status=2)
    screen = Screen(hub, "listen", KATYDID_URL="http://127.0.0.1:9")
    screen.wait_for("cannot be reached")
    screen.press("q")
    assert screen.end() == 0


def self_signed(hub, local):
    """A local server with a certificate of its own: refused, unless it is said to be good."""
    hub.run("certs", "dev", "--dir", str(hub.folder / "certs"), "--name", "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    files = sorted((hub.folder / "certs").iterdir())
    certificate = next(each for each in files if "server" in each.name and "key" not in each.name)
    key = next(each for each in files if "server" in each.name and "key" in each.name)
    context.load_cert_chain(certificate, key)
    secure = Local(context)
    arguments = ("trigger", "stripe", "invoice.paid", "--secret-env", "SECRET", "--to",
                 f"https://localhost:{secure.port}/")
    assert "--insecure" in hub.run(*arguments, status=3)
    assert "200" in hub.run(*arguments, "--insecure")
    assert verify(*secure.next())


def broken_triggers(hub, local):
    """Refused by the hub: that is what was wanted. A receiver that accepts them is told of."""
    for what in "signature", "timestamp", "body":
        assert "401" in hub.trigger("invoice.paid", "--break", what)
        assert "accepted" in hub.run("trigger", "stripe", "invoice.paid", "--secret-env", "SECRET", "--break",
                                     what, "--to", f"http://127.0.0.1:{local.port}/", status=1)
        for status, why in (404, "URL"), (405, "URL"), (302, "redirects"), (500, "its log"):
            local.status = status
            answer = hub.run("trigger", "stripe", "invoice.paid", "--secret-env", "SECRET", "--break", what,
                             "--to", f"http://127.0.0.1:{local.port}/", status=1)
            assert "nothing was refused" in answer and why in answer, answer
        for local.status in 400, 401, 403, 422:
            hub.run("trigger", "stripe", "invoice.paid", "--secret-env", "SECRET", "--break", what, "--to",
                    f"http://127.0.0.1:{local.port}/")
        local.status = 200
    hub.run("trigger", "stripe", "invoice.paid", "--source", "nothing", "--secret-env", "SECRET", status=1)
    assert "does not verify by github" in hub.run("trigger", "github", "push", "--source", "stripe",
                                                  "--secret-env", "SECRET", status=1)
    # Regression: it waited for ever for a source that is not there.
    assert "there is no source" in hub.run("listen", "--source", "nothing", "--lines", "--count", "1", status=1)
    hub.trigger("invoice.paid", "--repeat", "3", "--set", "data.object.total=7")
    payloads = [hub.get(f"/v1/events/{event['id']}/payload") for event in hub.get("/v1/events")["data"][:3]]
    assert len({each["id"] for each in payloads}) == 3
    assert all(each["data"]["object"]["total"] == 7 for each in payloads)
    printed = hub.run("trigger", "stripe", "invoice.paid", "--secret-env", "SECRET", "--print", "--json",
                      "--set", "a=1e400")
    assert json.loads(json.loads(printed)["body"])["a"] == "1e400", "no JSON number is so large"


def refused_triggers(hub, local):
    """Good ones that are not taken: by a hub with another secret, and by a local server."""
    os.environ["OTHER"] = "whsec_another"
    assert "signature" in hub.run("trigger", "stripe", "invoice.paid", "--source", "stripe",
                                  "--secret-env", "OTHER", status=1)
    arguments = ("trigger", "stripe", "invoice.paid", "--secret-env", "SECRET", "--repeat", "2", "--to",
                 f"http://127.0.0.1:{local.port}/")
    for local.status, why in (401, "secret"), (404, "URL"), (500, "its log"):
        assert why in hub.run(*arguments, status=1)
        local.next()
        assert local.got.empty(), "it stops at the first that is not taken"


TESTS = [the_whole_screen, failures_say_why, goes_on_after_failures, a_hub_that_is_killed, pause, given_back, signals,
         without_a_terminal, keys, nothing_there, self_signed, broken_triggers, refused_triggers]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hub", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    for test in TESTS:
        if options.names and test.__name__ not in options.names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            hub = Hub(options.hub.resolve(), pathlib.Path(folder))
            try:
                hub.run("sources", "create", "stripe", "--scheme", "stripe", "--secret-env", "SECRET")
                test(hub, Local())
                print(f"{test.__name__}: good", flush=True)
            finally:
                hub.kill()


if __name__ == "__main__":
    sys.exit(main())
