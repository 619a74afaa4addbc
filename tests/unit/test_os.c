/* SPDX-License-Identifier: MIT */
/* Files, directories, keys and output files of the system the test runs on. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/files.h"
#include "os/keys.h"
#include "os/terminal.h"
#include "os/threads.h"
#include "place.h"

static const char *open_code(const char *path)
{
    gm_source *source = NULL;
    gm_error error = {.code = "opened"};
    if (gm_os_open(path, &source, &error) == GM_OK)
        gm_source_close(source);
    else
        assert_int_equal(error.status, GM_IO);
    return error.code;
}

static void test_open(void **state)
{
    const gm_place *place = *state;
    gm_source *source;
    char bytes[8] = "........";
    size_t got;
    gm_place_put(place, "seven", "1234567");
    assert_int_equal(gm_os_open(gm_place_at(place, "seven"), &source, NULL), GM_OK);
    assert_int_equal(source->size_bytes, 7);
    assert_int_equal(source->read(source, 2, bytes, 3, &got, NULL), GM_OK);
    assert_int_equal(got, 3);
    assert_memory_equal(bytes, "345.....", 8);
    assert_int_equal(source->read(source, 5, bytes, 8, &got, NULL), GM_OK);
    assert_int_equal(got, 2);
    assert_int_equal(source->read(source, 7, bytes, 8, &got, NULL), GM_OK);
    assert_int_equal(got, 0);
    assert_int_equal(source->read(source, UINT64_MAX, bytes, 8, &got, NULL), GM_OK);
    assert_int_equal(got, 0);
    gm_source_close(source);
}

/* A pipe without a writer must not hold anybody up. */
static void test_what_cannot_be_opened(void **state)
{
    const gm_place *place = *state;
    gm_place_put(place, "closed", "x");
    assert_int_equal(chmod(gm_place_at(place, "closed"), 0), 0);
    assert_int_equal(mkfifo(gm_place_at(place, "pipe"), 0600), 0);
    assert_string_equal(open_code(gm_place_at(place, "missing")), "not-found");
    assert_string_equal(open_code(gm_place_at(place, "closed/below")), "not-found");
    assert_string_equal(open_code(place->root), "is-a-directory");
    assert_string_equal(open_code(gm_place_at(place, "pipe")), "not-a-file");
    assert_string_equal(open_code(gm_place_at(place, "closed")),
                        geteuid() == 0 ? "opened" : "no-permission");
}

static void test_list(void **state)
{
    const gm_place *place = *state;
    static const struct {
        const char *name;
        gm_os_kind kind;
    } expected[] = {{"B", GM_OS_FILE},
                    {"a", GM_OS_DIRECTORY},
                    {"link", GM_OS_LINK},
                    {"pipe", GM_OS_OTHER},
                    {"\xe6\xb5\x8b", GM_OS_FILE}};
    gm_os_entries entries;
    gm_error error;
    gm_place_put(place, "\xe6\xb5\x8b", "");
    gm_place_put(place, "B", "");
    assert_int_equal(mkdir(gm_place_at(place, "a"), 0700), 0);
    assert_int_equal(symlink("a", gm_place_at(place, "link")), 0);
    assert_int_equal(mkfifo(gm_place_at(place, "pipe"), 0600), 0);
    assert_int_equal(gm_os_list(place->root, 5, place->arena, &entries, &error), GM_OK);
    assert_int_equal(entries.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(entries.items[i].name, expected[i].name);
        assert_int_equal(entries.items[i].kind, expected[i].kind);
    }
    assert_int_equal(gm_os_path_kind(gm_place_at(place, "link")), GM_OS_DIRECTORY);
    assert_int_equal(gm_os_path_kind(gm_place_at(place, "none")), GM_OS_NOTHING);
    assert_int_equal(gm_os_list(place->root, 4, place->arena, &entries, &error), GM_LIMIT);
    assert_string_equal(error.code, "too-many-files");
    assert_int_equal(gm_os_list(gm_place_at(place, "none"), 5, place->arena, &entries, &error),
                     GM_IO);
    assert_string_equal(error.code, "not-found");
}

static void test_keys(void **state)
{
    const gm_place *place = *state;
    gm_key_reader keys = gm_os_keys();
    gm_span bytes;
    gm_place_put(place, "version", "550.163.01 \n\n");
    assert_int_equal(symlink("../drivers/nouveau", gm_place_at(place, "driver")), 0);
    setenv("GPUMATCH_TEST_KEY", "value", 1);
    const char *file = gm_arena_printf(place->arena, "file:%s", gm_place_at(place, "version"));
    const char *list = gm_arena_printf(place->arena, "list:%s", place->root);
    const char *link = gm_arena_printf(place->arena, "link:%s", gm_place_at(place, "driver"));
    assert_string_equal(gm_key_text(&keys, file, place->arena), "550.163.01");
    assert_string_equal(gm_key_text(&keys, list, place->arena), "driver\nversion");
    assert_string_equal(gm_key_text(&keys, link, place->arena), "../drivers/nouveau");
    assert_string_equal(gm_key_text(&keys, "env:GPUMATCH_TEST_KEY", place->arena), "value");
    setenv("GPUMATCH_TEST_KEY", "", 1);
    assert_string_equal(gm_key_text(&keys, "env:GPUMATCH_TEST_KEY", place->arena), "");
    assert_int_equal(keys.read(keys.state, "access:/dev/null", place->arena, &bytes), GM_KEY_OK);
    assert_int_equal(bytes.size, 0);
    assert_string_equal(gm_key_text(&keys, "system:os", place->arena), "linux");
    assert_non_null(gm_key_text(&keys, "system:arch", place->arena));
    /* files of /proc tell the size 0 */
    assert_non_null(strstr(gm_key_text(&keys, "file:/proc/self/status", place->arena), "Name:"));
    static const char *const absent[] = {"file:/nowhere",  "list:/nowhere",   "link:/nowhere",
                                         "env:GPUMATCH_0", "access:/nowhere", "system:nothing",
                                         "registry:HKLM",  "rubbish",         ""};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_int_equal(keys.read(keys.state, absent[i], place->arena, &bytes), GM_KEY_ABSENT);
    const char *folder = gm_arena_printf(place->arena, "file:%s", place->root);
    assert_int_equal(keys.read(keys.state, folder, place->arena, &bytes), GM_KEY_FAILED);
}

static void test_key_without_end(void **state)
{
    const gm_place *place = *state;
    gm_key_reader keys = gm_os_keys();
    gm_span bytes;
    gm_place_put(place, "large", "");
    assert_int_equal(truncate(gm_place_at(place, "large"), GM_KEY_BYTES + 1), 0);
    const char *key = gm_arena_printf(place->arena, "file:%s", gm_place_at(place, "large"));
    assert_int_equal(keys.read(keys.state, key, place->arena, &bytes), GM_KEY_FAILED);
    assert_int_equal(truncate(gm_place_at(place, "large"), GM_KEY_BYTES), 0);
    assert_int_equal(keys.read(keys.state, key, place->arena, &bytes), GM_KEY_OK);
    assert_int_equal(bytes.size, GM_KEY_BYTES);
}

static void test_whole_file(void **state)
{
    const gm_place *place = *state;
    gm_text text = GM_TEXT_INIT;
    gm_error error;
    gm_place_put(place, "log", "line\r\n");
    assert_int_equal(gm_os_read_file(gm_place_at(place, "log"), &text, &error), GM_OK);
    assert_string_equal(text.data, "line\r\n");
    assert_int_equal(gm_os_read_file(gm_place_at(place, "none"), &text, &error), GM_IO);
    assert_true(gm_os_is_file(gm_place_at(place, "log")));
    assert_false(gm_os_is_file(place->root));
    gm_text_free(&text);
}

/* Nothing but the old or the whole new file is ever seen under the name. */
static void test_output(void **state)
{
    const gm_place *place = *state;
    const char *path = gm_place_at(place, "report.json");
    gm_os_output *output;
    gm_os_entries entries;
    gm_text text = GM_TEXT_INIT;
    gm_error error;
    gm_place_put(place, "report.json", "old");
    for (int keep = 0; keep < 2; keep++) {
        assert_int_equal(gm_os_output_open(path, &output, &error), GM_OK);
        assert_true(gm_os_output_write(output, "new", 3));
        gm_text_clear(&text);
        assert_int_equal(gm_os_read_file(path, &text, &error), GM_OK);
        assert_string_equal(text.data, "old");
        assert_true(gm_os_output_close(output, keep));
    }
    gm_text_clear(&text);
    assert_int_equal(gm_os_read_file(path, &text, &error), GM_OK);
    assert_string_equal(text.data, "new");
    assert_int_equal(gm_os_list(place->root, 9, place->arena, &entries, &error), GM_OK);
    assert_int_equal(entries.count, 1);
    assert_int_equal(gm_os_output_open(gm_place_at(place, "no/where"), &output, &error), GM_IO);
    /* a folder takes the name meanwhile: the new file cannot come and does not stay behind */
    assert_int_equal(gm_os_output_open(gm_place_at(place, "folder"), &output, &error), GM_OK);
    gm_place_put(place, "folder/full", "");
    assert_false(gm_os_output_close(output, true));
    assert_int_equal(gm_os_output_open(gm_place_at(place, "folder"), &output, &error), GM_IO);
    assert_int_equal(gm_os_list(place->root, 9, place->arena, &entries, &error), GM_OK);
    assert_int_equal(entries.count, 2);
    gm_text_free(&text);
}

static void test_join(void **state)
{
    const gm_place *place = *state;
    assert_string_equal(gm_os_join(place->arena, "a", "b"), "a/b");
    assert_string_equal(gm_os_join(place->arena, "a/", "b"), "a/b");
    assert_string_equal(gm_os_join(place->arena, "C:\\", "b"), "C:\\b");
    assert_string_equal(gm_os_join(place->arena, "", "b"), "b");
}

static void test_locale(void **state)
{
    gm_text tags = GM_TEXT_INIT;
    (void)state;
    setenv("LANG", "en_GB.UTF-8", 1);
    setenv("LC_MESSAGES", "zh_CN.UTF-8", 1);
    unsetenv("LC_ALL");
    unsetenv("LANGUAGE");
    assert_true(gm_os_languages(&tags));
    assert_string_equal(tags.data, "zh_CN.UTF-8");
    gm_text_clear(&tags);
    setenv("LC_ALL", "", 1); /* empty is as if not set */
    assert_true(gm_os_languages(&tags));
    assert_string_equal(tags.data, "zh_CN.UTF-8");
    gm_text_clear(&tags);
    setenv("LANGUAGE", "de:zh_TW", 1);
    assert_true(gm_os_languages(&tags));
    assert_string_equal(tags.data, "de:zh_TW:zh_CN.UTF-8");
    gm_text_clear(&tags);
    setenv("LC_ALL", "C.UTF-8", 1); /* wants no translation */
    assert_true(gm_os_languages(&tags));
    assert_string_equal(tags.data, "C.UTF-8");
    gm_text_free(&tags);
}

static void test_columns_of_a_pipe(void **state)
{
    (void)state;
    if (gm_os_stdout_columns() != 80 && !getenv("COLUMNS"))
        skip(); /* a terminal */
    setenv("COLUMNS", "44", 1);
    assert_int_equal(gm_os_stdout_columns(), 44);
    setenv("COLUMNS", "wide", 1);
    assert_int_equal(gm_os_stdout_columns(), 80);
    unsetenv("COLUMNS");
}

#define AT_A_PLACE(test) cmocka_unit_test_setup_teardown(test, gm_place_make, gm_place_remove)

struct ping {
    gm_os_monitor *monitor;
    unsigned turn, count;
};

static void pong(void *user)
{
    struct ping *ping = user;
    gm_os_monitor_enter(ping->monitor);
    for (unsigned i = 0; i < 100; i++) {
        while (ping->turn % 2 == 0)
            gm_os_monitor_wait(ping->monitor, 1000);
        ping->count++;
        ping->turn++;
        gm_os_monitor_ring(ping->monitor);
    }
    gm_os_monitor_leave(ping->monitor);
}

static void test_threads(void **state)
{
    struct ping ping = {.monitor = gm_os_monitor_new()};
    (void)state;
    assert_non_null(ping.monitor);
    gm_os_thread *thread = gm_os_thread_start(pong, &ping);
    assert_non_null(thread);
    gm_os_monitor_enter(ping.monitor);
    for (unsigned i = 0; i < 100; i++) {
        while (ping.turn % 2 == 1)
            gm_os_monitor_wait(ping.monitor, 1000);
        assert_int_equal(ping.count, i);
        ping.turn++;
        gm_os_monitor_ring(ping.monitor);
    }
    gm_os_monitor_leave(ping.monitor);
    gm_os_thread_join(thread);
    assert_int_equal(ping.count, 100);
    gm_os_monitor_free(ping.monitor);
    gm_os_thread_join(NULL);
    gm_os_monitor_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_A_PLACE(test_open),          AT_A_PLACE(test_what_cannot_be_opened),
        AT_A_PLACE(test_list),          AT_A_PLACE(test_keys),
        AT_A_PLACE(test_whole_file),    AT_A_PLACE(test_key_without_end),
        AT_A_PLACE(test_output),        AT_A_PLACE(test_join),
        cmocka_unit_test(test_locale),  cmocka_unit_test(test_columns_of_a_pipe),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
