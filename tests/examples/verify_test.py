"""Runs examples/verify in each language on requests that `katydid sign` signed, good and broken.

usage: verify_test.py <katydid>. A language whose tools are not installed is skipped, and named.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).parents[2]
SNIPPETS = ROOT / "examples/verify"
DRIVERS = pathlib.Path(__file__).parent / "verify"
KATYDID = pathlib.Path(sys.argv.pop(1)).resolve()

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW_SECRET = "whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3"
BODY = '{"total": 42, "name": "Grüße\\n"}\n'.encode()
ID = "evt_01M8MSV8HZYYWZ3DAWXVWXV6SF"
MINUTE, HOUR = 60, 3600

# Language: its snippet, the tools it needs, what is run before, and the program.
LANGUAGES = {
    "Python": ("verify.py", ["python3"], [], ["python3", "-B", "driver.py"]),
    "Node": ("verify.mjs", ["node"], [], ["node", "driver.mjs"]),
    "Go": ("verify.go", ["go"],
           [["mkdir", "webhooks"], ["mv", "verify.go", "webhooks"], ["go", "mod", "init", "driver"],
            ["go", "build", "-o", "driver", "."]], ["./driver"]),
    "Ruby": ("verify.rb", ["ruby"], [], ["ruby", "driver.rb"]),
    "PHP": ("verify.php", ["php"], [], ["php", "driver.php"]),
    "Java": ("WebhookVerifier.java", ["javac", "java"],
             [["javac", "-encoding", "UTF-8", "Driver.java", "WebhookVerifier.java"]],
             ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "Driver"]),
    "C#": ("WebhookVerifier.cs", ["mcs", "mono"],
           [["mcs", "-out:driver.exe", "Driver.cs", "WebhookVerifier.cs"]], ["mono", "driver.exe"]),
}


def sign(at, *secrets):
    """(id, timestamp, signatures) as the hub signs BODY at that time."""
    names = [f"VERIFY_TEST_SECRET_{number}" for number in range(len(secrets))]
    command = [KATYDID, "sign", "--scheme", "standard-webhooks", "--at", str(at), "--id", ID, "--body-file", "-",
               "--json", *(word for name in names for word in ("--secret-env", name))]
    done = subprocess.run(command, input=BODY, env={**os.environ, **dict(zip(names, secrets))},
                          capture_output=True, check=True)
    headers = {name.lower(): value for name, value in json.loads(done.stdout).items()}
    return tuple(headers[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))


def cases():
    """(what, (id, timestamp, signatures), body, whether it is genuine)"""
    now = int(time.time())
    webhook_id, timestamp, signature = good = sign(now, SECRET)
    yield "signed", good, BODY, True
    yield "signed a minute ago", sign(now - MINUTE, SECRET), BODY, True
    yield "signed with the new secret and this one", sign(now, NEW_SECRET, SECRET), BODY, True
    yield "signed with another secret", sign(now, NEW_SECRET), BODY, False
    yield "signed an hour ago", sign(now - HOUR, SECRET), BODY, False
    yield "signed in an hour", sign(now + HOUR, SECRET), BODY, False
    yield "another body", good, BODY + b" ", False
    yield "an empty body", good, b"", False
    yield "another id", (webhook_id + "0", timestamp, signature), BODY, False
    yield "another time", (webhook_id, str(now - 1), signature), BODY, False
    yield "a time in words", (webhook_id, "now", signature), BODY, False
    yield "a time of many digits", (webhook_id, "9" * 5000, signature), BODY, False
    yield "no headers", ("", "", ""), BODY, False
    yield "another version", (webhook_id, timestamp, signature.replace("v1,", "v2,")), BODY, False
    yield "without its version", (webhook_id, timestamp, signature.removeprefix("v1,")), BODY, False
    yield "cut off", (webhook_id, timestamp, signature[:-4]), BODY, False
    yield "longer", (webhook_id, timestamp, signature + "AAAA"), BODY, False


class Verify(unittest.TestCase):
    def run_language(self, language):
        snippet, tools, build, program = LANGUAGES[language]
        missing = [tool for tool in tools if not shutil.which(tool)]
        if missing:
            self.skipTest(f"{' and '.join(missing)} not installed")
        with tempfile.TemporaryDirectory() as folder:
            end = pathlib.Path(snippet).suffix
            driver = next(DRIVERS.glob(f"[dD]river{end}"))
            for file in (SNIPPETS / snippet, driver):
                shutil.copy(file, folder)
            environment = {**os.environ, "WEBHOOK_SECRET": SECRET, "GOTOOLCHAIN": "local"}
            for command in build:
                done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)
            for what, headers, body, is_genuine in cases():
                with self.subTest(what):
                    done = subprocess.run([*program, *headers], input=body, cwd=folder, env=environment,
                                          capture_output=True)
                    self.assertEqual(done.returncode, 0, done.stderr.decode())
                    self.assertEqual(done.stdout.decode().strip(), "genuine" if is_genuine else "forged")


for name in LANGUAGES:
    def test(self, language=name):
        self.run_language(language)
    setattr(Verify, f"test_{name.lower().replace('#', '_sharp')}", test)

if __name__ == "__main__":
    unittest.main(verbosity=2)
