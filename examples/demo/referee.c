/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the steps one after the other. Each gets a number that follows from the
 * nonce of this boot; what the step reports must be what the referee finds out
 * by itself.
 */
#include <kaal/power.h>
#include <stdbool.h>

#include "demo.h"
#include "demo_referee_ports.h"

/* Steps in their order, which is that of the channels to 'report'. */
enum step { CALL, ATTACK, RING, INTERRUPT, REFUSED, BUDGET, STEPS };

static const char *const names[STEPS] = {"call",      "attack",  "ring",
                                         "interrupt", "refused", "budget"};

struct result {
    kaal_word_t first;
    kaal_word_t second;
};

static void reply(kaal_word_t word)
{
    sys_send(KAAL_SLOT_REPLY, &(struct kaal_msg){.info = kaal_msginfo(0, 0, 1), .w = {word}});
}

/* The next report, which has to be this one. */
static bool report(enum step step, kaal_word_t label, struct kaal_msg *msg)
{
    const kaal_badge_t from = kaal_serve(PORT_REPORT, msg);
    const bool ok = from == (kaal_badge_t)step + 1 && kaal_msginfo_label(msg->info) == label;
    if (!ok) {
        kaal_printf("in step %s: report %lu of client %lu\n", names[step],
                    kaal_msginfo_label(msg->info), from);
    }
    return ok;
}

static struct result expect_ring(kaal_word_t nonce)
{
    struct result result = {.first = RING_WORDS};
    for (kaal_word_t i = 0; i < RING_WORDS; i++) {
        result.second += mix(nonce + i);
    }
    return result;
}

/* Every slot but the console's, the reply's and those of two ports. */
static struct result expect_refused(kaal_word_t nonce)
{
    struct result result = {.second = nonce};
    for (kaal_word_t slot = 0; slot < SLOTS; slot++) {
        if (slot != KAAL_SLOT_CONSOLE && slot != KAAL_SLOT_REPLY &&
            slot / 2 != KAAL_SLOT_FIRST_PORT / 2) {
            result.first++;
            result.second = mix(result.second + slot + KAAL_ERR_INVALID_CAPABILITY);
        }
    }
    return result;
}

static struct result expect_budget(kaal_word_t nonce, kaal_word_t share)
{
    struct result result = {.first = share >= 5 && share <= MAX_SHARE ? share : MAX_SHARE,
                            .second = nonce};
    for (kaal_word_t i = METER_ROUNDS(nonce); i > 0; i--) {
        result.second = one_round(result.second);
    }
    return result;
}

static struct result expect(enum step step, kaal_word_t nonce, kaal_word_t first)
{
    switch (step) {
    case CALL:
        return (struct result){mix(~nonce), 0};
    case RING:
        return expect_ring(nonce);
    case INTERRUPT:
        return (struct result){3 + nonce % 8, mix(nonce + 3 + nonce % 8)};
    case REFUSED:
        return expect_refused(nonce);
    default:
        return expect_budget(nonce, first);
    }
}

static bool run(enum step step, kaal_word_t nonce)
{
    struct kaal_msg msg;
    kaal_signal(PORT_CALL + step);
    if (!report(step, REPORT_NONCE, &msg)) {
        return false;
    }
    if (step == ATTACK) {
        /* It comes before the referee: after the reply it is stopped, or the
         * report that it has survived is taken for the next step's. */
        kaal_printf("attack: to be stopped at 0x%016lx\n", KERNEL_TEXT + (nonce & 0x7ff8));
        reply(nonce);
        return true;
    }
    reply(nonce);
    if (!report(step, REPORT_RESULT, &msg)) {
        return false;
    }
    const struct result is = {msg.w[0], msg.w[1]};
    const struct result should = expect(step, nonce, is.first);
    const bool ok = is.first == should.first && is.second == should.second;
    kaal_printf("%s: %s, %lu 0x%016lx\n", names[step], ok ? "right" : "WRONG", is.first, is.second);
    reply(0);
    return ok;
}

int main(void)
{
    const kaal_word_t nonce = kaal_startup()->seed;
    bool ok = nonce != 0;
    kaal_printf("the nonce of this boot is 0x%016lx\n", nonce);
    for (unsigned step = 0; step < STEPS && ok; step++) {
        ok = run((enum step)step, mix(nonce + step));
    }
    kaal_printf("KAAL VERDICT: %s nonce 0x%016lx\n", ok ? "PASS" : "FAIL", nonce);
    if (kaal_port_slot(PORT_OFF) != 0) {
        const kaal_err_t err = sys_power_off(kaal_port_slot(PORT_OFF));
        kaal_printf("the machine stays on: %s\n", kaal_err_name(err));
    }
    return ok ? 0 : 1;
}
