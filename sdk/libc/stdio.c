/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The standard streams. stdout and stderr share one buffer, so that their
 * order is kept; it goes to the console at each newline, when it is full, by
 * fflush() and at the end. stdin is always at its end.
 */
#include <kaal/console.h>
#include <kaal/startup.h>
#include <stdio.h>
#include <unistd.h>

static char buffer[KAAL_CONSOLE_CHUNK];
static size_t buffered;

static int console_flush(FILE *stream)
{
    (void)stream;
    kaal_console_write(buffer, buffered);
    buffered = 0;
    return 0;
}

static int console_put(char c, FILE *stream)
{
    buffer[buffered++] = c;
    if (c == '\n' || buffered == sizeof(buffer)) {
        console_flush(stream);
    }
    return (unsigned char)c;
}

static int nothing_get(FILE *stream)
{
    (void)stream;
    return _FDEV_EOF;
}

static FILE in = FDEV_SETUP_STREAM(NULL, nothing_get, NULL, _FDEV_SETUP_READ);
static FILE out = FDEV_SETUP_STREAM(console_put, NULL, console_flush, _FDEV_SETUP_WRITE);
static FILE err = FDEV_SETUP_STREAM(console_put, NULL, console_flush, _FDEV_SETUP_WRITE);

FILE *const stdin = &in;
FILE *const stdout = &out;
FILE *const stderr = &err;

/* Also what exit(), abort() and a failed assert() end with. */
void _exit(int status)
{
    console_flush(&out);
    kaal_exit(status);
}
