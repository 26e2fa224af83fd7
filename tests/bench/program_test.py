#!/usr/bin/env python3
"""Runs katydid-bench against a hub in memory: it must pass a sound one and catch each fault."""
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "bench/targets/katydid.toml"
REPORT = HERE.parents[1] / "bench/report/report.py"


def run(bench, fault, names, settle="3s"):
    with tempfile.TemporaryDirectory() as folder:
        result = os.path.join(folder, "result.json")
        ended = subprocess.run(
            [bench, "run", *names, "--target", TARGET, "--hub", HERE / "fake_hub.py", "--size", "smoke",
             "--no-floor", "--work", os.path.join(folder, "work"), "--json", result,
             "--settle", settle],
            env=os.environ | {"FAKE_HUB_FAULT": fault}, capture_output=True, text=True)
        check(os.path.exists(result), f"katydid-bench ended with {ended.returncode}:\n{ended.stderr[-3000:]}")
        document = json.load(open(result))
        shown = subprocess.run([sys.executable, "-B", REPORT, "show", result], capture_output=True, text=True)
        check(shown.returncode == 0 and all(name in shown.stdout for name in names), shown.stdout + shown.stderr)
        return ended.returncode, {entry["name"]: entry for entry in document["scenarios"]}


def ids_of_a_load(bench):
    """The ids that one short load posts."""
    seen = set()

    class Receiver(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            seen.add(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["id"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        subprocess.run([bench, "load", f"127.0.0.1:{server.server_port}", "--connections", "2",
                        "--duration", "200ms", "--warm-up", "0s"], check=True, capture_output=True)
        server.shutdown()
    return seen


def check(condition, what):
    if not condition:
        print("FAILED:", what)
        sys.exit(1)


def main():
    bench = sys.argv[1]
    sound = ["ingest", "end-to-end", "latency-at-rate", "hung-endpoints", "idle-connections",
             "large-payloads", "replay-under-load", "noisy-tenant", "postgres-cluster"]
    # It waits only as long as something is missing: on a slow machine nothing is lost, just late.
    status, scenarios = run(bench, "", sound, settle="60s")
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

    status, scenarios = run(bench, "duplicate", ["latency-at-rate"], settle="60s")
    tally = scenarios["latency-at-rate"]["phases"][0]["tally"]
    check(status == 0 and tally["duplicates"] > 0, f"duplicates are allowed and counted: {tally}")

    # It keeps everything in memory, so a kill loses events.
    status, scenarios = run(bench, "", ["restart"])
    check(status == 1 and "deliveries missing" in scenarios["restart"]["reason"], "a loss by a crash")

    first, second = ids_of_a_load(bench), ids_of_a_load(bench)
    check(first and second and not first & second, "a second load posts the ids of the first one")
    print("the bench tells right from wrong")


main()
