#!/usr/bin/env python3
"""Alert rules and dashboard are PromQL that Prometheus' own checker takes.

Exit status 77: promtool is not installed (Debian package prometheus; script/bootstrap has it).
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "docs/operations"


def promtool(*arguments):
    done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, cwd=FOLDER)
    if done.returncode:
        sys.exit(f"promtool {' '.join(map(str, arguments))}:\n{done.stdout}{done.stderr}")


def dashboard_rules():
    """The dashboard's queries as recording rules: the checker takes rules only."""
    dashboard = json.loads((FOLDER / "dashboard.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    assert len(queries) > 30, "the dashboard lost its queries"
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    for query in queries:
        assert "$instance" in query or "label_values" in query, f"not only of the chosen hub: {query}"
    plain = [query.replace("$__rate_interval", "5m").replace("$instance", ".*") for query in queries]
    rules = [{"record": f"dashboard:query_{number}", "expr": query} for number, query in enumerate(plain)]
    return {"groups": [{"name": "dashboard", "rules": rules}]}


def main():
    if not shutil.which("promtool"):
        print("skipped: promtool is not installed; script/bootstrap installs it (Debian: prometheus)")
        return 77
    promtool("check", "rules", "alerts.yml")
    promtool("test", "rules", "alerts_test.yml")
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        json.dump(dashboard_rules(), file)  # JSON is YAML
        file.flush()
        promtool("check", "rules", file.name)
    print("alerts and dashboard: every query is good")
    return 0


sys.exit(main())
