#!/usr/bin/env python3
"""What framing gate and limits cost: requests a second of the hub's server with a trivial route,
against the bare Beast server, in turns. For a quiet machine and a release build.

Usage: tests/http/gate_cost.py [BUILD_FOLDER] [ROUNDS]"""

import json
import pathlib
import re
import statistics
import subprocess
import sys

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/release")
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5


def rate_of(program):
    server = subprocess.Popen([BUILD / program, "0"], stdout=subprocess.PIPE, text=True)
    try:
        address = json.loads(server.stdout.readline())["listen"]
        result = subprocess.run([BUILD / "bench/katydid-bench", "load", address, "--connections", "64",
                                 "--duration", "4s", "--warm-up", "1s", "--secret", "x"],
                                capture_output=True, text=True, check=True)
        return figure(result.stdout + result.stderr)
    finally:
        server.terminate()
        server.wait()


def figure(text):
    found = re.search(r'"(?:per_second|accepted_per_second|rate)"\s*:\s*([\d.]+)', text) \
        or re.search(r"([\d,.]+)\s*(?:requests?|webhooks?|events?)?\s*(?:/\s*s|a second|per second)", text)
    if not found:
        sys.exit("katydid-bench load says no rate:\n" + text)
    return float(found.group(1).replace(",", ""))


def main():
    rates = {"bench/floor-beast": [], "tests/http/gate_cost": []}
    for _ in range(ROUNDS):
        for program, seen in rates.items():
            seen.append(rate_of(program))
    floor, gate = (statistics.median(seen) for seen in rates.values())
    print(f"bare Beast {floor:,.0f}/s, with gate and limits {gate:,.0f}/s: "
          f"{(1 - gate / floor) * 100:+.1f} % cost (at most 5 % is wanted)")


main()
