/* SPDX-License-Identifier: MIT */
/* Lookups in the generated tables: names as people write them, floors, builds. The rows themselves
 * are tested in tests/test_tables.py. */
#include "unit.h"

#include <string.h>

#include "base/lookup.h"
#include "catalog/catalog.h"
#include "model/codelist.h"

#define NVIDIA 0x10de
#define AMD    0x1002
#define INTEL  0x8086

static gm_target target(const char *text)
{
    gm_target parsed;
    assert_true(gm_target_parse(text, strlen(text), &parsed));
    return parsed;
}

static gm_version version(const char *text)
{
    gm_version parsed;
    assert_true(gm_version_parse(text, &parsed));
    return parsed;
}

static void assert_version(gm_version actual, const char *expected)
{
    assert_int_equal(gm_version_compare(actual, version(expected)), 0);
    assert_true(actual.count > 0);
}

/* "sm_30 sm_50" of a GPU. */
static const char *targets_of(const gm_gpu *gpu, char out[GM_DEVICE_TARGETS * (GM_TARGET_TEXT + 1)])
{
    char *end = out;
    *out = '\0';
    for (unsigned i = 0; i < gpu->target_count; i++) {
        char text[GM_TARGET_TEXT];
        size_t size = strlen(gm_target_format(&gpu->targets[i], text));
        if (i)
            *end++ = ' ';
        memcpy(end, text, size + 1);
        end += size;
    }
    return out;
}

static void names_as_people_write_them(void **state)
{
    static const struct {
        const char *name, *targets;
    } cases[] = {{"NVIDIA GeForce RTX 5060 Laptop GPU", "sm_120"},
                 {"rtx 5060 laptop", "sm_120"},
                 {"RTX5060 Laptop", "sm_120"},
                 {"RTX 4090", "sm_89"},
                 {"GeForce RTX 4090", "sm_89"},
                 {"NVIDIA GeForce RTX 4090", "sm_89"},
                 {"gtx 1660 ti", "sm_75"},
                 {"GTX 1080 Ti", "sm_61"},
                 {"GTX1080Ti", "sm_61"},
                 {"Tesla T4", "sm_75"},
                 {"T4", "sm_75"},
                 {"H100", "sm_90"},
                 {"H100 80GB HBM3", "sm_90"},
                 {"NVIDIA H100 PCIe", "sm_90"},
                 {"NVIDIA A100-SXM4-40GB", "sm_80"},
                 {"NVIDIA A100-PCIE-40GB", "sm_80"},
                 {"NVIDIA B200", "sm_100"},
                 {"NVIDIA B300 SXM6 AC", "sm_103"},
                 {"NVIDIA GB10", "sm_121"},
                 {"GB300", "sm_103"},
                 {"GH200 480GB", "sm_90"},
                 {"Jetson AGX Orin", "sm_87"},
                 {"Jetson AGX Thor", "sm_110"},
                 {"NVIDIA RTX 6000 Ada Generation", "sm_89"},
                 {"RTX 6000 Ada", "sm_89"},
                 {"RTX A5000", "sm_86"},
                 {"NVIDIA L4", "sm_89"},
                 {"Quadro P2000", "sm_61"},
                 {"Tesla K80", "sm_37"},
                 {"Tesla P100-PCIE-16GB", "sm_60"},
                 {"Tesla V100-SXM2-32GB", "sm_70"},
                 {"NVIDIA GeForce 610M", "sm_21"},
                 {"NVIDIA GeForce 840M", "sm_50"},
                 {"AMD Radeon RX 7900 XTX", "gfx1100"},
                 {"RX 7900 XTX", "gfx1100"},
                 {"rx 7900xtx", "gfx1100"},
                 {"AMD Radeon RX 9070 XT", "gfx1201"},
                 {"AMD Instinct MI210", "gfx90a"},
                 {"MI210", "gfx90a"},
                 {"AMD Instinct MI250", "gfx90a"},
                 {"MI50", "gfx906"},
                 {"RX 580", "gfx803"},
                 {"RX Vega 64", "gfx900"},
                 {"AMD Radeon 780M Graphics", "gfx1103"},
                 {"AMD Radeon(TM) 780M", "gfx1103"},
                 {"AMD Radeon 610M", "gfx1036"},
                 {"Intel Arc A770", "dg2"},
                 {"Intel(R) Arc(TM) A770 Graphics", "dg2"},
                 {"GTX 860M", "sm_30 sm_50"},
                 {"GT 730", "sm_21 sm_30 sm_35"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gm_gpu gpu;
        char text[GM_DEVICE_TARGETS * (GM_TARGET_TEXT + 1)];
        if (!gm_catalog_gpu_by_name(gm_catalog_builtin(), cases[i].name, &gpu))
            fail_msg("%s is not known", cases[i].name);
        if (strcmp(targets_of(&gpu, text), cases[i].targets))
            fail_msg("%s: %s instead of %s", cases[i].name, text, cases[i].targets);
        assert_int_equal(gpu.vendor, gm_target_vendor(&gpu.targets[0]));
        assert_non_null(gpu.name);
        assert_non_null(gpu.row.source);
    }
}

static void what_is_no_name(void **state)
{
    static const char *const names[] = {
        "RTX 9999", "",      " ",  "GPU", "NVIDIA", "NVIDIA GeForce", "AMD Radeon Graphics",
        "5090",     "sm_90", "RTX"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        gm_gpu gpu;
        if (gm_catalog_gpu_by_name(gm_catalog_builtin(), names[i], &gpu))
            fail_msg("'%s' is taken for %s", names[i], gpu.name);
    }
}

static void a_name_keeps_its_brand(void **state)
{
    gm_gpu gpu;
    (void)state;
    assert_true(gm_catalog_gpu_by_name(gm_catalog_builtin(), "NVIDIA GeForce 610M", &gpu));
    assert_string_equal(gpu.name, "NVIDIA GeForce 610M");
    assert_int_equal(gpu.vendor, GM_VENDOR_NVIDIA);
    assert_true(gm_catalog_gpu_by_name(gm_catalog_builtin(), "Radeon 610M", &gpu));
    assert_string_equal(gpu.name, "AMD Radeon 610M");
}

static void names_inside_text(void **state)
{
    static const struct {
        const char *text, *found, *targets; /* found NULL: none */
    } cases[] = {
        {"NVIDIA GeForce RTX 5060 Laptop GPU with CUDA capability sm_120 is not compatible",
         "NVIDIA GeForce RTX 5060 Laptop GPU", "sm_120"},
        {"rtx 4090, driver 550", "rtx 4090", "sm_89"},
        {"RTX 4090显卡", "RTX 4090", "sm_89"},
        {"RTX4090显卡", "RTX4090", "sm_89"},
        {"RTX 5090/5080", "RTX 5090", "sm_120"},
        {"Tesla T4 on Colab", "Tesla T4", "sm_75"},
        {"T4 on Colab", "T4", "sm_75"},
        {"H100 80GB HBM3", "H100 80GB HBM3", "sm_90"},
        {"H100s are fast", NULL, NULL},
        {"RX 7900 XTX under Linux", "RX 7900 XTX", "gfx1100"},
        {"AMD Radeon 780M Graphics is integrated", "AMD Radeon 780M Graphics", "gfx1103"},
        {"RTX 4090\nsm_89", "RTX 4090", "sm_89"},
        {"4090 is fast", NULL, NULL},
        {"540 MB", NULL, NULL},
        {"CUDA 12.8", NULL, NULL},
        {"RTX 9999", NULL, NULL},
        {"vii. the end", NULL, NULL},
        {"Radeon VII", "Radeon VII", "gfx906"},
        {"series of RTX 50", NULL, NULL},
        {"RTX 50 series", NULL, NULL},
        {"NVIDIA A2", "NVIDIA A2", "sm_86"},
        {"A2", NULL, NULL},
        {"M4 Mac", NULL, NULL},
        {"t4", NULL, NULL},
        {"A10", "A10", "sm_86"},
        {"a10", NULL, NULL},
        {"h100", "h100", "sm_90"},
        {"TITAN V", "TITAN V", "sm_70"},
        {"GeForce 510", "GeForce 510", "sm_21"},
        {"NVIDIA 510.47.03", NULL, NULL},
        {"", NULL, NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gm_gpu gpu;
        char text[GM_DEVICE_TARGETS * (GM_TARGET_TEXT + 1)];
        size_t size =
            gm_catalog_gpu_at(gm_catalog_builtin(), cases[i].text, strlen(cases[i].text), &gpu);
        size_t expected = cases[i].found ? strlen(cases[i].found) : 0;
        if (size != expected)
            fail_msg("'%s': '%.*s'", cases[i].text, (int)size, cases[i].text);
        if (size && strcmp(targets_of(&gpu, text), cases[i].targets))
            fail_msg("'%s': %s", cases[i].text, text);
    }
}

/* The text is not ended by NUL and must not be read beyond its size. */
static void names_end_with_the_text(void **state)
{
    static const char text[] = "RTX 4090 Laptop GPU";
    gm_gpu gpu;
    (void)state;
    for (size_t size = 0; size < sizeof text; size++)
        assert_true(gm_catalog_gpu_at(gm_catalog_builtin(), text, size, &gpu) <= size);
    assert_int_equal(gm_catalog_gpu_at(gm_catalog_builtin(), text, strlen("RTX 4090"), &gpu),
                     strlen("RTX 4090"));
}

static void devices_by_pci_id(void **state)
{
    gm_gpu gpu;
    (void)state;
    assert_true(gm_catalog_gpu_by_pci(gm_catalog_builtin(), NVIDIA, 0x2d19, &gpu));
    assert_string_equal(gpu.name, "NVIDIA GeForce RTX 5060 Laptop GPU");
    assert_int_equal(gpu.targets[0].number, 120);
    assert_string_equal(gpu.chip, "GB206");
    assert_true(gm_catalog_gpu_by_pci(gm_catalog_builtin(), AMD, 0x744c, &gpu));
    assert_string_equal(gpu.targets[0].name, "gfx1100");
    assert_int_equal(gpu.vendor, GM_VENDOR_AMD);
    assert_true(gm_catalog_gpu_by_pci(gm_catalog_builtin(), INTEL, 0x56a0, &gpu));
    assert_string_equal(gpu.targets[0].name, "dg2");
    assert_false(gm_catalog_gpu_by_pci(gm_catalog_builtin(), INTEL, 0x0412,
                                       &gpu)); /* Haswell graphics: no xpu build */
    assert_false(gm_catalog_gpu_by_pci(gm_catalog_builtin(), 0x1234, 0x2d19, &gpu));
    assert_false(gm_catalog_gpu_by_pci(gm_catalog_builtin(), NVIDIA, 0xffff, &gpu));
}

/* 10de:13ff is no known device, but lies among those of GM204. */
static void unknown_ids_are_guessed_by_block(void **state)
{
    gm_gpu gpu;
    (void)state;
    assert_true(gm_catalog_gpu_by_pci(gm_catalog_builtin(), NVIDIA, 0x13ff, &gpu));
    assert_null(gpu.name);
    assert_int_equal(gpu.targets[0].number, 52);
    assert_int_equal(gpu.row.confidence, GM_CONFIDENCE_LOW);
}

static bool runs(const char *code, const char *device)
{
    gm_target a = target(code), b = target(device);
    return gm_catalog_sass_runs(gm_catalog_builtin(), &a, &b, NULL);
}

static void machine_code_on_devices(void **state)
{
    gm_target sm80 = target("sm_80"), sm87 = target("sm_87");
    gm_version toolkit;
    (void)state;
    assert_true(runs("sm_86", "sm_89"));
    assert_true(runs("sm_120", "sm_121"));
    assert_true(runs("sm_100f", "sm_103"));
    assert_true(runs("sm_90a", "sm_90"));
    assert_false(runs("sm_90", "sm_100"));
    assert_false(runs("sm_89", "sm_86"));
    assert_false(runs("sm_100a", "sm_103"));
    assert_false(runs("sm_50", "sm_53"));
    assert_false(runs("sm_72", "sm_75"));
    assert_true(gm_catalog_sass_runs(gm_catalog_builtin(), &sm80, &sm87, &toolkit));
    assert_version(toolkit, "13.2");
    assert_true(gm_catalog_sass_runs(gm_catalog_builtin(), &sm87, &sm87, &toolkit));
    assert_int_equal(toolkit.count, 0);
}

static void targets_and_families(void **state)
{
    gm_target sm120 = target("sm_120"), family = target("compute_120f"), sm121 = target("sm_121"),
              sm90 = target("sm_90"), unknown = target("sm_99");
    gm_sm sm;
    (void)state;
    assert_true(gm_catalog_sm(gm_catalog_builtin(), &sm120, &sm));
    assert_version(sm.first_toolkit, "12.8");
    assert_int_equal(sm.last_toolkit.count, 0);
    assert_false(sm.tegra);
    assert_false(gm_catalog_sm(gm_catalog_builtin(), &unknown, &sm));
    assert_true(gm_catalog_in_family(gm_catalog_builtin(), &family, &sm121));
    assert_false(gm_catalog_in_family(gm_catalog_builtin(), &family, &sm90));
}

static void toolkits_and_ptx(void **state)
{
    gm_toolkit toolkit;
    (void)state;
    assert_true(gm_catalog_toolkit(gm_catalog_builtin(), version("11.8"), &toolkit));
    assert_int_equal(toolkit.sass_max.number, 90);
    assert_int_equal(toolkit.ptx_isa, 78);
    assert_true(gm_catalog_toolkit(gm_catalog_builtin(), version("12.8.1"), &toolkit));
    assert_false(gm_catalog_toolkit(gm_catalog_builtin(), version("19.9"), &toolkit));
    assert_version(gm_catalog_ptx_cuda(gm_catalog_builtin(), 87), "12.8");
    assert_int_equal(gm_catalog_ptx_cuda(gm_catalog_builtin(), 999).count, 0);
    gm_version before = {{0}, 0};
    size_t count = 0;
    for (; gm_catalog_toolkit_at(gm_catalog_builtin(), count, &toolkit); count++) {
        assert_true(gm_version_compare(before, toolkit.version) < 0);
        before = toolkit.version;
    }
    assert_true(count > 0);
}

static void cuda_levels_of_drivers(void **state)
{
    (void)state;
    assert_version(gm_catalog_driver_cuda(gm_catalog_builtin(), GM_OS_WINDOWS, version("576.02")),
                   "12.9");
    assert_version(gm_catalog_driver_cuda(gm_catalog_builtin(), GM_OS_WINDOWS, version("572.83")),
                   "12.8");
    assert_version(gm_catalog_driver_cuda(gm_catalog_builtin(), GM_OS_WINDOWS, version("581.29")),
                   "13.0");
    assert_version(gm_catalog_driver_cuda(gm_catalog_builtin(), GM_OS_WINDOWS, version("591.44")),
                   "13.1");
    assert_version(gm_catalog_driver_cuda(gm_catalog_builtin(), GM_OS_LINUX, version("550.54.14")),
                   "12.4");
    assert_version(gm_catalog_driver_cuda(gm_catalog_builtin(), GM_OS_LINUX, version("470.256.02")),
                   "11.4");
    assert_int_equal(
        gm_catalog_driver_cuda(gm_catalog_builtin(), GM_OS_LINUX, version("1.0")).count, 0);
    /* Newer than the table: at least what the newest branch can. */
    assert_int_equal(
        gm_version_compare(
            gm_catalog_driver_cuda(gm_catalog_builtin(), GM_OS_LINUX, version("9999.1")),
            gm_catalog_driver_cuda(gm_catalog_builtin(), GM_OS_LINUX, version("615.71.09"))),
        0);
}

static void floors_of_toolkits(void **state)
{
    (void)state;
    assert_string_equal(gm_catalog_driver_floor(gm_catalog_builtin(), GM_OS_LINUX, version("11.8")),
                        "450.80.02");
    assert_string_equal(gm_catalog_driver_floor(gm_catalog_builtin(), GM_OS_LINUX, version("12.8")),
                        "525.60.13");
    assert_string_equal(gm_catalog_driver_floor(gm_catalog_builtin(), GM_OS_LINUX, version("13.2")),
                        "580");
    assert_string_equal(
        gm_catalog_driver_floor(gm_catalog_builtin(), GM_OS_WINDOWS, version("11.8")), "452.39");
    assert_string_equal(
        gm_catalog_driver_floor(gm_catalog_builtin(), GM_OS_WINDOWS, version("12.8")), "528.33");
    assert_string_equal(
        gm_catalog_driver_floor(gm_catalog_builtin(), GM_OS_WINDOWS, version("13.0")), "580");
    assert_string_equal(gm_catalog_driver_floor(gm_catalog_builtin(), GM_OS_LINUX, version("10.2")),
                        "440.33");
    assert_null(gm_catalog_driver_floor(gm_catalog_builtin(), GM_OS_LINUX, version("99.0")));
    assert_string_equal(
        gm_catalog_driver_for_cuda(gm_catalog_builtin(), GM_OS_LINUX, version("12.8")), "570.26");
    assert_string_equal(
        gm_catalog_driver_for_cuda(gm_catalog_builtin(), GM_OS_WINDOWS, version("12.8")), "571.96");
    assert_string_equal(
        gm_catalog_driver_for_cuda(gm_catalog_builtin(), GM_OS_LINUX, version("12.7")), "565");
    assert_null(gm_catalog_driver_for_cuda(gm_catalog_builtin(), GM_OS_LINUX, version("99.0")));
    assert_string_equal(gm_catalog_driver_zstd(gm_catalog_builtin(), GM_OS_LINUX), "550.54.14");
    assert_string_equal(gm_catalog_driver_zstd(gm_catalog_builtin(), GM_OS_WINDOWS), "551.61");
}

static gm_driver_range range_of(gm_os os, const char *pci, const char *name, const char *sm,
                                const char *driver)
{
    gm_driver_range range;
    gm_target device = target(sm);
    gm_version known = {{0}, 0};
    if (driver)
        known = version(driver);
    assert_true(
        gm_catalog_driver_range(gm_catalog_builtin(), os, pci, name, &device, known, &range));
    return range;
}

static bool too_old(const gm_driver_range *range, const char *driver)
{
    return range->first && !range->first_is_bound &&
           gm_version_compare(version(driver), version(range->first)) < 0;
}

static void first_drivers_of_a_gpu(void **state)
{
    static const struct {
        gm_os os;
        const char *pci, *name, *sm, *driver;
        bool too_old;
    } cases[] = {/* RTX 5060 Laptop: 575.57.08, in the older branch from 570.158.01 on. */
                 {GM_OS_LINUX, "10de:2d19", NULL, "sm_120", "570.124.06", true},
                 {GM_OS_LINUX, "10de:2d19", NULL, "sm_120", "570.158.01", false},
                 {GM_OS_LINUX, "10de:2d19", NULL, "sm_120", "575.51.02", true},
                 {GM_OS_LINUX, "10de:2d19", NULL, "sm_120", "575.57.08", false},
                 {GM_OS_LINUX, "10de:2d19", NULL, "sm_120", "580.65.06", false},
                 {GM_OS_LINUX, "10de:2d19", NULL, "sm_120", "550.163.01", true},
                 {GM_OS_LINUX, NULL, "RTX 5060 Laptop", "sm_120", "575.51.02", true},
                 {GM_OS_LINUX, NULL, NULL, "sm_120", "575.51.02", false},
                 {GM_OS_LINUX, NULL, NULL, "sm_120", "565.77", true},
                 /* On Windows only the branch is known. */
                 {GM_OS_WINDOWS, "10de:2d19", NULL, "sm_120", "576.02", false},
                 {GM_OS_WINDOWS, NULL, "RTX 5060 Laptop", "sm_120", "576.02", false},
                 {GM_OS_WINDOWS, NULL, NULL, "sm_120", "566.03", true},
                 /* Only an upper bound is known. */
                 {GM_OS_LINUX, NULL, NULL, "sm_103", "575.57.08", false},
                 {GM_OS_LINUX, NULL, NULL, "sm_90", "470.256.02", true},
                 {GM_OS_LINUX, NULL, NULL, "sm_75", "470.256.02", false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gm_driver_range range =
            range_of(cases[i].os, cases[i].pci, cases[i].name, cases[i].sm, cases[i].driver);
        if (too_old(&range, cases[i].driver) != cases[i].too_old)
            fail_msg("case %u, driver %s: first is %s", (unsigned)i, cases[i].driver,
                     range.first ? range.first : "unknown");
    }
}

static void last_drivers_of_a_gpu(void **state)
{
    gm_driver_range pascal = range_of(GM_OS_LINUX, NULL, NULL, "sm_61", NULL);
    gm_driver_range blackwell = range_of(GM_OS_LINUX, NULL, NULL, "sm_120", NULL);
    gm_driver_range kepler = range_of(GM_OS_LINUX, NULL, NULL, "sm_37", NULL);
    (void)state;
    assert_string_equal(pascal.last, "580");
    assert_string_equal(pascal.after_last, "590");
    assert_int_equal(pascal.kernel_module, GM_MODULE_CLOSED);
    assert_string_equal(kepler.last, "470");
    assert_null(blackwell.last);
    assert_null(blackwell.after_last);
    assert_int_equal(blackwell.kernel_module, GM_MODULE_OPEN);
    gm_target amd = {.kind = GM_TARGET_GFX, .name = "gfx1100"};
    assert_false(gm_catalog_driver_range(gm_catalog_builtin(), GM_OS_LINUX, NULL, NULL, &amd,
                                         version("580.65.06"), &kepler));
}

static void builds_are_found_and_sorted(void **state)
{
    gm_build build;
    gm_version before = {{0}, 0};
    (void)state;
    assert_true(gm_catalog_build_find(gm_catalog_builtin(), "torch", "2.7.1+cu118", "cu118",
                                      GM_OS_WINDOWS, GM_CPU_X86_64, &build));
    assert_string_equal(build.release, "2.7.1");
    assert_version(build.cuda, "11.8");
    assert_string_equal(build.torchvision, "0.22.1");
    assert_null(build.glibc);
    assert_false(build.is_default);
    assert_non_null(strstr(build.code, "compute_37:ptx7.8"));
    assert_string_equal(build.index, "https://download.pytorch.org/whl/cu118");
    assert_true(gm_catalog_build_find(gm_catalog_builtin(), "torch", "2.15.0", "cu132", GM_OS_LINUX,
                                      GM_CPU_X86_64, &build));
    assert_true(build.is_default);
    assert_string_equal(build.glibc, "2.28");
    assert_false(gm_catalog_build_find(gm_catalog_builtin(), "torch", "2.7.1", "cu132", GM_OS_LINUX,
                                       GM_CPU_X86_64, &build));
    assert_false(gm_catalog_build_find(gm_catalog_builtin(), "numpy", "2.7.1", "cu118", GM_OS_LINUX,
                                       GM_CPU_X86_64, &build));
    for (size_t i = 0; i < gm_catalog_build_count(gm_catalog_builtin()); i++) {
        gm_version release;
        gm_catalog_build(gm_catalog_builtin(), i, &build);
        assert_true(gm_version_read(build.release, &release) > 0);
        assert_true(gm_version_compare(before, release) <= 0);
        assert_true(build.os != GM_OS_UNKNOWN);
        before = release;
    }
}

/* Every list of the tables is one that the parser accepts. */
static void code_of_every_build_can_be_read(void **state)
{
    gm_arena *arena = gm_arena_new(0);
    (void)state;
    for (size_t i = 0; i < gm_catalog_build_count(gm_catalog_builtin()); i++) {
        gm_build build;
        gm_package package;
        gm_catalog_build(gm_catalog_builtin(), i, &build);
        if (!gm_catalog_build_package(gm_catalog_builtin(), &build, arena, &package))
            fail_msg("%s+%s: %s", build.release, build.variant, build.code);
        assert_true(package.libraries.count > 0);
    }
    gm_arena_free(arena);
}

static void libraries_beside_the_core(void **state)
{
    gm_build build;
    gm_build_library libraries[8];
    size_t count, linalg = 0;
    (void)state;
    assert_true(gm_catalog_build_find(gm_catalog_builtin(), "torch", "2.14.1", "cu130", GM_OS_LINUX,
                                      GM_CPU_X86_64, &build));
    count = gm_catalog_build_libraries(gm_catalog_builtin(), &build, libraries, 8);
    for (size_t i = 0; i < count; i++)
        if (strstr(libraries[i].path, "linalg")) {
            linalg++;
            assert_null(strstr(libraries[i].code, "sm_75"));
            assert_non_null(strstr(libraries[i].code, "sm_80"));
        }
    assert_int_equal(linalg, 1);
    assert_non_null(strstr(build.code, "sm_75"));
    assert_int_equal(gm_catalog_build_libraries(gm_catalog_builtin(), &build, libraries, 1), 1);
}

static void variants(void **state)
{
    (void)state;
    assert_version(gm_catalog_variant_cuda("cu118"), "11.8");
    assert_version(gm_catalog_variant_cuda("cu92"), "9.2");
    assert_int_equal(gm_catalog_variant_cuda("cpu").count, 0);
    assert_int_equal(gm_catalog_variant_cuda("cu").count, 0);
    assert_int_equal(gm_catalog_variant_cuda(NULL).count, 0);
    assert_int_equal(gm_catalog_variant_vendor("cu130"), GM_VENDOR_NVIDIA);
    assert_int_equal(gm_catalog_variant_vendor("rocm6.4"), GM_VENDOR_AMD);
    assert_int_equal(gm_catalog_variant_vendor("xpu"), GM_VENDOR_INTEL);
    assert_int_equal(gm_catalog_variant_vendor("cpu"), GM_VENDOR_UNKNOWN);
}

static void what_a_library_is(void **state)
{
    static const struct {
        const char *package, *file;
        gm_role role;
        bool dispatch;
    } cases[] = {{"torch", "libtorch_cuda.so", GM_ROLE_CORE, false},
                 {"torch", "torch_cuda.dll", GM_ROLE_CORE, false},
                 {NULL, "libtorch_cuda.so", GM_ROLE_CORE, false},
                 {"torch", "libtorch_cuda_linalg.so", GM_ROLE_FEATURE, false},
                 {NULL, "libcublasLt.so.12", GM_ROLE_OTHER, true},
                 {NULL, "cublasLt64_13.dll", GM_ROLE_OTHER, true},
                 {NULL, "libcudnn_engines_precompiled.so.9", GM_ROLE_OTHER, true}};
    gm_library_row row;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!gm_catalog_library(gm_catalog_builtin(), cases[i].package, cases[i].file, &row))
            fail_msg("%s is not known", cases[i].file);
        assert_int_equal(row.role, cases[i].role);
        assert_int_equal(row.self_dispatching, cases[i].dispatch);
    }
    assert_false(gm_catalog_library(gm_catalog_builtin(), "torch", "libtorch_other.so", &row));
    assert_false(gm_catalog_library(gm_catalog_builtin(), "cupy", "libtorch_cuda.so", &row));
    assert_false(gm_catalog_library(gm_catalog_builtin(), NULL, "", &row));
}

static void cudnn_and_amd(void **state)
{
    gm_row_source row;
    gm_gfx gfx;
    (void)state;
    assert_int_equal(gm_catalog_cudnn_min(gm_catalog_builtin(), version("9.10.2.21"), &row), 50);
    assert_int_equal(gm_catalog_cudnn_min(gm_catalog_builtin(), version("9.11.0"), &row), 75);
    assert_int_equal(gm_catalog_cudnn_min(gm_catalog_builtin(), version("1.0"), &row), 0);
    assert_true(gm_catalog_gfx(gm_catalog_builtin(), "gfx1031", &gfx));
    assert_string_equal(gfx.override_version, "10.3.0");
    assert_string_equal(gfx.generic, "gfx10-3-generic");
    assert_true(gm_catalog_gfx(gm_catalog_builtin(), "gfx1103", &gfx));
    assert_null(gfx.override_version);
    assert_true(gm_catalog_gfx(gm_catalog_builtin(), "gfx1150", &gfx));
    assert_null(gfx.override_version);
    assert_false(gm_catalog_gfx(gm_catalog_builtin(), "gfx9999", &gfx));
    bool found = false;
    for (const char *const *name = gm_catalog_intel_targets(gm_catalog_builtin()); *name; name++)
        found = found || gm_text_equal(*name, "bmg");
    assert_true(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_as_people_write_them),
        cmocka_unit_test(what_is_no_name),
        cmocka_unit_test(a_name_keeps_its_brand),
        cmocka_unit_test(names_inside_text),
        cmocka_unit_test(names_end_with_the_text),
        cmocka_unit_test(devices_by_pci_id),
        cmocka_unit_test(unknown_ids_are_guessed_by_block),
        cmocka_unit_test(machine_code_on_devices),
        cmocka_unit_test(targets_and_families),
        cmocka_unit_test(toolkits_and_ptx),
        cmocka_unit_test(cuda_levels_of_drivers),
        cmocka_unit_test(floors_of_toolkits),
        cmocka_unit_test(first_drivers_of_a_gpu),
        cmocka_unit_test(last_drivers_of_a_gpu),
        cmocka_unit_test(builds_are_found_and_sorted),
        cmocka_unit_test(code_of_every_build_can_be_read),
        cmocka_unit_test(libraries_beside_the_core),
        cmocka_unit_test(variants),
        cmocka_unit_test(what_a_library_is),
        cmocka_unit_test(cudnn_and_amd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
