#!/usr/bin/env python3
"""What one event costs: instructions, allocations and system calls, counted by callgrind while a hub
and its only client take turns (lockstep.cpp), so that the figures are the same from run to run.

script/profile account calls this; tests/bench holds the figures to their limits with --check."""

import argparse
import json
import pathlib
import platform
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
import document  # noqa: E402
from costs import Phase  # noqa: E402
from hub_run import HubRun  # noqa: E402
from ratchet import judge  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
RATCHET = ROOT / "tests/bench/cost_ratchet.json"
DOCUMENT = ROOT / "docs/performance.md"
# Name, events in a round, rounds counted. A round is a commit.
PHASES = [("ingest, alone", 1, 400), ("ingest, 32 at once", 32, 25),
          ("end-to-end, alone", 1, 400), ("end-to-end, 32 at once", 32, 25)]
WARM_UP_EVENTS = 96
SKIPPED = 77


def count(run, size, rounds, marks):
    """Counts between two marks. A thread's costs are written when it wakes up for the marked round."""
    for _ in range(max(4, WARM_UP_EVENTS // size)):
        run.round(size)
    commits = run.commits()
    run.round(size)
    run.round(size, mark=marks[0])
    for _ in range(rounds - 1):
        run.round(size)
    run.round(size, mark=marks[1])
    commits = run.commits() - commits
    if commits != rounds + 2:
        raise RuntimeError(f"{rounds + 2} rounds were {commits} commits: the hub did not keep in step")


def measure(hub, lockstep, folder):
    """The phases by name."""
    with HubRun(hub, lockstep, folder) as run:
        for index, (name, size, rounds) in enumerate(PHASES):
            if name.startswith("end-to-end") and not run.receiver:
                run.subscribe()
            count(run, size, rounds, (2 * index + 1, 2 * index + 2))
    written = {}
    for path in pathlib.Path(folder).glob("costs.*-*"):
        with open(path, encoding="utf-8", errors="replace") as file:
            label = next((line for line in file if line.startswith("desc: Trigger:")), "")
        written.setdefault(label.rsplit(" ", 1)[-1].strip(), []).append(path)
    if len(written) != 2 * len(PHASES):
        raise RuntimeError(f"{2 * len(PHASES)} marks were set, costs written at {len(written)}")
    return {name: Phase(written[str(2 * index + 2)], size * rounds)
            for index, (name, size, rounds) in enumerate(PHASES)}


def keep(phases, figures):
    """Writes what was found into the document and as the limits."""
    RATCHET.write_text(json.dumps(figures, indent=1) + "\n")
    DOCUMENT.write_text(document.put_into(DOCUMENT.read_text(), document.section(phases, figures)))


def check(figures):
    grew, fell = judge(figures, json.loads(RATCHET.read_text()))
    if fell:
        print("Cheaper than the limit. Lower it with script/profile account --keep:", *fell, sep="\n  ")
    if grew:
        print("An event costs more than it did. script/profile account says where; when it is worth its"
              "\nprice, set the limit with script/profile account --keep and say why in the commit:",
              *grew, sep="\n  ")
    return 1 if grew else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hub", required=True, help="a release build of katydid")
    parser.add_argument("--lockstep", required=True, help="libkatydid_lockstep.so")
    parser.add_argument("--check", action="store_true", help="compare with tests/bench/cost_ratchet.json")
    parser.add_argument("--keep", action="store_true", help="write it and docs/performance.md")
    parser.add_argument("--write", metavar="FILE", help="write the whole account there")
    options = parser.parse_args()
    missing = [name for name in ("valgrind", "objcopy") if not shutil.which(name)]
    if missing or platform.machine() != "x86_64":
        print(f"skipped: {', '.join(missing)} not installed; see script/bootstrap" if missing
              else "skipped: the limits are those of x86-64")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        phases = measure(options.hub, options.lockstep, folder)
    figures = {name: phase.figures() for name, phase in phases.items()}
    print(document.figures_table(figures))
    if options.write:
        pathlib.Path(options.write).write_text(document.section(phases, figures) + "\n")
    if options.keep:
        keep(phases, figures)
    return check(figures) if options.check else 0


if __name__ == "__main__":
    sys.exit(main())
