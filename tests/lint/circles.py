"""No circles of imports in our TypeScript: modules of a circle cannot be read, tested or loaded one by one."""

import pathlib
import re

IMPORT = re.compile(r"""^(?:import\s*|(?:import|export)\b[^;"']*\bfrom\s*)["'](\.{1,2}/[^"']*)["']""", re.M)
ENDINGS = ("", ".ts", ".tsx", "/index.ts", "/index.tsx")


def imports(files):
    """{module: the modules among `files` that it imports, types included}."""
    modules = {path for path in files if path.suffix in {".ts", ".tsx", ".mjs"}}
    found = {}
    for path in sorted(modules):
        named = [(path.parent / re.sub(r"\.js$", "", name)).resolve()
                 for name in IMPORT.findall(path.read_text(errors="replace"))]
        found[path] = [other for name in named for ending in ENDINGS
                       if (other := pathlib.Path(f"{name}{ending}")) in modules]
    return found


def check(root, files):
    """A finding for each way back that a walk over all modules meets."""
    needs, done = imports(files), set()

    def walk(path, way):
        if path in way:
            names = [str(one.relative_to(root)) for one in [*way[way.index(path):], path]]
            yield f"{names[0]}: a circle of imports: {' → '.join(names)}"
        elif path not in done:
            for other in needs[path]:
                yield from walk(other, [*way, path])
            done.add(path)

    for path in needs:
        yield from walk(path, [])
