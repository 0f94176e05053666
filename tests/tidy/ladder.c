/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Linked with one whole layer and those below it: see CMakeLists.txt. */

int main(void) {
    return 0;
}
