#!/usr/bin/env python3
"""The bench measures a server it knows only by a file: the example of bench/README.md, as it stands there.

The same generator, receiver and books as for our own hub; what that server cannot do is skipped with the
reason, and what it does wrong is found.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
README = HERE.parents[1] / "bench/README.md"
NAMES = ["ingest", "end-to-end", "latency-at-rate", "large-payloads", "hung-endpoints", "noisy-tenant", "restart"]


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def example():
    blocks = re.findall(r"```toml\n(.*?)```", README.read_text(), re.S)
    check(len(blocks) == 1, "bench/README.md shows one target file")
    return blocks[0]


def measure(bench, names, fault=""):
    """The exit status and the scenarios by name."""
    environment = os.environ | {"FOREIGN_HUB_TOKEN": "a-token", "ANOTHER_HUB_TOKEN": "a-token",
                                "FOREIGN_HUB_FAULT": fault}
    with tempfile.TemporaryDirectory() as folder, \
            subprocess.Popen([sys.executable, HERE / "foreign_hub.py"], env=environment, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        address = server.stdout.readline().strip()
        target = pathlib.Path(folder, "another.toml")
        target.write_text(example())
        result = pathlib.Path(folder, "result.json")
        ended = subprocess.run(
            [bench, "run", *names, "--target", target, "--set", f"base={address}", "--set", f"pid={server.pid}",
             "--size", "smoke", "--no-floor", "--settle", "20s", "--work", pathlib.Path(folder, "work"),
             "--json", result],
            env=environment, capture_output=True, text=True)
        server.stdin.close()
        check(result.exists(), f"katydid-bench ended with {ended.returncode}:\n{ended.stderr[-3000:]}")
        return ended.returncode, {entry["name"]: entry for entry in json.loads(result.read_text())["scenarios"]}


def main():
    bench = sys.argv[1]
    status, scenarios = measure(bench, NAMES)
    check(status == 0, f"a sound server: {[(name, entry['reason']) for name, entry in scenarios.items()]}")
    for name in NAMES[:4]:
        check(scenarios[name]["status"] == "ok" and scenarios[name]["figures"],
              f"{name}: {scenarios[name]['reason']}")
    for name in NAMES[4:]:
        entry = scenarios[name]
        check(entry["status"] == "skipped" and entry["reason"] and not entry["figures"],
              f"{name} cannot run there, and the reason is said: {entry['status']} {entry['reason']}")
    phase = scenarios["end-to-end"]["phases"][0]
    tally = phase["tally"]
    check(tally["correct"] and tally["delivered"] == tally["accepted"] > 20, f"every delivery was checked: {tally}")
    check(phase["resources"]["target_rss_mb"] > 5 and phase["resources"]["target_cpu_seconds"] > 0,
          f"CPU time and memory are told by the pid: {phase['resources']}")

    status, scenarios = measure(bench, ["latency-at-rate"], "wrong-secret")
    found = scenarios["latency-at-rate"]
    check(status == 1 and "bad signatures" in found["reason"], f"wrong signatures are found: {found['reason']}")
    print("another server is measured like ours")


main()
