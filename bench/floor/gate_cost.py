#!/usr/bin/env python3
"""What framing gate and limits cost: requests a second of the hub's server with a trivial route,
against the bare Beast server, in turns. For a quiet machine and a release build.

usage: gate_cost.py FOLDER [ROUNDS]     FOLDER has floor-beast, floor-gate and katydid-bench"""

import json
import pathlib
import statistics
import subprocess
import sys


def rate_of(folder, program):
    with subprocess.Popen([folder / program, "0"], stdout=subprocess.PIPE, text=True) as server:
        try:
            address = json.loads(server.stdout.readline())["listen"]
            load = subprocess.run([folder / "katydid-bench", "load", address, "--connections", "64",
                                   "--duration", "4s", "--warm-up", "1s"], capture_output=True, text=True, check=True)
            return json.loads(load.stdout)["accepted_per_second"]
        finally:
            server.terminate()


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    rates = {"floor-beast": [], "floor-gate": []}
    for _ in range(rounds):
        for program, seen in rates.items():
            seen.append(rate_of(folder, program))
    floor, gate = (statistics.median(seen) for seen in rates.values())
    print(f"bare Beast {floor:,.0f}/s, with gate and limits {gate:,.0f}/s: "
          f"{(1 - gate / floor) * 100:+.1f} % cost (at most 5 % is wanted)")


main()
