#!/usr/bin/env python3
"""testssl.sh and sslscan at the hub's TLS listener: no weak finding.

What they say about trust is left out: the certificate comes from a CA made for the test."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from hub import Hub, need  # noqa: E402

BAD = {"LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL"}
# Of a test CA, and of the name: nothing of the listener.
LEFT_OUT = re.compile(r"^(cert|DNS_|overall_grade|scanTime|engine_problem|optimal_proto)|trust|OCSP|CAA|grade")


def testssl(address, folder):
    report = folder / "testssl.json"
    program = shutil.which("testssl") or shutil.which("testssl.sh")
    done = subprocess.run(
        [program, "--quiet", "--color", "0", "--warnings", "off", "--jsonfile", str(report),
         "--protocols", "--std", "--fs", "--server-preference", "--vulnerable", address],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=280)
    findings = json.loads(report.read_text())
    weak = [f"testssl.sh: {each['id']}: {each['severity']}: {each['finding']}" for each in findings
            if each["severity"] in BAD and not LEFT_OUT.search(each["id"])]
    offered = {each["id"]: each["finding"] for each in findings}
    for old in ("SSLv2", "SSLv3", "TLS1", "TLS1_1"):
        if not offered.get(old, "").startswith("not offered"):
            weak.append(f"testssl.sh: {old}: {offered.get(old)}\n{done.stdout[-500:]}")
    for new in ("TLS1_2", "TLS1_3"):
        if not offered.get(new, "").startswith("offered"):
            weak.append(f"testssl.sh: {new}: {offered.get(new)}")
    print(f"testssl.sh: {len(findings)} findings, {len(weak)} weak")
    return weak


def sslscan(address):
    text = subprocess.run(["sslscan", "--no-colour", "--no-check-certificate", address],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                          timeout=120).stdout
    weak = [f"sslscan: {line}" for line in text.splitlines()
            if re.match(r"\s*(SSLv2|SSLv3|TLSv1\.0|TLSv1\.1)\s+enabled", line)]
    ciphers = re.findall(r"^(?:Preferred|Accepted)\s+(TLSv1\.\d)\s+(\d+) bits\s+(\S+)", text, re.M)
    if not {"TLSv1.2", "TLSv1.3"} <= {version for version, _, _ in ciphers}:
        weak.append("sslscan: TLS 1.2 and 1.3 are not both there:\n" + text[-1500:])
    weak += [f"sslscan: {each}" for each in ciphers
             if int(each[1]) < 128 or not re.match(r"TLS_(AES|CHACHA20)|ECDHE-.*(GCM|CHACHA20)", each[2])]
    print(f"sslscan: {len(ciphers)} ciphers, {len(weak)} weak")
    return weak


def main():
    need("testssl", "sslscan")
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([program, "certs", "dev", "--dir", str(folder / "certs")], check=True,
                       stdout=subprocess.DEVNULL)
        hub = Hub(program, folder, KATYDID_TLS_CERTIFICATE_FILE=f"{folder}/certs/server.pem",
                  KATYDID_TLS_KEY_FILE=f"{folder}/certs/server.key").wait_ready()
        try:
            weak = sslscan(f"127.0.0.1:{hub.port}") + testssl(f"localhost:{hub.port}", folder)
        finally:
            hub.end()
    print("\n".join(weak))
    return 1 if weak else 0


sys.exit(main())
