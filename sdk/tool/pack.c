/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "image.h"

static const char help[] =
    "usage: kaal pack --loader loader.bin --kernel kernel.elf --output out.bin system.kaal\n\n"
    "Packs a system description and what it names into one bootable arm64 Image.\n\n"
    "Exit status: 0 packed, 1 refused, and out.bin is as before, 2 wrong usage.\n";

static bool pack(const char *loader, const char *kernel, const char *output, const char *system,
                 struct error *e)
{
    struct bytes text = {0}, image = {0};
    struct ir ir = {0};
    bool ok = read_file(system, &text, e) && ir_parse(system, (const char *)text.data, &ir, e) &&
              image_pack(&ir, loader, kernel, &image, e) &&
              write_file(output, image.data, image.size, e);
    if (ok) {
        printf("%s: %zu KiB, %u components, %u instances, %u channels, %u rings\n", output,
               image.size / 1024, ir.component_count, ir.instance_count, ir.channel_count,
               ir.ring_count);
    }
    ir_free(&ir);
    free(text.data);
    free(image.data);
    return ok;
}

int cmd_pack(int argc, char **argv)
{
    static const struct option options[] = {
        {"loader", required_argument, NULL, 'l'},
        {"kernel", required_argument, NULL, 'k'},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    const char *loader = NULL, *kernel = NULL, *output = NULL;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'l':
            loader = optarg;
            break;
        case 'k':
            kernel = optarg;
            break;
        case 'o':
            output = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            return 0;
        default:
            fputs(help, stderr);
            return 2;
        }
    }
    if (loader == NULL || kernel == NULL || output == NULL || optind != argc - 1) {
        fputs(help, stderr);
        return 2;
    }
    struct error e;
    if (!pack(loader, kernel, output, argv[optind], &e)) {
        fprintf(stderr, "%s%s\n", e.has_place ? "" : "kaal pack: ", e.text);
        return 1;
    }
    return 0;
}
