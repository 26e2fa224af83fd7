"""Starts the demo's programs, watches them and ends them: each by its own process id."""

import json
import os
import pathlib
import signal
import subprocess
import time

READY_SECONDS_MAX = 30
END_SECONDS_MAX = 30
LOG_LINES_SHOWN = 20


class DemoError(Exception):
    """Something a person has to know about, in one sentence."""


class Program:
    """One child process with a log file and a port file."""

    def __init__(self, name, command, folder, environment):
        self.name = name
        self.log = folder / f"{name}.log"
        self.port_file = folder / f"{name}.json"
        with self.log.open("wb") as log:
            # A session of its own: Ctrl-C reaches the demo alone, which then ends its children.
            self.process = subprocess.Popen(
                [*command, "--port-file", str(self.port_file)], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env=environment, start_new_session=True)

    def wait_ready(self):
        """Returns what the port file says."""
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            self.check()
            try:
                return json.loads(self.port_file.read_text())
            except (FileNotFoundError, json.JSONDecodeError):
                time.sleep(0.02)
        raise DemoError(f"{self.name} was not ready within {READY_SECONDS_MAX} s.\n{self.log_tail()}")

    def check(self):
        """Raises when the program has ended although nobody asked for it."""
        status = self.process.poll()
        if status is not None:
            raise DemoError(f"{self.name} ended by itself ({describe_status(status)}).\n{self.log_tail()}")

    def log_tail(self):
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        return "\n".join([f"The last lines of {self.log}:", *("  " + line for line in lines)])

    def end(self):
        """SIGTERM, and SIGKILL for one that does not listen."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def describe_status(status):
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def fresh_folder(parent):
    """A new folder for this run; older ones of the demo are left to `rm -r build/demo`."""
    parent.mkdir(parents=True, exist_ok=True)
    name = time.strftime("%Y%m%d-%H%M%S") + f"-{os.getpid()}"
    folder = pathlib.Path(parent) / name
    folder.mkdir(mode=0o700)
    return folder
