/* SPDX-License-Identifier: MIT */
/* Python environments made of files: where packages are, and what their dist-info says. */
#include "catalog/catalog.h"
#include "unit.h"

#include <string.h>

#include "os/files.h"
#include "package/dist_info.h"
#include "package/environment.h"
#include "place.h"

#define METADATA(name, version)                                                                    \
    "Metadata-Version: 2.1\nName: " name "\nVersion: " version "\n\nabout\n"

static gm_status look(gm_place *place, const char *below, gm_environment *environment,
                      gm_error *error)
{
    static const gm_key_row none[] = {{NULL, GM_KEY_ABSENT, NULL}};
    gm_key_reader keys = gm_key_table(none);
    const char *directory = gm_os_join(place->arena, place->root, below);
    memset(&place->findings, 0, sizeof place->findings);
    return gm_environment_read(gm_catalog_builtin(), &keys, directory, place->arena, environment,
                               &place->findings, NULL, error);
}

static void test_linux_environment(void **state)
{
    gm_place *place = *state;
    gm_environment environment;
    gm_error error;
    gm_place_put(place, "venv/lib/python3.13t/site-packages/torch-2.9.1+cu128.dist-info/METADATA",
                 METADATA("torch", "2.9.1+cu128"));
    gm_place_put(
        place, "venv/lib/python3.13t/site-packages/torch-2.9.1+cu128.dist-info/RECORD",
        "torch/lib/libtorch_cuda.so,sha256=x,5\r\n\"torch/lib/lib c10.so.1\",,\n"
        "../../../bin/torchrun,,\n../../../lib/x.so,,\n/usr/lib/y.so,,\ntorch/version.py,,\n"
        "torch/_C.cpython-313t-x86_64-linux-gnu.so,,");
    gm_place_put(place, "venv/lib/python3.13t/site-packages/somebody-1.0.dist-info/METADATA",
                 METADATA("somebody", "1.0"));
    gm_place_put(place, "venv/lib/python3.13t/site-packages/torch/version.py", "");
    assert_int_equal(look(place, "venv", &environment, &error), GM_OK);
    assert_int_equal(environment.python.version.part[1], 13);
    assert_true(environment.python.free_threaded);
    assert_int_equal(place->findings.count, 0);
    assert_int_equal(environment.packages.count, 2); /* by name */
    const gm_installed *torch = &environment.packages.items[1];
    assert_string_equal(torch->name, "torch");
    assert_string_equal(torch->version, "2.9.1+cu128");
    assert_int_equal(torch->libraries.count, 3);
    const char *const expected[] = {"torch/lib/libtorch_cuda.so", "torch/lib/lib c10.so.1",
                                    "torch/_C.cpython-313t-x86_64-linux-gnu.so"};
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(torch->libraries.items[i].path,
                            gm_os_join(place->arena, environment.sites.items[0], expected[i]));
}

/* The layout of Windows, and its site-packages named by itself. */
static void test_windows_environment(void **state)
{
    gm_place *place = *state;
    gm_environment environment;
    gm_error error;
    gm_place_put(
        place, "venv/pyvenv.cfg",
        "home = C:\\pyenv-win\\versions\\3.9.1\r\ninclude-system-site-packages = false\r\nversion "
        "= 3.11.9\r\n");
    gm_place_put(place, "venv/Lib/site-packages/torch-2.7.1+cu118.dist-info/METADATA",
                 METADATA("torch", "2.7.1+cu118"));
    gm_place_put(place, "venv/Lib/site-packages/torch-2.7.1+cu118.dist-info/RECORD",
                 "torch/lib/torch_cuda.dll,,\ntorch/_C.cp311-win_amd64.PYD,,\n");
    assert_int_equal(look(place, "venv", &environment, &error), GM_OK);
    assert_int_equal(environment.python.version.part[1], 11);
    assert_int_equal(environment.packages.items[0].libraries.count, 2);
    assert_int_equal(look(place, "venv/Lib/site-packages", &environment, &error), GM_OK);
    assert_int_equal(environment.packages.count, 1);
    assert_int_equal(environment.python.version.count, 0);
}

static void test_active_environment(void **state)
{
    gm_place *place = *state;
    gm_environment environment;
    gm_place_put(place, "conda/lib/python3.12/site-packages/torch-2.10.0.dist-info/METADATA",
                 METADATA("torch", "2.10.0"));
    gm_place_put(place, "conda/lib/python3.12/site-packages/torch-2.10.0.dist-info/RECORD", "");
    gm_place_put(place, "empty/", NULL);
    const char *conda = gm_os_join(place->arena, place->root, "conda");
    const char *empty = gm_os_join(place->arena, place->root, "empty");
    const gm_key_row rows[] = {{"env:VIRTUAL_ENV", GM_KEY_OK, empty},
                               {"env:CONDA_PREFIX", GM_KEY_OK, conda},
                               {NULL, GM_KEY_ABSENT, NULL}};
    gm_key_reader keys = gm_key_table(rows), none = gm_key_table(rows + 2);
    assert_int_equal(gm_environment_read(gm_catalog_builtin(), &keys, NULL, place->arena,
                                         &environment, &place->findings, NULL, NULL),
                     GM_OK);
    assert_string_equal(environment.python.prefix, conda);
    assert_string_equal(environment.packages.items[0].version, "2.10.0");
    assert_int_equal(gm_environment_read(gm_catalog_builtin(), &none, NULL, place->arena,
                                         &environment, &place->findings, NULL, NULL),
                     GM_OK);
    assert_int_equal(environment.sites.count, 0);
}

static void test_no_environment(void **state)
{
    gm_place *place = *state;
    gm_environment environment;
    gm_error error;
    gm_place_put(place, "folder/notes.txt", "buy milk");
    assert_int_equal(look(place, "folder", &environment, &error), GM_IO);
    assert_string_equal(error.code, "not-an-environment");
    assert_int_equal(look(place, "nowhere", &environment, &error), GM_IO);
    assert_string_equal(error.code, "not-found");
}

/* One broken package is told and does not hide the others. */
static void test_broken_packages(void **state)
{
    gm_place *place = *state;
    gm_environment environment;
    gm_error error;
    gm_place_put(place, "v/lib/python3.11/site-packages/torchvision-0.1.dist-info/RECORD", "");
    gm_place_put(place, "v/lib/python3.11/site-packages/torchaudio-0.1.dist-info/METADATA",
                 "Name: x\n");
    gm_place_put(place, "v/lib/python3.11/site-packages/torch-2.9.1.dist-info/METADATA",
                 METADATA("torch", "2.9.1"));
    assert_int_equal(look(place, "v", &environment, &error), GM_OK);
    assert_int_equal(environment.packages.count, 3); /* the folders' names say the versions */
    assert_string_equal(environment.packages.items[0].version, "2.9.1");
    assert_string_equal(environment.packages.items[1].version, "0.1");
    assert_int_equal(environment.packages.items[0].libraries.count, 0);
    assert_int_equal(place->findings.count, 2);
    for (size_t i = 0; i < place->findings.count; i++)
        assert_int_equal(place->findings.items[i].code, GM_CODE_UNREADABLE);
}

static void test_names_and_headers(void **state)
{
    static const struct {
        const char *folder, *name;
    } names[] = {{"Torch-2.9.1.dist-info", "torch"},
                 {"nvidia_cudnn_cu12-9.1.0.70.dist-info", "nvidia-cudnn-cu12"},
                 {"ruamel.yaml-0.18.dist-info", "ruamel-yaml"},
                 {"torch", NULL},
                 {"-1.dist-info", NULL},
                 {".dist-info", NULL},
                 {"torch-2.9.1.egg-info", NULL}};
    const gm_place *place = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = gm_dist_info_name(names[i].folder, place->arena);
        if (names[i].name)
            assert_string_equal(name, names[i].name);
        else
            assert_null(name);
    }
    /* headers end at the empty line; their names have no case */
    const char *text = "Name: a\r\nversion:  2.0 \r\n\r\nLicense: none\n";
    assert_string_equal(gm_metadata_value(text, "Version", place->arena), "2.0");
    assert_null(gm_metadata_value(text, "License", place->arena));
    assert_null(gm_metadata_value("", "Name", place->arena));
    assert_null(gm_metadata_value("Version", "Version", place->arena));
}

/* RECORD is anybody's text. */
static void test_hostile_record(void **state)
{
    static const char *const records[] = {
        "\"",         "\"torch.so",     ",,,\n,,",        "\n\n\n",       ".so",
        "C:\\x.so,,", "..so,,",         "\".so\"\"\",,",  "\"..\\x.so\"", "....so\n\".so\"",
        "\r\n.so\r",  "a/../../x.so,,", "a\\..\\x.dll,,", "a/..b/x.so,,", "a/.../x.so"};
    const gm_place *place = *state;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        gm_installed installed = {0};
        assert_true(gm_record_libraries(records[i], "/site", place->arena, &installed));
        for (size_t k = 0; k < installed.libraries.count; k++)
            assert_null(strstr(installed.libraries.items[k].path, "/../"));
        for (size_t k = 0; k < installed.libraries.count; k++)
            assert_memory_equal(installed.libraries.items[k].path, "/site/", 6);
    }
}

#define AT_A_PLACE(test) cmocka_unit_test_setup_teardown(test, gm_place_make, gm_place_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_A_PLACE(test_linux_environment),  AT_A_PLACE(test_windows_environment),
        AT_A_PLACE(test_active_environment), AT_A_PLACE(test_no_environment),
        AT_A_PLACE(test_broken_packages),    AT_A_PLACE(test_names_and_headers),
        AT_A_PLACE(test_hostile_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
