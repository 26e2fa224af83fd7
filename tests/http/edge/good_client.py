"""The client that attacks must not hurt: signed webhooks, each on a connection of its own."""

import itertools
import os
import re
import statistics
import threading
import time

from hub import exchange, status_of, webhook

GAP_SECONDS = 0.004  # between an answer and the next request
NUMBERS = itertools.count()


def ask_for(port, seconds, stopped=None):
    """Times of good requests for so long, or until stopped. Each must be answered with 200."""
    times = []
    stopped = stopped or threading.Event()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        answer = exchange(port, webhook(next(NUMBERS)), timeout=20)
        assert status_of(answer) == 200, answer[:200]
        times.append(time.monotonic() - began)
        if stopped.wait(GAP_SECONDS):
            break
    return times


def p99(times):
    """In milliseconds."""
    return statistics.quantiles(times, n=100)[98] * 1000


def connections_of(hub):
    ask = b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    found = re.search(r"^katydid_http_connections (\S+)$", exchange(hub.operator_port, ask).decode(), re.M)
    return int(float(found.group(1)))


def cpu_seconds(process):
    """What a process has used so far."""
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
