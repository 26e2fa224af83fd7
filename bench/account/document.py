"""The account as a section of docs/performance.md, between two marks."""

from costs import HASH, Thread

BEGIN, END = "<!-- account: written by script/profile account --keep -->", "<!-- account: end -->"
FIGURES = {"instructions": "instructions without SHA-256", "allocations": "allocations",
           "system_calls": "system calls"}
LIST_MAX = 6
SMALLEST = 0.02  # an event; less is left out
DETAILED = ("ingest, 32 at once", "end-to-end, 32 at once")


def number(value):
    if value == 0:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(heads, rows):
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def figures_table(figures):
    """What is held to a limit."""
    return table(["an event", *FIGURES.values()],
                 [[phase, *(f"{found[name]:,}" for name in FIGURES)] for phase, found in figures.items()])


def by_row(columns, total=True):
    """One row for each name in the columns (dictionaries), the largest first."""
    names = {name for column in columns for name in column}
    sums = {name: sum(column.get(name, 0) for column in columns) for name in names}
    rows = [[name, *(number(column.get(name, 0)) for column in columns)]
            for name in sorted(names, key=lambda name: (-sums[name], name)) if sums[name] >= SMALLEST]
    if total:
        rows.append(["all", *(number(sum(column.values())) for column in columns)])
    return rows


def threads_of(phases, what):
    """A column for each thread of each phase."""
    heads, columns = [], []
    for name in DETAILED:
        for role, thread in sorted(phases[name].threads.items()):
            heads.append(f"{name.split(',')[0]}: {role}")
            columns.append(what(thread))
    return heads, columns


def rooms_table(phases):
    columns = []
    for name in DETAILED:
        columns += [phases[name].sum_up(Thread.rooms), phases[name].sum_up(Thread.allocations_by_room)]
    heads = [f"{name.split(',')[0]}: {what}" for name in DETAILED for what in ("instructions", "allocations")]
    return table(["room", *heads], by_row(columns))


def list_of(phase, what):
    """The largest of what all threads say: (count, name) or more."""
    found = {}
    for thread in phase.threads.values():
        for count, name, *_ in what(thread):
            found[name] = found.get(name, 0) + count
    largest = sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))[:LIST_MAX]
    return ", ".join(f"`{name}` {number(count)}" for name, count in largest)


def section(phases, figures):
    out = [BEGIN, figures_table(figures)]
    out.append("Instructions by thread and by whose code it is (32 at once):\n")
    heads, columns = threads_of(phases, Thread.instructions)
    out.append(table(["", *heads], by_row(columns)))
    out.append("The same by the room that asked for it, libraries included, SHA-256 left out:\n")
    out.append(rooms_table(phases))
    out.append("Allocations and system calls by thread:\n")
    _, allocations = threads_of(phases, lambda thread: {f"allocations: {owner}": count for owner, count
                                                        in thread.allocations().items()})
    _, calls = threads_of(phases, lambda thread: {f"`{name}`": count for name, count
                                                  in thread.system_calls().items()})
    out.append(table(["", *heads], by_row(allocations, False) + by_row(calls, False)))
    for name in DETAILED:
        phase = phases[name]
        out.append(f"`{name.split(',')[0]}`: the functions that cost most by themselves: "
                   + list_of(phase, functions_but_hash) + ".\n")
        out.append("Who allocates: " + list_of(phase, Thread.allocation_sites) + ".\n")
    out.append(END)
    return "\n".join(out)


def functions_but_hash(thread):
    return [entry for entry in thread.functions() if entry[2] != HASH]


def put_into(text, written):
    """The document with its section replaced."""
    before, rest = text.split(BEGIN, 1)
    return before + written + rest.split(END, 1)[1]


def figures_in(text):
    """The table of figures that a document holds."""
    return text.split(BEGIN, 1)[1].lstrip("\n").split("\n\n", 1)[0] + "\n"
