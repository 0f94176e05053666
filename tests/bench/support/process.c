/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/support/process.h"

#include "tests/bench/support/meeting.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE_BYTES = 512, PROC_PATH_BYTES = 64 };

extern char **environ;

/* argv of `program` with `words`. */
static void words_set(char *argv[static PROCESS_WORDS_MAX + 2], const char *program,
                      const char *const *words) {
    size_t count = 0;

    argv[count++] = strdup(program);
    for (; *words != NULL && count <= PROCESS_WORDS_MAX; words++) {
        argv[count++] = strdup(*words);
    }
    argv[count] = NULL;
}

/* ---- This program ---- */

static void numbers_read(FILE *from, double *numbers, size_t count) {
    char line[LINE_BYTES] = { 0 };

    must(fgets(line, sizeof line, from) != NULL, "what the process prints");
    const char *at = line;
    for (size_t i = 0; i < count; i++) {
        char *end = NULL;
        numbers[i] = strtod(at, &end);
        must(end != at, "a number that the process prints");
        at = end;
    }
}

void process_run(const char *const *words, double *numbers, size_t count) {
    char *argv[PROCESS_WORDS_MAX + 2];
    int ends[2], how = 0;

    (void)fflush(stdout);
    must(pipe(ends) == 0, "pipe");
    const pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        words_set(argv, "/proc/self/exe", words);
        (void)dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execve(argv[0], argv, environ);
        _exit(127);
    }
    close(ends[1]);
    FILE *from = fdopen(ends[0], "r");
    must(from != NULL, "pipe");
    numbers_read(from, numbers, count);
    (void)fclose(from);
    must(waitpid(child, &how, 0) == child && how == 0, "process");
}

/* ---- rembuk ---- */

/* The person's own environment: nothing of whoever runs this. */
static void environment_set(char *out[static 5], const struct folder *folder) {
    static char home[2 * HOMES_PATH_MAX], passphrase[2 * HOMES_PATH_MAX];
    static char runtime[2 * HOMES_PATH_MAX];
    static char language[] = "REMBUK_LANG=en";
    const char *path = folder_name(folder, "sandi");

    file_store(path, HOMES_PASSPHRASE "\n", strlen(HOMES_PASSPHRASE "\n"));
    must(chmod(path, S_IRUSR | S_IWUSR) == 0, "rights");
    (void)snprintf(passphrase, sizeof passphrase, "REMBUK_PASSPHRASE_FILE=%s", path);
    (void)snprintf(home, sizeof home, "REMBUK_HOME=%s", folder_name(folder, "rumah"));
    (void)snprintf(runtime, sizeof runtime, "XDG_RUNTIME_DIR=%s", folder->path);
    out[0] = home;
    out[1] = passphrase;
    out[2] = runtime;
    out[3] = language;
    out[4] = NULL;
}

static pid_t running; /* 0: none */

/* Whatever ends this program ends what it has started. */
static void end_running(void) {
    if (running > 0) {
        (void)kill(running, SIGKILL);
    }
}

static pid_t rembuk_start(const struct folder *folder, const char *const *words) {
    char *argv[PROCESS_WORDS_MAX + 2], *environment[5];

    environment_set(environment, folder);
    words_set(argv, REMBUK_PROGRAM, words);
    const pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        const int nowhere = open("/dev/null", O_RDWR);
        (void)dup2(nowhere, STDIN_FILENO);
        (void)dup2(nowhere, STDOUT_FILENO);
        execve(argv[0], argv, environment);
        _exit(127);
    }
    for (size_t i = 0; argv[i] != NULL; i++) {
        free(argv[i]);
    }
    return child;
}

pid_t process_start_rembuk(const struct folder *folder, const char *const *words) {
    must(running == 0 && atexit(end_running) == 0, "one at a time");
    running = rembuk_start(folder, words);
    return running;
}

double process_answer(const struct folder *folder, const char *const *words) {
    const double started = seconds();
    int how = 0;

    const pid_t child = rembuk_start(folder, words);
    must(waitpid(child, &how, 0) == child && how == 0, "answer of rembuk");
    return seconds() - started;
}

void process_end(pid_t process) {
    int how = 0;

    must(kill(process, SIGTERM) == 0 && waitpid(process, &how, 0) == process && how == 0,
         "end of rembuk");
    running = 0;
}

/* ---- Memory ---- */

double process_memory(pid_t process, const char *field) {
    char path[PROC_PATH_BYTES], line[LINE_BYTES];
    double kib = 0;

    (void)snprintf(path, sizeof path, "/proc/%ld/status", (long)process);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, field, strlen(field)) == 0) {
            kib = strtod(line + strlen(field) + 1, NULL);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return kib / 1024;
}

void process_forget_peak(pid_t process) {
    char path[PROC_PATH_BYTES];

    (void)snprintf(path, sizeof path, "/proc/%ld/clear_refs", (long)process);
    FILE *file = fopen(path, "w");
    must(file != NULL && fputs("5", file) >= 0 && fclose(file) == 0, "clear_refs");
}
