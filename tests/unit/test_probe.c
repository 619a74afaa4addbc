/* SPDX-License-Identifier: MIT */
/* Machines replayed from tables of keys. Written after the formats that the kernel and NVIDIA's
 * driver document; not recorded on such machines. */
#include "catalog/catalog.h"
#include "machine.h"

static const char closed[] = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.256.02  Thu May  "
                             "2 14:37:44 UTC 2024\nGCC version:  gcc version 12.2.0\n";
static void test_desktop(void **state)
{
    static const gm_key_row rows[] = {
        LINUX,
        {"system:libc", GM_KEY_OK, "glibc 2.36"},
        {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:00:1f.3\n0000:01:00.0\n0000:01:00.1\n"},
        DEVICE("0000:00:1f.3", "0x8086", "0xa0c8", "0x040300"),
        DEVICE("0000:01:00.0", "0x10de", "0x2684", "0x030000"),
        DEVICE("0000:01:00.1", "0x10de", "0x22ba", "0x040300"),
        {VERSION, GM_KEY_OK, OPEN_FLAVOUR},
        END};
    (void)state;
    struct seen seen = look(rows);
    const gm_machine *machine = &seen.machine;
    assert_int_equal(machine->os, GM_OS_LINUX);
    assert_int_equal(machine->glibc.part[1], 36);
    assert_int_equal(machine->devices.count, 1);
    assert_string_equal(machine->devices.items[0].name, "NVIDIA GeForce RTX 4090");
    assert_int_equal(machine->devices.items[0].targets[0].number, 89);
    assert_string_equal(machine->devices.items[0].address, "0000:01:00.0");
    assert_int_equal(machine->driver.state, GM_KNOWN);
    assert_string_equal(machine->driver.text, "580.82.07");
    assert_int_equal(machine->driver.kernel_module, GM_MODULE_OPEN);
    assert_int_equal(machine->driver.cuda.part[0], 13);
    gm_arena_free(seen.arena);
}

static void test_laptop_with_two_vendors(void **state)
{
    static const gm_key_row rows[] = {
        LINUX,
        {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:01:00.0\n0000:65:00.0\n"},
        DEVICE("0000:01:00.0", "0x10de", "0x2d19", "0x030200"),
        DEVICE("0000:65:00.0", "0x1002", "0x15bf", "0x030000"),
        {MODULE, GM_KEY_OK, "575.57.08\n"},
        END};
    (void)state;
    struct seen seen = look(rows);
    const gm_machine *machine = &seen.machine;
    assert_int_equal(machine->devices.count, 2);
    assert_int_equal(machine->devices.items[0].targets[0].number, 120);
    assert_int_equal(machine->devices.items[1].vendor, GM_VENDOR_AMD);
    assert_string_equal(machine->devices.items[1].targets[0].name, "gfx1103");
    assert_string_equal(machine->driver.text, "575.57.08");
    assert_int_equal(machine->driver.kernel_module, GM_MODULE_ANY);
    gm_arena_free(seen.arena);
}

/* A GPU and no driver of NVIDIA's: none is installed, or nouveau has the card. */
static void test_no_driver(void **state)
{
    static const gm_key_row rows[] = {
        LINUX,
        {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:01:00.0\n"},
        DEVICE("0000:01:00.0", "0x10de", "0x1b06", "0x030000"),
        {"link:" PCI "0000:01:00.0/driver", GM_KEY_OK, "../../../../bus/pci/drivers/nouveau"},
        END};
    (void)state;
    struct seen seen = look(rows);
    assert_int_equal(seen.machine.driver.state, GM_ABSENT);
    assert_int_equal(seen.machine.devices.items[0].targets[0].number, 61);
    gm_arena_free(seen.arena);
}

static void test_old_closed_driver(void **state)
{
    static const gm_key_row rows[] = {LINUX,
                                      {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:01:00.0\n"},
                                      DEVICE("0000:01:00.0", "0x10de", "0x102d", "0x030200"),
                                      {VERSION, GM_KEY_OK, closed},
                                      END};
    (void)state;
    struct seen seen = look(rows);
    assert_string_equal(seen.machine.driver.text, "470.256.02");
    assert_int_equal(seen.machine.driver.kernel_module, GM_MODULE_CLOSED);
    assert_int_equal(seen.machine.driver.cuda.part[1], 4);
    gm_arena_free(seen.arena);
}

static void test_no_gpu(void **state)
{
    static const gm_key_row rows[] = {LINUX,
                                      {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:00:00.0\n"},
                                      DEVICE("0000:00:00.0", "0x8086", "0x1237", "0x060000"),
                                      END};
    (void)state;
    struct seen seen = look(rows);
    assert_int_equal(seen.machine.gpus, GM_ABSENT);
    assert_int_equal(seen.machine.devices.count, 0);
    assert_int_equal(seen.machine.driver.state, GM_UNKNOWN);
    gm_arena_free(seen.arena);
}

/* No PCI in sight (a container): not the same as no GPU. */
static void test_nothing_to_see(void **state)
{
    static const gm_key_row rows[] = {
        LINUX, {"list:/sys/bus/pci/devices", GM_KEY_DENIED, NULL}, END};
    (void)state;
    struct seen seen = look(rows);
    assert_int_equal(seen.machine.gpus, GM_UNKNOWN);
    gm_arena_free(seen.arena);
}

static void test_wsl(void **state)
{
    static const gm_key_row rows[] = {
        LINUX,
        {"file:/proc/sys/kernel/osrelease", GM_KEY_OK, "5.15.167.4-microsoft-standard-WSL2\n"},
        {"list:/sys/bus/pci/devices", GM_KEY_OK, ""},
        END};
    (void)state;
    struct seen seen = look(rows);
    assert_int_equal(seen.machine.os, GM_OS_WSL);
    assert_int_equal(seen.machine.gpus, GM_UNKNOWN);
    gm_arena_free(seen.arena);
}

/* The compute driver tells the target of a chip whose id no table has. Node 0 is the processor. */
static void test_amd_by_kernel(void **state)
{
    static const gm_key_row rows[] = {
        LINUX,
        {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:c1:00.0\n0001:83:00.1\n"},
        DEVICE("0000:c1:00.0", "0x1002", "0x74a1", "0x120000"),
        DEVICE("0001:83:00.1", "0x1002", "0xfffe", "0x030000"),
        {"list:/sys/class/kfd/kfd/topology/nodes", GM_KEY_OK, "0\n1\n2\n3\n"},
        NODE("0", "cpu_cores_count 16\ngfx_target_version 0\nlocation_id 49408\ndomain 0\n"),
        NODE("1", "gfx_target_version 90402\nvendor_id 4098\nlocation_id 49408\ndomain 0\n"),
        NODE("2", "gfx_target_version 90010\nvendor_id 4098\nlocation_id 33537\ndomain 1\n"),
        NODE("3", "gfx_target_version 110000\nvendor_id 4098\nlocation_id 256\ndomain 0\n"),
        END};
    (void)state;
    struct seen seen = look(rows);
    assert_int_equal(seen.machine.devices.count, 2);
    assert_string_equal(seen.machine.devices.items[0].name, "AMD Instinct MI300X");
    assert_string_equal(seen.machine.devices.items[0].targets[0].name, "gfx942");
    assert_null(seen.machine.devices.items[1].name);
    assert_string_equal(seen.machine.devices.items[1].targets[0].name, "gfx90a");
    assert_int_equal(seen.machine.driver.state, GM_UNKNOWN);
    gm_arena_free(seen.arena);
}

/* What cannot be read or understood is unknown, never "absent". */
static void test_unreadable_driver(void **state)
{
    static const struct {
        gm_key_row version, module;
        const char *text;
    } table[] = {
        {{VERSION, GM_KEY_OK, "NVRM version: what is this?\n"}, END, NULL},
        {{VERSION, GM_KEY_OK, ""}, END, NULL},
        {{VERSION, GM_KEY_DENIED, NULL}, END, NULL},
        {{VERSION, GM_KEY_FAILED, NULL}, {MODULE, GM_KEY_OK, "570.86.16\n"}, "570.86.16"},
        {{MODULE, GM_KEY_OK, "rubbish\n"}, END, NULL},
        {{MODULE, GM_KEY_OK, "470.256.02\n"}, END, "470.256.02"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const gm_key_row rows[] = {LINUX,
                                   {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:01:00.0\n"},
                                   DEVICE("0000:01:00.0", "0x10de", "0x2684", "0x030000"),
                                   table[i].version,
                                   table[i].module,
                                   END};
        struct seen seen = look(rows);
        const gm_driver *driver = &seen.machine.driver;
        assert_int_equal(driver->state, table[i].text ? GM_KNOWN : GM_UNKNOWN);
        if (table[i].text)
            assert_string_equal(driver->text, table[i].text);
        gm_arena_free(seen.arena);
    }
}

/* A device without readable numbers is passed over; the others stay. */
static void test_unreadable_devices(void **state)
{
    static const gm_key_row rows[] = {LINUX,
                                      {"list:/sys/bus/pci/devices", GM_KEY_OK,
                                       "0000:01:00.0\n0000:02:00.0\n0000:03:00.0\nrubbish"},
                                      DEVICE("0000:01:00.0", "0x10de", "0x2684", "display"),
                                      DEVICE("0000:02:00.0", "0x10de", "0x12684", "0x030000"),
                                      DEVICE("0000:03:00.0", "0x10de", "0x2330", "0x030000"),
                                      END};
    (void)state;
    struct seen seen = look(rows);
    assert_int_equal(seen.machine.devices.count, 1);
    assert_string_equal(seen.machine.devices.items[0].pci, "10de:2330");
    gm_arena_free(seen.arena);
}

static void test_little_memory(void **state)
{
    static const gm_key_row rows[] = {LINUX,
                                      {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:01:00.0\n"},
                                      DEVICE("0000:01:00.0", "0x10de", "0x2684", "0x030000"),
                                      {VERSION, GM_KEY_OK, closed},
                                      END};
    gm_key_reader keys = gm_key_table(rows);
    bool failed = false;
    (void)state;
    for (size_t bytes = 1; bytes < 20000; bytes += 97) {
        gm_arena *arena = gm_arena_new(bytes);
        gm_finding_list findings = {0};
        gm_machine machine;
        gm_status status =
            gm_probe_machine(gm_catalog_builtin(), &keys, arena, &machine, &findings);
        assert_true(status == GM_OK || status == GM_MEMORY);
        failed |= status == GM_MEMORY;
        gm_arena_free(arena);
    }
    assert_true(failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_desktop),
                                       cmocka_unit_test(test_laptop_with_two_vendors),
                                       cmocka_unit_test(test_no_driver),
                                       cmocka_unit_test(test_old_closed_driver),
                                       cmocka_unit_test(test_no_gpu),
                                       cmocka_unit_test(test_nothing_to_see),
                                       cmocka_unit_test(test_wsl),
                                       cmocka_unit_test(test_amd_by_kernel),
                                       cmocka_unit_test(test_unreadable_driver),
                                       cmocka_unit_test(test_unreadable_devices),
                                       cmocka_unit_test(test_little_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
