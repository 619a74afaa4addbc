/* SPDX-License-Identifier: MIT */
/* Environments as people have them: found in many places, and not always in order. */
#include "catalog/catalog.h"
#include "unit.h"

#include <string.h>

#include "os/files.h"
#include "package/environment.h"
#include "package/neighbours.h"
#include "place.h"

#define METADATA(name, version) "Metadata-Version: 2.1\nName: " name "\nVersion: " version "\n\n"
#define NO_MORE                                                                                    \
    {                                                                                              \
        NULL, GM_KEY_ABSENT, NULL                                                                  \
    }

static void put_package(gm_place *place, const char *site, const char *name, const char *version,
                        const char *record)
{
    const char *folder = gm_arena_printf(place->arena, "%s/%s-%s.dist-info", site, name, version);
    gm_place_put(place, gm_arena_printf(place->arena, "%s/METADATA", folder),
                 gm_arena_printf(place->arena, METADATA("%s", "%s"), name, version));
    if (record)
        gm_place_put(place, gm_arena_printf(place->arena, "%s/RECORD", folder), record);
}

static gm_environment read_with(gm_place *place, const gm_key_row *rows, const char *below)
{
    gm_environment environment;
    gm_error error;
    gm_key_reader keys = gm_key_table(rows);
    memset(&place->findings, 0, sizeof place->findings);
    assert_int_equal(gm_environment_read(gm_catalog_builtin(), &keys,
                                         below ? gm_place_at(place, below) : NULL, place->arena,
                                         &environment, &place->findings, NULL, &error),
                     GM_OK);
    return environment;
}

static gm_environment read_at(gm_place *place, const char *below)
{
    static const gm_key_row none[] = {NO_MORE};
    return read_with(place, none, below);
}

static const gm_installed *find(const gm_environment *environment, const char *name)
{
    for (size_t i = 0; i < environment->packages.count; i++)
        if (!strcmp(environment->packages.items[i].name, name))
            return &environment->packages.items[i];
    return NULL;
}

static size_t count(const gm_place *place, gm_code code)
{
    size_t found = 0;
    for (size_t i = 0; i < place->findings.count; i++)
        found += place->findings.items[i].code == code;
    return found;
}

/* ---- where it is ---- */

/* venv/bin/python is a link to the Python that made it, and means the virtual environment. */
static void test_executable(void **state)
{
    gm_place *place = *state;
    put_package(place, "venv/lib/python3.12/site-packages", "torch", "2.9.1", "");
    put_package(place, "base/lib/python3.12/site-packages", "torch", "2.0.0", "");
    gm_place_put(place, "venv/pyvenv.cfg", "home = /nowhere\nversion = 3.12.3\n");
    gm_place_put(place, "venv/bin/python", "");
    gm_place_put(place, "base/bin/python3.12", "");
    const gm_key_row rows[] = {
        {gm_arena_printf(place->arena, "link:%s", gm_place_at(place, "venv/bin/python")), GM_KEY_OK,
         gm_place_at(place, "base/bin/python3.12")},
        {gm_arena_printf(place->arena, "link:%s", gm_place_at(place, "usr/python")), GM_KEY_OK,
         "../base/bin/python3.12"},
        NO_MORE};
    gm_environment environment = read_with(place, rows, "venv/bin/python");
    assert_string_equal(find(&environment, "torch")->version, "2.9.1");
    assert_string_equal(environment.python.prefix, gm_place_at(place, "venv"));
    gm_place_put(place, "usr/python", "");
    environment = read_with(place, rows, "usr/python");
    assert_string_equal(find(&environment, "torch")->version, "2.0.0");
    assert_int_equal(environment.python.version.part[1], 12);
}

/* Of several Pythons in one prefix that of the executable counts, else the newest. */
static void test_several_pythons(void **state)
{
    gm_place *place = *state;
    put_package(place, "usr/lib/python3.9/site-packages", "torch", "1.9.0", "");
    put_package(place, "usr/lib/python3.11/site-packages", "torch", "2.9.1", "");
    put_package(place, "usr/local/lib/python3.11/dist-packages", "triton", "3.5.1", "");
    put_package(place, "usr/lib/python3/dist-packages", "numpy", "1.24.2", NULL);
    gm_place_put(place, "usr/bin/python3.9", "");
    gm_environment environment = read_at(place, "usr");
    assert_int_equal(environment.packages.count, 3);
    assert_string_equal(find(&environment, "torch")->version, "2.9.1");
    assert_int_equal(environment.python.version.part[1], 11);
    environment = read_at(place, "usr/bin/python3.9");
    assert_string_equal(find(&environment, "torch")->version, "1.9.0");
    assert_null(find(&environment, "triton"));
}

static void test_image_root(void **state)
{
    gm_place *place = *state;
    put_package(place, "image/usr/local/lib/python3.12/dist-packages", "vllm", "0.11.0", "");
    gm_place_put(place, "image/usr/local/lib/python3.12/dist-packages/host.pth", "/usr\n");
    gm_environment environment = read_at(place, "image");
    assert_non_null(find(&environment, "vllm"));
    assert_int_equal(environment.sites.count, 1);
    /* A distribution's own packages stand behind those of an environment. */
    gm_place_put(place, "image/etc/os-release", "ID=debian\n");
    put_package(place, "image/lib/python3/dist-packages", "numpy", "1.24.2", NULL);
    put_package(place, "image/opt/venv/lib/python3.12/site-packages", "torch", "2.9.1", "");
    environment = read_at(place, "image");
    assert_non_null(find(&environment, "torch"));
    assert_null(find(&environment, "numpy"));
}

/* A .venv of the project in a folder above, then the first python on the PATH. */
static void test_active(void **state)
{
    gm_place *place = *state;
    put_package(place, "project/.venv/lib/python3.12/site-packages", "torch", "2.9.1", "");
    gm_place_put(place, "project/.venv/pyvenv.cfg", "version = 3.12.3\n");
    put_package(place, "opt/lib/python3.10/site-packages", "torch", "2.1.0", "");
    gm_place_put(place, "opt/bin/python3", "");
    gm_place_put(place, "project/src/deep/x", "");
    gm_place_put(place, "empty/x", "");
    const char *path = gm_arena_printf(place->arena, "%s:%s", gm_place_at(place, "empty"),
                                       gm_place_at(place, "opt/bin"));
    gm_key_row rows[] = {{"system:directory", GM_KEY_OK, gm_place_at(place, "project/src/deep")},
                         {"system:os", GM_KEY_OK, "linux"},
                         {"env:PATH", GM_KEY_OK, path},
                         NO_MORE};
    gm_environment environment = read_with(place, rows, NULL);
    assert_string_equal(find(&environment, "torch")->version, "2.9.1");
    rows[0].text = gm_place_at(place, "empty");
    environment = read_with(place, rows, NULL);
    assert_string_equal(find(&environment, "torch")->version, "2.1.0");
    rows[2].text = "";
    environment = read_with(place, rows, NULL);
    assert_int_equal(environment.sites.count, 0);
}

/* pyenv's python is a script: a variable, the project or pyenv itself says which one it starts. */
static void test_pyenv(void **state)
{
    gm_place *place = *state;
    put_package(place, "pyenv/versions/3.11.7/lib/python3.11/site-packages", "torch", "2.9.1", "");
    put_package(place, "pyenv/versions/3.12.1/lib/python3.12/site-packages", "torch", "2.10.0", "");
    put_package(place, "usr/lib/python3.10/site-packages", "torch", "2.1.0", "");
    gm_place_put(place, "pyenv/shims/python", "#!/bin/sh\n");
    gm_place_put(place, "pyenv/version", "3.11.7\n");
    gm_place_put(place, "usr/bin/python", "");
    gm_place_put(place, "project/x", "");
    const char *path = gm_arena_printf(place->arena, "%s:%s", gm_place_at(place, "pyenv/shims"),
                                       gm_place_at(place, "usr/bin"));
    gm_key_row rows[] = {{"env:PATH", GM_KEY_OK, path},
                         {"system:directory", GM_KEY_OK, gm_place_at(place, "project")},
                         NO_MORE,
                         NO_MORE};
    gm_environment environment = read_with(place, rows, NULL);
    assert_string_equal(find(&environment, "torch")->version, "2.9.1");
    gm_place_put(place, "project/.python-version", "3.12.1\n");
    environment = read_with(place, rows, NULL);
    assert_string_equal(find(&environment, "torch")->version, "2.10.0");
    rows[2] = (gm_key_row){"env:PYENV_VERSION", GM_KEY_OK, "system"};
    environment = read_with(place, rows, NULL);
    assert_string_equal(find(&environment, "torch")->version, "2.1.0");
}

/* A virtual environment that sees the packages of the Python that made it: its own come first. */
static void test_system_packages(void **state)
{
    gm_place *place = *state;
    put_package(place, "venv/lib/python3.11/site-packages", "torch", "2.9.1", "");
    put_package(place, "base/lib/python3.11/site-packages", "torch", "2.0.0", "");
    put_package(place, "base/lib/python3.11/site-packages", "triton", "3.5.1", "");
    const char *home = gm_place_at(place, "base/bin");
    gm_place_put(place, "base/bin/python3", "");
    gm_place_put(place, "venv/pyvenv.cfg",
                 gm_arena_printf(place->arena,
                                 "home = %s\ninclude-system-site-packages = true\nversion = "
                                 "3.11.2\n",
                                 home));
    gm_environment environment = read_at(place, "venv");
    assert_string_equal(find(&environment, "torch")->version, "2.9.1");
    assert_non_null(find(&environment, "triton"));
    assert_int_equal(count(place, GM_CODE_DUPLICATE_PACKAGE), 1);
    assert_string_equal(place->findings.items[0].variant, "shadowed");
}

/* ---- what is in it ---- */

static void test_pth(void **state)
{
    gm_place *place = *state;
    put_package(place, "more/packages", "triton", "3.5.1", "");
    put_package(place, "v/lib/python3.11/site-packages", "torch", "2.9.1", "");
    gm_place_put(place, "v/lib/python3.11/site-packages/more.pth",
                 gm_arena_printf(place->arena, "# note\nimport sys; sys.exit(1)\n\n%s\nnowhere\n",
                                 gm_place_at(place, "more/packages")));
    gm_environment environment = read_at(place, "v");
    assert_int_equal(environment.sites.count, 2);
    assert_non_null(find(&environment, "triton"));
}

/* pip install -e: RECORD names no library, direct_url.json the source. */
static void test_editable(void **state)
{
    gm_place *place = *state;
    const char *site = "v/lib/python3.11/site-packages";
    put_package(place, site, "torch", "2.10.0a0", "__editable__.torch.pth,,\n");
    gm_place_put(place, "my source/torch/lib/libtorch_cuda.so", "");
    gm_place_put(place, "my source/build/other.so", "");
    const char *root = gm_place_at(place, "my%20source");
    gm_place_put(
        place, gm_arena_printf(place->arena, "%s/torch-2.10.0a0.dist-info/direct_url.json", site),
        gm_arena_printf(place->arena,
                        "{\"url\": \"file://%s\", \"dir_info\": {\"editable\": true}}", root));
    gm_environment environment = read_at(place, "v");
    const gm_installed *torch = find(&environment, "torch");
    assert_int_equal(torch->libraries.count, 1);
    assert_string_equal(torch->libraries.items[0].path,
                        gm_place_at(place, "my source/torch/lib/libtorch_cuda.so"));
}

/* Distributions leave RECORD out: the package's own folders are looked through. */
static void test_without_record(void **state)
{
    gm_place *place = *state;
    const char *site = "v/lib/python3.11/site-packages";
    put_package(place, site, "my_kernels", "1.0", NULL);
    gm_place_put(place,
                 gm_arena_printf(place->arena, "%s/my_kernels-1.0.dist-info/top_level.txt", site),
                 "kernels\n../..\n");
    gm_place_put(place, gm_arena_printf(place->arena, "%s/kernels/deep/a.so", site), "");
    gm_place_put(place, gm_arena_printf(place->arena, "%s/unrelated/b.so", site), "");
    gm_environment environment = read_at(place, "v");
    assert_int_equal(find(&environment, "my-kernels")->libraries.count, 1);
}

/* Two versions recorded in one folder: the files there tell which one it is. */
static void test_duplicate(void **state)
{
    gm_place *place = *state;
    const char *site = "v/lib/python3.11/site-packages";
    put_package(place, site, "torch", "2.9.1", "torch/version.py,sha256=x,7\n");
    put_package(place, site, "torch", "2.10.0", "torch/version.py,sha256=y,12\n");
    gm_place_put(place, gm_arena_printf(place->arena, "%s/torch/version.py", site), "1234567");
    gm_environment environment = read_at(place, "v");
    assert_int_equal(environment.packages.count, 1);
    assert_string_equal(environment.packages.items[0].version, "2.9.1");
    assert_int_equal(place->findings.count, 1);
    assert_int_equal(count(place, GM_CODE_DUPLICATE_PACKAGE), 1);
    assert_string_equal(gm_args_find(&place->findings.items[0].args, "other"), "2.10.0");
}

static void test_leftovers(void **state)
{
    gm_place *place = *state;
    put_package(place, "v/lib/python3.11/site-packages", "torch", "2.9.1", "");
    put_package(place, "v/lib/python3.11/site-packages", "~orch", "2.0.0", "");
    gm_place_put(place, "v/lib/python3.11/site-packages/triton-3.0.0.dist-info/INSTALLER", "pip");
    gm_environment environment = read_at(place, "v");
    assert_int_equal(environment.packages.count, 1);
    assert_int_equal(count(place, GM_CODE_LEFTOVER_METADATA), 2);
}

/* Somebody has deleted the files of a package and not what records it. */
static void test_gone(void **state)
{
    gm_place *place = *state;
    const char *site = "v/lib/python3.11/site-packages";
    put_package(place, site, "torch", "2.9.1",
                "torch/a.py,,\ntorch/lib/x.so,,\ntorch/b.py,,\ntorch-2.9.1.dist-info/METADATA,,\n");
    put_package(place, site, "kept", "1.0", "kept/a.pyc,,\nkept/b.py,,\n");
    gm_place_put(place, gm_arena_printf(place->arena, "%s/kept/b.py", site), "");
    put_package(place, site, "meta", "1.0", "meta-1.0.dist-info/METADATA,,\n../../../bin/x,,\n");
    put_package(place, site, "library", "1.0", "library/x.so,,\n");
    gm_environment environment = read_at(place, "v");
    assert_true(find(&environment, "torch")->gone);
    assert_false(find(&environment, "kept")->gone);
    assert_false(find(&environment, "meta")->gone);
    assert_false(find(&environment, "library")->gone);
    assert_int_equal(count(place, GM_CODE_LEFTOVER_METADATA), 1);
}

/* conda-forge keeps torch's libraries outside Python's folders. */
static void test_conda(void **state)
{
    gm_place *place = *state;
    put_package(place, "c/lib/python3.11/site-packages", "torch", "2.5.1", "");
    gm_place_put(place, "c/lib/libtorch_cuda.so", "");
    gm_place_put(place, "c/conda-meta/python-3.11.10-hc5c86c4_3_cpython.json", "{}");
    gm_place_put(place, "c/conda-meta/libtorch-2.5.1-cuda126_h6bd6c9b_303.json",
                 "{\"channel\": \"https://conda.anaconda.org/t/secret/conda-forge/linux-64\","
                 " \"files\": [\"lib/libtorch_cuda.so\", \"../x.so\", \"include/a.h\"]}");
    gm_place_put(place, "c/conda-meta/pytorch-2.5.1-cuda126_py311_303.json", "damaged");
    gm_place_put(place, "c/conda-meta/history", "");
    gm_environment environment = read_at(place, "c");
    const gm_installed *torch = find(&environment, "torch");
    assert_int_equal(environment.packages.count, 1);
    assert_int_equal(torch->libraries.count, 1);
    assert_string_equal(torch->channel, "conda-forge");
    assert_string_equal(torch->build, "cuda126_py311_303");
    assert_int_equal(environment.python.version.part[2], 10);
}

/* A damaged package or folder among two hundred: one finding each, the rest unharmed. */
static void test_two_hundred(void **state)
{
    gm_place *place = *state;
    const char *site = "v/lib/python3.11/site-packages";
    for (int i = 0; i < 200; i++)
        put_package(place, site, gm_arena_printf(place->arena, "package_%03d", i), "1.0", "");
    gm_place_put(place,
                 gm_arena_printf(place->arena, "%s/package_017-1.0.dist-info/METADATA", site),
                 "\xff\xfe\n\n");
    put_package(place, site, "package_018", "0.9", "a.py,,5\n");
    put_package(place, site, "~ackage_019", "0.9", "");
    gm_environment environment = read_at(place, "v");
    assert_int_equal(environment.packages.count, 200);
    assert_int_equal(place->findings.count, 3);
    assert_int_equal(count(place, GM_CODE_UNREADABLE), 1);
    assert_int_equal(count(place, GM_CODE_DUPLICATE_PACKAGE), 1);
    assert_int_equal(count(place, GM_CODE_LEFTOVER_METADATA), 1);
    assert_string_equal(find(&environment, "package-018")->version, "1.0");
}

static void test_neighbours(void **state)
{
    static const gm_key_row none[] = {NO_MORE};
    gm_place *place = *state;
    gm_key_reader keys = gm_key_table(none);
    gm_neighbours neighbours;
    put_package(place, "envs/cpu/lib/python3.11/site-packages", "torch", "2.9.1+cpu", "");
    put_package(place, "envs/gpu/lib/python3.11/site-packages", "torch", "2.9.1+cu128", "");
    put_package(place, "envs/none/lib/python3.11/site-packages", "numpy", "2.0", "");
    put_package(place, "envs/no_environment/lib/python3.11/site-packages", "torch", "2.0", "");
    gm_place_put(place, "envs/cpu/pyvenv.cfg", "version = 3.11\n");
    gm_place_put(place, "envs/gpu/pyvenv.cfg", "version = 3.11\n");
    gm_place_put(place, "envs/none/conda-meta/history", "");
    gm_environment environment = read_at(place, "envs/cpu");
    assert_true(gm_neighbours_with(&keys, &environment, "torch", place->arena, &neighbours));
    assert_int_equal(neighbours.count, 1);
    assert_string_equal(neighbours.items[0].prefix, gm_place_at(place, "envs/gpu"));
    assert_string_equal(neighbours.items[0].version, "2.9.1+cu128");
}

#define AT_A_PLACE(test) cmocka_unit_test_setup_teardown(test, gm_place_make, gm_place_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_A_PLACE(test_executable),
        AT_A_PLACE(test_several_pythons),
        AT_A_PLACE(test_image_root),
        AT_A_PLACE(test_active),
        AT_A_PLACE(test_system_packages),
        AT_A_PLACE(test_pyenv),
        AT_A_PLACE(test_pth),
        AT_A_PLACE(test_editable),
        AT_A_PLACE(test_without_record),
        AT_A_PLACE(test_duplicate),
        AT_A_PLACE(test_leftovers),
        AT_A_PLACE(test_gone),
        AT_A_PLACE(test_conda),
        AT_A_PLACE(test_two_hundred),
        AT_A_PLACE(test_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
