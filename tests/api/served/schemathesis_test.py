#!/usr/bin/env python3
"""schemathesis against a running hub, driven by the hub's own OpenAPI document.

    schemathesis_test.py --hub build/dev/hub/katydid --venv build/dev/schemathesis

Installs schemathesis (PyPI, this version) into the folder --venv when it is not there yet. Exit
status 77 where it cannot be installed.
"""

import argparse
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from hub_process import install, start

SKIPPED = 77
VERSION = "4.32.5"

# What the hub promises: no 5xx, no answer outside the document, nothing that the document forbids.
# Left out: positive_data_acceptance, since a schema cannot say that an id must be one of a row that
# is there, or that a URL must pass the egress guard; unsupported_method, since a method that HTTP
# has not is a 501 here and no 405; ignored_auth, since who tries many wrong keys gets 429 (the
# isolation test walks every route with every role instead).
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,"
          "response_headers_conformance,response_schema_conformance,negative_data_rejection,"
          "missing_required_header,allow_header_conformance,use_after_free")
# A call may wait for events for 30 s; the feed never ends, so a second of it is enough.
CONFIG = """\
request-timeout = 60
[[operations]]
include-path = "/v1/feed"
request-timeout = 1
[phases.coverage]
unexpected-methods = ["GET", "PUT", "POST", "PATCH", "DELETE"]
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429]
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hub", required=True, type=pathlib.Path)
    parser.add_argument("--venv", required=True, type=pathlib.Path)
    parser.add_argument("--examples", default="20", help="for each operation")
    parser.add_argument("--seconds", default="120", help="for the whole run, at most")
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    programs = install(options.venv.resolve(), "schemathesis", VERSION)
    if programs is None:
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="katydid-schemathesis-") as temporary:
        folder = pathlib.Path(temporary)
        (folder / "schemathesis.toml").write_text(CONFIG)
        hub, url, key = start(options.hub.resolve(), folder)
        try:
            ran = subprocess.run(
                [programs / "schemathesis", "--config-file", folder / "schemathesis.toml", "run",
                 f"{url}/openapi.json", "--header", f"Authorization: Bearer {key}",
                 "--checks", CHECKS, "--phases", "examples,coverage,fuzzing",
                 "--max-examples", options.examples, "--max-time", options.seconds,
                 "--seed", options.seed, "--warnings", "off", "--no-color"],
                cwd=folder, capture_output=True, text=True)
        finally:
            hub.send_signal(signal.SIGTERM)
            ended = hub.wait(timeout=60)
        print(ran.stdout[-8000:], ran.stderr[-2000:])
        assert ended == 0, f"the hub did not end well: {ended}"
        return ran.returncode


sys.exit(main())
