/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to end, by END: each flushes what was printed, and has its status. */
#undef NDEBUG /* assert() is the subject */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static void first(void)
{
    puts("registered first");
}

static void second(void)
{
    puts("registered second");
}

static void end_exit(void)
{
    /* HEAP is 256K here. */
    char *large = malloc(250000);
    atexit(first);
    atexit(second);
    printf("%s", large != NULL ? "enough memory\n" : "no memory\n");
    printf("unfinished line ");
    exit(7);
}

static void end_abort(void)
{
    printf("before abort");
    abort();
}

static void end_assert(void)
{
    volatile int two = 2;
    assert(two == 2);
    assert(two == 3);
}

static void end_nothing(void)
{
    /* main() without a return statement: status 0. */
}

int main(void)
{
    END();
}
