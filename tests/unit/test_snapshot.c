/* SPDX-License-Identifier: MIT */
/* Snapshots: what is recorded comes back, nobody is named, and damaged files are refused. */
#include "machine.h"

#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "catalog/catalog.h"
#include "snapshot/snapshot.h"

#define HOME_USER "meiling"
#define HOST      "buildbox17"
#define UUID_A    "8f5e2f1c-0a1b-4c2d-8e3f-112233445566"
#define UUID_B    "8f5e2f9d-aaaa-bbbb-cccc-ddddeeeeffff"
#define SERIAL    "1323420045678"
#define SITE      "/opt/venv/site-packages/nvidia/docker/sys/drivers/bus/open/lib"
#define LIB       "/home/" HOME_USER "/cuda/compat"

/* A machine full of names. */
static const gm_key_row planted[] = {
    LINUX,
    {"system:host", GM_KEY_OK, HOST},
    {"env:HOME", GM_KEY_OK, "/home/" HOME_USER},
    {"env:USER", GM_KEY_OK, "mei"},
    {"file:/proc/sys/kernel/osrelease", GM_KEY_OK, "6.1.0-mei@" HOST "-custom\n"},
    {"file:/proc/1/cgroup", GM_KEY_OK, "0::/docker/0123456789abcdef0123456789abcdef\n"},
    {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:01:00.0\n0000:02:00.0\n0000:03:00.0\n"},
    DEVICE("0000:01:00.0", "0x10de", "0x2330", "0x030200"),
    DEVICE("0000:02:00.0", "0x10de", "0x2330", "0x030200"),
    DEVICE("0000:03:00.0", "0x1002", "0x744c", "0x030000"),
    BOUND("0000:03:00.0", "amdgpu"),
    {VERSION, GM_KEY_OK,
     "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.82.07  Release Build  (mei@" HOST
     ")\nGCC version:  gcc (" HOST ")\n"},
    {"list:/proc/driver/nvidia/gpus", GM_KEY_OK, "0000:01:00.0\n0000:02:00.0\n"},
    {"file:/proc/driver/nvidia/gpus/0000:01:00.0/information", GM_KEY_OK,
     "Model: \t NVIDIA H100 80GB HBM3\nIRQ: 77\nGPU UUID: \t GPU-" UUID_A
     "\nVideo BIOS: \t 96.00.99.00.02\nSerial: " SERIAL "\nDevice Minor: \t 0\n"},
    {"file:/proc/driver/nvidia/gpus/0000:02:00.0/information", GM_KEY_OK,
     "GPU UUID: GPU-" UUID_B "\nDevice Minor: 1\n"},
    {"list:/sys/class/kfd/kfd/topology/nodes", GM_KEY_OK, "1\n"},
    NODE("1", "gfx_target_version 110000\nlocation_id 768\nunique_id " SERIAL "\n"
              "serial " SERIAL "\n"),
    {"env:LD_LIBRARY_PATH", GM_KEY_OK, "/data/mei/lib:" LIB ":/mnt/" HOST "/lib"},
    {"link:" LIB "/libcuda.so.1", GM_KEY_OK, "libcuda.so.575.57.08"},
    {"access:/dev/nvidiactl", GM_KEY_OK, ""},
    {"access:/dev/nvidia-uvm", GM_KEY_DENIED, NULL},
    {"env:CUDA_VISIBLE_DEVICES", GM_KEY_OK, "GPU-8f5e2f9,0"},
    END};

static void add_package(gm_arena *arena, gm_snapshot *snapshot)
{
    gm_build build;
    gm_package *package = GM_PUSH(arena, &snapshot->packages);
    assert_true(gm_catalog_build_find(gm_catalog_builtin(), "torch", "2.9.1", "cu128", GM_OS_LINUX,
                                      GM_CPU_X86_64, &build));
    assert_true(gm_catalog_build_package(gm_catalog_builtin(), &build, arena, package));
    package->path = "C:\\Users\\Mei Ling\\venv\\torch.dist-info";
    package->source = SITE;
    package->channel = "https://conda.anaconda.org/t/me-0f1e2d3c/private";
    package->first_missing = "/Users/someone/venv/lib/libx.so";
    gm_library *library = &package->libraries.items[0];
    library->path = "/home/" HOME_USER "/venv/lib/libtorch_cuda.so";
    library->modules.items[0].registration = GM_MODULE_REGISTERED;
    for (int i = 0; i < 3; i++) {
        gm_module *module = GM_PUSH(arena, &library->modules);
        *module = library->modules.items[0];
    }
    gm_finding *finding =
        gm_finding_add(arena, &snapshot->findings, GM_CODE_UNREADABLE, GM_SEVERITY_WARNING);
    static const char *const list[] = {"/root/x", "plain"};
    gm_args_text(arena, &finding->args, "file", "/home/" HOME_USER "/a b/METADATA");
    gm_args_message(arena, &finding->args, "reason", "unreadable.no-version");
    gm_args_number(arena, &finding->args, "count", -7);
    gm_args_list(arena, &finding->args, "list", list, 2);
    gm_finding_evidence(arena, finding, "/home/other/f", 77, "00:1a:2b:3c:4d:5e", NULL);
    gm_finding_about(arena, finding, "torch", -1);
}

struct recorded {
    gm_arena *arena;
    gm_machine machine;
    gm_text text;
};

static struct recorded record(const gm_key_row *rows)
{
    struct recorded recorded = {.arena = gm_arena_new(0), .text = GM_TEXT_INIT};
    gm_snapshot snapshot = {.origin = "recorded", .complete = true};
    gm_key_reader table = gm_key_table(rows);
    gm_recorder recorder = {&table, recorded.arena, &snapshot};
    gm_key_reader keys = gm_snapshot_recorder(&recorder);
    gm_finding_list findings = {0};
    gm_json json;
    assert_int_equal(
        gm_probe_machine(gm_catalog_builtin(), &keys, recorded.arena, &recorded.machine, &findings),
        GM_OK);
    add_package(recorded.arena, &snapshot);
    assert_true(gm_snapshot_redact(&snapshot, &table, recorded.arena));
    gm_json_begin(&json, gm_write_text, &recorded.text);
    gm_snapshot_write(&json, &snapshot, "0", "2026-01-01");
    assert_true(gm_json_end(&json));
    return recorded;
}

static void forget(struct recorded *recorded)
{
    gm_text_free(&recorded->text);
    gm_arena_free(recorded->arena);
}

/* The machine that a snapshot's text replays. */
static struct seen replay(const gm_text *text, gm_snapshot *snapshot)
{
    struct seen seen = {.arena = gm_arena_new(0)};
    gm_finding_list findings = {0};
    gm_error error;
    assert_int_equal(gm_snapshot_read(text->data, text->size, "x", seen.arena, snapshot, &error),
                     GM_OK);
    gm_key_reader keys = gm_snapshot_keys(snapshot);
    assert_int_equal(
        gm_probe_machine(gm_catalog_builtin(), &keys, seen.arena, &seen.machine, &findings), GM_OK);
    return seen;
}

static void test_nobody_is_named(void **state)
{
    static const char *const secrets[] = {
        HOME_USER, "mei",  "Mei",  HOST,   "someone",  "/root",    "other/f",
        "8f5e",    UUID_A, UUID_B, SERIAL, "96.00.99", "0f1e2d3c", "0123456789abcdef",
        "1a:2b"};
    (void)state;
    struct recorded recorded = record(planted);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (strstr(recorded.text.data, secrets[i]))
            fail_msg("%s: %.200s", secrets[i], strstr(recorded.text.data, secrets[i]) - 60);
    forget(&recorded);
}

/* The same machine follows: the same GPU is chosen by the beginning of its UUID, and so on. */
static void test_same_machine(void **state)
{
    (void)state;
    struct recorded recorded = record(planted);
    gm_snapshot snapshot;
    struct seen seen = replay(&recorded.text, &snapshot);
    const gm_machine *live = &recorded.machine, *again = &seen.machine;
    assert_int_equal(again->os, live->os);
    assert_string_equal(again->container, live->container);
    assert_string_equal(again->driver.text, "580.82.07");
    assert_int_equal(again->driver.kernel_module, GM_MODULE_OPEN);
    assert_string_equal(again->driver.library, live->driver.library);
    assert_true(again->driver.library_compat);
    assert_string_equal(again->driver.library_path, "/home/user/cuda/compat/libcuda.so.1");
    assert_int_equal(again->devices.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(again->devices.items[i].hidden, live->devices.items[i].hidden);
        assert_int_equal(again->devices.items[i].access, live->devices.items[i].access);
        assert_int_equal(again->devices.items[i].minor, live->devices.items[i].minor);
    }
    assert_false(again->devices.items[0].hidden || again->devices.items[1].hidden);
    assert_string_equal(again->devices.items[2].targets[0].name, "gfx1100");
    assert_non_null(again->devices.items[2].uuid);
    gm_arena_free(seen.arena);
    forget(&recorded);
}

/* What is left of a file still says what the probes found in it, and nothing of the rest. */
static void test_reduced_files_say_the_same(void **state)
{
    static const struct {
        gm_key_row row;
        const char *gone;
    } table[] = {
        {{"file:/proc/1/cgroup", GM_KEY_OK, "0::/system.slice/docker-ab12cd34.scope"}, "ab12cd34"},
        {{"file:/proc/1/cgroup", GM_KEY_OK, "1:cpu:/lxc/secretname\n"}, "secretname"},
        {{"file:/proc/1/cgroup", GM_KEY_OK, "0::/user.slice/secretname\n"}, "secretname"},
        {{"env:container", GM_KEY_OK, "secretname"}, "secretname"},
        {{"env:container", GM_KEY_OK, "systemd-nspawn"}, "rubbish"},
        {{"env:KUBERNETES_SERVICE_HOST", GM_KEY_OK, "10.9.8.7"}, "10.9.8.7"},
        {{"file:/proc/self/mountinfo", GM_KEY_OK,
          "1 2 0:9 / / rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/secret\n"
          "3 2 0:9 / /home/secret rw - nfs secretserver:/x rw\n"},
         "secret"},
        {{"file:/proc/self/mountinfo", GM_KEY_OK, "1 2 8:1 / / rw - ext4 /dev/secret rw\n"},
         "secret"},
        {{"file:/proc/sys/kernel/osrelease", GM_KEY_OK, "5.15.1-secret-microsoft-WSL2\n"},
         "secret"}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const gm_key_row rows[] = {LINUX, table[i].row, END};
        struct recorded recorded = record(rows);
        gm_snapshot snapshot;
        struct seen seen = replay(&recorded.text, &snapshot);
        assert_int_equal(seen.machine.os, recorded.machine.os);
        assert_true(gm_text_equal(seen.machine.container, recorded.machine.container));
        if (strstr(recorded.text.data, table[i].gone))
            fail_msg("row %zu: %s", i, table[i].gone);
        gm_arena_free(seen.arena);
        forget(&recorded);
    }
}

/* Users are called like words of the kernel: a Jetson's first one is "nvidia". */
static void test_users_with_names_of_the_kernel(void **state)
{
    static const char *const users[] = {"nvidia", "docker", "sys", "drivers", "bus", "open"};
    (void)state;
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        const gm_key_row rows[] = {
            LINUX,
            {"env:USER", GM_KEY_OK, users[i]},
            {"system:host", GM_KEY_OK, "nvidia"},
            {"file:/proc/1/cgroup", GM_KEY_OK, "0::/docker/x"},
            {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:01:00.0\n"},
            DEVICE("0000:01:00.0", "0x10de", "0x2684", "0x030000"),
            BOUND("0000:01:00.0", "nvidia"),
            {VERSION, GM_KEY_OK, OPEN_FLAVOUR},
            {"env:LD_LIBRARY_PATH", GM_KEY_OK, "/usr/local/nvidia/lib64"},
            {"link:/usr/local/nvidia/lib64/libcuda.so.1", GM_KEY_OK, "libcuda.so.580.82.07"},
            END};
        struct recorded recorded = record(rows);
        gm_snapshot snapshot;
        struct seen seen = replay(&recorded.text, &snapshot);
        assert_string_equal(seen.machine.container, "docker");
        assert_int_equal(seen.machine.devices.items[0].binding, GM_BINDING_COMPUTE);
        assert_int_equal(seen.machine.driver.kernel_module, GM_MODULE_OPEN);
        assert_string_equal(seen.machine.driver.library_path,
                            "/usr/local/nvidia/lib64/libcuda.so.1");
        assert_string_equal(snapshot.packages.items[0].source, SITE);
        gm_arena_free(seen.arena);
        forget(&recorded);
    }
}

static void test_packages_and_findings_come_back(void **state)
{
    (void)state;
    struct recorded recorded = record(planted);
    gm_snapshot snapshot;
    struct seen seen = replay(&recorded.text, &snapshot);
    assert_int_equal(snapshot.packages.count, 1);
    const gm_package *package = &snapshot.packages.items[0];
    assert_string_equal(package->version, "2.9.1+cu128");
    assert_int_equal(package->evidence, GM_EVIDENCE_CATALOG);
    assert_int_equal(package->cuda.part[1], 8);
    const gm_library *library = &package->libraries.items[0];
    assert_int_equal(library->role, GM_ROLE_CORE);
    assert_int_equal(gm_library_module_count(library), 4);
    gm_target_rows rows = {0};
    assert_true(gm_library_targets(library, seen.arena, &rows));
    assert_int_equal(rows.items[0].modules, 4);
    assert_int_equal(rows.items[0].images, 4);
    assert_int_equal(snapshot.findings.count, 1);
    const gm_finding *finding = &snapshot.findings.items[0];
    assert_int_equal(finding->code, GM_CODE_UNREADABLE);
    assert_string_equal(gm_args_find(&finding->args, "file"), "/home/user/a b/METADATA");
    assert_true(finding->args.items[1].is_message);
    assert_int_equal(finding->args.items[2].number, -7);
    assert_string_equal(finding->args.items[3].list[0], "/home/user/x");
    assert_int_equal(finding->evidence.items[0].offset, 77);
    assert_string_equal(finding->packages.items[0], "torch");
    gm_arena_free(seen.arena);
    forget(&recorded);
}

/* Bytes that are no text come back as they were. */
static void test_bytes(void **state)
{
    static const char *const texts[] = {"\x01\xff", "\xff", "\xff\xff\xff", "\xe4\xb8", ""};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const gm_key_row row[] = {{"file:/x", GM_KEY_OK, texts[i]}, END};
        gm_arena *arena = gm_arena_new(0);
        gm_snapshot snapshot = {.origin = "recorded"}, again;
        gm_key_reader table = gm_key_table(row);
        gm_recorder recorder = {&table, arena, &snapshot};
        gm_key_reader keys = gm_snapshot_recorder(&recorder), replayed = gm_snapshot_keys(&again);
        gm_text text = GM_TEXT_INIT;
        gm_json json;
        gm_span bytes;
        keys.read(keys.state, "file:/x", arena, &bytes);
        keys.read(keys.state, "file:/x", arena, &bytes);
        assert_int_equal(snapshot.keys.count, 1);
        gm_json_begin(&json, gm_write_text, &text);
        gm_snapshot_write(&json, &snapshot, "0", "x");
        assert_true(gm_json_end(&json));
        assert_int_equal(gm_snapshot_read(text.data, text.size, "x", arena, &again, NULL), GM_OK);
        assert_int_equal(replayed.read(replayed.state, "file:/x", arena, &bytes), GM_KEY_OK);
        assert_int_equal(bytes.size, strlen(texts[i]));
        assert_memory_equal(bytes.data, texts[i], bytes.size);
        gm_text_free(&text);
        gm_arena_free(arena);
    }
}

#define HEAD                                                                                       \
    "{\"schema\": \"gpumatch.snapshot/1\", \"origin\": \"x\", \"complete\": true, "                \
    "\"has_environment\": true, \"other_packages\": 0, "
#define PYTHON "\"python\": {\"version\": null, \"free_threaded\": false, \"prefix\": null}, "
#define LIBRARY(modules)                                                                           \
    HEAD "\"keys\": [], " PYTHON "\"packages\": [{\"name\": \"torch\", \"version\": null, "        \
         "\"variant\": null, \"cuda\": null, "                                                     \
         "\"cuda_guessed\": false, \"evidence\": \"binary\", \"code_origin\": null, "              \
         "\"confidence\": \"high\", \"component\": null, \"brings_math\": false, "                 \
         "\"installed\": true, \"missing\": 0, \"first_missing\": null, \"unmet\": null, "         \
         "\"unmet_by\": null, \"unmet_core\": false, \"part\": false, \"build\": null, "           \
         "\"channel\": null, \"path\": null, "                                                     \
         "\"source\": null, \"libraries\": [{\"path\": \"x\", \"format\": null, \"arch\": null, "  \
         "\"bytes\": 0, \"role\": \"core\", \"feature\": null, \"selected\": true, \"opaque\": "   \
         "false, "                                                                                 \
         "\"self_dispatching\": false, \"complete\": true, \"modules\": [" modules                 \
         "]}]}], \"findings\": []}"
#define MODULE_OF(count, images)                                                                   \
    "{\"count\": " count ", \"registration\": \"bare\", \"stub\": false, \"images\": [" images "]" \
    "}"

static void test_what_is_refused(void **state)
{
    static const struct {
        const char *text, *code, *detail;
        gm_status status;
    } table[] = {
        {"", "bad-json", "1:0", GM_DAMAGED},
        {"{\"schema\": 1,\n ]", "bad-json", "2:2", GM_DAMAGED},
        {"[]", "not-a-snapshot", "", GM_DAMAGED},
        {"{\"schema\": \"gpumatch.check/1\"}", "not-a-snapshot", "", GM_DAMAGED},
        {HEAD "\"keys\": {}}", "bad-snapshot", "keys", GM_DAMAGED},
        {HEAD "\"keys\": [7]}", "bad-snapshot", "keys[0].key", GM_DAMAGED},
        {HEAD "\"keys\": [{\"key\": \"a\", \"text\": \"\"}, {\"key\": \"b\"}]}", "bad-snapshot",
         "keys[1].text", GM_DAMAGED},
        {HEAD "\"keys\": [{\"key\": \"a\", \"answer\": \"maybe\"}]}", "bad-snapshot",
         "keys[0].answer", GM_DAMAGED},
        {HEAD "\"keys\": [{\"key\": \"a\", \"base64\": \"a=aa\"}]}", "bad-snapshot",
         "keys[0].base64", GM_DAMAGED},
        {HEAD "\"keys\": [], \"keys\": []}", "bad-json", NULL, GM_DAMAGED},
        {HEAD "\"keys\": []}", "bad-snapshot", "python", GM_DAMAGED},
        {HEAD "\"keys\": [], " PYTHON "\"packages\": []}", "bad-snapshot", "findings", GM_DAMAGED},
        {LIBRARY(MODULE_OF("0", "")), "bad-snapshot", "packages[0].libraries[0].modules[0].count",
         GM_DAMAGED},
        {LIBRARY(MODULE_OF("1", "\"sass sm_80 none 1\", \"sass sm_80 none\"")), "bad-snapshot",
         "packages[0].libraries[0].modules[0].images[1]", GM_DAMAGED},
        {LIBRARY(MODULE_OF("1", "\"sass sm_80 none 1 ptx99\"")), "bad-snapshot",
         "packages[0].libraries[0].modules[0].images[0]", GM_DAMAGED},
        {LIBRARY(MODULE_OF("1000000000", "")), "snapshot-too-large", NULL, GM_LIMIT},
        {LIBRARY(MODULE_OF("9000000000000000000", "\"sass sm_80 none 1\"")), "snapshot-too-large",
         NULL, GM_LIMIT},
        {LIBRARY(MODULE_OF("3", "\"ptx compute_90a zstd 12 ptx8.7 relocatable\"")), NULL, NULL,
         GM_OK},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        gm_arena *arena = gm_arena_new(0);
        gm_snapshot snapshot;
        gm_error error = {0};
        gm_status status = gm_snapshot_read(table[i].text, strlen(table[i].text), "x.json", arena,
                                            &snapshot, &error);
        if (status != table[i].status)
            fail_msg("row %zu: %s %s", i, error.code, error.detail);
        if (table[i].code)
            assert_string_equal(error.code, table[i].code);
        if (table[i].detail)
            assert_string_equal(error.detail, table[i].detail);
        gm_arena_free(arena);
    }
}

static void test_nesting_ends(void **state)
{
    gm_text text = GM_TEXT_INIT;
    gm_arena *arena = gm_arena_new(0);
    gm_snapshot snapshot;
    gm_error error;
    (void)state;
    gm_text_add(&text, "{\"schema\": ");
    for (int i = 0; i < 100000; i++)
        gm_text_add(&text, "[");
    assert_int_equal(gm_snapshot_read(text.data, text.size, "x", arena, &snapshot, &error),
                     GM_DAMAGED);
    gm_text_free(&text);
    gm_arena_free(arena);
}

/* xorshift64*: the same sequence on every system. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 2685821657736338717u;
}

/* Whatever the bytes: an answer, or an error with its code (run under ASan). */
static void test_damage(void **state)
{
    static const char bytes[] = "{}[]\":,0123456789-eE.nulltruefalse\\ \xff\n";
    struct recorded recorded = record(planted);
    uint64_t random = 20261124;
    size_t refused = 0;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        gm_arena *arena = gm_arena_new(0);
        char *text = gm_arena_text_n(arena, recorded.text.data, recorded.text.size);
        size_t size = recorded.text.size;
        gm_snapshot snapshot;
        gm_error error = {0};
        for (uint64_t edits = 1 + next_random(&random) % 4; edits > 0; edits--)
            text[next_random(&random) % size] = bytes[next_random(&random) % (sizeof bytes - 1)];
        if (next_random(&random) % 8 == 0)
            size = next_random(&random) % size;
        gm_status status = gm_snapshot_read(text, size, "x", arena, &snapshot, &error);
        if (status == GM_OK) {
            gm_key_reader keys = gm_snapshot_keys(&snapshot);
            gm_finding_list findings = {0};
            gm_machine machine;
            assert_int_equal(
                gm_probe_machine(gm_catalog_builtin(), &keys, arena, &machine, &findings), GM_OK);
        } else {
            refused++;
            assert_non_null(error.code);
        }
        gm_arena_free(arena);
    }
    assert_true(refused > 500);
    forget(&recorded);
}

static void test_little_memory(void **state)
{
    struct recorded recorded = record(planted);
    size_t failed = 0;
    (void)state;
    for (size_t limit = 1; limit < 60000; limit += 601) {
        gm_arena *arena = gm_arena_new(limit);
        gm_snapshot snapshot;
        gm_error error;
        gm_status status =
            gm_snapshot_read(recorded.text.data, recorded.text.size, "x", arena, &snapshot, &error);
        assert_true(status == GM_OK || status == GM_MEMORY);
        failed += status == GM_MEMORY;
        gm_arena_free(arena);
    }
    assert_true(failed > 3);
    forget(&recorded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nobody_is_named),
                                       cmocka_unit_test(test_same_machine),
                                       cmocka_unit_test(test_reduced_files_say_the_same),
                                       cmocka_unit_test(test_users_with_names_of_the_kernel),
                                       cmocka_unit_test(test_packages_and_findings_come_back),
                                       cmocka_unit_test(test_bytes),
                                       cmocka_unit_test(test_what_is_refused),
                                       cmocka_unit_test(test_nesting_ends),
                                       cmocka_unit_test(test_damage),
                                       cmocka_unit_test(test_little_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
