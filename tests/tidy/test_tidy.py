# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule of tidy.py can fail, and a tidy tree passes: shown on small invented trees."""

import subprocess

import pytest

import tidy

HEAD = tidy.SPDX + "\n"


def make_tree(root, files):
    subprocess.run(["git", "init", "-q", root], check=True)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return tidy.Tree(root)


@pytest.fixture
def found(tmp_path):
    """found(rule, path, text): what the rule says about a tree with that one file."""
    def run(rule, path, text):
        return list(rule(make_tree(tmp_path, {path: text})))
    return run


def function(lines, head="static int long_one(void) {"):
    return "\n".join([head] + ["    work();"] * (lines - 2) + ["}"]) + "\n"


def test_a_tidy_tree_has_no_findings(tmp_path):
    make_tree(tmp_path, {
        "CMakeLists.txt": "add_subdirectory(protocol)\n",
        "protocol/CMakeLists.txt": "rembuk_layer(protocol\n    SOURCES\n        event.c\n)\n",
        "protocol/event.h": HEAD + "int event_len(void);\n",
        "protocol/event.c": HEAD + '#include "protocol/event.h"\n#include <string.h>\n'
                            + function(70),
        "tests/unit/CMakeLists.txt": "rembuk_test(event_test protocol)\n",
        "tests/unit/event_test.c": HEAD + '#include "protocol/event.h"\n#include <stdio.h>\n',
    })
    assert tidy.findings(tmp_path) == []


@pytest.mark.parametrize("path, include", [
    ("protocol/a.c", "protocol/casework/kinds.h"),
    ("protocol/a.c", "store/db.h"),
    ("protocol/casework/a.c", "store/db.h"),
    ("store/a.c", "node/link.h"),
    ("node/a.h", "cli/output.h"),
    ("node/a.c", "link.h"),
])
def test_an_include_that_points_up_is_found(found, path, include):
    assert found(tidy.ladder, path, f'#include "{include}"\n')


@pytest.mark.parametrize("path, include", [
    ("protocol/casework/a.c", "protocol/event.h"),
    ("store/a.c", "protocol/casework/kinds.h"),
    ("node/a.c", "store/db.h"),
    ("cli/a.c", "node/node.h"),
    ("tests/unit/a.c", "tests/support/a.h"),
])
def test_an_include_that_points_down_is_fine(found, path, include):
    assert not found(tidy.ladder, path, f'#include "{include}"\n')


@pytest.mark.parametrize("header", tidy.DOORS)
def test_a_third_party_header_outside_its_door_is_found(found, header):
    assert found(tidy.doors, "cli/elsewhere.c", f"#include <{header}>\n")


@pytest.mark.parametrize("header", tidy.DOORS)
def test_a_third_party_header_in_its_door_is_fine(found, header):
    for path in tidy.DOORS[header]:
        assert not found(tidy.doors, path, f"#include <{header}>\n")


@pytest.mark.parametrize("header", ["time.h", "unistd.h", "stdio.h", "sys/socket.h", "sqlite3.h"])
def test_an_impure_include_in_protocol_is_found(found, header):
    assert found(tidy.purity, "protocol/casework/a.c", f"#  include <{header}>\n")


def test_the_door_to_libsodium_is_pure(found):
    assert not found(tidy.purity, "protocol/crypt.c", "#include <sodium.h>\n")


@pytest.mark.parametrize("head", [
    "static int long_one(void) {",
    "static int long_one(int a,\n                    int b) {",
    "static int\nlong_one(int a) {",
])
def test_a_function_of_71_lines_is_found(found, head):
    (finding,) = found(tidy.function_length, "cli/a.c", function(72, head))
    assert "long_one" in finding[2]


def test_a_function_of_70_lines_and_a_longer_table_are_fine(found):
    table = "static const int table[] = {\n" + "    1,\n" * 200 + "};\n"
    assert not found(tidy.function_length, "cli/a.c", table + function(70))


def test_a_file_of_801_lines_is_found(found):
    assert found(tidy.file_length, "cli/a.h", "\n" * 801)
    assert not found(tidy.file_length, "cli/a.h", "\n" * 800)


def test_a_line_of_101_columns_is_found(found):
    assert found(tidy.line_length, "cli/a.c", "x" * 101 + "\n")
    assert not found(tidy.line_length, "cli/a.c", "é" * 100 + "\n")


@pytest.mark.parametrize("name", [
    "strcpy", "strcat", "sprintf", "strtok", "gets", "atoi", "rand", "alloca", "scanf"])
def test_a_banned_function_is_found(found, name):
    assert found(tidy.banned, "tests/unit/a.c", f"    x = {name}(y);\n")


def test_a_banned_name_in_words_or_within_a_name_is_fine(found):
    assert not found(tidy.banned, "cli/a.c", '/* not\n atoi(x) */ f("gets(x)"); snprintf(a, b);\n')


@pytest.mark.parametrize("call", [
    "memcmp(key, other, 32)", "strcmp(a, passphrase)", "memcmp(a->secret, b, 32)"])
def test_a_secret_compared_byte_by_byte_is_found(found, call):
    assert found(tidy.secrets_compared, "store/a.c", f"    if ({call} == 0) {{\n")
    assert not found(tidy.secrets_compared, "store/a.c", "    if (strcmp(name, word) == 0) {\n")


@pytest.mark.parametrize("line", ["#ifdef X", "#if X", "#  ifndef X"])
def test_conditional_compilation_in_a_source_is_found(found, line):
    assert found(tidy.conditionals, "node/a.c", line + "\n#endif\n")


def test_the_guard_of_a_header_is_fine(found):
    assert not found(tidy.conditionals, "node/a.h", "#ifndef A_H\n#endif\n")


def test_a_source_in_no_list_is_found(tmp_path):
    tree = make_tree(tmp_path, {
        "cli/CMakeLists.txt": "rembuk_layer(cli SOURCES\n    a.c\n    # b.c\n    not_c.c\n)\n",
        "cli/a.c": "", "cli/b.c": "", "cli/c.c": "", "cli/not_c.c": "",
        "tests/fuzz/CMakeLists.txt": "rembuk_fuzz(d protocol)\n",
        "tests/fuzz/d.c": "", "tests/fuzz/e.c": "",
    })
    assert [path for path, _, _ in tidy.dead_files(tree)] == [
        "cli/b.c", "cli/c.c", "tests/fuzz/e.c"]


def test_a_header_that_nothing_includes_is_found(found):
    assert found(tidy.dead_files, "cli/a.h", "")


def test_an_open_question_in_a_comment_is_found(found):
    assert found(tidy.leftovers, "docs/a.md", "text\nTO" + "DO: later\n")


def test_a_c_file_without_the_licence_line_is_found(found):
    assert found(tidy.licence, "cli/a.h", "int x;\n" + HEAD)


def test_a_program_that_a_clone_could_not_run_is_found(tmp_path):
    tree = make_tree(tmp_path, {"script/a": "#!/bin/sh\n", "script/b": "#!/bin/sh\n"})
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "update-index", "--chmod=+x", "script/b"], cwd=tmp_path, check=True)
    assert [path for path, _, _ in tidy.executables(tree)] == ["script/a"]


def test_an_ignored_file_is_not_read(tmp_path):
    tree = make_tree(tmp_path, {".gitignore": "/build/\n", "build/a.c": "", "cli/b.c": ""})
    assert tree.paths == [".gitignore", "cli/b.c"]


def test_the_program_tells_by_its_exit_code(tmp_path, capsys):
    make_tree(tmp_path, {"cli/a.h": HEAD + "int x;\n"})
    assert tidy.main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == "cli/a.h:1: is included by nothing\n"


def test_wrong_formatting_is_found(tmp_path):
    style = "BasedOnStyle: LLVM\n"
    make_tree(tmp_path, {".clang-format": style, "a.c": "int  x ;\n"})
    assert tidy.main([str(tmp_path), "--format"]) == 1
    (tmp_path / "a.c").write_text("int x;\n")
    assert tidy.main([str(tmp_path), "--format"]) == 0
