/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "check.h"

enum { AREA = 192, OFFSETS = 16, LENGTHS = 100 };

/* Every alignment and length, so that each path of the assembly runs; the
 * bytes around must not change. */
static void copy_everywhere(void)
{
    static unsigned char from[AREA];
    static unsigned char to[AREA];
    static unsigned char expected[AREA];
    bool copies = true;
    bool moves = true;
    bool fills = true;
    for (unsigned i = 0; i < AREA; i++) {
        from[i] = (unsigned char)(i * 7 + 1);
    }
    for (unsigned n = 0; n < LENGTHS; n++) {
        for (unsigned a = 0; a < OFFSETS; a++) {
            const unsigned b = (a * 5 + n) % OFFSETS;
            for (unsigned i = 0; i < AREA; i++) {
                to[i] = 0xee;
                expected[i] = i >= b && i < b + n ? from[i - b + a] : 0xee;
            }
            memcpy(to + b, from + a, n);
            copies = copies && memcmp(to, expected, AREA) == 0;
            for (unsigned i = 0; i < AREA; i++) {
                expected[i] = i >= b && i < b + n ? from[i - b + a] : from[i];
                to[i] = from[i];
            }
            memmove(to + b, to + a, n);
            moves = moves && memcmp(to, expected, AREA) == 0;
            memset(to + b, (int)n, n);
            for (unsigned i = b; i < b + n; i++) {
                expected[i] = (unsigned char)n;
            }
            fills = fills && memcmp(to, expected, AREA) == 0;
        }
    }
    CHECK(copies);
    CHECK(moves);
    CHECK(fills);
}

static void measure_everywhere(void)
{
    static char text[AREA];
    bool lengths = true;
    bool finds = true;
    for (unsigned n = 0; n < LENGTHS; n++) {
        for (unsigned a = 0; a < OFFSETS; a++) {
            memset(text, 'x', sizeof(text));
            text[a + n] = '\0';
            lengths = lengths && strlen(text + a) == n;
            text[a + n] = 'y';
            finds = finds && memchr(text + a, 'y', AREA - a) == text + a + n;
        }
    }
    CHECK(lengths);
    CHECK(finds);
}

void test_string(void)
{
    char text[16];

    copy_everywhere();
    measure_everywhere();
    memset(text, '#', sizeof(text));
    strncpy(text, "ab", 4);
    CHECK(memcmp(text, "ab\0\0#", 5) == 0);
    strcpy(text, "one");
    strcat(text, " two");
    strncat(text, " three", 3);
    CHECK(strcmp(text, "one two th") == 0);
    CHECK(strcmp("a", "b") < 0 && strcmp("b", "a") > 0 && strcmp("", "a") < 0);
    CHECK(strncmp("abc", "abd", 2) == 0 && memcmp("\x80", "\x7f", 1) > 0);
    CHECK(strcmp(strchr("a.b.c", '.'), ".b.c") == 0 && strcmp(strrchr("a.b.c", '.'), ".c") == 0);
    CHECK(strchr("abc", 'x') == NULL && *strchr("abc", '\0') == '\0');
    CHECK(strcmp(strstr("haystack", "st"), "stack") == 0 && strstr("ab", "abc") == NULL);
    CHECK(strspn("aabbc", "ab") == 4 && strcspn("abc", "c") == 2);
    strcpy(text, ",a,,b");
    CHECK(strcmp(strtok(text, ","), "a") == 0);
    CHECK(strcmp(strtok(NULL, ","), "b") == 0 && strtok(NULL, ",") == NULL);
    CHECK(strlen(strerror(ERANGE)) > 0);

    CHECK(isalpha('a') && !isalpha('1') && isdigit('9') && isspace('\t') && isxdigit('F'));
    CHECK(ispunct('!') && !isprint('\n') && iscntrl(0x7f) && isupper('A') && !islower('A'));
    CHECK(toupper('z') == 'Z' && tolower('Z') == 'z' && toupper('1') == '1');
}
