/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

static const char help[] =
    "usage: kaal boards [directory]\n\n"
    "Lists the boards and configurations of an SDK (its prefix) or of a build\n"
    "directory. Without a directory: of the SDK or build that this program is part of.\n\n"
    "Exit status: 0 listed, 1 there is no list or it is damaged, 2 wrong usage.\n";

#define MAX_PATH 4096

/* Where the list may be, below the directory that was named. */
static const char *const places[] = {"boards/boards.txt", "lib/kaal-0.1/boards/boards.txt"};

/* And from the directory of this program: in an SDK, in a build of KaaL. */
static const char *const own_places[] = {"../boards/boards.txt", "../../../boards/boards.txt"};

static bool find_list(const char *dir, const char *const candidates[2], char path[MAX_PATH])
{
    for (size_t i = 0; i < 2; i++) {
        int n = snprintf(path, MAX_PATH, "%s/%s", dir, candidates[i]);
        if (n > 0 && n < MAX_PATH && access(path, R_OK) == 0) {
            return true;
        }
    }
    return false;
}

static bool own_directory(char dir[MAX_PATH])
{
    ssize_t n = readlink("/proc/self/exe", dir, MAX_PATH - 1);
    if (n <= 0) {
        return false;
    }
    dir[n] = '\0';
    char *slash = strrchr(dir, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    return true;
}

/* Lines "<board>/<config> <cpu> <load address> <emulator>" after the first. */
static bool print_list(const char *path, char *text, struct error *e)
{
    unsigned number = 0;
    for (char *line = text, *end; *line != '\0'; line = end) {
        end = line + strcspn(line, "\n");
        if (*end == '\n') {
            *end++ = '\0';
        }
        number++;
        if (number == 1) {
            if (strcmp(line, "kaal-boards 1") != 0) {
                return set_error(e, "%s is not a list of boards that this tool reads", path);
            }
            printf("%-24s %-12s %-12s %s\n", "BOARD/CONFIG", "PROCESSOR", "LOADED AT", "EMULATOR");
            continue;
        }
        char *words[4];
        for (unsigned i = 0; i < 4; i++) {
            words[i] = next_word(&line);
            if (words[i] == NULL) {
                return set_error(e, "%s:%u: cut off", path, number);
            }
        }
        printf("%-24s %-12s %-12s %s\n", words[0], words[1], words[2], words[3]);
    }
    return number > 1 || set_error(e, "%s names no board", path);
}

int cmd_boards(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return 0;
    }
    if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
        fputs(help, stderr);
        return 2;
    }
    char dir[MAX_PATH] = "", path[MAX_PATH];
    bool found = argc == 2 ? find_list(argv[1], places, path)
                           : own_directory(dir) && find_list(dir, own_places, path);
    if (!found) {
        fprintf(stderr,
                "kaal boards: %s is neither an SDK nor a configured build directory: there is no "
                "boards/boards.txt\n",
                argc == 2 ? argv[1] : dir);
        return 1;
    }
    struct error e;
    struct bytes text;
    bool ok = read_file(path, &text, &e) && print_list(path, (char *)text.data, &e);
    if (!ok) {
        fprintf(stderr, "kaal boards: %s\n", e.text);
    }
    free(text.data);
    return ok ? 0 : 1;
}
