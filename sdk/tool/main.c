/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tool.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *what;
} commands[] = {
    {"pack", cmd_pack, "pack loader, kernel and components into a bootable image"},
    {"check", cmd_check, "verify an image and list what is in it"},
    {"boards", cmd_boards, "list the boards and configurations of an SDK or a build"},
    {"expect", cmd_expect, "run an emulator until its console shows a verdict"},
};

static void usage(FILE *f)
{
    fputs("usage: kaal <command> [options]\n\n", f);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        fprintf(f, "  %-8s %s\n", commands[i].name, commands[i].what);
    }
    fputs(
        "\nkaal <command> --help says more. Exit status of all: 0 good, 1 refused or without the\n"
        "verdict, 2 wrong usage.\n",
        f);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        usage(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        usage(stdout);
        return 0;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    fprintf(stderr, "kaal: there is no command '%s'\n\n", argv[1]);
    usage(stderr);
    return 2;
}
