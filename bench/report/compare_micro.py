#!/usr/bin/env python3
"""Prints a result of Google Benchmark, compared pair by pair with an older one.

usage: compare_micro.py RESULT.json [OLDER.json]
"""
import json
import sys

TOLERANCE = 0.10  # less is noise


def times(path):
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)["benchmarks"]
    return {row["name"]: (row["cpu_time"], row["time_unit"]) for row in rows}


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    after = times(sys.argv[1])
    before = times(sys.argv[2]) if len(sys.argv) == 3 else {}
    unknown = "new" if before else ""
    for name, (time, unit) in after.items():
        if name not in before or before[name][1] != unit:
            print(f"  {name:<52} {time:>12.1f} {unit}  {unknown}".rstrip())
            continue
        change = time / before[name][0] - 1
        word = "slower" if change > TOLERANCE else "faster" if change < -TOLERANCE else "same"
        print(f"  {name:<52} {time:>12.1f} {unit}  {change:+7.1%}  {word}")
    for name in before.keys() - after.keys():
        print(f"  {name:<52} gone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
