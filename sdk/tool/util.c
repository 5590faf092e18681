/* SPDX-License-Identifier: Apache-2.0 */
#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool set_error(struct error *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    e->has_place = false;
    return false;
}

static void *must(void *p)
{
    if (p == NULL) {
        fputs("kaal: out of memory\n", stderr);
        exit(1);
    }
    return p;
}

void *xrealloc(void *p, size_t size)
{
    return must(realloc(p, size == 0 ? 1 : size));
}

void *xcalloc(size_t count, size_t size)
{
    return must(calloc(count == 0 ? 1 : count, size));
}

char *xstrndup(const char *s, size_t n)
{
    return must(strndup(s, n));
}

bool read_file(const char *path, struct bytes *out, struct error *e)
{
    *out = (struct bytes){NULL, 0};
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return set_error(e, "cannot open %s: %s", path, strerror(errno));
    }
    if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode)) {
        fclose(f);
        return set_error(e, "%s is not a file", path);
    }
    size_t size = (size_t)st.st_size;
    uint8_t *data = xcalloc(size + 1, 1); /* +1: text is read as a string */
    if (fread(data, 1, size, f) != size) {
        free(data);
        fclose(f);
        return set_error(e, "cannot read %s", path);
    }
    fclose(f);
    *out = (struct bytes){data, size};
    return true;
}

bool write_file(const char *path, const void *data, size_t size, struct error *e)
{
    char temporary[4096];
    int n = snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof(temporary)) {
        return set_error(e, "path is too long: %s", path);
    }
    FILE *f = fopen(temporary, "wb");
    if (f == NULL) {
        return set_error(e, "cannot write %s: %s", path, strerror(errno));
    }
    bool ok = fwrite(data, 1, size, f) == size;
    ok = fclose(f) == 0 && ok;
    if (!ok || rename(temporary, path) != 0) {
        int why = errno;
        remove(temporary);
        return set_error(e, "cannot write %s: %s", path, strerror(why));
    }
    return true;
}

char *next_word(char **at)
{
    char *in = *at + strspn(*at, " \t\r");
    if (*in == '\0' || *in == '#') {
        return NULL;
    }
    char *word = in, *out = in;
    for (bool quoted = false; *in != '\0' && (quoted || strchr(" \t\r", *in) == NULL); in++) {
        if (*in == '"') {
            quoted = !quoted;
        } else {
            *out++ = *in;
        }
    }
    *at = *in == '\0' ? in : in + 1;
    *out = '\0';
    return word;
}
