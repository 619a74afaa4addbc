/* SPDX-License-Identifier: MIT */
/* Texts that people pasted, and what must be read out of them however the lines are broken. */
#include "catalog/catalog.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/explain.h"

static const char note[] =
    "C:\\Users\\me\\venv\\Lib\\site-packages\\torch\\cuda\\__init__.py:287: UserWarning: \n"
    "NVIDIA GeForce RTX 5060 Laptop GPU with CUDA capability sm_120 is not compatible with the "
    "current PyTorch installation.\n"
    "The current PyTorch install supports CUDA capabilities sm_37 sm_50 sm_60 sm_61 sm_70 sm_75 "
    "sm_80 sm_86 sm_90 compute_37.\n"
    "If you want to use the NVIDIA GeForce RTX 5060 Laptop GPU GPU with PyTorch, please check the "
    "instructions at https://pytorch.org/get-started/locally/\n\n  warnings.warn(\n";
static const char note_code[] = "sm_37 sm_50 sm_60 sm_61 sm_70 sm_75 sm_80 sm_86 sm_90 compute_37";

static gm_arena *arena;

static gm_explanation explain_n(const char *text, size_t size)
{
    gm_explanation explanation;
    gm_error error;
    assert_int_equal(
        gm_explain_read(gm_catalog_builtin(), text, size, 0, arena, &explanation, &error), GM_OK);
    return explanation;
}

static gm_explanation explain(const char *text)
{
    return explain_n(text, strlen(text));
}

static int set_up(void **state)
{
    (void)state;
    arena = gm_arena_new(0);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    gm_arena_free(arena);
    return 0;
}

static const gm_match *find_match(const gm_explanation *explanation, const char *id)
{
    for (size_t i = 0; i < explanation->shown.matches.count; i++)
        if (!strcmp(explanation->shown.matches.items[i].id, id))
            return &explanation->shown.matches.items[i];
    return NULL;
}

static void assert_match(const char *text, const char *id)
{
    gm_explanation explanation = explain(text);
    if (!find_match(&explanation, id))
        fail_msg("no %s in: %s", id, text);
}

static void assert_target(const gm_target *target, const char *expected)
{
    char text[GM_TARGET_TEXT];
    assert_string_equal(gm_target_format(target, text), expected);
}

static void assert_note(const gm_explanation *told)
{
    assert_non_null(find_match(told, "pt-cubin"));
    assert_int_equal(told->machine.devices.count, 1);
    assert_string_equal(told->machine.devices.items[0].name, "NVIDIA GeForce RTX 5060 Laptop GPU");
    assert_target(&told->target, "sm_120");
    assert_string_equal(told->code, note_code);
    assert_true(told->warned_no_code);
    assert_false(told->code_is_range);
    assert_null(told->torch);
}

static void the_note(void **state)
{
    gm_explanation told = explain(note);
    (void)state;
    assert_note(&told);
    assert_int_equal(told.machine.os, GM_OS_WINDOWS);
    assert_int_equal(told.findings.count, 0);
    assert_int_equal(told.shown.matches.count, 1);
}

/* The note as a terminal of `width` columns breaks it: at the last blank before the border, or
 * exactly there. */
static size_t broken(const char *text, size_t width, bool at_blanks, const char *line_end,
                     char *out)
{
    size_t used = 0, column = 0;
    for (const char *at = text; *at; at++) {
        size_t word = strcspn(at + 1, " \n");
        if (*at == '\n' || (at_blanks && *at == ' ' && column + 1 + word > width)) {
            used += (size_t)sprintf(out + used, "%s", line_end);
            column = 0;
            continue;
        }
        if (!at_blanks && column == width) {
            used += (size_t)sprintf(out + used, "%s", line_end);
            column = 0;
        }
        out[used++] = *at;
        column++;
    }
    out[used] = '\0';
    return used;
}

static void the_note_in_any_width(void **state)
{
    char text[3 * sizeof note];
    (void)state;
    for (size_t width = 20; width <= 200; width++) {
        for (int way = 0; way < 4; way++) {
            broken(note, width, way & 1, way & 2 ? "\r\n" : "\n", text);
            gm_explanation told = explain(text);
            assert_note(&told);
            if (way & 1) {
                gm_arena_free(arena);
                arena = gm_arena_new(0);
            }
        }
    }
}

static void utf16_and_colours(void **state)
{
    unsigned char wide[2 * sizeof note + 2];
    char coloured[2 * sizeof note];
    (void)state;
    for (int big = 0; big < 2; big++) {
        wide[0] = big ? 0xfe : 0xff;
        wide[1] = big ? 0xff : 0xfe;
        for (size_t i = 0; i + 1 < sizeof note; i++) {
            wide[2 + 2 * i + (size_t)!big] = 0;
            wide[2 + 2 * i + (size_t)big] = (unsigned char)note[i];
        }
        gm_explanation told = explain_n((const char *)wide, 2 * sizeof note);
        assert_note(&told);
    }
    size_t used = 0;
    for (const char *at = note; *at; at++) {
        if (*at == ' ')
            used += (size_t)sprintf(coloured + used, "%s", used % 2 ? "\x1b[33m" : "\x1b[0;1m");
        coloured[used++] = *at;
        if (used + 16 > sizeof coloured)
            break;
    }
    coloured[used] = '\0';
    gm_explanation told = explain(coloured);
    assert_non_null(find_match(&told, "pt-cubin"));
}

static void other_warnings_of_pytorch(void **state)
{
    (void)state;
    gm_explanation told =
        explain("UserWarning: \n    Found GPU0 NVIDIA GB10 which is of cuda capability 12.1.\n"
                "    Minimum and Maximum cuda capability supported by this version of PyTorch is\n"
                "    (8.0) - (12.0)\n    \n  warnings.warn(\n");
    assert_non_null(find_match(&told, "pt-range"));
    assert_target(&told.target, "sm_121");
    assert_string_equal(told.code, "sm_80 sm_120");
    assert_true(told.code_is_range && told.warned_no_code);

    told = explain(
        "UserWarning: Found GPU0 Tesla V100-PCIE-32GB which is of compute capability (CC) 7.0.\n"
        "The following list shows the CCs this version of PyTorch was built for and the hardware "
        "CCs it supports:\n"
        "- 7.5 which supports hardware CC >=7.5,<8.0\n"
        "- 8.0 which supports hardware CC >=8.0,<9.0 except {8.7}\n"
        "- 10.0 which supports hardware CC >=10.0,<11.0 except {10.1}\n"
        "- 12.0 which supports hardware CC >=12.0,<13.0\n"
        "Please follow the instructions at https://pytorch.org/get-started/locally/");
    assert_non_null(find_match(&told, "pt-214"));
    assert_string_equal(told.code, "sm_75 sm_80 sm_100 sm_120");
    assert_string_equal(told.machine.devices.items[0].name, "Tesla V100-PCIE-32GB");
    assert_target(&told.target, "sm_70");

    told = explain("    Found GPU0 Tesla K40m which is of cuda capability 3.5.\n"
                   "    PyTorch no longer supports this GPU because it is too old.\n"
                   "    The minimum cuda capability supported by this library is 3.7.\n");
    assert_non_null(find_match(&told, "pt-old"));
    assert_target(&told.target, "sm_35");
    assert_string_equal(told.code, "sm_37");
}

static void longer_messages_win(void **state)
{
    (void)state;
    gm_explanation told = explain("RuntimeError: HIP error: invalid device function");
    assert_non_null(find_match(&told, "hip-98"));
    assert_null(find_match(&told, "cuda-98"));
    told = explain("Failed to initialize NVML: Driver/library version mismatch\n");
    assert_non_null(find_match(&told, "smi-18"));
    assert_null(find_match(&told, "nvml-18"));
    assert_int_equal(told.advice.items[0].action, GM_ACTION_REBOOT);
}

static void errors_by_number_and_name(void **state)
{
    static const struct {
        const char *text, *id;
        int error;
    } cases[] = {{"CUDA error 209", "cuda-209", 209},
                 {"CUDA error: 209", "cuda-209", 209},
                 {"cudaErrorNoKernelImageForDevice", "cuda-209", 209},
                 {"CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "cuda-222", 222},
                 {"CUDA error 804", "cuda-804", 804},
                 {"CUDA error 12345", NULL, -1},
                 {"CUDA error 555", "cuda-number", 555},
                 {"CUDA error 48", "cuda-209", 48},
                 {"cudaErrorMisalignedAddress", "cuda-1", -1},
                 {"CUDA error 716", "cuda-1", 716},
                 {"222", "cuda-222", 222},
                 {"2222", NULL, -1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gm_explanation told = explain(cases[i].text);
        assert_int_equal(told.recognised, cases[i].id != NULL);
        assert_int_equal(told.error, cases[i].error);
        assert_true(!cases[i].id || find_match(&told, cases[i].id));
    }
    /* Errors of other programs have numbers too. */
    gm_explanation told = explain("HTTP error 500: server said 209");
    assert_int_equal(told.error, -1);
    assert_false(told.recognised);
}

static void reports_of_programs(void **state)
{
    (void)state;
    gm_explanation told =
        explain("Collecting environment information...\nPyTorch version: 2.9.0+cu128\n"
                "Is debug build: False\nCUDA used to build PyTorch: 12.8\n\nOS: Ubuntu 22.04.4 LTS "
                "(x86_64)\nPython version: 3.12.11 (64-bit runtime)\n"
                "GPU models and configuration: GPU 0: NVIDIA H100 PCIe\nNvidia driver version: "
                "550.144.03\n");
    assert_non_null(find_match(&told, "collect-env"));
    assert_string_equal(told.torch, "2.9.0+cu128");
    assert_string_equal(told.machine.driver.text, "550.144.03");
    assert_int_equal(told.machine.os, GM_OS_LINUX);
    assert_int_equal(told.machine.python.version.part[1], 12);
    assert_int_equal(told.cuda.part[1], 8);
    assert_target(&told.target, "sm_90");

    told = explain("| NVIDIA-SMI 535.54.03   Driver Version: 535.54.03   CUDA Version: 12.2     |\n"
                   "|   0  NVIDIA GeForce RTX 3090        Off | 00000000:01:00.0 Off |  N/A |\n");
    assert_non_null(find_match(&told, "nvidia-smi"));
    assert_string_equal(told.machine.driver.text, "535.54.03");
    assert_int_equal(told.machine.driver.cuda.part[1], 2);
    assert_target(&told.target, "sm_86");

    told =
        explain("| NVIDIA-SMI 610.47      KMD Version: 610.47        CUDA UMD Version: 13.3   |\n");
    assert_string_equal(told.machine.driver.text, "610.47");
    assert_int_equal(told.machine.driver.cuda.part[0], 13);
}

static void names_without_messages(void **state)
{
    (void)state;
    gm_explanation told = explain("2.3.1+cu121");
    assert_string_equal(told.torch, "2.3.1+cu121");
    assert_int_equal(told.cuda.part[0], 12);
    told = explain("torch==2.7.1+cu118");
    assert_string_equal(told.torch, "2.7.1+cu118");
    told = explain("torchvision 0.22.1+cu118");
    assert_null(told.torch);
    told = explain("CUDA Toolkit 13.0");
    assert_string_equal(told.toolkit, "13.0");
    told = explain("CUDA 12.6 | CUDA 12.8 | CUDA 13.0");
    assert_null(told.toolkit);
    told = explain("PCI\\VEN_10DE&DEV_2D19&SUBSYS_00000000");
    assert_string_equal(told.machine.devices.items[0].pci, "10de:2d19");
    assert_target(&told.target, "sm_120");
    told = explain("my RTX 4090 and an rtx 3060");
    assert_int_equal(told.machine.devices.count, 2);
    told = explain("compute_37");
    assert_target(&told.target, "compute_37");
    assert_int_equal(told.machine.devices.count, 0);
}

static void what_counts_more(void **state)
{
    (void)state;
    gm_explanation told =
        explain("WARNING[XFORMERS]: xFormers can't load C++/CUDA extensions. xFormers was built "
                "for:\n    PyTorch 2.1.2+cu121 with CUDA 1201 (you have 2.1.2+cpu)\n");
    assert_string_equal(told.torch, "2.1.2+cpu");
    assert_string_equal(told.fixed, "2.1.2+cu121");
    told = explain("pip install torch==2.1.0\nPyTorch version: 2.9.1+cu128\n");
    assert_string_equal(told.torch, "2.9.1+cu128");
    assert_true(told.torch_mixed);
}

static void not_about_gpus(void **state)
{
    static const char *const texts[] = {
        "ModuleNotFoundError: No module named 'requests'\n",
        "The quick brown fox jumps over the lazy dog.",
        "error: could not compile `serde` (lib) due to 2 previous errors",
        "Error 404: page not found",
        "server v100.2 listens on 10.0.0.1:8080, 12 workers",
        "\xff\xfe",
        "今天天气很好"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        gm_explanation told;
        gm_error error;
        gm_status status = gm_explain_read(gm_catalog_builtin(), texts[i], strlen(texts[i]), 0,
                                           arena, &told, &error);
        assert_true(status == GM_OK || status == GM_USAGE);
        if (told.recognised)
            fail_msg("recognised: %s", texts[i]);
        assert_int_equal(told.findings.count + told.advice.count + told.shown.matches.count, 0);
    }
    gm_explanation told = explain("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate "
                                  "20.00 MiB. GPU 0 has a total capacity of 7.96 GiB");
    assert_non_null(find_match(&told, "out-of-memory"));
    assert_true(told.not_compatibility);
    assert_int_equal(told.findings.count, 0);
}

static void blank_text_is_an_error(void **state)
{
    gm_explanation told;
    gm_error error;
    (void)state;
    assert_int_equal(gm_explain_read(gm_catalog_builtin(), " \r\n\t", 4, 0, arena, &told, &error),
                     GM_USAGE);
    assert_string_equal(error.code, "no-text");
    assert_int_equal(gm_explain_read(gm_catalog_builtin(), NULL, 0, 0, arena, &told, &error),
                     GM_USAGE);
}

static void terms_and_questions(void **state)
{
    static const struct {
        const char *text, *term;
    } cases[] = {{"compute capability", "compute-capability"}, {"What is a cubin?", "cubin"},
                 {"什么是算力？", "compute-capability"},       {"PTX是什么意思", "ptx"},
                 {"what does --index-url mean?", "index-url"}, {"“显卡驱动”", "gpu-driver"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_match(cases[i].text, cases[i].term);
}

static void cut_anywhere(void **state)
{
    char text[sizeof note];
    (void)state;
    memcpy(text, note, sizeof note);
    for (size_t size = sizeof note - 1; size > 0; size--) {
        gm_explanation told;
        text[size] = '\0';
        char *copy = malloc(size); /* so that a sanitizer sees a byte too many */
        assert_non_null(copy);
        memcpy(copy, text, size);
        gm_explain_read(gm_catalog_builtin(), copy, size, 0, arena, &told, NULL);
        free(copy);
    }
}

/* tests/explain/messages.tsv has one for each row; these are the ones with variable parts. */
static void messages_of_the_catalogue(void **state)
{
    static const struct {
        const char *text, *id;
    } cases[] = {
        {"AssertionError: Torch not compiled with CUDA enabled", "pt-cpu"},
        {"RuntimeError: Found no NVIDIA driver on your system. Please check", "pt-nodrv"},
        {"The NVIDIA driver on your system is too old (found version 11040).", "pt-olddrv"},
        {"CUDA error: device kernel image is invalid", "cuda-200"},
        {"CUDA error: Loader version is insufficient for fatbin", "cuda-227"},
        {"Error 803: system has unsupported display driver / cuda driver combination", "cuda-803"},
        {"NVRM: API mismatch: the client 'python' (pid 7) has the version 570.1, but\nNVRM: this "
         "kernel module has the version 565.2.",
         "krn-api"},
        {"nvcc fatal   : Unsupported gpu architecture 'compute_70'", "nvcc-arch13"},
        {"nvcc fatal   : Value 'sm_120' is not defined for option 'gpu-architecture'",
         "nvcc-arch12"},
        {"ptxas fatal   : Value 'sm_121a' is not defined for option 'gpu-name'", "ptxas-arch"},
        {"ptxas-blackwell fatal   : Value 'sm_121a' is not defined for option 'gpu-name'",
         "ptxas-arch"},
        {"The detected CUDA version (11.8) mismatches the version that was used to "
         "compilePyTorch (12.8).",
         "pt-ext"},
        {"ImportError: x.so: undefined symbol: _ZNK3c106SymInt6sym_neERKS0_", "ext-abi"},
        {"ImportError: libcudart.so.12: cannot open shared object file: No such file", "ld-cudart"},
        {"rocBLAS error: Cannot read /opt/rocm/lib/rocblas/library/TensileLibrary.dat: Illegal "
         "seek for GPU arch : gfx1031",
         "rocblas-tensile"},
        {"nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.8, please",
         "ctk-req"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_match(cases[i].text, cases[i].id);
}

static void drivers_of_messages(void **state)
{
    (void)state;
    gm_explanation told = explain("GPU 0: Tesla V100-SXM2-32GB, driver 535.288.01\n"
                                  "CUDA error: device kernel image is invalid\n");
    assert_int_equal(told.findings.count, 1);
    assert_int_equal(told.findings.items[0].code, GM_CODE_DRIVER_COMPRESSION);
    assert_string_equal(told.advice.items[0].driver_min, "550.54.14");
    /* A driver that reads zstd is not told to be too old for it. */
    told = explain("driver 580.65.06\nCUDA error: device kernel image is invalid\n");
    assert_int_equal(told.findings.count + told.advice.count, 0);
    told = explain("NVRM: The NVIDIA GPU 0000:01:00.0 (PCI ID: 10de:2c31)\n"
                   "NVRM: installed in this system requires use of the NVIDIA open kernel "
                   "modules.\n");
    assert_int_equal(told.machine.driver.kernel_module, GM_MODULE_CLOSED);
    assert_string_equal(told.machine.devices.items[0].pci, "10de:2c31");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(the_note),
                                       TEST(the_note_in_any_width),
                                       TEST(utf16_and_colours),
                                       TEST(other_warnings_of_pytorch),
                                       TEST(longer_messages_win),
                                       TEST(errors_by_number_and_name),
                                       TEST(reports_of_programs),
                                       TEST(names_without_messages),
                                       TEST(what_counts_more),
                                       TEST(not_about_gpus),
                                       TEST(blank_text_is_an_error),
                                       TEST(terms_and_questions),
                                       TEST(cut_anywhere),
                                       TEST(messages_of_the_catalogue),
                                       TEST(drivers_of_messages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
