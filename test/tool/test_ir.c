/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ir.h"

#define HEAD "kaal 1\nroot elf=init.elf\n"
#define TWO                                                                                       \
    HEAD "component sensor elf=s.elf stack=20K\n  port ctl serves slot=0\n  port tick notified "  \
         "slot=1 optional\n"                                                                      \
         "component logger elf=/abs/l.elf\n  port ctl calls slot=0\n  port tick notifies slot=1 " \
         "optional\n"                                                                             \
         "instance s component=sensor prio=120\ninstance l component=logger budget=500 "          \
         "period=2000\n"

#define RINGS                                                                      \
    HEAD "component sensor elf=s\n port out sends slot=0\n"                        \
         "component logger elf=l\n port in receives slot=0\n port tx irq slot=1\n" \
         " port off caps slot=2\n port go notified slot=3 optional\n"              \
         "instance s component=sensor\ninstance l component=logger\n"

static void reads_a_system(void **state)
{
    (void)state;
    struct ir ir;
    struct error e = {.text = "none"};
    bool ok = ir_parse("dir/x.kaal",
                       TWO "# done\n\nchannel l.ctl s.ctl # either end first\n"
                           "channel s.tick l.tick\n",
                       &ir, &e);
    assert_string_equal(e.text, "none");
    assert_true(ok);
    assert_string_equal(ir.root, "dir/init.elf");
    assert_int_equal(ir.component_count, 2);
    assert_string_equal(ir.components[0].elf, "dir/s.elf");
    assert_string_equal(ir.components[1].elf, "/abs/l.elf");
    assert_int_equal(ir.components[0].stack, 20480);
    assert_int_equal(ir.components[1].stack, 16384);
    assert_int_equal(ir.instance_count, 2);
    assert_int_equal(ir.instances[0].prio, 120);
    assert_int_equal(ir.instances[0].budget, 10000);
    assert_int_equal(ir.instances[0].period, 10000);
    assert_int_equal(ir.instances[1].prio, 100);
    assert_int_equal(ir.instances[1].budget, 500);
    assert_int_equal(ir.instances[1].first_port, 2);
    assert_int_equal(ir.port_count, 4);
    assert_int_equal(ir.channel_count, 2);
    /* from: the end that calls or notifies, whichever was written first. */
    assert_int_equal(ir.channels[0].from, 2);
    assert_int_equal(ir.channels[0].to, 0);
    assert_int_equal(ir.channels[1].from, 3);
    assert_int_equal(ir.channels[1].to, 1);
    ir_free(&ir);
}

static void quotes_keep_blanks(void **state)
{
    (void)state;
    struct ir ir;
    struct error e = {.text = "none"};
    bool ok = ir_parse("x",
                       "kaal 1\nroot elf=\"/a b/in#it.elf\" # \"comment\"\n"
                       "component c elf=\"d  e/c.elf\" stack=16K\n",
                       &ir, &e);
    assert_string_equal(e.text, "none");
    assert_true(ok);
    assert_string_equal(ir.root, "/a b/in#it.elf");
    assert_string_equal(ir.components[0].elf, "d  e/c.elf");
    assert_int_equal(ir.components[0].stack, 16384);
    ir_free(&ir);
    /* Not closed: all of the line. */
    assert_false(ir_parse("x", "kaal 1\nroot elf=\"a b\ncomponent \"", &ir, &e));
    ir_free(&ir);
}

static void servers_take_many_clients(void **state)
{
    (void)state;
    struct ir ir;
    struct error e;
    assert_true(ir_parse("x",
                         TWO "instance l2 component=logger\nchannel l.ctl s.ctl\n"
                             "channel l2.ctl s.ctl\n",
                         &ir, &e));
    assert_int_equal(ir.channel_count, 2);
    ir_free(&ir);
}

static void reads_rings_and_grants(void **state)
{
    (void)state;
    struct ir ir;
    struct error e = {.text = "none"};
    bool ok = ir_parse("x",
                       RINGS "ring l.in s.out slots=1K slot-size=64\n"
                             "grant l.tx device=stdout\ngrant l.off cap=power\n",
                       &ir, &e);
    assert_string_equal(e.text, "none");
    assert_true(ok);
    assert_int_equal(ir.ring_count, 1);
    assert_int_equal(ir.rings[0].from, 0);
    assert_int_equal(ir.rings[0].to, 1);
    assert_int_equal(ir.rings[0].slots, 1024);
    assert_int_equal(ir.rings[0].slot_size, 64);
    assert_int_equal(ir.grant_count, 2);
    assert_int_equal(ir.grants[0].port, 2);
    assert_string_equal(ir.grants[0].role, "stdout");
    assert_string_equal(ir.grants[1].role, "power");
    ir_free(&ir);
}

static void stack_is_whole_pages(void **state)
{
    (void)state;
    struct ir ir;
    struct error e;
    assert_true(ir_parse("x", HEAD "component c elf=c stack=5000\n", &ir, &e));
    assert_int_equal(ir.components[0].stack, 8192);
    ir_free(&ir);
}

static const struct {
    const char *text, *message;
} refused[] = {
    {"", "x:1: a system description begins with 'kaal 1'"},
    {"# only a comment\n", "begins with 'kaal 1'"},
    {"root elf=a\n", "x:1: a system description begins with 'kaal 1'"},
    {"kaal 2\n", "x:1: this tool reads 'kaal 1', not 'kaal 2'"},
    {"kaal 1\n", "there is no root task"},
    {"kaal 1\nroot\n", "x:2: 'root' needs elf=<path>"},
    {HEAD "root elf=b\n", "x:3: there is a root task already, line 2"},
    {HEAD "rot elf=b\n", "x:3: 'rot' is not supported. Known: root component"},
    {HEAD "share a.b c.d\n", "x:3: 'share' is not supported"},
    {HEAD "component\n", "x:3: 'component' needs a name"},
    {HEAD "component elf=c\n", "x:3: 'component' needs a name"},
    {HEAD "component 9c elf=c\n", "'9c' is not a name"},
    {HEAD "component a.b elf=c\n", "'a.b' is not a name"},
    {HEAD "component aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd elf=c\n", "at most 39"},
    {HEAD "component c\n", "'component' needs elf=<path>"},
    {HEAD "component c elf=\n", "'component' needs elf=<path>"},
    {HEAD "component c elf=c colour=red\n", "x:3: 'colour=red' is unknown here"},
    {HEAD "component c elf=c elf=d\n", "'elf=d' is unknown here"},
    {HEAD "component c elf=c stack=many\n", "stack=many is not a number"},
    {HEAD "component c elf=c stack=16KB\n", "stack=16KB is not a number"},
    {HEAD "component c elf=c stack=0\n", "stack=0 is not in 1.."},
    {HEAD "component c elf=c stack=9999M\n", "stack=9999M is not in 1.."},
    {HEAD "component c elf=c stack=99999999999999999999\n", "is not a number"},
    {HEAD "component c elf=c\ncomponent c elf=d\n",
     "x:4: there is a component 'c' already, line 3"},
    {HEAD "port p calls slot=0\n", "a port follows its component"},
    {HEAD "component c elf=c\nport p\n", "port 'p' needs a kind"},
    {HEAD "component c elf=c\nport p shares slot=0\n",
     "x:4: port kind 'shares' is not supported. Known: calls serves notifies notified sends "
     "receives irq caps"},
    {HEAD "component c elf=c\nport p calls\n", "port 'p' needs slot=0"},
    {HEAD "component c elf=c\nport p calls slot=1\n", "port 'p' needs slot=0"},
    {HEAD "component c elf=c\nport p calls slot=0\nport p calls slot=1\n",
     "component 'c' has a port 'p' already"},
    {HEAD "component c elf=c\nport ppppppppppqqqqqqqqqqrrrr calls slot=0\n", "at most 23"},
    {HEAD "component c elf=c\nport p calls slot=0 maybe\n", "'maybe' is unknown here"},
    {HEAD "instance i\n", "instance 'i' needs component=<name>"},
    {HEAD "instance i component=c\n", "instance 'i': there is no component 'c' above"},
    {HEAD "component c elf=c\ninstance i component=c prio=256\n", "prio=256 is not in 0..255"},
    {HEAD "component c elf=c\ninstance i component=c prio=-1\n", "prio=-1 is not a number"},
    {HEAD "component c elf=c\ninstance i component=c budget=0\n", "budget=0 is not in 1.."},
    {HEAD "component c elf=c\ninstance i component=c budget=9 period=8\n",
     "budget 9 us is longer than period 8 us"},
    {HEAD "component c elf=c\ninstance i component=c\ninstance i component=c\n",
     "x:5: there is an instance 'i' already, line 4"},
    {TWO "channel l.ctl\n", "Form: channel"},
    {TWO "channel l.ctl s\n", "'s' is not <instance>.<port>"},
    {TWO "channel l.ctl s.\n", "'s.' is not <instance>.<port>"},
    {TWO "channel l.ctl .ctl\n", "'.ctl' is not <instance>.<port>"},
    {TWO "channel l.ctl sensor.ctl\n", "K020 'sensor.ctl': there is no instance 'sensor' above"},
    {TWO "channel l.ctrl s.ctl\n",
     "x:11: K020 'l.ctrl': component 'logger' has no port 'ctrl'. Its ports: ctl (calls), tick "
     "(notifies)"},
    {HEAD "component c elf=c\ninstance i component=c\nchannel i.a i.b\n", "Its ports: none"},
    {TWO "channel s.ctl l.tick\n",
     "K021 's.ctl' (serves) cannot be joined to 'l.tick' (notifies). A channel joins"},
    {TWO "channel l.ctl s.tick\n", "K021 'l.ctl' (calls) cannot be joined to 's.tick' (notified)"},
    {TWO "channel s.ctl s.tick\n", "K021 's.ctl' (serves) cannot be joined to 's.tick' (notified)"},
    {TWO "channel l.ctl l.tick\n", "K021 'l.ctl' (calls) cannot be joined to 'l.tick' (notifies)"},
    {TWO "channel l.ctl s.ctl\nchannel s.ctl l.ctl\n", "'l.ctl' (calls) has a channel already"},
    {TWO, "x:9: K022 port 's.ctl' is not connected. Connect it with kaal_channel(<system> s.ctl "
          "<inst>.<port>) or declare it ctl:serves:optional"},
    {RINGS "ring s.out\n", "Form: ring <instance>.<port> <instance>.<port> slots=<n>"},
    {RINGS "ring s.out l.no slots=4 slot-size=8\n", "K020 'l.no': component 'logger' has no port"},
    {RINGS "ring s.out l.go slots=4 slot-size=8\n",
     "K021 's.out' (sends) cannot be joined to 'l.go' (notified). A ring joins sends->receives"},
    {RINGS "ring s.out s.out slots=4 slot-size=8\n", "K021 's.out' (sends) cannot be joined"},
    {RINGS "channel s.out l.in\n",
     "use kaal_ring for sends->receives, kaal_grant for irq and caps"},
    {RINGS "ring s.out l.in slots=4\n", "a ring needs slots= and slot-size="},
    {RINGS "ring s.out l.in slot-size=8\n", "a ring needs slots= and slot-size="},
    {RINGS "ring s.out l.in slots=3 slot-size=8\n", "slots=3 must be a power of two"},
    {RINGS "ring s.out l.in slots=4 slot-size=12\n", "slot-size=12 a multiple of 8"},
    {RINGS "ring s.out l.in slots=0 slot-size=8\n", "slots=0 is not in 1..65536"},
    {RINGS "ring s.out l.in slots=128K slot-size=8\n", "slots=128K is not in 1..65536"},
    {RINGS "ring s.out l.in slots=4 slot-size=4\n", "slot-size=4 is not in 8..65536"},
    {RINGS "ring s.out l.in slots=64K slot-size=16\n", "65536 slots of 16 bytes is over 1024 KiB"},
    {RINGS "ring s.out l.in slots=4 slot-size=8 KIND=bytes\n", "'KIND=bytes' is unknown here"},
    {RINGS "instance l2 component=logger\nring s.out l.in slots=4 slot-size=8\n"
           "ring s.out l2.in slots=4 slot-size=8\n",
     "'s.out' (sends) has a ring already"},
    {RINGS "instance s2 component=sensor\nring s.out l.in slots=4 slot-size=8\n"
           "ring l.in s2.out slots=4 slot-size=8\n",
     "'l.in' (receives) has a ring already"},
    {RINGS,
     "K022 port 's.out' is not connected. Connect it with kaal_ring(<system> s.out <inst>.<port> "
     "SLOTS <n> SLOT_SIZE <bytes>) or declare it out:sends:optional"},
    {RINGS "ring s.out l.in slots=4 slot-size=8\n",
     "K022 port 'l.tx' is not connected. Connect it with kaal_grant(<system> l.tx DEVICE <role>)"},
    {RINGS "ring s.out l.in slots=4 slot-size=8\ngrant l.tx device=stdout\n",
     "K022 port 'l.off' is not connected. Connect it with kaal_grant(<system> l.off CAP <name>)"},
    {RINGS "grant\n", "Form: grant <instance>.<port> device=<role> | cap=<name>"},
    {RINGS "grant l.tx\n", "'l.tx' (irq) needs device="},
    {RINGS "grant l.tx cap=power\n", "'l.tx' (irq) needs device="},
    {RINGS "grant l.tx device=rtc\n", "device 'rtc' is not supported. Known: stdout"},
    {RINGS "grant l.off cap=all\n", "cap 'all' is not supported. Known: power"},
    {RINGS "grant l.tx device=stdout now\n", "'now' is unknown here"},
    {RINGS "grant l.go device=stdout\n", "K021 'l.go' (notified) takes no grant"},
    {RINGS "instance l2 component=logger\ngrant l.tx device=stdout\ngrant l2.tx device=stdout\n",
     "x:14: K031 'stdout' is granted twice: line 13 has it"},
    {HEAD "a b c d e f g h i j k l m n o p q\n", "x:3: more than 16 words"},
};

/* Lines that say where their author wrote them; messages begin with that. */
static const struct {
    const char *text, *message;
} placed[] = {
    {TWO "channel l.ctrl s.ctl at=CMakeLists.txt:12\n",
     "CMakeLists.txt:12: K020 'l.ctrl': component 'logger' has no port 'ctrl'"},
    {TWO "channel s.ctl s.tick at=\"a dir/CMakeLists.txt:7\" # why\n",
     "a dir/CMakeLists.txt:7: K021 's.ctl' (serves) cannot be joined"},
    {TWO "channel l.ctrl s.ctl\n", "x:11: K020"},
    {HEAD "component c elf=c at=C:3\nport p calls slot=0\ninstance i component=c at=C:5\n"
          "instance j component=c at=C:6\n",
     "C:5: K022 port 'i.p' is not connected"},
    {HEAD "component c elf=c at=C:3\ncomponent c elf=d at=C:4\n",
     "C:4: there is a component 'c' already, C:3"},
    {HEAD "component c elf=c at=C:3\ninstance i component=c at=C:4\n"
          "instance i component=c at=C:5\n",
     "C:5: there is an instance 'i' already, C:4"},
    {"kaal 1\nroot elf=a at=C:1\nroot elf=b at=C:2\n", "C:2: there is a root task already, C:1"},
    {RINGS "instance l2 component=logger\ngrant l.tx device=stdout at=C:8\n"
           "grant l2.tx device=stdout at=C:9\n",
     "C:9: K031 'stdout' is granted twice: C:8 has it"},
    {HEAD "component c elf=c stack=no at=C:3\n", "C:3: stack=no is not a number"},
    {HEAD "component c elf=c at=C:3\nport p cals slot=0\n", "C:3: port kind 'cals'"},
    {HEAD "component c elf=c at=\n", "x:3: 'at=' is unknown here"},
    {HEAD "component c elf=c at=C:3 at=C:4\n", "C:3: 'at=C:4' is unknown here"},
    {HEAD "at=C:3\n", "x:3: 'at=C:3' is not supported"},
    {"kaal 1\ncomponent c elf=c at=C:3\n\n", "x:4: there is no root task"},
};

static void names_the_authors_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(placed) / sizeof(placed[0]); i++) {
        struct ir ir;
        struct error e = {.text = ""};
        if (ir_parse("x", placed[i].text, &ir, &e)) {
            fail_msg("accepted: %s", placed[i].text);
        }
        if (strncmp(e.text, placed[i].message, strlen(placed[i].message)) != 0 || !e.has_place) {
            fail_msg("for: %s\nsaid: %s\nnot: %s", placed[i].text, e.text, placed[i].message);
        }
        ir_free(&ir);
    }
}

static void names_the_line_and_the_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct ir ir;
        struct error e = {.text = ""};
        if (ir_parse("x", refused[i].text, &ir, &e)) {
            fail_msg("accepted: %s", refused[i].text);
        }
        if (strstr(e.text, refused[i].message) == NULL || strncmp(e.text, "x:", 2) != 0) {
            fail_msg("for: %s\nsaid: %s\nnot: %s", refused[i].text, e.text, refused[i].message);
        }
        ir_free(&ir);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_system),
        cmocka_unit_test(quotes_keep_blanks),
        cmocka_unit_test(servers_take_many_clients),
        cmocka_unit_test(reads_rings_and_grants),
        cmocka_unit_test(stack_is_whole_pages),
        cmocka_unit_test(names_the_line_and_the_fault),
        cmocka_unit_test(names_the_authors_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
