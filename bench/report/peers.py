"""Servers side by side: what katydid-bench measured of each, as one table."""

END_TO_END, AT_RATE = "end to end, fan-out 1", "latency at rate"


def per_thousand(phase):
    return 1000 * phase["resources"]["target_cpu_seconds"] / max(phase["tally"]["delivered"], 1)


def percentiles(histogram):
    return f"{histogram['p50_us'] / 1000:.1f} / {histogram['p99_us'] / 1000:.1f}"


# What a row says, of which phase, and how it is read from it.
ROWS = [
    ("accepted/s", END_TO_END, lambda phase: f"{phase['accepted_per_second']:,.0f}"),
    ("… answered, p50 / p99 ms", END_TO_END, lambda phase: percentiles(phase["latency"])),
    ("delivered/s, sustained", END_TO_END, lambda phase: f"{phase['delivered_per_second']:,.0f}"),
    ("… sent → delivered, p50 / p99 ms", END_TO_END, lambda phase: percentiles(phase["end_to_end"])),
    ("… undelivered at the end", END_TO_END, lambda phase: f"{phase['tally']['missing']:,}"),
    ("CPU seconds per 1,000 delivered", END_TO_END, lambda phase: f"{per_thousand(phase):.2f}"),
    ("memory at most, MB", END_TO_END, lambda phase: f"{phase['resources']['target_rss_peak_mb']:.0f}"),
    ("at {rate}/s: sent → delivered, p50 / p99 ms", AT_RATE, lambda phase: percentiles(phase["end_to_end"])),
    ("… undelivered at the end", AT_RATE, lambda phase: f"{phase['tally']['missing']:,}"),
]


def cell(phases, name, read):
    return read(phases[name]) if name in phases else "–"


def table(results):
    """Markdown. \\param results  [(name of the server, its result)]"""
    phases = [{phase["name"]: phase for scenario in result["scenarios"] for phase in scenario["phases"]}
              for _, result in results]
    rate = next((f"{each[AT_RATE]['intended_per_second']:,.0f}" for each in phases if AT_RATE in each), "?")
    lines = [["", *(name for name, _ in results)], ["---", *("---:" for _ in results)]]
    lines += [[text.format(rate=rate), *(cell(each, name, read) for each in phases)] for text, name, read in ROWS]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def notes(results):
    """What went wrong, and what disturbed a number."""
    for name, result in results:
        for scenario in result["scenarios"]:
            if scenario["status"] != "ok":
                yield f"{name}, {scenario['name']}: {scenario['status']}: {scenario['reason']}"
            for phase in scenario["phases"]:
                if phase["disturbance"]:
                    yield f"{name}, {phase['name']}: {phase['disturbance']}"
