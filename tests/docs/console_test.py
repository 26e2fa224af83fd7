#!/usr/bin/env python3
"""Runs the console blocks of the documents, word for word, as a newcomer would.

    console_test.py --build build/dev [--long] [PAGE…]

Each page has a fresh folder ~/katydid that looks like a clone (what the scripts build is in it
already) and a network of its own, so that the ports the pages name are free. Exit status 77 where the kernel
allows no such network. blocks.py says which comments steer it.
"""

import argparse
import concurrent.futures
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time

import blocks

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
UNSHARE = ["unshare", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
PAGES = ["README.md", "CONTRIBUTING.md", "docs/**/*.md", "sdk/*/README.md", "examples/*/README.md",
         "packaging/**/*.md", "bench/*.md"]
WRITTEN = ["examples", "sdk"]  # folders that commands write into
SCRIPTS = {"server": 'exec katydid serve "$@"', "bootstrap": "exit 0"}
# What the comments run.
HIDDEN = {"hub": "KATYDID_EGRESS_ALLOW=127.0.0.0/8 script/server &", "first": "{}", "in": "cd ~/katydid/{}"}
BACKGROUND = re.compile(r"(?<![&>])&(?![&>\d])(?=\s*(?:#.*)?$|\s+\w+=\$!)")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLUMNS = 80  # of the terminal
COMMAND_SECONDS, LISTEN_SECONDS = 60, 30


def clone(folder, build):
    """A folder like a clone of the repository after script/server has built it."""
    folder.mkdir()
    for name in subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                               text=True, capture_output=True).stdout.split():
        top = name.partition("/")[0]
        if top in WRITTEN:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        elif top not in ("script", "build") and not (folder / top).exists():
            (folder / top).symlink_to(ROOT / top)
    (folder / "script").mkdir()
    binaries = folder / "build/release/hub"  # of this build, whatever it is
    binaries.mkdir(parents=True)
    (binaries / "katydid").symlink_to(build / "hub/katydid")
    (folder / "build/dev").symlink_to("release")
    for name, command in SCRIPTS.items():
        script = folder / "script" / name
        script.write_text(f'#!/bin/sh\nPATH="{binaries}:$PATH"\n{command}\n')
        script.chmod(0o755)
    return binaries


def listening():
    """The ports of this network that somebody listens at."""
    lines = pathlib.Path("/proc/net/tcp").read_text().split("\n")[1:]
    return {line.split()[1] for line in lines if line and line.split()[3] == "0A"}


def wait_for_listener(before):
    """What a command starts in the background is there once it listens."""
    end = time.monotonic() + LISTEN_SECONDS
    while listening() <= before:
        if time.monotonic() > end:
            return False
        select.select([], [], [], 0.02)
    return True


class Shell:
    """A bash that carries out one command after the other.

    Each command prints to a terminal of its own, so that it looks as on a page, and so that what
    goes on in the background does not come between the lines of another.
    """

    def __init__(self, folder, binaries):
        self.printed, self.terminals = "", []
        self.ends, self.status = os.pipe()
        env = {"HOME": str(folder.parent), "LANG": "C.UTF-8", "NO_COLOR": "1", "ASAN_OPTIONS": "detect_leaks=0",
               "PATH": f"{binaries}:{os.environ['PATH']}"}
        self.bash = subprocess.Popen(["bash"], cwd=folder, env=env, text=True, stdin=subprocess.PIPE,
                                     pass_fds=[self.status], stdout=subprocess.DEVNULL)

    def run(self, command):
        """(exit status, lines printed); the status is a word where the command does not end."""
        before = listening()
        terminal, other_end = pty.openpty()  # which stays open, or reading ours would fail
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", 50, COLUMNS, 0, 0))
        self.terminals.append(terminal)
        self.bash.stdin.write(f"exec >{os.ttyname(other_end)} 2>&1\n{{ {command}\n}} </dev/null\n"
                              f"echo $? >&{self.status}\n")
        self.bash.stdin.flush()
        status, printed = self.wait(terminal)
        if BACKGROUND.search(command) and not wait_for_listener(before):
            status = f"nothing listens after {LISTEN_SECONDS} s"
        text = ESCAPES.sub("", printed.decode(errors="replace").replace("\r\n", "\n"))
        self.printed += text
        return status, [line.rpartition("\r")[2] for line in text.split("\n")]

    def wait(self, terminal):
        """Reads all terminals, so that nothing waits for us, until the command has ended."""
        status, printed = "", b""
        end = time.monotonic() + COMMAND_SECONDS
        while True:
            wanted = self.terminals + ([] if status else [self.ends])
            ready, _, _ = select.select(wanted, [], [], 0 if status else max(0, end - time.monotonic()))
            if not ready:
                return status or f"none after {COMMAND_SECONDS} s", printed
            for each in ready:
                data = os.read(each, 65536)
                if each == self.ends:
                    status = data.decode().strip()
                elif each == terminal:
                    printed += data


def commands_of(block):
    """Its commands, after those that its comments stand for."""
    hidden = [HIDDEN[word].format(text) for word, text in block.comments if word in HIDDEN]
    seconds = block.said("stop")
    stopped = f"{{{{ timeout --signal=INT {seconds} {{}}\n}}}} || [ $? = 124 ]" if seconds else "{}"
    return ([blocks.Command(block.line, text) for text in hidden]
            + [blocks.Command(each.line, stopped.format(each.text), each.shown) for each in block.commands])


def run_page(name, folder, build, is_long):
    """Runs the blocks of one page in the folder. Returns (blocks run, commands run, reasons of skipped ones, fault)."""
    page = blocks.blocks_of((ROOT / name).read_text())
    skipped = [f"{name}:{each.line}: {each.said('skip')}" for each in page if each.said("skip")]
    todo = [each for each in page if each.said("skip") is None and (is_long or each.said("long") is None)]
    count = 0
    shell = Shell(folder, clone(folder, build))
    for command in [each for block in todo for each in commands_of(block)]:
        text = blocks.with_ids(command.text, shell.printed)
        status, printed = shell.run(text)
        fault = blocks.difference(command.shown, printed)
        if status != "0":
            fault = f"exit status {status}:\n  " + "\n  ".join(printed[-15:])
        if fault:
            return len(todo), count, skipped, f"{name}:{command.line}: {text}\n  {fault}"
        count += 1
    return len(todo), count, skipped, None


def run_alone(name, build, is_long):
    """run_page in a network and with processes of its own."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([*UNSHARE, sys.executable, "-B", __file__, "--build", build, "--inside", folder,
                               *(["--long"] if is_long else []), name], capture_output=True, text=True)
    if done.returncode:
        return 0, 0, [], f"{name}: {done.stderr}"
    return json.loads(done.stdout)


def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        flags = struct.pack("16sh22x", b"lo", 0x1)  # IFF_UP
        fcntl.ioctl(any_socket, 0x8914, flags)      # SIOCSIFFLAGS


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--inside", type=pathlib.Path, help="only one page, here and now, in this folder")
    parser.add_argument("--long", action="store_true", help="run the pages with long blocks, these included")
    parser.add_argument("pages", nargs="*")
    options = parser.parse_args()
    build = options.build.resolve()
    if options.inside:
        raise_loopback()
        print(json.dumps(run_page(options.pages[0], options.inside / "katydid", build, options.long)))
        return 0
    if subprocess.run([*UNSHARE, "true"], capture_output=True).returncode:
        print("skipped: this kernel lets us make no network of our own (unshare)")
        return SKIPPED
    pages = options.pages or sorted(
        {str(path.relative_to(ROOT)) for pattern in PAGES for path in ROOT.glob(pattern)
         if ("<!-- console: long" if options.long else "```console") in path.read_text()
         and "node_modules" not in path.parts})
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda name: run_alone(name, build, options.long), pages))
    faults = [fault for *_, fault in results if fault]
    skipped = [reason for _, _, reasons, _ in results for reason in reasons]
    print("\n".join(faults + [f"skipped: {reason}" for reason in skipped]))
    print(f"{sum(count for _, count, *_ in results)} commands of {sum(run for run, *_ in results)} blocks on "
          f"{len(pages)} pages ran, {len(faults)} pages failed; {len(skipped)} blocks were skipped")
    return 1 if faults else 0


sys.exit(main())
