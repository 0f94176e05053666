# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's first command, as a newcomer types it."""
import os
import re
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_demo_ends_well_without_a_terminal(tmp_path):
    build = ["cmake", "--build", str(ROOT / "build" / "release"), "--target", "rembuk", "catalogues"]
    subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL, timeout=300)
    # Passphrases cost here what they cost a newcomer: support.py makes them cheap for the other tests.
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    began = time.monotonic()
    done = subprocess.run([str(ROOT / "script" / "demo")], cwd=tmp_path, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, env=environment)
    assert done.returncode == 0, done.stdout
    assert time.monotonic() - began < 30
    digests = re.findall(r"\b[0-9a-f]{64}\b", done.stdout)
    assert len(digests) == 3 and len(set(digests)) == 1, done.stdout
    assert not list(tmp_path.iterdir())


def test_the_readme_names_exactly_the_two_commands():
    readme = (ROOT / "README.md").read_text()
    block = re.search(r"```(?:sh|console)?\n(.*?)```", readme, re.S).group(1)
    commands = [line.split("#")[0].strip() for line in block.splitlines() if line.strip()]
    assert commands == ["script/demo", "script/test"]
    for command in commands:
        assert os.access(ROOT / command, os.X_OK)
