/* SPDX-License-Identifier: Apache-2.0 */
#include "supervise.h"

#include <kaal/fault.h>

#include "power.h"
#include "twin.h"
#include <kaal/broker/output.h>

/* Longest line of a component that is kept whole. */
enum { LINE_MAX = 200 };

struct line {
    unsigned length;
    char text[LINE_MAX];
};

static struct line lines[SYSTEM_MAX_INSTANCES];

static void line_flush(const struct instance *instance, struct line *line)
{
    if (line->length > 0) {
        output_printf("[%s] ", instance->config->name);
        output_write(line->text, line->length);
        output_write("\n", 1);
        line->length = 0;
    }
}

static void line_put(const struct instance *instance, struct line *line, char c)
{
    if (c == '\n') {
        /* An empty line is one too. */
        if (line->length == 0) {
            output_printf("[%s]\n", instance->config->name);
        }
        line_flush(instance, line);
        return;
    }
    /* A component must not be able to forge init's lines or drive a terminal. */
    const unsigned char byte = (unsigned char)c;
    if (byte == '\r') {
        return;
    }
    if (line->length == LINE_MAX) {
        line_flush(instance, line);
    }
    line->text[line->length++] = byte < ' ' && byte != '\t' ? '?' : c;
}

/* Returns the reply's label: 0, or an error for a malformed message. */
static kaal_err_t console_write(const struct instance *instance, struct line *line,
                                const struct kaal_msg *msg)
{
    const kaal_word_t bytes = msg->w[0];
    const unsigned length = kaal_msginfo_length(msg->info);
    if (length == 0 || bytes > KAAL_CONSOLE_CHUNK || 1 + (bytes + 7) / 8 > length) {
        return KAAL_ERR_TRUNCATED_MESSAGE;
    }
    for (unsigned i = 0; i < bytes; i++) {
        const kaal_word_t word = kaal_msg_get(msg, 1 + i / 8);
        line_put(instance, line, (char)(word >> (8 * (i % 8))));
    }
    return KAAL_OK;
}

static const char *lookup_failure_name(kaal_word_t kind)
{
    switch (kind) {
    case KAAL_LOOKUP_INVALID_ROOT:
        return "no CSpace";
    case KAAL_LOOKUP_MISSING_CAP:
        return "missing capability";
    case KAAL_LOOKUP_DEPTH:
        return "wrong depth";
    case KAAL_LOOKUP_GUARD:
        return "wrong guard";
    default:
        return "wrong capability";
    }
}

static void report_fault(const char *name, const struct kaal_msg *msg)
{
    const kaal_word_t label = kaal_msginfo_label(msg->info);
    output_printf("init: fault in '%s': ", name);
    switch (label) {
    case KAAL_FAULT_VM: {
        const struct kaal_vm_fault fault = kaal_fault_vm(msg);
        output_printf("%s at 0x%lx (%s), pc 0x%lx\n", kaal_access_name(fault.access), fault.address,
                      kaal_vm_fault_kind(fault.esr), fault.pc);
        break;
    }
    case KAAL_FAULT_CAP:
        output_printf("capability 0x%lx in a %s (%s), pc 0x%lx\n", msg->w[1],
                      msg->w[2] != 0 ? "receive" : "send", lookup_failure_name(msg->w[3]),
                      msg->w[0]);
        break;
    case KAAL_FAULT_UNKNOWN_SYSCALL:
        output_printf("unknown system call %lu, pc 0x%lx\n", kaal_msg_get(msg, 34),
                      kaal_msg_get(msg, 31));
        break;
    case KAAL_FAULT_USER_EXCEPTION:
        output_printf("%s (ESR 0x%lx), pc 0x%lx\n", kaal_exception_name(msg->w[3]), msg->w[3],
                      msg->w[0]);
        break;
    case KAAL_FAULT_TIMEOUT:
        output_printf("out of budget after %lu us\n", msg->w[1]);
        break;
    default:
        output_printf("message with label %lu\n", label);
        break;
    }
}

static void handle_fault(const struct instance *instance, struct line *line,
                         const struct kaal_msg *msg)
{
    line_flush(instance, line);
    report_fault(instance->config->name, msg);
    instance_stop(instance);
}

/* Handle a message of the console endpoint. Returns true if *msg is to be sent
 * back as the reply. */
static bool handle_console(const struct instance *instance, struct line *line, struct kaal_msg *msg)
{
    kaal_err_t err = KAAL_ERR_ILLEGAL_OPERATION;
    switch (kaal_msginfo_label(msg->info)) {
    case KAAL_CONSOLE_WRITE:
        err = console_write(instance, line, msg);
        break;
    case KAAL_CONSOLE_EXIT:
        line_flush(instance, line);
        output_printf("init: '%s' has ended, status %ld\n", instance->config->name,
                      (int64_t)msg->w[0]);
        instance_stop(instance);
        return false;
    default:
        if (INIT_TWIN_POWER_FOR_ALL) {
            return power_serve(msg);
        }
        break;
    }
    *msg = (struct kaal_msg){.info = kaal_msginfo(err, 0, 0)};
    return true;
}

void supervise(const struct instance *instances, unsigned count, kaal_cptr_t endpoint,
               kaal_cptr_t reply)
{
    struct kaal_msg msg = {0};
    bool has_reply = false;
    for (;;) {
        const kaal_badge_t badge =
            has_reply ? sys_reply_recv(endpoint, &msg, reply) : sys_recv(endpoint, &msg, reply);
        const unsigned number = (unsigned)(badge & BADGE_INSTANCE_MASK);
        has_reply = false;
        if (number >= count) {
            continue;
        }
        if ((badge & BADGE_FAULT) != 0) {
            handle_fault(&instances[number], &lines[number], &msg);
        } else if ((badge & BADGE_POWER) != 0) {
            has_reply = power_serve(&msg);
        } else {
            has_reply = handle_console(&instances[number], &lines[number], &msg);
        }
    }
}
