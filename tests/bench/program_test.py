#!/usr/bin/env python3
"""Runs katydid-bench against a hub in memory: it must pass a sound one and catch each fault."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "bench/targets/katydid.toml"


def run(bench, fault, names):
    with tempfile.TemporaryDirectory() as folder:
        result = os.path.join(folder, "result.json")
        page = os.path.join(folder, "result.html")
        ended = subprocess.run(
            [bench, "run", *names, "--target", TARGET, "--hub", HERE / "fake_hub.py", "--size", "smoke",
             "--no-floor", "--work", os.path.join(folder, "work"), "--json", result, "--html", page,
             "--settle", "3s"],
            env=os.environ | {"FAKE_HUB_FAULT": fault}, capture_output=True, text=True)
        check(os.path.exists(result), f"katydid-bench ended with {ended.returncode}:\n{ended.stderr[-3000:]}")
        document = json.load(open(result))
        assert "<svg" in open(page).read(), "the page has no plot"
        return ended.returncode, {entry["name"]: entry for entry in document["scenarios"]}


def check(condition, what):
    if not condition:
        print("FAILED:", what)
        sys.exit(1)


def main():
    bench = sys.argv[1]
    sound = ["ingest", "end-to-end", "latency-at-rate", "hung-endpoints", "idle-connections",
             "large-payloads", "replay-under-load", "noisy-tenant", "postgres-cluster"]
    status, scenarios = run(bench, "", sound)
    check(status == 0, f"a sound hub: {scenarios}")
    for name in sound[:7]:
        check(scenarios[name]["status"] == "ok", f"{name} on a sound hub: {scenarios[name]['reason']}")
    skipped = scenarios["postgres-cluster"]
    check(skipped["status"] == "skipped" and not skipped["figures"], "what cannot run has no numbers")

    for fault, complaint in (("lose", "deliveries missing"), ("forge", "bad signatures"),
                             ("rename", "webhook-ids changed")):
        status, scenarios = run(bench, fault, ["end-to-end"])
        found = scenarios["end-to-end"]
        check(status == 1 and found["status"] == "failed" and complaint in found["reason"],
              f"{fault} was not noticed: {found['reason']}")

    status, scenarios = run(bench, "duplicate", ["latency-at-rate"])
    tally = scenarios["latency-at-rate"]["phases"][0]["tally"]
    check(status == 0 and tally["duplicates"] > 0, f"duplicates are allowed and counted: {tally}")

    # It keeps everything in memory, so a kill loses events.
    status, scenarios = run(bench, "", ["restart"])
    check(status == 1 and "deliveries missing" in scenarios["restart"]["reason"], "a loss by a crash")
    print("the bench tells right from wrong")


main()
