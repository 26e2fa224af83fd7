#!/usr/bin/env python3
"""cmake --install, then a project of its own that finds and uses the library.

    consumer_test.py --build build/dev --compiler clang++-19
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def run(*command, **more):
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(str(each) for each in command)}:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


def check_headers(includes):
    """Installed is what <katydid/hub.hpp> includes, and nothing else."""
    installed = {str(path.relative_to(includes)) for path in includes.rglob("*") if path.is_file()}
    reached, waiting = set(), ["katydid/hub.hpp"]
    while waiting:
        header = waiting.pop()
        reached.add(header)
        for quote, name in re.findall(r'^#include (["<])([^">]+)', (includes / header).read_text(), re.M):
            name = name if name.startswith("katydid/") else f"katydid/{name}"
            if (quote == '"' or name in installed) and name not in reached:
                waiting.append(name)
    strange = {name for name in installed if not re.match(r"katydid/(hub/(core(/\w+)?|config)/)?[\w.]+$", name)}
    if installed != reached or strange:
        sys.exit(f"installed and not public: {sorted(installed - reached | strange)}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--compiler", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="katydid-consumer-") as folder:
        root = pathlib.Path(folder)
        run("cmake", "--install", arguments.build, "--prefix", root / "prefix", "--component", "dev")
        check_headers(root / "prefix/include")
        run("cmake", "-S", HERE / "consumer", "-B", root / "build", "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={root / 'prefix'}", f"-DCMAKE_CXX_COMPILER={arguments.compiler}",
            "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0")
        # The tree itself must not be needed: everything is found in the prefix.
        used = run("ninja", "-C", root / "build", "-t", "commands")
        tree = str(HERE.parents[1])
        if f"-I{tree}" in used or f"-isystem {tree}" in used:
            sys.exit("the installed library points into the source tree")
        run("cmake", "--build", root / "build")
        said = run(root / "build/consumer", root / "data", timeout=60)
        if "consumer: done" not in said:
            sys.exit(f"the consumer said:\n{said}")
    print("find_package(katydid) works from an installed prefix")


main()
