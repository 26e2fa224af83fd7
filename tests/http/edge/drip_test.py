#!/usr/bin/env python3
"""Thousands of connections that send a byte a second, heads or bodies, while a good client goes on:
every request of it is answered, and promptly.

Usage: drip_test.py KATYDID [CONNECTIONS [FACTOR [ROUNDS]]]. With a FACTOR it fails when the median
over the rounds of the good client's p99 is more than so many times what it is without: on a quiet
machine, or, where the attacker needs a core for itself, while another hub is attacked the same way.
For a release build on a machine that does nothing else. Without a FACTOR it is generous."""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from good_client import ask_for, connections_of, cpu_seconds, p99  # noqa: E402
from hub import Hub  # noqa: E402

CONNECTIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
FACTOR = float(sys.argv[3]) if len(sys.argv) > 3 else None
ROUNDS = int(sys.argv[4]) if len(sys.argv) > 4 else (3 if FACTOR else 1)
SECONDS = 6 if FACTOR else 3  # with the time to connect about as long as a head may take
DRIP = pathlib.Path(__file__).with_name("drip.py")
ATTACKS = {"slow heads": ["heads"], "slow bodies": ["bodies"],
           "slow heads, all in the same moment": ["heads", "--burst"]}


def attacked(victim, options, hub):
    """The p99 of a good client of `hub` while `victim` is attacked, how many connections it had, what
    it used of a core, and what the attacker says."""
    attacker = subprocess.Popen([sys.executable, "-B", str(DRIP), str(victim.port), str(CONNECTIONS), *options],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if attacker.stdout.readline() != "attacking\n":
            raise AssertionError("the attacker ended")
        times, cores = asked(hub, victim)
        connected = connections_of(victim)
        said, _ = attacker.communicate(timeout=30)  # ends its input
        return p99(times), connected, cores, json.loads(said)
    finally:
        attacker.kill()
        attacker.wait()


def asked(hub, observed):
    """The times of a good client of `hub`, and what `observed` used of a core meanwhile."""
    began, used = time.monotonic(), cpu_seconds(observed.process)
    times = ask_for(hub.port, SECONDS)
    return times, (cpu_seconds(observed.process) - used) / (time.monotonic() - began)


def judge(name, hub, other):
    """What is wrong, or nothing."""
    options, ratios, worst = ATTACKS[name], [], 0.0
    has_control = FACTOR is not None and "--burst" in options
    for _ in range(ROUNDS):
        times, quiet_cores = asked(hub, hub)
        quiet = p99(times)
        base = attacked(other, options, hub)[0] if has_control else quiet
        under, connected, cores, attacker = attacked(hub, options, hub)
        ratios.append(under / base)
        worst = max(worst, under / max(10 * quiet, 250))
        print(f"{name}, {connected} connections, {attacker['bytes_per_second']} bytes/s: p99 {under:.1f} ms, "
              f"quiet {quiet:.1f} ms, " + (f"another hub attacked {base:.1f} ms, " if has_control else "")
              + f"{ratios[-1]:.2f} times; the hub used {cores:.2f} of a core (quiet {quiet_cores:.2f}), "
              f"the attacker {attacker['cores']:.2f}", flush=True)
        if connected < 0.9 * CONNECTIONS:
            return [f"{name}: only {connected} connections"]
    if FACTOR and statistics.median(ratios) > FACTOR:
        return [f"{name}: p99 {statistics.median(ratios):.2f} times as long as without"]
    return [f"{name}: the p99 is out of bounds"] if not FACTOR and worst > 1 else []


def main():
    problems = []
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other_folder:
        hubs = [Hub(sys.argv[1], each).wait_ready() for each in (folder, other_folder)]
        try:
            ask_for(hubs[0].port, 1)
            for name in ATTACKS:
                problems += judge(name, *hubs)
        finally:
            for hub in hubs:
                if hub.end() != 0:
                    problems.append("a hub did not end well:\n" + hub.log_tail())
    print("\n".join(problems))
    return 1 if problems else 0


sys.exit(main())
