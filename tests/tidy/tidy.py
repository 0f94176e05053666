#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks properties of the tree itself that no compiler checks.

usage: tidy.py ROOT            every rule
       tidy.py ROOT --format   clang-format instead (REMBUK_CLANG_FORMAT names the program)

Prints one line per finding, "path:line: what is wrong", and exits 1 if there is any.
The reading of C is simple because clang-format decides the shape: a function starts with a line
at column 0 that ends in "{" after ")", and ends with a line that is "}".
"""

import os
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 800
LINE_COLUMNS_MAX = 100
SPDX = "/* SPDX-License-Identifier: GPL-3.0-or-later */"

# The layers, and what each may include.  Longest path first: casework lies within protocol.
LADDER = {
    "protocol/casework": {"protocol/casework", "protocol"},
    "protocol": {"protocol"},
    "store": {"store", "protocol/casework", "protocol"},
    "node": {"node", "store", "protocol/casework", "protocol"},
    "cli": {"cli", "node", "store", "protocol/casework", "protocol"},
}

# One door per third-party library.
DOORS = {
    "sodium.h": {"protocol/crypt.c"},
    "sqlite3.h": {"store/db.c", "store/vault_internal.h"},
    "zmq.h": {"node/link_socket.h"},
    "ini.h": {"node/config.c"},
    "jansson.h": {"cli/json.c"},
    "libintl.h": {"cli/lang.h", "cli/lang.c"},
    "readline/readline.h": {"cli/console.c"},
    "readline/history.h": {"cli/console.c"},
    "term.h": {"cli/colour.c"},
    "curses.h": {"cli/colour.c"},
}

# protocol is pure: no clock, socket, file, terminal.  What is not listed here stays outside.
PURE_INCLUDES = {
    "assert.h", "inttypes.h", "limits.h", "stdbool.h", "stddef.h", "stdint.h", "stdlib.h",
    "string.h",
}

BANNED = re.compile(
    r"\b(strcpy|strcat|sprintf|vsprintf|strtok|gets|atoi|rand|alloca|scanf|sscanf|fscanf)\s*\(")
COMPARE = re.compile(r"\b(memcmp|strcmp|strncmp)\s*\(")
SECRET = re.compile(r"key|secret|pass", re.IGNORECASE)
INCLUDE = re.compile(r'#\s*include\s*([<"])([^>"]+)[>"]')
CONDITIONAL = re.compile(r"#\s*(if|ifdef|ifndef|elif|else)\b")
LEFTOVER = re.compile(r"\b(TO[D]O|FIX[M]E)\b")  # so written that it does not find itself
CMAKE_SOURCE = re.compile(r"[\w./-]+\.c\b")
TEST_ROW = re.compile(r"\brembuk_(?:test|sim|fuzz|bench)\(\s*(\w+)")
FUNCTION_NAME = re.compile(r"(\w+)\(")
COMMENT_OR_TEXT = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


class Tree:
    """The files that belong to the project: what git knows or would add."""

    def __init__(self, root):
        self.root = Path(root)
        listed = self.git_files("--cached", "--others", "--exclude-standard")
        # A file deleted but not yet committed is still listed.
        self.paths = sorted(path for path in set(listed) if (self.root / path).is_file())
        self.texts = {}

    def git_files(self, *options):
        listed = subprocess.run(
            ["git", "ls-files", "-z", *options], cwd=self.root, capture_output=True, check=True)
        return [entry for entry in listed.stdout.decode().split("\0") if entry]

    def text(self, path):
        if path not in self.texts:
            self.texts[path] = (self.root / path).read_bytes().decode("utf-8", "replace")
        return self.texts[path]

    def lines(self, path):
        return self.text(path).splitlines()

    def code_lines(self, path):
        """Lines without comments and with empty string literals, numbers kept."""
        def blank(match):
            found = match.group()
            return '""' if found[0] in "\"'" else "\n" * found.count("\n")
        return COMMENT_OR_TEXT.sub(blank, self.text(path)).splitlines()

    def includes(self, path):
        """(line, quote, name) of each include."""
        for number, line in enumerate(self.lines(path), 1):
            match = INCLUDE.match(line.strip())
            if match:
                yield number, match.group(1), match.group(2)

    def c_files(self):
        return [path for path in self.paths if path.endswith((".c", ".h"))]

    def sources(self):
        return [path for path in self.paths if path.endswith(".c")]


def layer_of(path):
    for layer in LADDER:
        if path.startswith(layer + "/"):
            return layer
    return None


def ladder(tree):
    """Includes point down only, and name the layer."""
    for path in tree.c_files():
        layer = layer_of(path)
        if layer is None:
            continue
        for number, quote, name in tree.includes(path):
            if quote != '"':
                continue
            target = layer_of(name)
            if target is None:
                yield path, number, f'"{name}" does not name a layer'
            elif target not in LADDER[layer]:
                yield path, number, f"{layer} must not include {name}"


def doors(tree):
    """Each third-party library is known to one file."""
    for path in tree.c_files():
        if path.startswith("tests/"):
            continue
        for number, _, name in tree.includes(path):
            if name in DOORS and path not in DOORS[name]:
                yield path, number, f"{name} only in {' or '.join(sorted(DOORS[name]))}"


def purity(tree):
    """protocol knows bytes only."""
    for path in tree.c_files():
        if not path.startswith("protocol/"):
            continue
        for number, quote, name in tree.includes(path):
            if quote == "<" and name not in PURE_INCLUDES and path not in DOORS.get(name, ()):
                yield path, number, f"{name} is not pure"


def function_length(tree):
    for path in tree.c_files():
        start, name, before = None, None, ""
        for number, line in enumerate(tree.code_lines(path), 1):
            at_margin = line[:1] not in (" ", "")
            if start is None and at_margin and line.endswith("{"):
                start, name = number, FUNCTION_NAME.search(line)
            elif start is None and line.endswith(") {"):
                # The parameters went on to this line; the name stands at the margin above.
                start, name = number, FUNCTION_NAME.search(before)
            elif start is not None and line.startswith("}"):
                length = number - start + 1
                if name and length > FUNCTION_LINES_MAX:
                    yield path, start, (
                        f"{name.group(1)} has {length} lines, more than {FUNCTION_LINES_MAX}")
                start = None
            if at_margin:
                before = line


def file_length(tree):
    for path in tree.c_files():
        length = len(tree.lines(path))
        if length > FILE_LINES_MAX:
            yield path, length, f"has {length} lines, more than {FILE_LINES_MAX}"


def line_length(tree):
    for path in tree.c_files():
        for number, line in enumerate(tree.lines(path), 1):
            if len(line) > LINE_COLUMNS_MAX:
                yield path, number, f"has {len(line)} columns, more than {LINE_COLUMNS_MAX}"


def banned(tree):
    for path in tree.c_files():
        for number, line in enumerate(tree.code_lines(path), 1):
            match = BANNED.search(line)
            if match:
                yield path, number, f"{match.group(1)} is banned"


def secrets_compared(tree):
    """Only a comparison in constant time is for secrets.  Tests may compare as they like."""
    for path in tree.c_files():
        if path.startswith("tests/"):
            continue
        for number, line in enumerate(tree.code_lines(path), 1):
            if COMPARE.search(line) and SECRET.search(line):
                yield path, number, "a secret is compared in constant time (protocol/crypt.h)"


def conditionals(tree):
    """A choice between platforms is a choice between files, made in CMake."""
    for path in tree.sources():
        for number, line in enumerate(tree.code_lines(path), 1):
            if CONDITIONAL.match(line.strip()):
                yield path, number, "no conditional compilation in .c files"


def listed_sources(tree):
    """Every path that a CMakeLists.txt names, from its own folder or from the root."""
    found = set()
    for cmake in tree.paths:
        if PurePosixPath(cmake).name != "CMakeLists.txt":
            continue
        folder = PurePosixPath(cmake).parent
        text = re.sub(r"#[^\n]*", "", tree.text(cmake))
        for name in CMAKE_SOURCE.findall(text) + [row + ".c" for row in TEST_ROW.findall(text)]:
            found.update({name, str(folder / name)})
    return found


def dead_files(tree):
    """Every source is listed in a CMakeLists.txt, every header is included."""
    listed = listed_sources(tree)
    for path in tree.sources():
        if path not in listed:
            yield path, 1, "is in no CMakeLists.txt"
    included = {name for path in tree.c_files() for _, _, name in tree.includes(path)}
    for path in tree.c_files():
        if path.endswith(".h") and path not in included:
            yield path, 1, "is included by nothing"


def leftovers(tree):
    """An open question is an issue, not a comment.  This folder has to name the words."""
    for path in tree.paths:
        if path.startswith("tests/tidy/") or path == "LICENSE":
            continue
        for number, line in enumerate(tree.lines(path), 1):
            match = LEFTOVER.search(line)
            if match:
                yield path, number, f"{match.group(1)}: open an issue instead"


def licence(tree):
    for path in tree.c_files():
        if not tree.text(path).startswith(SPDX + "\n"):
            yield path, 1, f"starts with {SPDX}"


def executables(tree):
    """A clone can run what is a program.  git may have been told to overlook the file's own mode."""
    for entry in tree.git_files("--stage"):
        mode, path = entry.split(" ", 1)[0], entry.split("\t", 1)[1]
        if mode == "100644" and path in tree.paths and tree.text(path).startswith("#!"):
            yield path, 1, "is not executable in git: git update-index --chmod=+x"


RULES = [
    ladder, doors, purity, function_length, file_length, line_length, banned, secrets_compared,
    conditionals, dead_files, leftovers, licence, executables,
]


def findings(root):
    tree = Tree(root)
    return [f"{path}:{line}: {what}" for rule in RULES for path, line, what in rule(tree)]


def format_findings(root):
    """One line per file: what is wrong in it, clang-format says better by putting it right."""
    tree = Tree(root)
    program = os.environ.get("REMBUK_CLANG_FORMAT", "clang-format")
    for path in tree.c_files():
        checked = subprocess.run(
            [program, "--dry-run", "-Werror", path], cwd=tree.root, capture_output=True, text=True)
        if checked.returncode != 0:
            line = re.match(r"[^:]*:(\d+)", checked.stderr)
            yield f"{path}:{line.group(1) if line else 1}: run {program} -i {path}"


def main(arguments):
    if len(arguments) == 2 and arguments[1] == "--format":
        found = list(format_findings(arguments[0]))
    elif len(arguments) == 1:
        found = findings(arguments[0])
    else:
        sys.exit(__doc__)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
