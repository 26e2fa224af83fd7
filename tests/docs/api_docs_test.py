#!/usr/bin/env python3
"""The API's document and its page, as people's tools see them: redocly and spectral find nothing to say
of /openapi.json, and Chromium shows /docs under its Content-Security-Policy.

    api_docs_test.py --hub build/dev/hub/katydid --folder build/dev/docs_tools [document] [page]

The tools come from npm, in the versions of tools/package-lock.json, into --folder, which also gets
pictures of the page. Exit status 77 where they cannot be had.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
ENV = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}


def install(folder):
    """Whether the tools are there, with the reason on standard output where they are not."""
    lock = (HERE / "tools/package-lock.json").read_text()
    mark = folder / "installed.json"
    if mark.exists() and mark.read_text() == lock:
        return True
    if shutil.which("npm") is None:
        print("skipped: npm is not installed (script/bootstrap)")
        return False
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / "tools" / name, folder / name)
    made = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"],
                          cwd=folder, capture_output=True, text=True)
    if made.returncode:
        print(f"skipped: the tools cannot be installed from npm here:\n{made.stderr[-500:]}")
        return False
    mark.write_text(lock)
    return True


@contextlib.contextmanager
def running(hub):
    """The URL of a hub while the block runs."""
    with tempfile.TemporaryDirectory() as place, \
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        folder = pathlib.Path(place)
        manager.bind(str(folder / "notify"))
        manager.settimeout(60)
        process = subprocess.Popen(
            [hub, "serve", "--data-dir", folder / "data", "--listen", "127.0.0.1:0",
             "--operator-listen", "127.0.0.1:0", "--port-file", folder / "ports.json", "--log-level", "error"],
            cwd=folder, env={**os.environ, "NOTIFY_SOCKET": str(folder / "notify")})
        try:
            assert b"READY=1" in manager.recv(4096), "the hub does not start"
            yield "http://" + json.loads((folder / "ports.json").read_text())["listen"]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def check_document(url, folder):
    """Whether both linters have nothing to say, warnings included.

    Both want a 2xx of every operation, but the answer of a WebSocket is a 101 (RFC 6455, 4.2.2).
    """
    with urllib.request.urlopen(f"{url}/openapi.json") as answer:
        document = json.load(answer)
    for item in document["paths"].values():
        responses = item.get("get", {}).get("responses", {})
        if "101" in responses:
            responses.setdefault("200", responses["101"])
    (folder / "openapi.json").write_text(json.dumps(document))
    (folder / "spectral.yaml").write_text('extends: ["spectral:oas"]\n')
    commands = (["redocly", "lint", "openapi.json", "--format=json"],
                ["spectral", "lint", "openapi.json", "--ruleset", "spectral.yaml", "--format=json", "--quiet"])
    is_clean = True
    for program, *arguments in commands:
        done = subprocess.run([folder / "node_modules/.bin" / program, *arguments], cwd=folder, env=ENV,
                              capture_output=True, text=True)
        said = json.loads(done.stdout or "[]")
        problems = said["problems"] if program == "redocly" else said
        print(f"{program}: {len(problems)} problems")
        for each in problems:
            print("  ", each.get("ruleId") or each["code"], each["message"],
                  each["location"][0].get("pointer") if program == "redocly" else "/".join(map(str, each["path"])))
        is_clean = is_clean and not problems and done.returncode == 0
    return is_clean


def check_page(url, folder):
    chromium = shutil.which("chromium")
    if chromium is None:
        print("skipped: chromium is not installed (script/bootstrap)")
        return None
    with urllib.request.urlopen(f"{url}/docs") as answer:
        if b"renderer.js" not in answer.read():
            print("skipped: this build has no renderer for /docs (hub/api/openapi/page/renderer.cmake)")
            return None
    done = subprocess.run(["node", HERE / "page.mjs", folder, chromium, f"{url}/docs"], env=ENV)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hub", required=True, type=pathlib.Path)
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    parser.add_argument("what", nargs="*", default=["document", "page"])
    options = parser.parse_args()
    folder = options.folder.resolve()
    if not install(folder):
        return SKIPPED
    checks = {"document": check_document, "page": check_page}
    with running(options.hub.resolve()) as url:
        results = [checks[name](url, folder) for name in options.what]
    return 1 if False in results else SKIPPED if None in results else 0


sys.exit(main())
