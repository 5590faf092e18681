/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a kernel as numbers that do not depend on how it is stored:
 * records of what, which (a physical address or a number), field, index and
 * value. Kernel and model each write theirs; the two are equal if the records
 * are, in any order. A value of 0 is left out, so that "is not there" and
 * "is 0" are one.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <kaal/abi/message.h>
#include <kaal/abi/rights.h>

enum view_what {
    V_MACHINE,
    V_SLOT,
    V_ENDPOINT,
    V_NTFN,
    V_REPLY,
    V_TCB,
    V_SC,
    V_TABLE,
    V_MEMORY,
    V_WAITERS,
    V_IRQ
};

#define VIEW_FIELDS(X)                                       \
    X(F_TYPE, "type")                                        \
    X(F_OBJECT, "object")                                    \
    X(F_RIGHTS, "rights")                                    \
    X(F_BADGE, "badge")                                      \
    X(F_SIZE, "size or radix")                               \
    X(F_GUARD, "guard")                                      \
    X(F_GUARD_BITS, "guard bits")                            \
    X(F_DEVICE, "is device memory")                          \
    X(F_WATERMARK, "bytes used")                             \
    X(F_ASID, "address space identifier")                    \
    X(F_VADDR, "mapped address")                             \
    X(F_LEVEL, "mapped level")                               \
    X(F_NUMBER, "number")                                    \
    X(F_PARENT, "parent")                                    \
    X(F_ORIGINAL, "is an original")                          \
    X(F_ORDER, "place among its siblings")                   \
    X(F_CHILDREN, "number of children")                      \
    X(F_STATE, "state")                                      \
    X(F_WAITER, "waiter")                                    \
    X(F_RECEIVING, "waiters receive")                        \
    X(F_ACTIVE, "holds a signal")                            \
    X(F_PENDING, "pending bits")                             \
    X(F_BOUND, "bound thread or notification")               \
    X(F_SC, "scheduling context")                            \
    X(F_CALLER, "caller")                                    \
    X(F_PRIORITY, "priority")                                \
    X(F_MCP, "maximum controlled priority")                  \
    X(F_DOMAIN, "domain")                                    \
    X(F_REGISTER, "register")                                \
    X(F_BLOCKED_ON, "waits on")                              \
    X(F_REPLY, "reply object")                               \
    X(F_SENDER_BADGE, "badge of the blocked send")           \
    X(F_SENDER_CALLS, "blocked send is a call")              \
    X(F_SENDER_GRANTS, "blocked send can grant")             \
    X(F_SENDER_GRANTS_REPLY, "blocked send can grant reply") \
    X(F_BUFFER, "IPC buffer address")                        \
    X(F_FAULT, "fault")                                      \
    X(F_FAULT_WORD, "fault word")                            \
    X(F_FLAGS, "flags")                                      \
    X(F_YIELD, "yield to")                                   \
    X(F_BUDGET, "budget")                                    \
    X(F_PERIOD, "period")                                    \
    X(F_CONSUMED, "consumed")                                \
    X(F_EXTRA, "extra refills")                              \
    X(F_REFILL_AMOUNT, "amount of refill")                   \
    X(F_REFILL_TIME, "time of refill")                       \
    X(F_ENTRY, "table entry")                                \
    X(F_WORD, "word")                                        \
    X(F_MASKED, "is masked")                                 \
    X(F_EDGE, "is edge-triggered")                           \
    X(F_ISSUED, "has a handler")                             \
    X(F_CURRENT, "current thread")                           \
    X(F_READY, "ready")                                      \
    X(F_RELEASE, "waits for release")                        \
    X(F_TIMER, "timer")                                      \
    X(F_NOW, "time")                                         \
    X(F_SCHEDULE_DOMAIN, "schedule: domain")                 \
    X(F_SCHEDULE_TIME, "schedule: duration")                 \
    X(F_SCHEDULE_AT, "schedule: entry that runs")

enum view_field {
#define X(name, text) name,
    VIEW_FIELDS(X)
#undef X
        FIELDS
};

/* F_STATE of a thread. */
enum view_state {
    VS_STOPPED,
    VS_RUNNABLE,
    VS_SEND,
    VS_RECEIVE,
    VS_REPLY,
    VS_NTFN,
};

/* Registers 0..30: x; then these. */
enum view_register { VR_SP = 31, VR_PC, VR_PSTATE, VR_TLS, VR_BUFFER };

/* Where a slot is: the CNode or TCB that holds it, and which one it is. */
struct view_place {
    uint64_t object;
    uint32_t index;
};
#define VIEW_IRQS    UINT64_C(1) /* object of slots that interrupts hold */
#define VIEW_NOWHERE UINT64_C(2)

static inline uint64_t view_slot_id(struct view_place place)
{
    return place.object == 0 ? 0 : (place.object << 20) + place.index;
}

/* Low bits of a mapping's value; its level stands above them. */
enum {
    VIEW_CAN_READ = 1,
    VIEW_CAN_WRITE = 2,
    VIEW_CAN_EXECUTE = 4,
    VIEW_IS_CACHED = 8,
    VIEW_LEVEL_SHIFT = 4
};

/* Index of the record of a table: level 1 to 3. */
static inline uint64_t view_table_index(uint64_t vaddr, unsigned level)
{
    return (uint64_t)level << 40 | vaddr >> 12;
}

/* The rights that mean something for a type: docs/abi.md. */
static inline uint64_t view_rights(unsigned type, uint64_t rights)
{
    switch (type) {
    case KAAL_OBJ_ENDPOINT:
        return rights & KAAL_RIGHTS_ALL;
    case KAAL_OBJ_REPLY:
        return rights & KAAL_RIGHT_GRANT;
    default:
        return rights & (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE);
    }
}

struct view_record {
    uint64_t id;
    uint64_t index;
    uint32_t what, field;
    uint64_t value;
};

struct view {
    uint64_t hash;   /* the same for the same records in any order */
    uint64_t unseen; /* the registers of this thread are left out */
    bool is_kept;    /* keep the records, else only the hash */
    unsigned count;
    unsigned room;
    struct view_record *records;
};

static inline uint64_t view_mix(uint64_t a)
{
    a *= UINT64_C(0x9e3779b97f4a7c15);
    return a ^ a >> 29;
}

void view_keep(struct view *v, const struct view_record *record);

static inline void view_put(struct view *v, enum view_what what, uint64_t id, enum view_field field,
                            uint64_t index, uint64_t value)
{
    if (value == 0 || (field == F_REGISTER && id == v->unseen)) {
        return;
    }
    const uint64_t key = (uint64_t)what << 56 | (uint64_t)field << 48 | index;
    v->hash += view_mix(view_mix(view_mix(key) + id) + value);
    if (v->is_kept) {
        const struct view_record record = {id, index, (uint32_t)what, (uint32_t)field, value};
        view_keep(v, &record);
    }
}

void view_begin(struct view *v, bool is_kept);

/* Print the first records (at most limit) that are not the same. True if the
 * two are equal. Both are kept. */
bool view_compare(FILE *out, struct view *kernel, struct view *model, unsigned limit);

/* As above, where only two states of one of them are compared. */
bool view_compare_as(FILE *out, struct view *x, const char *x_name, struct view *y,
                     const char *y_name, unsigned limit);
