#!/usr/bin/env python3
"""slowhttptest in its three modes (slow heads, slow bodies, slow readers) against a hub, while a good
client goes on: every request of it is answered, and promptly."""

import itertools
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
from hub import Hub, exchange, need, status_of, webhook  # noqa: E402

CONNECTIONS, SECONDS = 800, 8
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
    return subprocess.Popen(
        ["slowhttptest", "-c", str(CONNECTIONS), "-r", "400", "-l", str(SECONDS), "-p", "3",
         "-u", f"http://127.0.0.1:{port}{path}", *options],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    need("slowhttptest")
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(sys.argv[1], folder).wait_ready()
        try:
            ask_for(hub.port, 1)
            quiet = p99(ask_for(hub.port, 4))
            for mode, options in MODES.items():
                attacker = attack(hub.port, options)
                stopped = threading.Event()
                waiter = threading.Thread(target=lambda a=attacker, s=stopped: (a.wait(), s.set()))
                waiter.start()
                try:
                    time.sleep(1)
                    times = ask_for(hub.port, SECONDS - 1, stopped)
                finally:
                    attacker.terminate()
                    waiter.join()
                under = p99(times)
                print(f"{mode}: {len(times)} good requests, p99 {under:.1f} ms "
                      f"({under / quiet:.1f} times the quiet {quiet:.1f} ms)")
                # Generous: the attacker, the client and the hub share two cores.
                if under > max(10 * quiet, 250):
                    problems.append(f"{mode}: p99 {under:.1f} ms")
        finally:
            if hub.end() != 0:
                problems.append("the hub did not end well:\n" + hub.log_tail())
    print("\n".join(problems))
    return 1 if problems else 0


sys.exit(main())
