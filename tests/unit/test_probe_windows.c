/* SPDX-License-Identifier: MIT */
/* Machines with Windows, replayed from tables of keys after Microsoft's documentation; not recorded
 * on such machines. */
#include "machine.h"

#define WINDOWS                                                                                    \
    {"system:os", GM_KEY_OK, "windows"},                                                           \
    {                                                                                              \
        "system:arch", GM_KEY_OK, "x86_64"                                                         \
    }
#define NVIDIA_ID "PCI\\VEN_10DE&DEV_2D19&SUBSYS_8C9A103C&REV_A1\\4&1A2B3C4D&0&0009"
#define AMD_ID    "PCI\\VEN_1002&DEV_15BF&SUBSYS_8C9A103C&REV_C5\\4&2E7C3C1&0&0041"
#define CLASS     "{4d36e968-e325-11ce-bfc1-08002be10318}\\0001"
#define DRIVER_KEY                                                                                 \
    {                                                                                              \
        "registry:Enum\\" NVIDIA_ID "!Driver", GM_KEY_OK, CLASS                                    \
    }
#define PROVIDER(name)                                                                             \
    {                                                                                              \
        "registry:Control\\Class\\" CLASS "!ProviderName", GM_KEY_OK, name                         \
    }
#define DRIVER_VERSION(text)                                                                       \
    {                                                                                              \
        "registry:Control\\Class\\" CLASS "!DriverVersion", GM_KEY_OK, text                        \
    }

static void test_laptop(void **state)
{
    static const gm_key_row rows[] = {WINDOWS,
                                      {"devices:display", GM_KEY_OK, AMD_ID "\n" NVIDIA_ID "\n"},
                                      DRIVER_KEY,
                                      PROVIDER("NVIDIA"),
                                      DRIVER_VERSION("32.0.15.7602"),
                                      END};
    (void)state;
    struct seen seen = look(rows);
    const gm_machine *machine = &seen.machine;
    assert_int_equal(machine->devices.count, 2);
    assert_string_equal(machine->devices.items[0].targets[0].name, "gfx1103");
    assert_string_equal(machine->devices.items[1].pci, "10de:2d19");
    assert_int_equal(machine->devices.items[1].targets[0].number, 120);
    assert_int_equal(machine->driver.state, GM_KNOWN);
    assert_string_equal(machine->driver.text, "576.02");
    assert_int_equal(machine->driver.cuda.part[1], 9);
    gm_arena_free(seen.arena);
}

static void test_versions(void **state)
{
    static const struct {
        const char *version, *driver; /* NULL: not understood */
    } cases[] = {{"31.0.15.3699", "536.99"}, {"27.21.14.5671", "456.71"},
                 {"32.0.16.1641", "616.41"}, {"1.2", NULL},
                 {"32.0.15.76a2", NULL},     {"", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const gm_key_row rows[] = {WINDOWS,
                                   {"devices:display", GM_KEY_OK, NVIDIA_ID "\n"},
                                   DRIVER_KEY,
                                   PROVIDER("NVIDIA"),
                                   DRIVER_VERSION(cases[i].version),
                                   END};
        struct seen seen = look(rows);
        assert_int_equal(seen.machine.driver.state, cases[i].driver ? GM_KNOWN : GM_UNKNOWN);
        if (cases[i].driver)
            assert_string_equal(seen.machine.driver.text, cases[i].driver);
        gm_arena_free(seen.arena);
    }
}

/* Windows' own driver only draws; a key that is not there says nothing. */
static void test_other_drivers(void **state)
{
    static const gm_key_row basic[] = {WINDOWS,
                                       {"devices:display", GM_KEY_OK, NVIDIA_ID "\n"},
                                       DRIVER_KEY,
                                       PROVIDER("Microsoft"),
                                       DRIVER_VERSION("10.0.26100.1"),
                                       END},
                            silent[] = {
                                WINDOWS, {"devices:display", GM_KEY_OK, NVIDIA_ID "\n"}, END};
    (void)state;
    struct seen seen = look(basic);
    assert_int_equal(seen.machine.driver.state, GM_ABSENT);
    gm_arena_free(seen.arena);
    seen = look(silent);
    assert_int_equal(seen.machine.gpus, GM_KNOWN);
    assert_int_equal(seen.machine.driver.state, GM_UNKNOWN);
    gm_arena_free(seen.arena);
}

static void test_other_devices(void **state)
{
    static const gm_key_row virtual[] = {WINDOWS,
                                         {"devices:display", GM_KEY_OK,
                                          "ROOT\\BASICDISPLAY\\0000\nPCI\\VEN_15AD&DEV_"
                                          "0405\\3\nPCI\\VEN_10DE\nPCI\\VEN_1&DEV_\n"},
                                         END},
                            empty[] = {WINDOWS, {"devices:display", GM_KEY_OK, ""}, END};
    (void)state;
    struct seen seen = look(virtual);
    assert_int_equal(seen.machine.gpus, GM_ABSENT);
    assert_int_equal(seen.machine.devices.count, 0);
    gm_arena_free(seen.arena);
    seen = look(empty);
    assert_int_equal(seen.machine.gpus, GM_UNKNOWN);
    gm_arena_free(seen.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_laptop), cmocka_unit_test(test_versions),
        cmocka_unit_test(test_other_drivers), cmocka_unit_test(test_other_devices)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
