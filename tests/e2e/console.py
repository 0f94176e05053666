# SPDX-License-Identifier: GPL-3.0-or-later
"""The console at a real pseudo-terminal: what a person types, and what is read on the screen."""
import io
import os
import re
import signal
import time

import pexpect

from support import BINARY

ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-Za-z]|[=>78])")
PROMPT = r"\[(?:rembuk|\w+ \d+|\d+)(?: \|[^\]\r\n]*)?\] > "
PASTE_BEGIN, PASTE_END = "\x1b[200~", "\x1b[201~"
CTRL_C, CTRL_D, CTRL_U, CTRL_Z, TAB, UP = "\x03", "\x04", "\x15", "\x1a", "\t", "\x1b[A"


def visible(text):
    """What was printed without what only moves the cursor or colours."""
    return ESCAPE.sub("", text).replace("\x07", "")


def last_line(printed):
    """What a terminal shows in one line after this was printed in it."""
    cells, at = [], 0
    for part in re.finditer(r"\x1b\[([0-9;?]*)([@A-Za-z])|\x1b.|.|\r", printed):
        count = int(part[1]) if part[1] and part[1].isdigit() else 1
        what = part[2] or part[0]
        if part[2] is None and what >= " ":
            cells[at:at + 1] = what
        if what == "\r":
            at = 0
        elif what == "\b" or part[2] == "D":
            at = max(0, at - (count if part[2] else 1))
        elif part[2] == "C" or (part[2] is None and what >= " "):
            at += count
            cells += [" "] * (at - len(cells))
        elif part[2] in ("K", "J"):
            cells = [] if part[1] == "2" else cells[:at]
        elif part[2] == "P":
            del cells[at:at + count]
        elif part[2] == "@":
            cells[at:at] = [" "] * count
    return "".join(cells)


def environment(worker, **changes):
    """The person's own environment: nothing of whoever runs the tests, and no passphrase to type."""
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith(("REMBUK_", "LC_")) and name not in ("NO_COLOR", "COLUMNS", "LINES")}
    clean.update(TERM="xterm-256color", LC_ALL="C.UTF-8", INPUTRC="/dev/null",
                 REMBUK_PASSPHRASE_FILE=str(worker.passphrase_file))
    clean.update(changes)
    return {name: value for name, value in clean.items() if value is not None}


class Console:
    """One `rembuk` at a terminal.  Ended by end(), hang_up() or kill(), at the latest by the fixture."""

    def __init__(self, worker, *words, lang="en", columns=80, program=None, ready=True, **env):
        del ready  # of the fixture
        command = program or [BINARY, "--home", str(worker.home), "--lang", lang, *words]
        self.record = io.StringIO()
        self.marked = 0
        self.child = pexpect.spawn(command[0], command[1:], dimensions=(24, columns), encoding="utf-8",
                                   codec_errors="replace", timeout=20, env=environment(worker, **env))
        self.child.delaybeforesend = None
        self.child.logfile_read = self.record

    # ---- typing ----
    def type(self, text):
        """Sends it in parts, and takes what comes meanwhile, so that neither side waits for the other."""
        rest = text.encode()
        while rest:
            rest = rest[os.write(self.child.child_fd, rest[:2048]):]
            self.read(0)

    def send_line(self, line):
        self.type(line + "\r")

    def paste(self, text, end=True):
        self.type(PASTE_BEGIN + text.replace("\n", "\r") + (PASTE_END if end else ""))

    def resize(self, columns):
        self.child.setwinsize(24, columns)

    # ---- reading ----
    def expect(self, pattern, timeout=20):
        """Waits for a pattern on the screen, behind what was found before; gives the match.

        Escape sequences are taken out first, and a line that the terminal breaks stays two."""
        end = time.monotonic() + timeout
        while True:
            text = self.screen()
            found = re.compile(pattern, re.MULTILINE).search(text, self.marked)
            if found:
                self.marked = found.end()
                return found
            left = end - time.monotonic()
            if left <= 0 or not self.read(min(left, 0.2)):
                text = self.screen()
                found = re.compile(pattern, re.MULTILINE).search(text, self.marked)
                assert found, f"not on the screen: {pattern!r}\n{text[self.marked:][-4000:]}"

    def read(self, seconds):
        """Takes what has come, and waits for it so long; False at the end."""
        try:
            self.child.read_nonblocking(1 << 16, seconds)
        except pexpect.TIMEOUT:
            pass
        except pexpect.EOF:
            return False
        return True

    def read_for(self, seconds):
        """Lets the console go on for a while, and gives what came."""
        before, end = len(self.screen()), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self.read(left):
            pass
        return self.screen()[before:]

    def expect_line(self, pattern, timeout=20):
        """Waits until the line where the cursor stands is like this, and has come to rest."""
        end = time.monotonic() + timeout
        while not re.fullmatch(pattern, self.line()) or self.settle():
            assert time.monotonic() < end, f"the line is {self.line()!r}, not {pattern!r}\n{self.screen()[-3000:]}"
            assert self.read(0.1), f"the console has ended\n{self.screen()[-3000:]}"
        self.marked = len(self.screen())

    def expect_prompt(self, typed="", timeout=20):
        """A prompt with exactly this behind it."""
        self.expect_line(PROMPT + re.escape(typed), timeout)

    def run(self, line):
        """Types a command at the prompt and gives what it says."""
        self.expect_prompt()
        begin = len(self.screen())
        self.send_line(line)
        self.expect(r"\n")
        self.expect_prompt()
        return self.screen()[begin:].partition("\n")[2].rpartition("\n")[0]

    def settle(self):
        """Takes what still comes; True if anything did."""
        before = len(self.record.getvalue())
        while self.read_for(0.05):
            pass
        return len(self.record.getvalue()) > before

    def screen(self):
        return visible(self.record.getvalue())

    def line(self):
        """What the line shows in which the cursor stands."""
        return last_line(self.record.getvalue().rpartition("\n")[2])

    # ---- ending ----
    def end(self, typed=CTRL_D, exit=0):
        self.type(typed)
        self.wait(exit)

    def wait(self, exit=0, timeout=10):
        limit = time.monotonic() + timeout
        while self.read(0.2):
            assert time.monotonic() < limit, f"the console goes on:\n{self.screen()[-2000:]}"
        self.child.close()
        assert self.child.exitstatus == exit, (self.child.exitstatus, self.child.signalstatus, self.screen()[-2000:])

    def hang_up(self):
        """The window is closed: the kernel sends SIGHUP to whoever reads there."""
        terminal = self.child.ptyproc
        terminal.fileobj.close()
        terminal.closed = self.child.closed = True
        terminal.fd = self.child.child_fd = -1  # the number may be somebody else's from now on
        limit = time.monotonic() + 10
        while os.waitpid(self.child.pid, os.WNOHANG)[0] == 0:
            assert time.monotonic() < limit, "the console outlives its terminal"
            time.sleep(0.02)
        terminal.terminated = self.child.terminated = True

    def kill(self):
        """SIGKILL, by pid; nothing if it has ended."""
        if self.child.closed:
            return
        if self.child.isalive():
            os.kill(self.child.pid, signal.SIGKILL)
        self.child.close(force=True)
