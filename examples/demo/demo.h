/* SPDX-License-Identifier: Apache-2.0 */
/* What the demo's components agree on. */
#pragma once
#include <kaal/kaal.h>

/* Requests at the referee's report port. */
enum {
    REPORT_NONCE = 1,  /* reply: word 0 is the number to work with */
    REPORT_RESULT = 2, /* words 0 and 1: what came out */
};

enum {
    RING_WORDS = 1000000, /* words that go through the ring */
    SLOT_WORDS = 8,       /* in a slot of it */
    SLOTS = 128,          /* of a component's CNode: the outsider tries them all */
    MAX_SHARE = 30,       /* per cent that a spinner with a fifth of the time may get */
};

/* How many rounds the meter makes, a multiple of those between two looks. */
enum { ROUNDS_A_LOOK = 1000 };
#define METER_ROUNDS(nonce) (ROUNDS_A_LOOK * (1000 + (nonce) % 1000))

/* Where the kernel is in every address space. */
#define KERNEL_TEXT 0xffffffff80000000

/* A number that depends on every bit of v (the finaliser of splitmix64). */
static inline kaal_word_t mix(kaal_word_t v)
{
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
    v = (v ^ v >> 27) * 0x94d049bb133111eb;
    return v ^ v >> 31;
}

/* Some work. */
static inline kaal_word_t one_round(kaal_word_t v)
{
    return v * 6364136223846793005 + 1442695040888963407;
}

/* Wait to be started, then ask the referee for the number to work with. */
static inline kaal_word_t demo_begin(unsigned go, unsigned report)
{
    struct kaal_msg msg = {.info = kaal_msginfo(REPORT_NONCE, 0, 0)};
    kaal_wait(go);
    kaal_call(report, &msg);
    return msg.w[0];
}

static inline void demo_end(unsigned report, kaal_word_t first, kaal_word_t second)
{
    struct kaal_msg msg = {.info = kaal_msginfo(REPORT_RESULT, 0, 2), .w = {first, second}};
    kaal_call(report, &msg);
}
