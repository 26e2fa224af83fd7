#!/usr/bin/env python3
"""slowhttptest in its three modes (slow heads, slow bodies, slow readers) against a hub, while a good
client goes on: every request of it is answered, and promptly.

Usage: slow_test.py KATYDID [CONNECTIONS [FACTOR]]. With a FACTOR it fails when the good client's
p99 is more than FACTOR times what it is while another hub on this machine is attacked instead: what
the attacker itself takes of the machine is not the hub's doing. Without one it is generous."""

import itertools
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
from hub import Hub, exchange, need, status_of, webhook  # noqa: E402

CONNECTIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 800
FACTOR = float(sys.argv[3]) if len(sys.argv) > 3 else None
SECONDS = 8  # fewer than the hub gives a head, so that all of them are there all the time
MODES = {"slow heads": ["-H", "-i", "1"], "slow bodies": ["-B", "-i", "1", "-s", "8192"],
         "slow readers": ["-X", "-w", "1", "-y", "4", "-n", "1", "-z", "1"]}
NUMBERS = itertools.count()


def ask_for(port, seconds, stopped=None):
    """Times of good requests, each on a connection of its own."""
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end and not (stopped and stopped.is_set()):
        began = time.monotonic()
        answer = exchange(port, webhook(next(NUMBERS)), timeout=20)
        assert status_of(answer) == 200, answer[:200]
        times.append(time.monotonic() - began)
        time.sleep(0.004)
    return times


def p99(times):
    return statistics.quantiles(times, n=100)[98] * 1000


def attack(port, options):
    path = "/nowhere" if "-X" in options else "/api/webhooks/atlvs"
    # Its own work is somebody else's machine's: it gets what is left of this one.
    return subprocess.Popen(
        ["nice", "-n", "19", "slowhttptest", "-c", str(CONNECTIONS), "-r", str(CONNECTIONS // 2),
         "-l", str(2 * SECONDS), "-p", "3",
         "-u", f"http://127.0.0.1:{port}{path}", *options],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_connected(hub, attacker):
    """Until the attacker has nearly all of its connections. How many there are."""
    ask = b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    deadline = time.monotonic() + 20
    count = 0.0
    while count < 0.95 * CONNECTIONS and time.monotonic() < deadline and attacker.poll() is None:
        found = re.search(r"^katydid_http_connections (\S+)$",
                          exchange(hub.operator_port, ask).decode(), re.M)
        count = float(found.group(1))
        time.sleep(0.02)
    return int(count)


def ask_under_attack(hub, victim, options):
    """The good client's p99 at `hub` while `victim` is attacked, in milliseconds."""
    attacker = attack(victim.port, options)
    stopped = threading.Event()
    waiter = threading.Thread(target=lambda: (attacker.wait(), stopped.set()))
    waiter.start()
    try:
        connected = wait_connected(victim, attacker)
        times = ask_for(hub.port, SECONDS - 2, stopped)
    finally:
        attacker.terminate()
        waiter.join()
    return p99(times), connected


def judge(mode, hub, other):
    """What is wrong, or nothing."""
    quiet = p99(ask_for(hub.port, 4))
    aside = ask_under_attack(hub, other, MODES[mode])[0] if FACTOR else quiet
    under, connected = ask_under_attack(hub, hub, MODES[mode])
    print(f"{mode}, {connected} connections: p99 {under:.1f} ms; quiet {quiet:.1f} ms"
          + (f", while another hub is attacked {aside:.1f} ms: {under / aside:.2f} times" if FACTOR else ""))
    bound = FACTOR * aside if FACTOR else max(10 * quiet, 250)
    return [f"{mode}: p99 {under:.1f} ms"] if under > bound else []


def main():
    need("slowhttptest")
    problems = []
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other_folder:
        hub = Hub(sys.argv[1], folder).wait_ready()
        other = Hub(sys.argv[1], other_folder).wait_ready()
        try:
            ask_for(hub.port, 1)
            for mode in MODES:
                problems += judge(mode, hub, other)
        finally:
            for each in (other, hub):
                if each.end() != 0:
                    problems.append("a hub did not end well:\n" + each.log_tail())
    print("\n".join(problems))
    return 1 if problems else 0


sys.exit(main())
